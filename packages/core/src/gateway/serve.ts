import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, ListenOptions } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Application } from '../protocol.ts'
import type { ServerState } from './environ.ts'
import { type NodeHandlerOptions, requestHandler } from './node-handler.ts'

export interface ServeOptions extends NodeHandlerOptions {
  /** The port to listen on; 0 takes a free one. @default 8000 */
  port?: number
  /** The address to listen on. @default '127.0.0.1' */
  host?: string
  /** A unix socket (a named pipe on Windows) to listen on instead. */
  path?: string
  /** The most milliseconds for the headers of a request. @default 60000 */
  headersTimeoutMs?: number
  /** The most milliseconds for a whole request; 0 for no end. @default 300000 */
  requestTimeoutMs?: number
  /** How many milliseconds an idle connection is kept; 0 keeps it until the client closes it. @default 5000 */
  keepAliveTimeoutMs?: number
  /** The most bytes of all header fields of a request; more is answered 431. @default 16384 */
  maxHeaderSize?: number
}

/** A server that listens. */
export interface RunningServer {
  /** `'http://127.0.0.1:8000'`; on a unix socket its path. */
  readonly url: string
  /** The port it listens on; 0 on a unix socket. */
  readonly port: number
  readonly server: Server
  /**
   * Stops accepting, closes idle connections, waits for requests in flight, and cuts them after `timeoutMs`.
   * The same promise for every call.
   */
  close(options?: { /** @default 30000 */ timeoutMs?: number }): Promise<void>
}

/**
 * Serves an application over HTTP/1.1, obeying every clause of the protocol.
 *
 * Rejects with Node's error when the address cannot be had (`EADDRINUSE`, `EACCES` …).
 *
 * @example
 * ```ts
 * import { serve } from '@stapel/core/node'
 *
 * const running = await serve(
 *   (environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return `Hello from ${environ.PATH_INFO}`
 *   },
 *   { port: 0 },
 * )
 * console.log(running.url)
 * await running.close()
 * ```
 */
export async function serve(app: Application, options: ServeOptions = {}): Promise<RunningServer> {
  const server = createServer({
    headersTimeout: options.headersTimeoutMs ?? 60_000,
    requestTimeout: options.requestTimeoutMs ?? 300_000,
    keepAliveTimeout: options.keepAliveTimeoutMs ?? 5_000,
    maxHeaderSize: options.maxHeaderSize ?? 16_384,
    // How late a timeout is noticed; Node's default is 30 s.
    connectionsCheckingInterval: 5_000,
    // The gateway answers a missing Host itself (clause 2), with the rest of its checks.
    requireHostHeader: false,
    // From Node 24.10 on: no stream is set up for a request without a body, which the gateway never reads.
    ...{ optimizeEmptyRequests: true },
  })
  const state = { owned: true, closing: false }
  wire(server, app, options, state)
  await listen(
    server,
    options.path === undefined
      ? { port: options.port ?? 8000, host: options.host ?? '127.0.0.1' }
      : { path: options.path },
  )
  return running(server, state)
}

/**
 * Serves an application on a server of your own: wires `request`, `checkContinue` and `clientError`, and returns a function that takes the
 * wires off again.
 */
export function attach(server: Server, app: Application, options: NodeHandlerOptions = {}): () => void {
  return wire(server, app, options, { owned: false, closing: false })
}

function wire(server: Server, app: Application, options: NodeHandlerOptions, state: ServerState): () => void {
  const handle = requestHandler(app, options, state)
  const onRequest = (req: IncomingMessage, res: ServerResponse): void => handle(req, res, undefined)
  const onContinue = (req: IncomingMessage, res: ServerResponse): void =>
    handle(req, res, () => res.writeContinue())
  server.on('request', onRequest)
  server.on('checkContinue', onContinue)
  server.on('clientError', answerClientError)
  return () => {
    server.off('request', onRequest)
    server.off('checkContinue', onContinue)
    server.off('clientError', answerClientError)
  }
}

function running(server: Server, state: ServerState): RunningServer {
  const address = server.address() as AddressInfo | string
  let closed: Promise<void> | undefined
  return {
    url: typeof address === 'string' ? address : `http://${hostOf(address)}:${address.port}`,
    port: typeof address === 'string' ? 0 : address.port,
    server,
    close: (options) => (closed ??= closeServer(server, state, options?.timeoutMs ?? 30_000)),
  }
}

function hostOf(address: AddressInfo): string {
  return address.family === 'IPv6' ? `[${address.address}]` : address.address
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function closeServer(server: Server, state: ServerState, timeoutMs: number): Promise<void> {
  state.closing = true
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), timeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Answers what the parser refused, where an answer can still be sent. */
function answerClientError(error: ParserError, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const status = statusOf(error)
  const body = `${status}\n`
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

interface ParserError extends Error {
  code?: string
  rawPacket?: Buffer
}

function statusOf(error: ParserError): string {
  // The parser says the same of a method that it does not know and of a line that is no request line.
  if (error.code === 'HPE_INVALID_METHOD') {
    const line = error.rawPacket?.toString('latin1', 0, 8192) ?? ''
    return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [^ ]+ HTTP\/1\.[01]\r?\n/.test(line)
      ? '501 Not Implemented'
      : '400 Bad Request'
  }
  return parserErrors.get(error.code ?? '') ?? '400 Bad Request'
}

const parserErrors = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Content Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])
