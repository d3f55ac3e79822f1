export type { HandlerResult, Responder } from './application.ts'
export { defaultFormLimits, type FormLimits } from './form/form-limits.ts'
export { Headers, type HeadersInit, type ReadonlyHeaders } from './headers.ts'
export type { JsonOptions } from './json.ts'
export {
  type AnyParams,
  type JsonRequestOptions,
  Request,
  type RequestClass,
  type RequestOf,
} from './request.ts'
export { COOKIE_HEADER_LIMIT, RequestCookies } from './request-cookies.ts'
export { Response, type ResponseInit } from './response.ts'
export { COOKIE_LIMIT, type CookieOptions, formatDeletedCookie, formatSetCookie } from './set-cookie.ts'
