/**
 * The user and password of `Authorization: Basic` (RFC 7617).
 *
 * The threat: bytes that two layers decode to different names, or a line break in a name that ends up in a log. What is no base64, no
 * UTF-8, or holds a control is no credentials. What is not stopped: the password is readable by whoever reads the connection; and comparing
 * it takes a time that depends on it, unless the digests of both are compared.
 *
 * @module
 */

/** The token of Basic credentials taken apart. */
export interface UserAndPassword {
  /** Holds no colon; may be empty. */
  readonly username: string
  /** May hold colons; may be empty. */
  readonly password: string
}

/** What the token of Basic credentials says; `undefined` for what is no base64 of UTF-8, has no colon, or holds a control. */
export function parseBasicToken(token: string): UserAndPassword | undefined {
  if (!base64.test(token)) return undefined
  const text = decode(token)
  const colon = text?.indexOf(':') ?? -1
  if (text === undefined || colon === -1 || control.test(text)) return undefined
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * The token of Basic credentials. Throws a RangeError for a colon in the name, and for a control or half a surrogate pair in either; the
 * password is not shown.
 */
export function formatBasicToken({ username, password }: UserAndPassword): string {
  if (username.includes(':') || unwritable.test(username)) {
    throw new RangeError(
      `Got the user name ${JSON.stringify(username)}; expected text without colons and controls (RFC 7617).`,
    )
  }
  if (unwritable.test(password)) {
    throw new RangeError('Got a password with a control or half a surrogate pair; expected text (RFC 7617).')
  }
  let binary = ''
  for (const byte of new TextEncoder().encode(`${username}:${password}`)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function decode(token: string): string | undefined {
  try {
    const binary = atob(token)
    if (!/[\x80-\xff]/.test(binary)) return binary
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    // A byte order mark is a part of the name, for want of a rule that takes it away.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

// Not left to atob(), which skips white space.
const base64 = /^[A-Za-z0-9+/]+={0,2}$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const control = /[\x00-\x1f\x7f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const unwritable = /[\x00-\x1f\x7f]|\p{Surrogate}/u
