import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { adaptHttp2, createNodeServer, endAnswer, isHttp2, type NodeServer } from '@stapel/core/node'
import { type Failure, plainFailure } from '../failure/failure.ts'
import type { KeyPair } from '../https/certificate.ts'
import { LIVE_PATH, type LiveStreams } from '../live/live-streams.ts'
import type { RequestRecord } from '../terminal/request-line.ts'
import { recordRequest } from '../terminal/request-log.ts'
import { markOf } from './connection-mark.ts'
import { forwardUpgrade } from './forward-upgrade.ts'
import { checkHosts, type HostCheck } from './known-hosts.ts'
import { HTTP_ON_TLS, isPlainRequest, isTlsHandshake, TLS_ON_HTTP } from './other-scheme.ts'
import { forward } from './proxy.ts'
import type { Answering, Turn } from './turn.ts'

/** The most milliseconds for the headers of a request. */
export const HEADERS_TIMEOUT_MS = 60_000
/** The most milliseconds for a whole request. */
export const REQUEST_TIMEOUT_MS = 300_000
/** So long an idle connection is kept, in milliseconds: longer than browsers and proxies keep theirs, so that they close first. */
export const KEEP_ALIVE_TIMEOUT_MS = 75_000
/** So long a client over HTTP/2 may take nothing of an answer that is complete, in milliseconds. */
export const STALL_TIMEOUT_MS = 120_000
/** How often a request is passed on again that no process has seen, because the one it was meant for had just ended. */
const ATTEMPTS = 3

export interface FrontOptions {
  readonly checkHost: HostCheck
  /** With it, HTTPS is spoken, HTTP/2 with clients that can. */
  readonly tls?: KeyPair | undefined
  /** The pages that reload by themselves, where any do. */
  readonly live?: LiveStreams | undefined
  readonly turn: (signal?: AbortSignal) => Turn | Promise<Turn>
  readonly log: (record: RequestRecord) => void
}

/** The server that clients are connected to; it stays while the application comes and goes. */
export function createFront(options: FrontOptions): NodeServer {
  const limits = {
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  }
  const server: NodeServer =
    options.tls === undefined
      ? // The application's gateway answers a missing Host itself.
        createServer({ ...limits, connectionsCheckingInterval: 5_000, requireHostHeader: false })
      : createNodeServer({ ...limits, tls: { ...options.tls }, http2: true })
  server.on('request', (req: IncomingMessage, res: ServerResponse) =>
    handle(req, res, false, server, options),
  )
  server.on('checkContinue', (req: IncomingMessage, res: ServerResponse) =>
    handle(req, res, true, server, options),
  )
  server.on(
    'upgrade',
    forwardUpgrade({
      server,
      upstream: async (req) => {
        if (checkHosts(req, options.checkHost) !== undefined) return undefined
        const turn = await options.turn()
        return turn.by === 'worker' ? turn.worker : undefined
      },
      log: options.log,
    }),
  )
  server.on('connect', (req: IncomingMessage, socket: Duplex) =>
    refuse(socket, 501, req.method ?? 'CONNECT', req.url ?? '', options.log),
  )
  server.on('clientError', (error: Error, socket: Duplex) => answerClientError(error, socket, options.log))
  // What such a client sent cannot be answered any more.
  server.on('tlsClientError', (error: Error) => {
    if (isPlainRequest(error)) options.log({ method: '-', target: HTTP_ON_TLS, status: 0, bytes: 0, ms: 0 })
  })
  return server
}

function handle(
  req: IncomingMessage,
  res: ServerResponse,
  expectsContinue: boolean,
  server: NodeServer,
  options: FrontOptions,
): void {
  if (markOf(req.socket).closing) {
    res.destroy()
    return
  }
  const refusal = checkHosts(req, options.checkHost)
  if (options.live !== undefined && refusal === undefined && isForStreams(req)) {
    options.live.answer(req, res)
    return
  }
  const exchange: Exchange = {
    req,
    res,
    expectsContinue,
    note: recordRequest(req, res, options.log),
    isClosing: () => !server.listening,
  }
  if (isHttp2(req)) adaptHttp2(req, res, STALL_TIMEOUT_MS)
  req.on('error', ignore)
  res.on('error', ignore)
  if (refusal !== undefined) {
    if (refusal.status === 403) exchange.note('the host is not known; --allow-host allows it', true)
    send(exchange, refusal.status, ['Content-Type', 'text/plain; charset=utf-8'], refusal.text)
    return
  }
  take(exchange, options, ATTEMPTS)
}

interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly expectsContinue: boolean
  readonly note: (note: string, always?: boolean) => void
  /** Whether the server takes no more requests. */
  readonly isClosing: () => boolean
}

function take(exchange: Exchange, options: FrontOptions, attempts: number): void {
  const gone = new AbortController()
  const turn = options.turn(gone.signal)
  if (!(turn instanceof Promise)) {
    answer(exchange, turn, options, attempts)
    return
  }
  const leave = (): void => gone.abort()
  exchange.res.once('close', leave)
  void turn.then((settled) => {
    exchange.res.off('close', leave)
    if (!exchange.res.destroyed) answer(exchange, settled, options, attempts)
  })
}

function answer(exchange: Exchange, turn: Turn, options: FrontOptions, attempts: number): void {
  if (turn.by === 'failure') {
    showFailure(exchange, turn.failure, options)
    return
  }
  if (turn.by === 'nobody') {
    send(exchange, 503, ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1'], `${turn.reason}\n`)
    return
  }
  if (turn.outdated === true) exchange.note('by the old code, the new one is still starting', true)
  pass(exchange, turn.worker, options, attempts)
}

function pass(exchange: Exchange, worker: Answering, options: FrontOptions, attempts: number): void {
  const { req, res } = exchange
  const end = once(worker.begin())
  res.once('close', end)
  forward(req, res, worker, {
    expectsContinue: exchange.expectsContinue,
    isClosing: exchange.isClosing,
    onCut: () => exchange.note('cut off'),
    onFailure: (error, sent) => {
      res.off('close', end)
      end()
      const unseen = !sent && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT')
      void endOf(worker).then((failure) => {
        if (res.destroyed) return
        if (unseen && attempts > 1) take(exchange, options, attempts - 1)
        else if (failure !== undefined) showFailure(exchange, failure, options)
        else if (error.code?.startsWith('ERR_') === true)
          send(exchange, 400, ['Content-Type', 'text/plain; charset=utf-8'], 'Bad Request\n')
        else
          showFailure(
            exchange,
            plainFailure('error', `The application's answer broke off: ${error.message}`),
            options,
            502,
          )
      })
    },
  })
}

/** Why a process ended, where it has ended or is about to; a process that broke one connection and goes on has no answer to that. */
function endOf(worker: Answering): Promise<Failure | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 500, undefined)
    void worker.ended.then((failure) => {
      clearTimeout(timer)
      resolve(failure)
    })
  })
}

function showFailure(
  exchange: Exchange,
  failure: Failure,
  { live }: FrontOptions,
  status: number = 500,
): void {
  void import('../live/live-failure.ts').then(async ({ answerLiveFailure }) => {
    const { accept } = exchange.req.headers
    const { headers, body } = await answerLiveFailure(failure, accept, status, live?.version)
    if (!exchange.res.destroyed) send(exchange, status, headers.flat(), body)
  })
}

function isForStreams({ url }: IncomingMessage): boolean {
  return url === LIVE_PATH || url?.startsWith(`${LIVE_PATH}?`) === true
}

function send(
  { req, res, expectsContinue, isClosing }: Exchange,
  status: number,
  headers: readonly string[],
  body: string,
): void {
  const hasLength = headers.includes('Content-Length')
  // A client that was not invited to send its body: what comes next on the connection may be that body, or not.
  if ((expectsContinue && !req.complete) || isClosing()) res.shouldKeepAlive = false
  res.writeHead(status, STATUS_CODES[status] ?? '', [
    ...headers,
    ...(hasLength ? [] : ['Content-Length', String(Buffer.byteLength(body))]),
  ])
  if (req.method !== 'HEAD') res.write(body)
  endAnswer(req, res, markOf(req.socket), { awaitsContinue: expectsContinue })
}

/** Answers what the parser refused, where an answer can still be sent. */
function answerClientError(
  error: Error & { code?: string; rawPacket?: Uint8Array },
  socket: Duplex,
  log: FrontOptions['log'],
): void {
  const busy = (socket as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage
  if (
    error.code === 'ECONNRESET' ||
    error.code === 'EPIPE' ||
    !socket.writable ||
    busy?.headersSent === true
  ) {
    socket.destroy()
    return
  }
  const status =
    error.code === 'HPE_INVALID_METHOD' && !isRequestLine(error.rawPacket)
      ? 400
      : (parserErrors.get(error.code ?? '') ?? 400)
  if (busy) busy.destroy()
  const target = isTlsHandshake(error.rawPacket) ? TLS_ON_HTTP : '(malformed request)'
  refuse(socket, status, '-', target, log)
}

function refuse(
  socket: Duplex,
  status: number,
  method: string,
  target: string,
  log: FrontOptions['log'],
): void {
  const line = `${status} ${STATUS_CODES[status]}`
  socket.on('error', ignore)
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${line.length + 1}\r\nConnection: close\r\n\r\n${line}\n`,
  )
  log({ method, target, status, bytes: line.length + 1, ms: 0 })
}

/** Whether a packet begins as a request does; a TLS handshake, for one, does not. */
function isRequestLine(packet: Uint8Array | undefined): boolean {
  return (
    packet !== undefined &&
    /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ \S+ HTTP\/1\.[01]\r?\n/.test(Buffer.from(packet).toString('latin1'))
  )
}

const parserErrors = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
  ['HPE_INVALID_METHOD', 501],
])

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}

function ignore(): void {}
