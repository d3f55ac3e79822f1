/**
 * `Authorization` and `Proxy-Authorization`: the credentials of a request (RFC 9110 section 11.6.2).
 *
 * @module
 */
import { formatBasicToken, parseBasicToken, type UserAndPassword } from './basic-credentials.ts'
import {
  type AuthParameters,
  formatAuth,
  isCredentialToken,
  parseAuthParameters,
  readScheme,
} from './credentials.ts'
import { trimSpace } from './scan.ts'

/** Credentials of the scheme Basic (RFC 7617). */
export interface BasicCredentials extends UserAndPassword {
  /** In lower case. */
  readonly scheme: 'basic'
  /** Taken apart into user name and password. */
  readonly token?: undefined
  /** There are none. */
  readonly parameters?: undefined
}

/** Credentials of one token, as of the scheme Bearer (RFC 6750). */
export interface TokenCredentials {
  /** In lower case, as in `'bearer'`. */
  readonly scheme: string
  /** As it was sent, in the characters of RFC 9110's `token68`. */
  readonly token: string
  /** There is none. */
  readonly username?: undefined
  /** There is none. */
  readonly password?: undefined
  /** There are none. */
  readonly parameters?: undefined
}

/** Credentials of named values, as of the scheme Digest (see `parseDigestCredentials`); none for a scheme alone. */
export interface ParameterCredentials {
  /** In lower case, as in `'digest'`. */
  readonly scheme: string
  /** Names in lower case, values without quotes. */
  readonly parameters: ReadonlyMap<string, string>
  /** Among the parameters, where the scheme has one. */
  readonly username?: undefined
  /** There is none. */
  readonly password?: undefined
  /** There is none. */
  readonly token?: undefined
}

/** The credentials of a request: what is not `undefined` of `username`, `token` and `parameters` says which they are. */
export type Authorization = BasicCredentials | TokenCredentials | ParameterCredentials

/** What {@link formatAuthorization} takes. */
export type AuthorizationInit =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: string; readonly token: string }
  | { readonly scheme: string; readonly parameters: AuthParameters }

/**
 * The credentials of an `Authorization`; `undefined` for what is malformed, which includes Basic credentials that are no base64 of UTF-8 with
 * a colon, and a parameter that stands twice.
 *
 * @example
 * ```ts
 * import { parseAuthorization } from '@stapel/core/http'
 *
 * parseAuthorization('Basic QWRhOnNlY3JldA==') // { scheme: 'basic', username: 'Ada', password: 'secret' }
 * parseAuthorization('Bearer mF_9.B5f-4.1JqM')?.token // 'mF_9.B5f-4.1JqM'
 * ```
 */
export function parseAuthorization(header: string): Authorization | undefined {
  const read = readScheme(header)
  if (read === undefined) return undefined
  const { scheme, end } = read
  const rest = trimSpace(header, end)
  if (scheme === 'basic') {
    const user = parseBasicToken(rest)
    return user === undefined ? undefined : { scheme, ...user }
  }
  if (isCredentialToken(rest)) return { scheme, token: rest }
  const parameters = parseAuthParameters(rest)
  return parameters === undefined ? undefined : { scheme, parameters }
}

/**
 * The value of an `Authorization`. Throws a RangeError for what no header can hold; a password or token is not shown.
 *
 * @example
 * ```ts
 * import { formatAuthorization } from '@stapel/core/http'
 *
 * formatAuthorization({ scheme: 'basic', username: 'Ada', password: 'secret' }) // 'Basic QWRhOnNlY3JldA=='
 * formatAuthorization({ scheme: 'bearer', token: 'mF_9.B5f-4.1JqM' }) // 'Bearer mF_9.B5f-4.1JqM'
 * ```
 */
export function formatAuthorization(credentials: AuthorizationInit): string {
  if ('username' in credentials && credentials.username !== undefined) {
    return `Basic ${formatBasicToken(credentials)}`
  }
  if ('token' in credentials && credentials.token !== undefined) {
    return formatAuth(credentials.scheme, credentials.token, undefined, bare)
  }
  const { scheme, parameters } = credentials as { scheme: string; parameters?: AuthParameters }
  return formatAuth(scheme, undefined, parameters, bare)
}

// RFC 7616 section 3.4 has these without quotes.
const bare: ReadonlySet<string> = new Set(['algorithm', 'qop', 'nc', 'userhash'])
