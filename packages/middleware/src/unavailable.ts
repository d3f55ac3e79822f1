/**
 * Answers a readable 503 page where the application fails.
 *
 * The threat: an application that breaks shows a bare "Internal Server Error" at best, at worst details that help an attacker, or half of
 * an answer with the headers of the other half (cookies, lengths, validators). Here the visitor reads what happened and whom to tell, the
 * log gets the error, and nothing of the failed answer is kept. What it does not stop: a failure after the first bytes went out. Nothing
 * is rewritten then; the connection breaks, so that nobody takes the torn answer for a whole one.
 *
 * @module
 */
import {
  type Answer,
  type Application,
  type Body,
  capture,
  dispose,
  type Environ,
  isHTTPError,
  isPromise,
  type Middleware,
  parseStatus,
  reportTo,
  type StartResponse,
} from '@stapel/core'
import { formatRetryAfter } from '@stapel/core/http'
import { checkOptions, type OptionCheck, show, text } from './check-options.ts'
import { createUnavailablePage, type UnavailablePage } from './unavailable-page.ts'

export interface UnavailableOptions {
  /** Whom a visitor may tell: an e-mail address or an http(s) URL, which become links, or any other text. @default undefined, nobody */
  contact?: string
  /**
   * When to try again: in so many seconds, at a date, or a function that gives either for each failure; sent as `Retry-After`.
   *
   * @default 30
   */
  retryAfter?: number | Date | (() => number | Date)
  /** What the page says, in one or two sentences. @default 'The server cannot answer this request at the moment. Please try again in a little while.' */
  message?: string
}

/**
 * Turns an inner 500, and any thrown error that is not an `HTTPError`, into a 503 with a page that a visitor can read: HTML where
 * `Accept` prefers it, otherwise plain text.
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
  const page = createUnavailablePage({ contact: options.contact, message: options.message })
  const retryAfter = options.retryAfter ?? 30

  return function unavailable(app: Application): Application {
    return function unavailable(environ: Environ, startResponse: StartResponse) {
      const failed = (error: unknown): Body => {
        if (isHTTPError(error) && error.status !== 500) throw error
        reportTo(environ)(error)
        return answerPage(environ, startResponse, page, retryAfter)
      }
      const check = (answer: Answer): Body => {
        if (parseStatus(answer.status).code === 500) {
          dispose(answer.body, undefined, reportTo(environ))
          return answerPage(environ, startResponse, page, retryAfter)
        }
        try {
          startResponse(answer.status, answer.headers, answer.error)
        } catch (error) {
          dispose(answer.body, undefined, reportTo(environ))
          throw error
        }
        return answer.body
      }

      let answer: Answer | Promise<Answer>
      try {
        answer = capture(app, environ)
      } catch (error) {
        return failed(error)
      }
      return isPromise(answer) ? answer.then(check, failed) : check(answer)
    }
  }
}

type RetryAfter = NonNullable<UnavailableOptions['retryAfter']>

const checks: Readonly<Record<string, OptionCheck>> = {
  contact: text,
  retryAfter: {
    expected: 'a number of seconds from 0 up, a valid date, or a function that gives one of them',
    accepts: (value) => typeof value === 'function' || formatOrRefuse(value) !== undefined,
  },
  message: text,
}

/** The answer has a header list of its own: what the failed one had is about a body that nobody gets. */
function answerPage(
  environ: Environ,
  startResponse: StartResponse,
  page: UnavailablePage,
  retryAfter: RetryAfter,
): Body {
  const { headers, body } = page(environ.HTTP_ACCEPT)
  const retry = currentRetryAfter(retryAfter, reportTo(environ))
  if (retry !== undefined) headers.push(['Retry-After', retry])
  startResponse('503 Service Unavailable', headers)
  return body
}

/** A function that fails here must not cost the visitor the page. */
function currentRetryAfter(retryAfter: RetryAfter, report: (error: unknown) => void): string | undefined {
  if (typeof retryAfter !== 'function') return formatOrRefuse(retryAfter)
  try {
    const value = retryAfter()
    const formatted = formatOrRefuse(value)
    if (formatted !== undefined) return formatted
    report(
      new TypeError(`unavailable: retryAfter gave ${show(value)}; expected ${checks.retryAfter?.expected}.`),
    )
  } catch (error) {
    report(error)
  }
  return undefined
}

/** `undefined` for what is no time that the header can hold. */
function formatOrRefuse(when: unknown): string | undefined {
  if (typeof when !== 'number' && !(when instanceof Date)) return undefined
  try {
    return formatRetryAfter(when)
  } catch {
    return undefined
  }
}
