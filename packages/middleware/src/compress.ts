import {
  type Answer,
  type Application,
  type Body,
  dispose,
  type Environ,
  isPromise,
  type Middleware,
  parseStatus,
  reportTo,
  type StartResponse,
} from '@stapel/core'
import { varyOn } from '@stapel/core/http'
import { callback, checkOptions, integer, type OptionCheck } from './check-options.ts'
import { type CompressSettings, encodeAnswer, isNegotiable } from './compress-answer.ts'
import { captureWhere } from './compress-capture.ts'
import { type Coding, codings, createCodingChoice } from './compress-codings.ts'
import { isCompressibleType, readHead } from './compress-head.ts'

export { isCompressibleType } from './compress-head.ts'

export interface CompressOptions {
  /** How hard to try, from 1 (fast) to 9 (small). @default 6, zlib's own */
  level?: number
  /** Answers whose size is known and below this many bytes are left alone: they fit one packet anyway. @default 1024 */
  threshold?: number
  /** Whether content of this type is worth compressing; gets it in lower case and without parameters. @default isCompressibleType */
  compressible?: (type: string) => boolean
}

/**
 * Compresses answers with gzip for clients that accept it, chosen by the weights of `Accept-Encoding` (RFC 9110 section 12.5.3).
 *
 * A body known whole (a string, bytes or a list, up to 1 MiB) is compressed in one go; any other is compressed as it comes, each chunk
 * flushed so that the client gets it at once, and the next chunk is pulled only when the last was taken. Compressed answers get
 * `Content-Encoding`, lose `Content-Length` and `Accept-Ranges`, and a strong `ETag` becomes weak; every answer that could have been
 * compressed gets `Vary: Accept-Encoding`. Left alone are 204, 205, 206 and 304, answers that have a `Content-Encoding`, a range or a
 * digest, and `Cache-Control: no-transform`. HEAD gets the headers of GET. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { compress } from '@stapel/middleware/compress'
 *
 * export const app = stack((_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return 'Hello, hello, hello! '.repeat(100)
 * }, compress())
 * ```
 */
export function compress(options: CompressOptions = {}): Middleware {
  checkOptions('compress', options, checks)
  const { level, threshold = 1024, compressible = isCompressibleType } = options
  const settings: CompressSettings = { level, threshold: Math.max(threshold, 1), compressible }
  const choose = createCodingChoice(codings)

  return function compress(app: Application): Application {
    return function compress(environ: Environ, startResponse: StartResponse) {
      const coding = choose(environ.HTTP_ACCEPT_ENCODING)
      return coding === undefined
        ? app(environ, varying(startResponse, settings))
        : answerEncoded(app, environ, startResponse, coding, settings)
    }
  }
}

const checks: Readonly<Record<string, OptionCheck>> = {
  level: integer(1, 9, 'a compression level'),
  threshold: integer(0, Number.MAX_SAFE_INTEGER, 'a number of bytes'),
  compressible: callback('a function from a content type to true or false'),
}

/** startResponse for a client that takes no coding we have: a cache must still know that another client may get one. */
function varying(startResponse: StartResponse, settings: CompressSettings): StartResponse {
  return (status, headers, error) => {
    const varies =
      Array.isArray(headers) && isNegotiable(parseStatus(status).code, readHead(headers), settings)
    return startResponse(status, varies ? varyOn(headers, 'Accept-Encoding') : headers, error)
  }
}

function answerEncoded(
  app: Application,
  environ: Environ,
  startResponse: StartResponse,
  coding: Coding,
  settings: CompressSettings,
): Body | Promise<Body> {
  const got = captureWhere(app, environ, varying(startResponse, settings), (status, headers) =>
    isNegotiable(parseStatus(status).code, readHead(headers), settings),
  )
  const giveUp = (body: Body, error: unknown): never => {
    dispose(body, undefined, reportTo(environ))
    throw error
  }
  const send = (answer: Answer): Body => {
    try {
      startResponse(answer.status, answer.headers, answer.error)
    } catch (error) {
      giveUp(answer.body, error)
    }
    return answer.body
  }
  const finish = (captured: Awaited<typeof got>): Body | Promise<Body> => {
    if ('passed' in captured) return captured.passed
    let encoded: Answer | Promise<Answer>
    try {
      encoded = encodeAnswer(captured, environ, coding, settings)
    } catch (error) {
      return giveUp(captured.body, error)
    }
    return isPromise(encoded) ? encoded.then(send, (error) => giveUp(captured.body, error)) : send(encoded)
  }
  return isPromise(got) ? got.then(finish) : finish(got)
}
