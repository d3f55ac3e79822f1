/**
 * Compresses answers.
 *
 * What it costs is bounded: windows and tables by `compress-codings.ts`, what is held of a stream by `compress-body.ts`, what is kept by
 * `compress-cache.ts`. What it does not stop is BREACH: where an answer holds a secret beside what an attacker may choose, its
 * compressed length tells of the secret. Mask such secrets, send the answer with `Cache-Control: no-transform`, or name its requests in `except`.
 *
 * @module
 */
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
  sendAnswer,
} from '@stapel/core'
import { varyOn } from '@stapel/core/http'
import { checkOptions } from './check-options.ts'
import { type CompressSettings, encodeAnswer, isNegotiable } from './compress-answer.ts'
import { CompressCache } from './compress-cache.ts'
import { captureWhere } from './compress-capture.ts'
import { createCodingChoice } from './compress-choice.ts'
import { type Coding, codingKinds, createCodings } from './compress-codings.ts'
import { markFiles } from './compress-files.ts'
import { isCompressibleType, readHead, remembering } from './compress-head.ts'
import { type CompressOptions, compressChecks } from './compress-options.ts'
import { compileExcept } from './except.ts'

export type { CompressCacheOptions } from './compress-cache.ts'
export type { CodingName, CompressLevels } from './compress-codings.ts'
export { isCompressibleType } from './compress-head.ts'
export type { CompressOptions } from './compress-options.ts'
export type { Except } from './except.ts'

/**
 * Compresses answers with zstd, br, gzip or deflate for clients that accept it, chosen by the weights of `Accept-Encoding` (RFC 9110
 * section 12.5.3), and among equals by the order of `codings`.
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
  checkOptions('compress', options, compressChecks)
  const { codings = codingKinds.keys(), level, threshold = 1024 } = options
  const isExcepted = compileExcept('compress', options.except)
  const settings: CompressSettings = {
    threshold: Math.max(threshold, 1),
    compressible: options.compressible ?? remembering(isCompressibleType),
    cache: options.cache && new CompressCache(options.cache),
  }
  const choose = createCodingChoice(createCodings(codings, level))

  return function compress(app: Application): Application {
    return function compress(environ: Environ, startResponse: StartResponse) {
      if (isExcepted(environ)) return app(environ, startResponse)
      const coding = choose(environ.HTTP_ACCEPT_ENCODING)
      return coding === undefined
        ? app(environ, varying(startResponse, settings))
        : answerEncoded(app, environ, startResponse, coding, settings)
    }
  }
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
  const inner = settings.cache === undefined ? environ : markFiles(environ)
  const got = captureWhere(app, inner, varying(startResponse, settings), (status, headers) =>
    isNegotiable(parseStatus(status).code, readHead(headers), settings),
  )
  const giveUp = (body: Body, error: unknown): never => {
    dispose(body, undefined, reportTo(environ))
    throw error
  }
  const send = (answer: Answer): Body => sendAnswer(answer, environ, startResponse)
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
