/**
 * Answers a readable 503 page where the application fails: the short form of `errorPages`, whose threats and limits it has.
 *
 * @module
 */
import type { Application, Middleware } from '@stapel/core'
import { checkOptions, type OptionChecks, text } from './check-options.ts'
import { errorPages } from './error-pages.ts'
import { type RetryAfter, retryAfterCheck } from './retry-after.ts'

export interface UnavailableOptions {
  /** Whom a visitor may tell: an e-mail address or an http(s) URL, which become links, or any other text. @default undefined, nobody */
  contact?: string | undefined
  /**
   * When to try again: in so many seconds, at a date, or a function that gives either for each failure; sent as `Retry-After`.
   *
   * @default 30
   */
  retryAfter?: RetryAfter | undefined
  /** What the page says, in one or two sentences. @default 'The server cannot answer this request at the moment. Please try again in a little while.' */
  message?: string | undefined
}

/**
 * Turns an inner 500, and any thrown error that is not an `HTTPError`, into a 503 with a page that a visitor can read: HTML where
 * `Accept` prefers it, problem details (RFC 9457) where it names JSON, otherwise plain text.
 *
 * Every other answer passes untouched, every other `HTTPError` as it was thrown. An answer counts as inner until its first non-empty chunk:
 * an application that started a 202, yielded `''` and threw gets the page too. A replaced body is disposed of, a thrown error is
 * written to `wsgi.errors` once, with its causes. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { unavailable } from '@stapel/middleware/unavailable'
 *
 * export const app = stack(() => {
 *   throw new Error('The database is away')
 * }, unavailable({ contact: 'webmaster@example.org', retryAfter: 60 }))
 * ```
 */
export function unavailable(options: UnavailableOptions = {}): Middleware {
  checkOptions('unavailable', options, checks)
  const { message, ...shared } = options
  const pages = errorPages(message === undefined ? shared : { ...shared, messages: { 503: message } })

  return function unavailable(app: Application): Application {
    return pages(app)
  }
}

const checks: OptionChecks<UnavailableOptions> = {
  contact: text,
  retryAfter: retryAfterCheck,
  message: text,
}
