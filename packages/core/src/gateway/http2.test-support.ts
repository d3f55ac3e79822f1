import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import type { ServeOptions } from './serve.ts'
import { testCertificate } from './tls.test-support.ts'

/** Options of `serve` for HTTP/2. */
export const http2: ServeOptions = { tls: testCertificate, http2: true }

/** A client of one server, which is destroyed when the test ends. */
export function session(
  server: { readonly url: string },
  settings: { initialWindowSize?: number } = {},
): ClientHttp2Session {
  const client = connect(server.url, { rejectUnauthorized: false, settings })
  client.on('error', () => {})
  onTestFinished(() => client.destroy())
  return client
}

/** An answer as it arrived. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, unknown>
  readonly text: string
  /** Of the stream's end; 0 where it was whole. */
  readonly code: number
}

/** Reads an answer until its stream has closed. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  let headers: Record<string, unknown> = {}
  let text = ''
  stream.on('response', (received) => {
    headers = received
  })
  stream.setEncoding('latin1')
  stream.on('data', (data) => {
    text += data
  })
  stream.on('error', () => {})
  await new Promise((resolve) => stream.on('close', resolve))
  return { status: Number(headers[':status']), headers, text, code: stream.rstCode }
}

/** A connection over TLS that speaks as little HTTP/2 as it is told, and never ends its side. */
export async function silentConnection(
  server: { readonly port: number },
  protocol: 'h2' | 'http/1.1' = 'h2',
): Promise<TLSSocket> {
  const options: ConnectionOptions & { allowHalfOpen: boolean } = {
    port: server.port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ALPNProtocols: [protocol],
    allowHalfOpen: true,
  }
  const socket = connectTls(options)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

/** What a connection of HTTP/2 begins with (RFC 9113 section 3.4), with settings that are empty. */
export const preface: Buffer = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'),
  frame(4, 0, 0, Buffer.alloc(0)),
])

/** A frame (RFC 9113 section 4.1). */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}
