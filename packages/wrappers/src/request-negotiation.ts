/**
 * What the client of a request accepts and who it says it is (RFC 9110 sections 12.5 and 11.6.2), read from its environ.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import { type Authorization, type MediaType, parseAuthorization, parseMediaType } from '@stapel/core/http'
import { Accept, AcceptEncodings, AcceptLanguages, AcceptMimetypes } from './accept.ts'

/** `Accept`. */
export function acceptMimetypesOf(environ: Environ): AcceptMimetypes {
  return new AcceptMimetypes(environ.HTTP_ACCEPT)
}

/** `Accept-Language`. */
export function acceptLanguagesOf(environ: Environ): AcceptLanguages {
  return new AcceptLanguages(environ.HTTP_ACCEPT_LANGUAGE)
}

/** `Accept-Encoding`. */
export function acceptEncodingsOf(environ: Environ): AcceptEncodings {
  return new AcceptEncodings(environ.HTTP_ACCEPT_ENCODING)
}

/** `Accept-Charset`. */
export function acceptCharsetsOf(environ: Environ): Accept {
  return new Accept(environ.HTTP_ACCEPT_CHARSET)
}

/** `Authorization`; `undefined` when absent or malformed. */
export function authorizationOf({ HTTP_AUTHORIZATION: header }: Environ): Authorization | undefined {
  return header === undefined ? undefined : parseAuthorization(header)
}

/** `Content-Type` taken apart; `undefined` when absent or malformed. */
export function mediaTypeOf({ CONTENT_TYPE: header }: Environ): MediaType | undefined {
  return header === undefined ? undefined : parseMediaType(header)
}
