import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Application } from '@stapel/core'
import { stack, validate } from '@stapel/core'
import { fromNode, nodeHandler } from '@stapel/core/node'
import { compress, proxyFix, unavailable } from '@stapel/middleware'
import { onTestFinished } from 'vitest'

/** An answer as it came: headers with their repeats, the content as bytes. */
export interface WireAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly content: Buffer
}

export type Send = (path: string, init?: SendInit) => Promise<WireAnswer>

export interface SendInit {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A framework's application on a server of its own, and the same inside a stack of three. */
export interface Both {
  readonly own: Send
  readonly stacked: Send
  /** What the stack logged. */
  readonly log: string[]
}

/** The stack that every framework is put into: each layer as a user would have it. */
export function stacked(app: Application): Application {
  return stack(
    validate(app),
    proxyFix({ for: 1, proto: 1, host: 1 }),
    unavailable({ contact: 'webmaster@example.org' }),
    compress({ threshold: 500 }),
  )
}

/** Serves both for one test. */
export async function serveBoth(
  listener: RequestListener,
  handler: Parameters<typeof fromNode>[0] = listener,
): Promise<Both> {
  const log: string[] = []
  const errors = { write: (text: string) => void log.push(text), flush: () => {} }
  const own = await listening(createServer(listener))
  const inside = await listening(createServer(nodeHandler(stacked(fromNode(handler)), { errors })))
  return { own: sender(own), stacked: sender(inside), log }
}

/** The parts of two answers that have to be the same; `Date` tells the time, and the connection is the server's. */
export function comparable({ status, headers, content }: WireAnswer): unknown {
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...rest } = headers
  return { status, headers: rest, content: content.toString('latin1') }
}

/** The answer of the stack without what `compress` does: the coding undone, its headers taken off. */
export function uncompressed(answer: WireAnswer): WireAnswer {
  const { 'content-encoding': coding, ...headers } = answer.headers
  return { ...answer, headers, content: coding === 'gzip' ? gunzipSync(answer.content) : answer.content }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

function sender(port: number): Send {
  return async (path, { method = 'GET', headers = {}, body } = {}) => {
    const req = request({ port, path, method, headers: { Host: 'example.org', ...headers } })
    req.end(body)
    const [res] = (await once(req, 'response')) as [IncomingMessage]
    const chunks: Buffer[] = []
    for await (const chunk of res) chunks.push(chunk as Buffer)
    return { status: res.statusCode as number, headers: { ...res.headers }, content: Buffer.concat(chunks) }
  }
}
