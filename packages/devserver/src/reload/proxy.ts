/**
 * Passes a request on to the application's process and its answer back, as they are.
 *
 * The threat: two parsers that see different requests in the same bytes. Both sides are Node's strict parser, the body is framed anew, and what
 * belongs to one connection (RFC 9110 section 7.6.1) is not passed on.
 *
 * @module
 */
import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type InformationEvent,
  request,
  type ServerResponse,
} from 'node:http'
import { hopByHopHeaders } from '@stapel/core/http'
import { bodyFollows, endAnswer, isHttp2 } from '@stapel/core/node'
import { markOf } from './connection-mark.ts'
import { formatPeer } from './peer.ts'

/** Where requests go. */
export interface Upstream {
  readonly socketPath: string
  readonly agent: Agent
  /** The name of the header that carries the client's address. */
  readonly peerHeader: string
}

/** The most bytes of the header fields of an answer: 1 MiB; what the application sends is not limited by the parent. */
export const ANSWER_HEADER_LIMIT = 1_048_576

export interface ForwardOptions {
  /** Whether the client waits for `100 Continue`; the application decides whether it is sent. */
  readonly expectsContinue: boolean
  /** Whether the server takes no more requests, so that this answer is the last of its connection. */
  readonly isClosing?: () => boolean
  /** Called instead of an answer, at most once, when there is none. `sent` tells whether some of the body is gone already. */
  readonly onFailure: (error: Error & { code?: string }, sent: boolean) => void
  /** Called before an answer is cut, because the application's side of it was. */
  readonly onCut: () => void
}

/** Passes one request on; resolves to nothing, the answer goes to `res`. */
export function forward(
  req: IncomingMessage,
  res: ServerResponse,
  upstream: Upstream,
  { expectsContinue, isClosing, onFailure, onCut }: ForwardOptions,
): void {
  const hasBody = isHttp2(req)
    ? bodyFollows(req)
    : req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  let outgoing: ClientRequest
  try {
    outgoing = request({
      agent: upstream.agent,
      socketPath: upstream.socketPath,
      method: req.method,
      path: req.url,
      headers: requestHeaders(req, upstream.peerHeader),
      maxHeaderSize: ANSWER_HEADER_LIMIT,
    })
  } catch (error) {
    onFailure(error as Error, false)
    return
  }
  let answered = false
  let failed = false
  let invited = !expectsContinue
  outgoing.on('continue', () => {
    if (invited) return
    invited = true
    res.writeContinue()
  })
  outgoing.on('information', (information) => inform(res, information))
  outgoing.on('response', (answer) => {
    answered = true
    if (isClosing?.() === true) res.shouldKeepAlive = false
    const cut = (): void => {
      onCut()
      res.destroy()
    }
    relay(answer, res, cut, () => {
      if (!req.complete) {
        req.unpipe(outgoing)
        outgoing.destroy()
      }
      endAnswer(req, res, markOf(req.socket), { awaitsContinue: !invited })
    })
  })
  outgoing.on('error', (error) => {
    if (answered || failed || res.destroyed) return
    failed = true
    req.unpipe(outgoing)
    onFailure(error, hasBody)
  })
  res.on('close', () => {
    if (!res.writableFinished) outgoing.destroy()
  })
  if (!hasBody) {
    outgoing.end()
    return
  }
  req.on('close', () => {
    if (!req.complete) outgoing.destroy()
  })
  if (expectsContinue) outgoing.flushHeaders()
  req.pipe(outgoing)
}

/** What is passed on of a request's headers: as they were sent, in their order, with the client's address. */
export function requestHeaders(req: IncomingMessage, peerHeader: string): string[] {
  const own = peerHeader.toLowerCase()
  const headers: string[] = []
  let framed = false
  let host = false
  const overHttp2 = isHttp2(req)
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string
    const lower = name.toLowerCase()
    if (lower === 'transfer-encoding' || lower === 'content-length') framed = true
    else if (lower === ':authority') {
      // RFC 9113 section 8.3.1: where there is one, Host says nothing.
      host = true
      headers.push('Host', req.rawHeaders[i + 1] as string)
      continue
    } else if (lower === 'host') {
      if (host && overHttp2) continue
      host = true
    } else if (lower.startsWith(':')) continue
    else if (hopByHopHeaders.has(lower) || lower === own) continue
    headers.push(name, req.rawHeaders[i + 1] as string)
  }
  const chunked = !framed && overHttp2 && bodyFollows(req)
  const additions = {
    chunked,
    // Node would use chunked coding for the methods that usually have a body.
    contentLength: !framed && !chunked && !bodiless.has(req.method as string),
    host: !host && req.httpVersion !== '1.1',
  }
  // HTTP/2 needs no header to say that a body follows.
  if (additions.chunked) headers.push('Transfer-Encoding', 'chunked')
  if (additions.contentLength) headers.push('Content-Length', '0')
  if (additions.host) headers.push('Host', 'localhost')
  headers.push(peerHeader, formatPeer(req, additions))
  return headers
}

/** What is passed back of an answer's headers. */
export function responseHeaders(answer: IncomingMessage): string[] {
  const headers: string[] = []
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i] as string
    const value = answer.rawHeaders[i + 1] as string
    const lower = name.toLowerCase()
    // The application's side closes where it gave up a body, or was told to close: so does this side.
    if (!hopByHopHeaders.has(lower) || (lower === 'connection' && /\bclose\b/i.test(value)))
      headers.push(name, value)
  }
  return headers
}

// The methods for which Node's client sends no body unless a header announces one.
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** Passes an answer back; `cut` is called when it breaks off, `done` at its end. */
export function relay(answer: IncomingMessage, res: ServerResponse, cut: () => void, done: () => void): void {
  res.sendDate = false
  try {
    res.writeHead(answer.statusCode as number, answer.statusMessage, responseHeaders(answer))
  } catch {
    answer.destroy()
    cut()
    return
  }
  // An event stream sends its headers long before its first event; for other answers they go with the first chunk.
  const flush = setImmediate(() => {
    if (!res.destroyed) res.flushHeaders()
  })
  answer.on('error', ignore)
  answer.on('end', () => {
    clearImmediate(flush)
    done()
  })
  answer.on('close', () => {
    // Cut off: the client has to see that, too.
    if (!answer.complete && !res.destroyed) cut()
  })
  answer.pipe(res, { end: false })
}

function inform(res: ServerResponse, information: InformationEvent): void {
  if (res.headersSent || res.destroyed) return
  if (information.statusCode === 102) res.writeProcessing?.()
  if (information.statusCode !== 103) return
  const { link, ...others } = information.headers
  if (link !== undefined) res.writeEarlyHints({ ...(others as Record<string, string>), link })
}

function ignore(): void {}
