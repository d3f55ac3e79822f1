/**
 * `Access-Control-*`: which pages of other origins may read an answer (CORS, in the Fetch standard).
 *
 * The threat: an answer opened to every origin together with credentials shows any page what a signed-in visitor sees. Browsers refuse
 * `*` with credentials, and so does {@link formatAccessControl}. What is not stopped: an origin that is echoed unchecked does the same.
 * Compare `Origin` with a list, name the one origin, and vary on `Origin`.
 *
 * @module
 */
import type { HeaderList } from '../protocol.ts'
import { formatAllow, parseAllow } from './allow.ts'
import { formatDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts'
import { isToken } from './field.ts'
import { formatFieldNames, parseFieldNames } from './field-names.ts'
import { parseOrigin } from './origin.ts'

/** What an answer allows to pages of other origins; what is absent or `undefined` was not given. */
export interface AccessControl {
  /** The origin whose pages may read the answer; `'*'` for any, without credentials. */
  readonly allowOrigin?: '*' | 'null' | (string & {}) | undefined
  /** Whether that holds for answers to requests with cookies and other credentials. */
  readonly allowCredentials?: boolean | undefined
  /** Preflight: the methods that may be used; told apart by case. */
  readonly allowMethods?: readonly string[] | undefined
  /** Preflight: the request fields that may be sent, in lower case. */
  readonly allowHeaders?: '*' | readonly string[] | undefined
  /** The response fields that may be read, in lower case. */
  readonly exposeHeaders?: '*' | readonly string[] | undefined
  /** Preflight: for how many seconds its answer holds. */
  readonly maxAge?: number | undefined
}

/** What a browser asks before it sends a request that a form could not have sent. */
export interface Preflight {
  /** Whose page it is: see `parseOrigin`. */
  readonly origin: string
  /** The method to be used. */
  readonly method: string
  /** The fields to be sent besides those that are always allowed, in lower case. */
  readonly headers: readonly string[]
}

/** What of a request makes it a preflight; an environ is one. */
export interface PreflightRequest {
  /** The method, as it was sent. */
  readonly REQUEST_METHOD: string
  /** `Origin`: the scheme, host and port of the page. */
  readonly HTTP_ORIGIN?: string | undefined
  /** `Access-Control-Request-Method`: the method of the request that is to follow. */
  readonly HTTP_ACCESS_CONTROL_REQUEST_METHOD?: string | undefined
  /** `Access-Control-Request-Headers`: the names of its fields. */
  readonly HTTP_ACCESS_CONTROL_REQUEST_HEADERS?: string | undefined
}

/**
 * What a preflight asks for; `undefined` for a request that is none: not OPTIONS, without a well-formed `Origin` or without the method.
 *
 * @example
 * ```ts
 * import type { Environ } from '@stapel/core'
 * import { parsePreflight } from '@stapel/core/http'
 *
 * export const isPreflight = (environ: Environ) => parsePreflight(environ) !== undefined
 * ```
 */
export function parsePreflight(request: PreflightRequest): Preflight | undefined {
  const { REQUEST_METHOD, HTTP_ORIGIN, HTTP_ACCESS_CONTROL_REQUEST_METHOD: method } = request
  if (REQUEST_METHOD !== 'OPTIONS' || HTTP_ORIGIN === undefined || method === undefined) return undefined
  const origin = parseOrigin(HTTP_ORIGIN)
  if (origin === undefined || !isToken(method)) return undefined
  const headers = parseFieldNames(request.HTTP_ACCESS_CONTROL_REQUEST_HEADERS ?? '')
  return { origin, method, headers: headers === '*' ? ['*'] : headers }
}

/**
 * What the headers of an answer allow, read as browsers do: exactly one origin or none, credentials only where `true` is written and the
 * origin is named. Other headers, and what is malformed, are left out.
 */
export function parseAccessControl(headers: HeaderList): AccessControl {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (!lower.startsWith('access-control-')) continue
    const before = values.get(lower)
    values.set(lower, before === undefined ? value : `${before}, ${value}`)
  }
  const parsed: { -readonly [Key in keyof AccessControl]: AccessControl[Key] } = {}
  const [origin, credentials, methods, allowed, exposed, age] = names.map((name) =>
    values.get(name.toLowerCase()),
  )
  const allowOrigin = origin === '*' ? origin : parseOrigin(origin ?? '')
  if (allowOrigin !== undefined) parsed.allowOrigin = allowOrigin
  if (credentials === 'true' && allowOrigin !== '*') parsed.allowCredentials = true
  if (methods !== undefined) parsed.allowMethods = parseAllow(methods)
  if (allowed !== undefined) parsed.allowHeaders = parseFieldNames(allowed)
  if (exposed !== undefined) parsed.exposeHeaders = parseFieldNames(exposed)
  const maxAge = parseDeltaSeconds(age ?? '')
  if (maxAge !== undefined) parsed.maxAge = maxAge
  return parsed
}

/**
 * The headers that allow this. Throws a RangeError for an origin that is none, for credentials with `*`, and for names and times that no
 * header can hold.
 *
 * @example
 * ```ts
 * import { formatAccessControl } from '@stapel/core/http'
 *
 * formatAccessControl({ allowOrigin: 'https://app.example', allowCredentials: true })
 * // [['Access-Control-Allow-Origin', 'https://app.example'], ['Access-Control-Allow-Credentials', 'true']]
 * ```
 */
export function formatAccessControl(control: AccessControl): HeaderList {
  const { allowOrigin, allowCredentials, allowMethods, allowHeaders, exposeHeaders, maxAge } = control
  if (allowOrigin !== undefined && allowOrigin !== '*' && parseOrigin(allowOrigin) !== allowOrigin) {
    throw new RangeError(
      `Got the origin ${JSON.stringify(allowOrigin)}; expected '*' or an origin in lower case, as in 'https://app.example'.`,
    )
  }
  if (allowCredentials === true && allowOrigin === '*') {
    throw new RangeError("Got credentials for the origin '*'; expected the one origin that may have them.")
  }
  const values = [
    allowOrigin,
    allowCredentials === true ? 'true' : undefined,
    allowMethods && formatAllow(allowMethods),
    allowHeaders && formatFieldNames(allowHeaders),
    exposeHeaders && formatFieldNames(exposeHeaders),
    maxAge === undefined ? undefined : formatDeltaSeconds(maxAge),
  ]
  return names.flatMap((name, i): HeaderList => {
    const value = values[i]
    return value === undefined ? [] : [[name, value]]
  })
}

const names = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
] as const
