import type { ServerHttp2Stream } from 'node:http2'
import { http2ErrorCode } from './http2-error-code.ts'

/**
 * Ends a request of HTTP/2 whose body has not arrived within the `requestTimeout` of its server, as Node does it for HTTP/1.
 *
 * The threat: a client that opens streams and sends their bodies a byte at a time, or not at all, and keeps an application waiting in each of
 * them. `end` is called before the answer: 408 where none has begun, a reset otherwise.
 */
export function limitBodyTime(stream: ServerHttp2Stream, end: () => void): void {
  const milliseconds = limitsOf(stream).requestTimeout
  if (!milliseconds) return
  const timer = setTimeout(() => {
    if (stream.closed || stream.destroyed || stream.state.remoteClose === 1) return
    end()
    if (stream.headersSent) {
      stream.close(http2ErrorCode.cancel)
      return
    }
    const body = '408 Request Timeout\n'
    stream.respond({
      ':status': 408,
      'content-type': 'text/plain; charset=utf-8',
      'content-length': body.length,
    })
    // Not at once: the end of the answer is still to be written, and would be dropped.
    stream.once('finish', () => setImmediate(() => stream.close(http2ErrorCode.noError)))
    stream.end(body)
  }, milliseconds).unref()
  stream.once('close', () => clearTimeout(timer))
}

/** Limits of the server of a stream, as far as it has any: in somebody else's they are what they have set. */
export function limitsOf(stream: ServerHttp2Stream): { requestTimeout?: number; maxHeaderSize?: number } {
  const session = stream.session as { server?: object } | undefined
  return session?.server ?? {}
}
