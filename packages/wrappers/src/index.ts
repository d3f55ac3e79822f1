export { Accept, AcceptEncodings, AcceptLanguages, AcceptMimetypes } from './accept.ts'
export type { HandlerResult, Responder } from './application.ts'
export { type EventStreamClient, type EventStreamOptions, eventStream, HEARTBEAT_MS } from './event-stream.ts'
export type { EventStreamSource } from './event-stream-body.ts'
export { safeJoin, secureFilename } from './file-name.ts'
export { defaultFormLimits, type FormLimits, type FormLimitsInit } from './form/form-limits.ts'
export { FormPart } from './form/form-part.ts'
export { Headers, type HeadersInit, type ReadonlyHeaders } from './headers.ts'
export {
  type ContentIssue,
  InvalidContent,
  type InvalidContentOptions,
  ISSUE_LIMIT,
} from './invalid-content.ts'
export type { JsonOptions } from './json.ts'
export {
  checkPasswordHash,
  generatePasswordHash,
  needsRehash,
  PASSWORD_CONCURRENCY,
  PASSWORD_LIMIT,
  PASSWORD_QUEUE_LIMIT,
  type PasswordHashOptions,
} from './password.ts'
export { PASSWORD_MEMORY_LIMIT, PBKDF2_ITERATION_LIMIT, SCRYPT_WORK_LIMIT } from './password-method.ts'
export type { RedirectOptions } from './redirect.ts'
export { Request } from './request.ts'
export { ARGS_LIMIT } from './request-args.ts'
export { COOKIE_HEADER_LIMIT, RequestCookies } from './request-cookies.ts'
export type { AnyParams, JsonRequestOptions, RequestClass, RequestOf } from './request-types.ts'
export { requireFile, requireText } from './require-field.ts'
export { requireValue } from './require-value.ts'
export { type EntityTagOptions, Response, type ResponseInit, type ResponseReadOptions } from './response.ts'
export { type CloseCallback, RESPONSE_READ_LIMIT } from './response-body.ts'
export type { ConditionalOptions } from './response-conditional.ts'
export { ResponseFields } from './response-fields.ts'
export type { SeekableBody } from './seekable-body.ts'
export { sendFile } from './send-file.ts'
export type { SendFileOptions } from './send-file-options.ts'
export { type SendFromDirectoryOptions, sendFromDirectory } from './send-from-directory.ts'
export { formatEvent, type ServerSentEvent } from './server-sent-event.ts'
export { COOKIE_LIMIT, type CookieOptions, formatDeletedCookie, formatSetCookie } from './set-cookie.ts'
export { SIGNED_COOKIE_CANDIDATES, SignedCookie, type SignedCookieOptions } from './signed-cookie.ts'
export { CLOCK_SKEW, Signer, type SignerOptions, type Verification } from './signer.ts'
export { SIGNING_KEY_BYTES, SIGNING_KEYS_LIMIT, type SigningKey } from './signing-keys.ts'
export {
  type SchemaIssue,
  type SchemaResult,
  type StandardSchema,
  type ValidateOptions,
  validateWith,
} from './standard-schema.ts'
export { type RecordOptions, toRecord } from './to-record.ts'
export { checkTrustedHost } from './trusted-hosts.ts'
