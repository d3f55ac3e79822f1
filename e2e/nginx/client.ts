import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import type { Duplex } from 'node:stream'

/** A request, byte for byte as it is wanted. */
export interface Sent {
  readonly method?: string
  /** As it is written, not resolved. */
  readonly path?: string
  /** Names and values in turn; `Host` is added where it is not among them. */
  readonly headers?: readonly string[]
  readonly body?: Uint8Array
  /** The address that the client has; with `::1` it comes over IPv6. @default {@link CLIENT} */
  readonly from?: string
  /** The certificate to trust; makes it HTTPS. */
  readonly ca?: string
}

/** An answer as it came. */
export interface Got {
  /** `HTTP/1.1 200 OK` */
  readonly line: string
  /** Name in lower case and value, in the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Sends a request over a connection of its own and gives the answer read whole; rejects when it is cut. */
export async function send(port: number, sent: Sent = {}): Promise<Got> {
  const incoming = await open(port, sent)
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return { ...headOf(incoming), body: Buffer.concat(chunks) }
}

/** Sends a request and gives the answer as soon as its head is there. */
export function open(port: number, sent: Sent = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    start(port, sent, reject).on('response', resolve).end(sent.body)
  })
}

/** Sends a request for another protocol, and gives all that comes in it until the connection closes. */
export async function upgrade(port: number, sent: Sent): Promise<Buffer> {
  const chunks: Buffer[] = []
  const socket = await new Promise<Duplex>((resolve, reject) => {
    const outgoing = start(port, sent, reject)
    outgoing.on('response', ({ statusCode }) => reject(new Error(`Got ${statusCode} in place of 101`)))
    outgoing.on('upgrade', (_incoming, socket, head) => {
      chunks.push(head)
      resolve(socket)
    })
    outgoing.end()
  })
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function start(port: number, sent: Sent, reject: (error: Error) => void): ClientRequest {
  const { method = 'GET', path = '/', headers = [], from = CLIENT, ca } = sent
  const outgoing = (ca === undefined ? request : requestTls)({
    host: from.includes(':') ? '::1' : '127.0.0.1',
    port,
    method,
    path,
    localAddress: from,
    agent: false,
    timeout: 20_000,
    setHost: false,
    ...(ca === undefined ? {} : { ca, servername: 'localhost' }),
  })
  const host = headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  for (const [name, value] of pairs(host ? headers : ['Host', `localhost:${port}`, ...headers])) {
    outgoing.appendHeader(name, value)
  }
  outgoing.on('error', reject)
  outgoing.on('timeout', () => outgoing.destroy(new Error('There was no answer for 20 s')))
  return outgoing
}

/** The address of clients that are no proxies. */
export const CLIENT = '127.0.0.9'

function headOf(incoming: IncomingMessage): Omit<Got, 'body'> {
  return {
    line: `HTTP/${incoming.httpVersion} ${incoming.statusCode} ${incoming.statusMessage}`,
    headers: pairs(incoming.rawHeaders).map(([name, value]) => [name.toLowerCase(), value]),
  }
}

function pairs(list: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let i = 0; i < list.length; i += 2) found.push([list[i] as string, list[i + 1] as string])
  return found
}
