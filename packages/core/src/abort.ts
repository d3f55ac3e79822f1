import { describe } from './body.ts'
import { HTTPError, type HTTPErrorOptions, type Responder } from './http-error.ts'
import * as errors from './http-errors.ts'

/** A class of errors that {@link createAbort} can make. */
export type HTTPErrorClass = new (...args: never[]) => HTTPError

/** The class, by its status, of each error that `abort` makes otherwise than as a plain HTTPError. */
export interface StandardErrors {
  400: typeof errors.BadRequest
  401: typeof errors.Unauthorized
  403: typeof errors.Forbidden
  404: typeof errors.NotFound
  405: typeof errors.MethodNotAllowed
  406: typeof errors.NotAcceptable
  408: typeof errors.RequestTimeout
  409: typeof errors.Conflict
  410: typeof errors.Gone
  411: typeof errors.LengthRequired
  412: typeof errors.PreconditionFailed
  413: typeof errors.ContentTooLarge
  414: typeof errors.URITooLong
  415: typeof errors.UnsupportedMediaType
  416: typeof errors.RangeNotSatisfiable
  417: typeof errors.ExpectationFailed
  418: typeof errors.ImATeapot
  421: typeof errors.MisdirectedRequest
  422: typeof errors.UnprocessableContent
  423: typeof errors.Locked
  424: typeof errors.FailedDependency
  428: typeof errors.PreconditionRequired
  429: typeof errors.TooManyRequests
  431: typeof errors.RequestHeaderFieldsTooLarge
  451: typeof errors.UnavailableForLegalReasons
  500: typeof errors.InternalServerError
  501: typeof errors.NotImplemented
  502: typeof errors.BadGateway
  503: typeof errors.ServiceUnavailable
  504: typeof errors.GatewayTimeout
  505: typeof errors.HTTPVersionNotSupported
}

/** What the class of a status takes; a plain HTTPError's where there is none. */
export type AbortArguments<C, S> = S extends keyof C
  ? C[S] extends HTTPErrorClass
    ? ConstructorParameters<C[S]>
    : never
  : [description?: string, options?: HTTPErrorOptions]

/** A function that ends a request by throwing; see {@link abort}. */
export type Abort<C> = <S extends number | Responder>(what: S, ...args: AbortArguments<C, S>) => never

/**
 * Ends a request: throws the error of a status, made with the arguments of its class, or an error that answers with a Response.
 *
 * Throws a RangeError for a status outside 400 to 999, a TypeError for what is neither a status nor a Response.
 *
 * @example
 * ```ts
 * import { abort } from '@stapel/core'
 *
 * const entries = new Map([['1', 'Hello']])
 *
 * export function entry(id: string, method: string): string {
 *   if (method !== 'GET') abort(405, ['GET'])
 *   return entries.get(id) ?? abort(404, `There is no entry ${id}.`)
 * }
 * ```
 */
export function abort<S extends number | Responder>(
  what: S,
  ...args: AbortArguments<StandardErrors, S>
): never {
  throw makeError(standardErrors, what, args)
}

/**
 * An {@link abort} that knows more classes, or others for a status. Give the constant its type: TypeScript asks for it where what
 * follows a call is to count as unreachable.
 *
 * @example
 * ```ts
 * import { type Abort, createAbort, HTTPError, type StandardErrors } from '@stapel/core'
 *
 * class PaymentRequired extends HTTPError {
 *   constructor(price: number) {
 *     super(402, `This costs ${price} €.`)
 *   }
 * }
 *
 * export const abort: Abort<StandardErrors & { 402: typeof PaymentRequired }> = createAbort({ 402: PaymentRequired })
 * ```
 */
export function createAbort<C extends Readonly<Record<number, HTTPErrorClass>>>(
  classes: C,
): Abort<Omit<StandardErrors, keyof C> & C> {
  const all = new Map(standardErrors)
  for (const [key, Kind] of Object.entries(classes)) {
    const status = Number(key)
    if (!Number.isInteger(status) || status < 400 || status > 999 || typeof Kind !== 'function') {
      throw new TypeError(
        `Got ${describe(Kind)} for ${JSON.stringify(key)}; expected a class for a status from 400 to 999.`,
      )
    }
    all.set(status, Kind)
  }
  return (what, ...args) => {
    throw makeError(all, what, args)
  }
}

const standardErrors: ReadonlyMap<number, HTTPErrorClass> = new Map(
  Object.entries({
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    406: errors.NotAcceptable,
    408: errors.RequestTimeout,
    409: errors.Conflict,
    410: errors.Gone,
    411: errors.LengthRequired,
    412: errors.PreconditionFailed,
    413: errors.ContentTooLarge,
    414: errors.URITooLong,
    415: errors.UnsupportedMediaType,
    416: errors.RangeNotSatisfiable,
    417: errors.ExpectationFailed,
    418: errors.ImATeapot,
    421: errors.MisdirectedRequest,
    422: errors.UnprocessableContent,
    423: errors.Locked,
    424: errors.FailedDependency,
    428: errors.PreconditionRequired,
    429: errors.TooManyRequests,
    431: errors.RequestHeaderFieldsTooLarge,
    451: errors.UnavailableForLegalReasons,
    500: errors.InternalServerError,
    501: errors.NotImplemented,
    502: errors.BadGateway,
    503: errors.ServiceUnavailable,
    504: errors.GatewayTimeout,
    505: errors.HTTPVersionNotSupported,
  } satisfies StandardErrors).map(([status, Kind]) => [Number(status), Kind]),
)

function makeError(
  classes: ReadonlyMap<number, HTTPErrorClass>,
  what: number | Responder,
  args: readonly unknown[],
): HTTPError {
  if (typeof what === 'number') {
    const Kind = classes.get(what)
    return Kind === undefined
      ? new HTTPError(what, ...(args as [description?: string, options?: HTTPErrorOptions]))
      : new Kind(...(args as never[]))
  }
  if (typeof what?.respond !== 'function' || typeof what.status !== 'number') {
    throw new TypeError(
      `Got ${describe(what)} to abort with; expected a status as in 404, or a Response to answer with.`,
    )
  }
  return new HTTPError(what.status, undefined, { response: what })
}
