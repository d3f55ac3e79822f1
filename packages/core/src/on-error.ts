/**
 * Pages of one's own for errors.
 *
 * The threat: a page that shows what an unexpected error says, or that costs the visitor the answer where it fails itself. The page is told
 * of such an error only that it is a 500 (what it was stands in the log, and in `cause`); one that throws is logged, and the error answers
 * in its own form. What is not stopped: a page that prints `cause` or `message`, and a failure after the first bytes went out, which breaks
 * the connection.
 *
 * @module
 */
import { describe, dispose, isPromise } from './body.ts'
import { type Answer, capture } from './capture.ts'
import { type HTTPError, isHTTPError, type Responder, withMissing } from './http-error.ts'
import { ClientDisconnected } from './http-errors.ts'
import type { Application, Body, Environ, Middleware, StartResponse } from './protocol.ts'
import { reportTo } from './report.ts'
import { sendAnswer } from './send-answer.ts'
import { toHTTPError } from './to-http-error.ts'

/** Gives the answer to a request that fails: a Response, an `HTTPError` (the same one answers in its own form), or a promise of one. */
export type ErrorHandler = (error: HTTPError, environ: Environ) => Responder | Promise<Responder>

/**
 * A middleware that lets a function answer what fails inside of it before the first bytes go out: an `HTTPError`, whether it was thrown or has
 * answered already (a handler's, a router's 404), and any other error as the 500 that {@link toHTTPError} makes of it. `status`, `code`,
 * `description` and `headers` tell what happened.
 *
 * Headers of the failed answer stay (`Allow`, `Retry-After`, what layers inside have added) where the new one lacks them and they do not
 * describe the old content. Thrown errors of 500 and above are logged. An error with a `response` has its answer, and is left alone; so
 * is one that a layer of this kind further inside has answered. Throws a TypeError for what is no function.
 *
 * @example
 * ```ts
 * import { onError, stack } from '@stapel/core'
 * import { Router } from '@stapel/routing'
 * import { Request, Response } from '@stapel/wrappers'
 *
 * const pages = onError((error, environ) => {
 *   const form = new Request(environ).acceptMimetypes.bestMatch(['application/json', 'text/html'])
 *   // Programs get problem details.
 *   if (form !== 'text/html') return error
 *   const page = error.status === 404 ? '<h1>Nothing here</h1>' : `<h1>${error.status}</h1>`
 *   return new Response(page, { status: error.status, mimetype: 'text/html' })
 * })
 * export const app = stack(new Router().app, pages)
 * ```
 */
export function onError(handler: ErrorHandler): Middleware {
  if (typeof handler !== 'function') {
    throw new TypeError(`Got ${describe(handler)} for the handler of errors; expected a function.`)
  }
  return function onError(app: Application): Application {
    return function onError(environ, startResponse) {
      let answer: Answer | Promise<Answer>
      try {
        answer = capture(app, environ)
      } catch (error) {
        return answerThrown(error, handler, environ, startResponse)
      }
      return isPromise(answer)
        ? answer.then(
            (settled) => hand(settled, handler, environ, startResponse),
            (error) => answerThrown(error, handler, environ, startResponse),
          )
        : hand(answer, handler, environ, startResponse)
    }
  }
}

function hand(
  answer: Answer,
  handler: ErrorHandler,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  const { error } = answer
  return isHTTPError(error) && error.response === undefined
    ? respond(error, answer, handler, environ, startResponse)
    : sendAnswer(answer, environ, startResponse)
}

function answerThrown(
  thrown: unknown,
  handler: ErrorHandler,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  // Nobody is there to see a page.
  if (thrown instanceof ClientDisconnected) throw thrown
  const error = toHTTPError(thrown)
  if (error.status >= 500) reportTo(environ)(thrown)
  if (error.response !== undefined) return error.respond(environ, startResponse)
  return respond(error, undefined, handler, environ, startResponse)
}

/** Answers an error by the handler; `given` is the answer that there is already, which stays where the handler fails or wants it. */
function respond(
  error: HTTPError,
  given: Answer | undefined,
  handler: ErrorHandler,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  const report = reportTo(environ)
  const kept = (given?.headers ?? error.headers).filter(outlivesContent)
  const own: StartResponse = (status, headers, failure) =>
    startResponse(status, withMissing(headers, kept), failure)
  const keep = (): Body =>
    given === undefined ? error.respond(environ, startResponse) : sendAnswer(given, environ, startResponse)
  const send = (page: Responder): Body => {
    if (page === error) return keep()
    const body = checkPage(page).respond(environ, own)
    if (given !== undefined) dispose(given.body, undefined, report)
    return body
  }
  const failed = (failure: unknown): Body => {
    report(failure)
    return keep()
  }
  try {
    const page = handler(error, environ)
    return isPromise(page) ? page.then(send).catch(failed) : send(page)
  } catch (failure) {
    return failed(failure)
  }
}

function checkPage(page: Responder): Responder {
  if (typeof page?.respond === 'function') return page
  throw new TypeError(
    `Got ${describe(page)} from the handler of errors; expected a Response with the status of the error, or the error itself.`,
  )
}

/** Whether a header says something of the answer and not of the content that another one replaces. */
function outlivesContent([name]: readonly [string, string]): boolean {
  return !aboutContent.test(name)
}

const aboutContent = /^(?:content-.*|etag|last-modified|accept-ranges)$/i
