/**
 * What the gateway asks of a response of HTTP/1 and Node's compatibility API for HTTP/2 has not, or has in another way.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2'
import { RequestHeaderFieldsTooLarge } from '../http-errors.ts'
import { http2ErrorCode } from './http2-error-code.ts'
import { limitsOf } from './http2-slow-body.ts'
import { StreamStall } from './http2-stall.ts'

/** Whether a request came over HTTP/2, and does not only say so in the words of HTTP/1. */
export function isHttp2(req: IncomingMessage): boolean {
  return req.httpVersionMajor === 2 && 'stream' in req
}

/** The stream of a request that came over HTTP/2. */
export function streamOf(req: IncomingMessage): ServerHttp2Stream {
  return (req as unknown as { stream: ServerHttp2Stream }).stream
}

/**
 * Throws where the header fields of a request are larger than the `maxHeaderSize` of its server (RFC 9113 section 6.5.2): Node holds a client to
 * it from the second request on only, when the client has confirmed our settings.
 */
export function checkHeaderSize(req: IncomingMessage): void {
  const limit = limitsOf(streamOf(req)).maxHeaderSize
  if (limit === undefined) return
  let size = 0
  for (const part of req.rawHeaders) size += part.length + 16
  if (size > limit) throw new RequestHeaderFieldsTooLarge('The header fields of the request are too large.')
}

/** Whether a body follows the headers; HTTP/2 needs no header to say so. */
export function bodyFollows(req: IncomingMessage): boolean {
  return !(streamOf(req) as ServerHttp2Stream & { endAfterHeaders: boolean }).endAfterHeaders
}

/**
 * Gives one response of HTTP/2 what it lacks. Reason phrases and `Connection` do not exist there (RFC 9113 section 8.2.2), and what breaks off is
 * one stream, not the connection, with a code that tells the client that its answer is not whole.
 *
 * `stallTimeout` are the milliseconds in which a client may take nothing of an answer that is complete; 0 for no end. Gives a function that ends
 * the exchange for the application, as if the client had gone.
 */
export function adaptHttp2(req: IncomingMessage, response: ServerResponse, stallTimeout: number): () => void {
  const res = response as unknown as Http2ServerResponse
  const stream = streamOf(req)
  const { writeHead, end } = res
  // Set when the request took too long, and is answered without the application.
  let timedOut = false
  const stall = new StreamStall(stream, () => res.emit('timeout') || response.destroy())
  const gone = { get: () => timedOut || stream.destroyed || stream.closed, configurable: true }
  Object.defineProperties(res, {
    destroyed: gone,
    closed: gone,
    // A stream that was reset ends its own side first, and would look finished.
    writableFinished: {
      get: () =>
        stream.writableFinished && !timedOut && !stream.aborted && stream.rstCode === http2ErrorCode.noError,
      configurable: true,
    },
    setTimeout: {
      value: (milliseconds: number) => {
        stall.watch(milliseconds)
        return res
      },
      configurable: true,
    },
    // However small an answer is, a client that gives no room leaves it where it is.
    end: {
      value: (...given: unknown[]) => {
        Reflect.apply(end, res, given)
        stall.watch(stallTimeout)
        return res
      },
      configurable: true,
    },
    shouldKeepAlive: { value: true, writable: true, configurable: true },
    writeHead: {
      value: (code: number, _reason: string, headers: readonly string[] = []) =>
        Reflect.apply(writeHead, res, [code, pairs(headers)]),
      configurable: true,
    },
    destroy: {
      value: () => {
        if (!stream.destroyed) stream.close(http2ErrorCode.internalError)
        return res
      },
      configurable: true,
    },
  })
  return () => {
    timedOut = true
    req.destroy()
  }
}

/**
 * Ends an answer to a request whose body may not have been read: the stream is closed when the answer has gone, which asks the client to stop
 * (RFC 9113 section 8.1) and touches no other request of the connection.
 */
export function endHttp2(req: IncomingMessage, res: ServerResponse, chunk?: string | Uint8Array): void {
  const stream = streamOf(req)
  // Not at once: the end of the answer is still to be written, and would be dropped.
  stream.once('finish', () => setImmediate(() => stream.close(http2ErrorCode.noError)))
  res.end(chunk, 'latin1')
}

function pairs(flat: readonly string[]): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    if (name.toLowerCase() !== 'connection') list.push([name, flat[i + 1] as string])
  }
  return list
}
