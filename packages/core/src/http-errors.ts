/**
 * A class for each status of 400 and above that is in common use, under the names of RFC 9110.
 *
 * @module
 */

import { describe } from './body.ts'
import { formatAllow } from './http/allow.ts'
import { formatContentRange } from './http/content-range.ts'
import { formatRetryAfter } from './http/retry-after.ts'
import { HTTPError, type HTTPErrorOptions } from './http-error.ts'
import type { HeaderList } from './protocol.ts'

/** 400; see {@link HTTPError}. */
export class BadRequest extends HTTPError {
  static {
    BadRequest.prototype.name = 'BadRequest'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(400, description, options)
  }
}

/** 400: a required key of the query, the form or the cookies is missing. */
export class BadRequestKeyError extends BadRequest {
  static {
    BadRequestKeyError.prototype.name = 'BadRequestKeyError'
  }
  /** What is missing. */
  readonly key: string

  /** Its message names the key; the client only learns it with `showKey` (default false), as it tells how the application is built. */
  constructor(
    key: string,
    { showKey = false, ...options }: HTTPErrorOptions & { showKey?: boolean | undefined } = {},
  ) {
    const sentence = `The request lacks the value ${JSON.stringify(key)}.`
    const { message = sentence } = options
    super(showKey ? sentence : 'The request lacks a value that it needs.', { ...options, message })
    this.key = key
  }
}

/** 400: the client left before its request was read; what reading `wsgi.input` throws then (clause 6). Nobody sees the answer. */
export class ClientDisconnected extends BadRequest {
  static {
    ClientDisconnected.prototype.name = 'ClientDisconnected'
  }
  constructor(
    description: string = 'The client closed the connection before the request was complete.',
    options?: HTTPErrorOptions,
  ) {
    super(description, options)
  }
}

/** 400: the request breaks a rule that guards the application. */
export class SecurityError extends BadRequest {
  static {
    SecurityError.prototype.name = 'SecurityError'
  }
}

/** 400: the Host of the request is missing, repeated, malformed or not trusted. */
export class BadHost extends SecurityError {
  static {
    BadHost.prototype.name = 'BadHost'
  }
}

/** 401; see {@link HTTPError}. */
export class Unauthorized extends HTTPError {
  static {
    Unauthorized.prototype.name = 'Unauthorized'
  }
  /**
   * `challenges` say how to authenticate, each as `formatChallenge` of `@stapel/core/http` gives it; each becomes a `WWW-Authenticate`, of
   * which RFC 9110 section 15.5.2 requires one. Throws a TypeError for what is no list.
   */
  constructor(
    description?: string,
    { challenges = [], ...options }: HTTPErrorOptions & { challenges?: readonly string[] | undefined } = {},
  ) {
    if (!Array.isArray(challenges)) {
      throw new TypeError(
        `Got ${describe(challenges)} for the challenges; expected a list, as in [formatChallenge({ scheme: 'Basic' })].`,
      )
    }
    super(
      401,
      description,
      withHeaders(
        options,
        challenges.map((value) => ['WWW-Authenticate', value]),
      ),
    )
  }
}

/** 403; see {@link HTTPError}. */
export class Forbidden extends HTTPError {
  static {
    Forbidden.prototype.name = 'Forbidden'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(403, description, options)
  }
}

/** 404; see {@link HTTPError}. */
export class NotFound extends HTTPError {
  static {
    NotFound.prototype.name = 'NotFound'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(404, description, options)
  }
}

/** 405; see {@link HTTPError}. */
export class MethodNotAllowed extends HTTPError {
  static {
    MethodNotAllowed.prototype.name = 'MethodNotAllowed'
  }
  /** The methods that the resource supports. */
  readonly allow: readonly string[]

  /**
   * `allow` are the methods that the resource supports; they become the `Allow` header, which RFC 9110 section 15.5.6 requires. Throws a
   * TypeError for what is no list, a RangeError for what is no method.
   */
  constructor(allow: readonly string[], description?: string, options: HTTPErrorOptions = {}) {
    if (!Array.isArray(allow)) {
      throw new TypeError(
        `Got ${describe(allow)} for the methods that are allowed; expected a list, as in ['GET'].`,
      )
    }
    super(405, description, withHeaders(options, [['Allow', formatAllow(allow)]]))
    this.allow = allow
  }
}

/** 406; see {@link HTTPError}. */
export class NotAcceptable extends HTTPError {
  static {
    NotAcceptable.prototype.name = 'NotAcceptable'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(406, description, options)
  }
}

/** 408; see {@link HTTPError}. */
export class RequestTimeout extends HTTPError {
  static {
    RequestTimeout.prototype.name = 'RequestTimeout'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(408, description, options)
  }
}

/** 409; see {@link HTTPError}. */
export class Conflict extends HTTPError {
  static {
    Conflict.prototype.name = 'Conflict'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(409, description, options)
  }
}

/** 410; see {@link HTTPError}. */
export class Gone extends HTTPError {
  static {
    Gone.prototype.name = 'Gone'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(410, description, options)
  }
}

/** 411; see {@link HTTPError}. */
export class LengthRequired extends HTTPError {
  static {
    LengthRequired.prototype.name = 'LengthRequired'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(411, description, options)
  }
}

/** 412; see {@link HTTPError}. */
export class PreconditionFailed extends HTTPError {
  static {
    PreconditionFailed.prototype.name = 'PreconditionFailed'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(412, description, options)
  }
}

/** 413; see {@link HTTPError}. */
export class ContentTooLarge extends HTTPError {
  static {
    ContentTooLarge.prototype.name = 'ContentTooLarge'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(413, description, options)
  }
}

/** 414; see {@link HTTPError}. */
export class URITooLong extends HTTPError {
  static {
    URITooLong.prototype.name = 'URITooLong'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(414, description, options)
  }
}

/** 415; see {@link HTTPError}. */
export class UnsupportedMediaType extends HTTPError {
  static {
    UnsupportedMediaType.prototype.name = 'UnsupportedMediaType'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(415, description, options)
  }
}

/** 416; see {@link HTTPError}. */
export class RangeNotSatisfiable extends HTTPError {
  static {
    RangeNotSatisfiable.prototype.name = 'RangeNotSatisfiable'
  }
  /**
   * `length` is the size of the resource in bytes; it becomes `Content-Range` (RFC 9110 section 15.5.17). Throws a RangeError for what is no
   * size.
   */
  constructor(length?: number, description?: string, options: HTTPErrorOptions = {}) {
    super(
      416,
      description,
      withHeaders(
        options,
        length === undefined ? [] : [['Content-Range', formatContentRange(undefined, length)]],
      ),
    )
  }
}

/** 417; see {@link HTTPError}. */
export class ExpectationFailed extends HTTPError {
  static {
    ExpectationFailed.prototype.name = 'ExpectationFailed'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(417, description, options)
  }
}

/** 418; see {@link HTTPError}. */
export class ImATeapot extends HTTPError {
  static {
    ImATeapot.prototype.name = 'ImATeapot'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(418, description, options)
  }
}

/** 421; see {@link HTTPError}. */
export class MisdirectedRequest extends HTTPError {
  static {
    MisdirectedRequest.prototype.name = 'MisdirectedRequest'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(421, description, options)
  }
}

/** 422; see {@link HTTPError}. */
export class UnprocessableContent extends HTTPError {
  static {
    UnprocessableContent.prototype.name = 'UnprocessableContent'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(422, description, options)
  }
}

/** 423; see {@link HTTPError}. */
export class Locked extends HTTPError {
  static {
    Locked.prototype.name = 'Locked'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(423, description, options)
  }
}

/** 424; see {@link HTTPError}. */
export class FailedDependency extends HTTPError {
  static {
    FailedDependency.prototype.name = 'FailedDependency'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(424, description, options)
  }
}

/** 428; see {@link HTTPError}. */
export class PreconditionRequired extends HTTPError {
  static {
    PreconditionRequired.prototype.name = 'PreconditionRequired'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(428, description, options)
  }
}

/** 429; see {@link HTTPError}. */
export class TooManyRequests extends HTTPError {
  static {
    TooManyRequests.prototype.name = 'TooManyRequests'
  }
  /** `retryAfter` is a number of seconds or a date; it becomes the `Retry-After` header (RFC 9110 section 10.2.3). */
  constructor(
    description?: string,
    { retryAfter, ...options }: HTTPErrorOptions & { retryAfter?: number | Date | undefined } = {},
  ) {
    super(429, description, withHeaders(options, retryHeader(retryAfter)))
  }
}

/** 431; see {@link HTTPError}. */
export class RequestHeaderFieldsTooLarge extends HTTPError {
  static {
    RequestHeaderFieldsTooLarge.prototype.name = 'RequestHeaderFieldsTooLarge'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(431, description, options)
  }
}

/** 451; see {@link HTTPError}. */
export class UnavailableForLegalReasons extends HTTPError {
  static {
    UnavailableForLegalReasons.prototype.name = 'UnavailableForLegalReasons'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(451, description, options)
  }
}

/** 500; see {@link HTTPError}. */
export class InternalServerError extends HTTPError {
  static {
    InternalServerError.prototype.name = 'InternalServerError'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(500, description, options)
  }
}

/** 501; see {@link HTTPError}. */
export class NotImplemented extends HTTPError {
  static {
    NotImplemented.prototype.name = 'NotImplemented'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(501, description, options)
  }
}

/** 502; see {@link HTTPError}. */
export class BadGateway extends HTTPError {
  static {
    BadGateway.prototype.name = 'BadGateway'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(502, description, options)
  }
}

/** 503; see {@link HTTPError}. */
export class ServiceUnavailable extends HTTPError {
  static {
    ServiceUnavailable.prototype.name = 'ServiceUnavailable'
  }
  /** `retryAfter` is a number of seconds or a date; it becomes the `Retry-After` header (RFC 9110 section 10.2.3). */
  constructor(
    description?: string,
    { retryAfter, ...options }: HTTPErrorOptions & { retryAfter?: number | Date | undefined } = {},
  ) {
    super(503, description, withHeaders(options, retryHeader(retryAfter)))
  }
}

/** 504; see {@link HTTPError}. */
export class GatewayTimeout extends HTTPError {
  static {
    GatewayTimeout.prototype.name = 'GatewayTimeout'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(504, description, options)
  }
}

/** 505; see {@link HTTPError}. */
export class HTTPVersionNotSupported extends HTTPError {
  static {
    HTTPVersionNotSupported.prototype.name = 'HTTPVersionNotSupported'
  }
  constructor(description?: string, options?: HTTPErrorOptions) {
    super(505, description, options)
  }
}

function withHeaders(options: HTTPErrorOptions, headers: HeaderList): HTTPErrorOptions {
  return { ...options, headers: [...headers, ...(options.headers ?? [])] }
}

function retryHeader(when: number | Date | undefined): HeaderList {
  return when === undefined ? [] : [['Retry-After', formatRetryAfter(when)]]
}
