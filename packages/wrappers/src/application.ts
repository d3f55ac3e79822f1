import {
  type Application,
  type Body,
  type Environ,
  isChunk,
  isFetchResponse,
  isHTTPError,
  isPromise,
  reportTo,
  respondWithFetch,
  type StartResponse,
  withClose,
} from '@stapel/core'
import { checkLimit, formLimits } from './form/form-limits.ts'
import type { Request } from './request.ts'
import type { RequestClass } from './request-types.ts'
import { Response } from './response.ts'
import { compileTrustedHosts } from './trusted-hosts.ts'

/** Whatever answers when it is told to: a Response, an HTTPError. */
export interface Responder {
  /** Answers as an application does (clause 3 of the protocol). */
  respond(environ: Environ, startResponse: StartResponse): Body | Promise<Body>
}

/** What a handler may give. */
export type HandlerResult = Responder | globalThis.Response | Application

/**
 * An application that makes a request of each environ and lets a handler answer it. It adds no promise where the handler gives none,
 * and closes a request that had a form: before a whole body is returned, otherwise when the body ends or is given up. Throws a TypeError for a
 * handler that is no function.
 */
export function handlerApplication(
  make: RequestClass,
  handler: (request: Request<unknown>) => HandlerResult | Promise<HandlerResult>,
): Application {
  if (typeof handler !== 'function') {
    throw new TypeError(`Got ${String(handler)} for the handler; expected a function that takes a request.`)
  }
  const checksHost = checkClass(make)
  const application: Application = (environ, startResponse) => {
    const request = new make(environ)
    let result: HandlerResult | Promise<HandlerResult>
    try {
      // Throws for a host that is not trusted, whether or not the handler would have asked for it.
      if (checksHost) request.host
      result = handler(request)
    } catch (error) {
      return fail(request, error, startResponse)
    }
    if (!isPromise(result)) return complete(request, result, startResponse)
    return result.then(
      (settled) => complete(request, settled, startResponse),
      (error) => fail(request, error, startResponse),
    )
  }
  return Object.defineProperty(application, 'name', { value: handler.name || 'application' })
}

/** Checks what a class sets for its requests; whether that includes trusted hosts. */
function checkClass({ trustedHosts, bodyLimit, formLimits: limits }: RequestClass): boolean {
  if (bodyLimit !== undefined) checkLimit('bodyLimit', bodyLimit)
  if (limits !== undefined) formLimits(limits)
  if (trustedHosts === undefined) return false
  compileTrustedHosts(trustedHosts)
  return true
}

function complete(
  request: Request<unknown>,
  result: HandlerResult,
  startResponse: StartResponse,
): Body | Promise<Body> {
  let body: Body | Promise<Body>
  try {
    body = answer(result, request.environ, startResponse)
  } catch (error) {
    return fail(request, error, startResponse)
  }
  if (!isPromise(body)) return finish(request, body)
  return body.then(
    (settled) => finish(request, settled),
    (error) => fail(request, error, startResponse),
  )
}

function answer(result: HandlerResult, environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
  if (result instanceof Response) return result.respond(environ, startResponse)
  if (typeof (result as Responder | undefined)?.respond === 'function') {
    return (result as Responder).respond(environ, startResponse)
  }
  if (typeof result === 'function') return result(environ, startResponse)
  if (isFetchResponse(result)) return respondWithFetch(result, startResponse, environ)
  throw new TypeError(
    `Got ${describe(result)} from the handler; expected a Response, a fetch Response or an application. Return new Response(…).`,
  )
}

/** A body that is there already does not need the request any more; another one may read its form while it is sent. */
function finish(request: Request<unknown>, body: Body): Body | Promise<Body> {
  if (isWhole(body)) return request.hasForm ? request.close().then(() => body) : body
  if (!request.hasForm && !mayHaveForm(request)) return body
  return withClose(body, () => request.close())
}

/**
 * An HTTPError answers here, inside of all layers, so that what they add to an answer is on the error's too; any other error goes on to
 * them, at once where there is nothing to close.
 */
function fail(request: Request<unknown>, error: unknown, startResponse: StartResponse): Body | Promise<Body> {
  if (!request.hasForm) return answerError(request, error, startResponse)
  return request
    .close()
    .catch((closeError) => {
      // The failure to remove a file must not hide why the request failed.
      reportTo(request.environ)(closeError)
    })
    .then(() => answerError(request, error, startResponse))
}

function answerError(request: Request<unknown>, error: unknown, startResponse: StartResponse): Body {
  if (!isHTTPError(error)) throw isAnswer(error) ? thrownAnswer(error, request) : error
  if (error.status >= 500) reportTo(request.environ)(error)
  return error.respond(request.environ, startResponse)
}

/** Whether a value would have been an answer had it been returned; anything may be thrown. */
function isAnswer(value: unknown): value is Response | globalThis.Response {
  return value instanceof Response || (!(value instanceof Error) && isFetchResponse(value))
}

/** What is thrown in place of a Response, of which the log could not say more than that it is an object. */
function thrownAnswer(response: Response | globalThis.Response, request: Request<unknown>): TypeError {
  const closed = response instanceof Response ? response.close() : response.body?.cancel()
  closed?.catch(reportTo(request.environ))
  return new TypeError(
    `Got a Response of status ${response.status} thrown by the handler; return it, or end the request by abort(response) of @stapel/core.`,
  )
}

function isWhole(body: Body): boolean {
  return isChunk(body) || Array.isArray(body)
}

function mayHaveForm(request: Request<unknown>): boolean {
  const type = request.contentType
  return type !== undefined && /^[ \t]*multipart\//i.test(type)
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 100))}`
  if (value === null || typeof value !== 'object') return String(value)
  return `an object of class ${value.constructor?.name ?? 'null'}`
}
