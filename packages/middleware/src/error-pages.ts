/**
 * Pages for what fails: maps inner answers and thrown errors to others.
 *
 * The threat: an application that breaks shows a bare "Internal Server Error" at best, at worst details that help an attacker, or half of
 * an answer with the headers of the other half (cookies, lengths, validators). Here the visitor reads what happened and whom to tell, the
 * log gets the error, and of the failed answer only those headers stay that are true of the page too. What it does not stop: a failure
 * after the first bytes went out. Nothing is rewritten then; the connection breaks, so that nobody takes the torn answer for a whole one.
 *
 * @module
 */
import {
  type Answer,
  type Application,
  type Body,
  ClientDisconnected,
  capture,
  checkHeaders,
  dispose,
  type Environ,
  type HeaderList,
  type HTTPError,
  isHTTPError,
  isPromise,
  type Middleware,
  parseStatus,
  reportTo,
  type StartResponse,
  sendAnswer,
  toHTTPError,
} from '@stapel/core'
import { callback, checkOptions, flag, type OptionChecks, text } from './check-options.ts'
import type { ErrorPage } from './error-page.ts'
import { createPages } from './error-pages-answer.ts'
import { compileErrors, compileStatuses, type ErrorClass, type StatusMap } from './error-pages-map.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'
import { Refusal } from './refusal.ts'
import { type RetryAfter, retryAfterCheck } from './retry-after.ts'

export type { ErrorPage } from './error-page.ts'
export type { ErrorClass, StatusMap } from './error-pages-map.ts'
export type { Except } from './except.ts'
export type { RetryAfter } from './retry-after.ts'

export interface ErrorPagesOptions {
  /**
   * Which statuses get a page, and with which status: another one, `true` for the same, `false` for no page. Keys are statuses from 400 to
   * 599, `'4xx'` and `'5xx'`; a status goes before its class. What is not named passes untouched.
   *
   * @default { 500: 503 }, which stays unless 500 or '5xx' is named
   */
  statuses?: StatusMap | undefined
  /**
   * The status of the page for thrown errors that are no `HTTPError`, by class; the first that fits counts. Every other such error counts as
   * a 500.
   *
   * @default []
   */
  errors?: readonly (readonly [ErrorClass, number])[] | undefined
  /** Whom a visitor may tell: an e-mail address or an http(s) URL, which become links, or any other text. @default undefined, nobody */
  contact?: string | undefined
  /** What pages say, by their status. @default what the error says to clients where its status stays, otherwise a sentence in English */
  messages?: Readonly<Record<number, string>> | undefined
  /**
   * When to try again, sent as `Retry-After`: in so many seconds or at a date, with every page of status 503; or a function that gives
   * either, or `undefined` for none, for each page. A `Retry-After` of the failed answer goes before a fixed one where the status stays.
   *
   * @default 30
   */
  retryAfter?: RetryAfter | undefined
  /**
   * Makes the HTML. It gets texts that are not escaped: see `escapeHtml` of `@stapel/core/http`. Where it fails, that is logged and the
   * page is the built-in one.
   */
  template?: ((page: ErrorPage, environ: Environ) => string | Promise<string>) | undefined
  /** Headers of every page, in place of its own of the same name. They do not say anything of the content's type or length. @default [] */
  headers?: HeaderList | undefined
  /**
   * Whether pages show the error with its stack and causes: `true` for everybody, who then learn what attackers like to know.
   *
   * @default only where the request is traced, which the development server does
   */
  details?: boolean | undefined
  /** Requests whose failures are left as they are, such as those of an API with errors of its own. @default none */
  except?: Except | undefined
}

/**
 * Replaces answers of some statuses, and what is thrown, by a page that a visitor can read: HTML, problem details (RFC 9457) or text, by
 * `Accept`. By default an inner 500 and any thrown error that is no `HTTPError` become 503; everything else passes untouched.
 *
 * An answer counts as inner until its first non-empty chunk. A replaced body is disposed of; a thrown error that becomes a page of 500 or more
 * is written to `wsgi.errors` once, with its causes. A breaker's or a timeout's refusal inside gets a page, too. Throws a TypeError
 * for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { errorPages } from '@stapel/middleware/error-pages'
 *
 * export const app = stack(
 *   () => {
 *     throw new RangeError('There is no page 0')
 *   },
 *   errorPages({
 *     statuses: { 404: true, 502: 503 },
 *     errors: [[RangeError, 400]],
 *     contact: 'webmaster@example.org',
 *   }),
 * )
 * ```
 */
export function errorPages(options: ErrorPagesOptions = {}): Middleware {
  checkOptions('errorPages', options, checks)
  const answerPage = createPages(options)
  const statuses = compileStatuses('errorPages', options.statuses)
  const statusOf = compileErrors('errorPages', options.errors)
  const excepts = compileExcept('errorPages', options.except)

  /** The status of the page for an error; `undefined` for none. */
  function mapError(error: HTTPError): number | undefined {
    const own = error.status === 500 ? statusOf(error.cause) : undefined
    return own ?? statuses.get(error.status) ?? (error instanceof Refusal ? error.status : undefined)
  }

  /** A function that fails here must not cost the visitor the page. */
  function isExcepted(environ: Environ): boolean {
    try {
      return excepts(environ)
    } catch (error) {
      reportTo(environ)(error)
      return false
    }
  }

  return function errorPages(app: Application): Application {
    return function errorPages(environ: Environ, startResponse: StartResponse) {
      const failed = (thrown: unknown): Body | Promise<Body> => {
        if (thrown instanceof ClientDisconnected) throw thrown
        const error = toHTTPError(thrown)
        const status = mapError(error)
        if (status === undefined || isOwn(error, status) || isExcepted(environ)) throw thrown
        if (status >= 500) reportTo(environ)(thrown)
        return answerPage(
          { status, failed: error.status, headers: error.headers, error },
          environ,
          startResponse,
        )
      }
      const check = (answer: Answer): Body | Promise<Body> => {
        const { code } = parseStatus(answer.status)
        if (code < 400) return sendAnswer(answer, environ, startResponse)
        const error = isHTTPError(answer.error) && answer.error.status === code ? answer.error : undefined
        const status = error === undefined ? statuses.get(code) : mapError(error)
        if (status === undefined || isOwn(error, status) || isExcepted(environ)) {
          return sendAnswer(answer, environ, startResponse)
        }
        dispose(answer.body, undefined, reportTo(environ))
        return answerPage({ status, failed: code, headers: answer.headers, error }, environ, startResponse)
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

/** Whether an error brings an answer of its own for the status that a page would have. */
function isOwn(error: HTTPError | undefined, status: number): boolean {
  return error?.response !== undefined && error.status === status
}

const checks: OptionChecks<ErrorPagesOptions> = {
  statuses: {
    expected: "an object as in { 404: true, 502: 503, '4xx': false }",
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
  errors: { expected: 'a list of pairs of class and status', accepts: Array.isArray },
  contact: text,
  messages: {
    expected: 'an object of texts that are not empty, by status from 400 to 599',
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.entries(value).every(
        ([status, message]) => /^[45][0-9]{2}$/.test(status) && text.accepts(message),
      ),
  },
  retryAfter: retryAfterCheck,
  template: callback('a function that gets the page and environ, and gives HTML'),
  headers: {
    expected: 'a list of [name, value] pairs that may be sent, without Content-Type and Content-Length',
    accepts: areHeaders,
  },
  details: flag,
  except: exceptCheck,
}

function areHeaders(value: unknown): boolean {
  try {
    checkHeaders(value as HeaderList)
    return (value as HeaderList).every(([name]) => !/^content-(?:type|length)$/i.test(name))
  } catch {
    return false
  }
}
