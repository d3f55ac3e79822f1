/**
 * Gives every request an identifier, so that the lines of several logs can be brought together.
 *
 * The threat: an identifier that a client sends is text of its choice in every log that prints it, and an identifier it may choose is one that
 * somebody else's request has as well. So a new one is made unless the request comes from where identifiers are known to be set (a proxy of one's own),
 * and what is taken over is short and of characters that mean nothing anywhere. What is not stopped: a proxy that hands on what its clients
 * sent; and an identifier is no secret, so never let it open anything.
 *
 * @module
 */
import {
  type Application,
  type Environ,
  environKey,
  type HeaderKey,
  type HeaderList,
  type Middleware,
  type StartResponse,
} from '@stapel/core'
import { isToken } from '@stapel/core/http'
import { answerErrors } from './answer-errors.ts'
import { callback, checkOptions, flag, integer, type OptionChecks, show } from './check-options.ts'

/** How requests get their identifiers. */
export interface RequestIdOptions {
  /** The name of the header, of the request and of the answer. @default 'X-Request-Id' */
  header?: string | undefined
  /**
   * Whether an identifier that the request brings is taken over: never, always (behind a proxy that sets it), or where a function says so.
   *
   * @default false
   */
  trust?: boolean | ((environ: Environ) => boolean) | undefined
  /** The longest identifier that is taken over, in characters, from 1 to 1024. @default 128 */
  maxLength?: number | undefined
  /** Makes an identifier; it gets environ. @default a random UUID (version 4) */
  generate?: ((environ: Environ) => string) | undefined
  /** Whether the answer names the identifier. @default true */
  answer?: boolean | undefined
}

/**
 * Puts an identifier into `environ['stapel.request_id']`, into the header of the request (in place of what the client sent), and into that of
 * the answer, those of errors included.
 *
 * An identifier is taken over when it is trusted, not longer than `maxLength`, and consists of letters, digits and `-._~+/=:@`; otherwise it is made.
 * A second layer of this kind further inside keeps the identifier that there is. Throws a TypeError for options that are wrong. An
 * identifier of `generate` that is not of this form fails the request with a TypeError.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { requestId } from '@stapel/middleware/request-id'
 *
 * export const app = stack((environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return `You are request ${environ['stapel.request_id']}`
 * }, requestId({ trust: (environ) => environ.REMOTE_ADDR === '10.0.0.1' }))
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  checkOptions('requestId', options, checks)
  const { header = 'X-Request-Id', trust = false, maxLength = 128, answer = true } = options
  const { generate = randomId } = options
  const key = environKey(header) as HeaderKey
  const lower = header.toLowerCase()
  const isTrusted = typeof trust === 'function' ? trust : () => trust

  function identify(environ: Environ): string {
    const sent = environ[key]
    if (sent !== undefined && sent.length <= maxLength && wellFormed.test(sent) && isTrusted(environ)) {
      return sent
    }
    const made = generate(environ)
    if (typeof made === 'string' && made.length <= LENGTH_LIMIT && wellFormed.test(made)) return made
    throw new TypeError(
      `requestId: got ${show(made)} from generate; expected 1 to ${LENGTH_LIMIT} letters, digits and -._~+/=:@.`,
    )
  }

  return function requestId(app: Application): Application {
    return function requestId(environ: Environ, startResponse: StartResponse) {
      const id = environ['stapel.request_id'] ?? identify(environ)
      environ['stapel.request_id'] = id
      environ[key] = id
      if (!answer) return app(environ, startResponse)
      return answerErrors(app, environ, startResponse, (headers) => withHeader(headers, header, lower, id))
    }
  }
}

declare module '@stapel/core' {
  interface Environ {
    /** What `requestId` calls this request. */
    'stapel.request_id'?: string
  }
}

/** The most characters of an identifier. */
const LENGTH_LIMIT = 1024

const wellFormed = /^[A-Za-z0-9\-._~+/=:@]+$/

/** What would say something else of the message with an identifier in it, or lose what the application says there. */
const otherMeaning =
  /^(?:content-.+|set-cookie|cookie|host|date|authorization|location|vary|etag|cache-control|connection|keep-alive|te|trailer|transfer-encoding|upgrade)$/i

const checks: OptionChecks<RequestIdOptions> = {
  header: {
    expected: 'the name of a header without underscores that has no other meaning, as in X-Request-Id',
    accepts: (value) =>
      typeof value === 'string' && isToken(value) && !value.includes('_') && !otherMeaning.test(value),
  },
  trust: {
    expected: 'true, false, or a function that gets environ and gives one of them',
    accepts: (value) => typeof value === 'boolean' || typeof value === 'function',
  },
  maxLength: integer(1, LENGTH_LIMIT, 'a number of characters'),
  generate: callback('a function that gives an identifier'),
  answer: flag,
}

function randomId(): string {
  return crypto.randomUUID()
}

/** The identifier stands once, whatever the application said. */
function withHeader(headers: HeaderList, name: string, lower: string, value: string): HeaderList {
  const others = headers.filter((header) => header[0].toLowerCase() !== lower)
  others.push([name, value])
  return others
}
