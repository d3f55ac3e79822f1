/**
 * The fields of `Authorization: Digest` (RFC 7616 section 3.4). Only their form is read here; whether the response is the right one, and
 * whether its nonce was used before, is for the server that gave the nonce to say.
 *
 * @module
 */
import { formatExtendedValue, parseExtendedValue } from './extended-value.ts'

/** Digest credentials taken apart. */
export interface DigestCredentials {
  /** Its hash where {@link userhash} says so. */
  readonly username: string
  /** The part of the server that the challenge named. */
  readonly realm: string
  /** What the server gave out. */
  readonly nonce: string
  /** The target of the request, which must be the one that is asked for. */
  readonly uri: string
  /** The proof, in hexadecimal and lower case. */
  readonly response: string
  /** The hash; MD5 where none is named. */
  readonly algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | (string & {})
  /** What the server asked to get back as it is. */
  readonly opaque?: string | undefined
  /** What is protected: the request line, or the body as well. With it `cnonce` and `nonceCount` are there. */
  readonly qop?: 'auth' | 'auth-int' | undefined
  /** What the client chose at random. */
  readonly cnonce?: string | undefined
  /** How often the client has used the nonce, this time included. */
  readonly nonceCount?: number | undefined
  /** Whether the user name was hashed. */
  readonly userhash?: boolean | undefined
}

/**
 * The fields of Digest credentials by the parameters of an `Authorization`; `undefined` when one that must be there is missing, and when
 * one is malformed. A name beyond ASCII is taken from `username*`.
 *
 * @example
 * ```ts
 * import { digestCredentialsOf, parseAuthorization } from '@stapel/core/http'
 *
 * const authorization = parseAuthorization('Digest username="Ada", realm="a", nonce="b", uri="/", response="0f"')
 * if (authorization?.scheme === 'digest') digestCredentialsOf(authorization.parameters)?.username // 'Ada'
 * ```
 */
export function digestCredentialsOf(
  parameters: ReadonlyMap<string, string> | undefined,
): DigestCredentials | undefined {
  if (parameters === undefined) return undefined
  const username = usernameOf(parameters)
  const [realm, nonce, uri, response] = ['realm', 'nonce', 'uri', 'response'].map((name) =>
    parameters.get(name),
  )
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined)
    return undefined
  if (response === undefined || !/^[0-9A-Fa-f]+$/.test(response)) return undefined
  const protection = protectionOf(parameters)
  const userhash = parameters.get('userhash')?.toLowerCase() ?? 'false'
  if (protection === undefined || !(userhash === 'true' || userhash === 'false')) return undefined
  const opaque = parameters.get('opaque')
  return {
    username,
    realm,
    nonce,
    uri,
    response: response.toLowerCase(),
    algorithm: parameters.get('algorithm') ?? 'MD5',
    ...(opaque !== undefined && { opaque }),
    ...protection,
    ...(userhash === 'true' && { userhash: true }),
  }
}

/**
 * The parameters of Digest credentials, for `formatAuthorization`. Throws a RangeError for what {@link digestCredentialsOf} would not give back.
 *
 * @example
 * ```ts
 * import { type DigestCredentials, digestParameters, formatAuthorization } from '@stapel/core/http'
 *
 * export const authorize = (credentials: DigestCredentials) =>
 *   formatAuthorization({ scheme: 'digest', parameters: digestParameters(credentials) })
 * ```
 */
export function digestParameters(credentials: DigestCredentials): Map<string, string> {
  const { username, realm, nonce, uri, response, algorithm, opaque, qop, cnonce, nonceCount, userhash } =
    credentials
  const plain = /^[\x20-\x7e]*$/.test(username)
  const all: readonly (readonly [string, string | undefined])[] = [
    plain ? ['username', username] : ['username*', formatExtendedValue(username)],
    ['realm', realm],
    ['nonce', nonce],
    ['uri', uri],
    ['response', response],
    ['algorithm', algorithm],
    ['opaque', opaque],
    ['qop', qop],
    ['nc', nonceCount === undefined ? undefined : nonceCount.toString(16).padStart(8, '0')],
    ['cnonce', cnonce],
    ['userhash', userhash === true ? 'true' : undefined],
  ]
  const parameters = new Map<string, string>()
  for (const [name, value] of all) if (value !== undefined) parameters.set(name, value)
  if (digestCredentialsOf(parameters)?.username === username) return parameters
  // Not shown: a proof can be tried against passwords.
  throw new RangeError(
    'Got Digest credentials that are malformed; expected a response in hexadecimal, a qop with cnonce and nonceCount or without both, and no userhash of a name beyond ASCII.',
  )
}

function usernameOf(parameters: ReadonlyMap<string, string>): string | undefined {
  const extended = parameters.get('username*')
  if (extended === undefined) return parameters.get('username')
  // Two names are one too many, and a hash is plain ASCII.
  if (parameters.has('username') || parameters.get('userhash')?.toLowerCase() === 'true') return undefined
  return parseExtendedValue(extended)?.value
}

function protectionOf(
  parameters: ReadonlyMap<string, string>,
): Pick<DigestCredentials, 'qop' | 'cnonce' | 'nonceCount'> | undefined {
  const [qop, cnonce, count] = ['qop', 'cnonce', 'nc'].map((name) => parameters.get(name))
  if (qop === undefined) return cnonce === undefined && count === undefined ? {} : undefined
  if ((qop !== 'auth' && qop !== 'auth-int') || cnonce === undefined) return undefined
  if (count === undefined || !/^[0-9A-Fa-f]{8}$/.test(count)) return undefined
  return { qop, cnonce, nonceCount: Number.parseInt(count, 16) }
}
