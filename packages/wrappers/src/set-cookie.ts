/**
 * The values of `Set-Cookie`.
 *
 * The threat: an attribute taken from a request (`Domain`, `Path`) that holds `;` or a line break writes attributes or headers of its
 * own, so every attribute is checked and not only the value. Browsers drop without a word a cookie that breaks the rules of its name's
 * prefix, that is partitioned or `SameSite=None` without `Secure`, or that is too long; here that throws. What is stored in a cookie
 * is neither secret nor safe from change.
 *
 * @module
 */
import { isToken } from '@stapel/core/http'
import { type SerializeOptions, stringifySetCookie } from 'cookie'
import { checkOptionNames } from './option-names.ts'

/** The attributes of a cookie (RFC 6265 section 4.1.2 and its successor). */
export interface CookieOptions {
  /** Seconds until the cookie ends; 0 or less ends it at once. Without it and `expires`: when the browser is closed. */
  maxAge?: number | undefined
  /** When the cookie ends, in whole seconds; `maxAge` goes before it (RFC 6265 section 4.1.2.2). @default when the browser is closed */
  expires?: Date | undefined
  /** Also for the subdomains of this domain, which may be written in any script. Without it: for this host alone. */
  domain?: string | undefined
  /** The path under which it is sent; text beyond ASCII is percent-encoded, as in URLs. @default '/' */
  path?: string | undefined
  /** Over TLS only. @default false */
  secure?: boolean | undefined
  /** Out of the reach of scripts. @default false */
  httpOnly?: boolean | undefined
  /** On requests from other sites: `'none'` always (needs `secure`), `'lax'` on navigation only, `'strict'` never. */
  sameSite?: 'strict' | 'lax' | 'none' | undefined
  /** Kept apart for each top-level site; needs `secure`. @default false */
  partitioned?: boolean | undefined
  /** Which cookies browsers of the Chromium family drop first where there are too many; others ignore it. */
  priority?: 'low' | 'medium' | 'high' | undefined
}

const attributes: ReadonlySet<string> = new Set<keyof CookieOptions>([
  'maxAge',
  'expires',
  'domain',
  'path',
  'secure',
  'httpOnly',
  'sameSite',
  'partitioned',
  'priority',
])

/** Attributes with few values, in their one spelling: what is falsy would be left out without a word, and `'None'` pass the rules of `'none'`. */
const closed: ReadonlyMap<keyof CookieOptions, readonly unknown[]> = new Map<
  keyof CookieOptions,
  readonly unknown[]
>([
  ['secure', [true, false]],
  ['httpOnly', [true, false]],
  ['partitioned', [true, false]],
  ['sameSite', ['strict', 'lax', 'none']],
  ['priority', ['low', 'medium', 'high']],
])

/** The most bytes of name, value and attributes together: the least that RFC 6265 section 6.1 asks of browsers, less what they count. */
export const COOKIE_LIMIT = 4093

/**
 * A value of `Set-Cookie`; the cookie's value is percent-encoded.
 *
 * Throws a TypeError for a name that is no token, an unknown option (a misspelt `httponly` would leave the cookie open to scripts), an invalid attribute, a broken rule of `__Secure-`, `__Host-`, `__Http-` or
 * `__Host-Http-`, and for `partitioned` or `sameSite: 'none'` without `secure`; a RangeError above {@link COOKIE_LIMIT} bytes.
 */
export function formatSetCookie(name: string, value: string, options: CookieOptions = {}): string {
  if (typeof name !== 'string' || !isToken(name)) {
    throw new TypeError(
      `Got the cookie name ${JSON.stringify(name)}; expected a token (RFC 6265 section 4.1.1).`,
    )
  }
  if (typeof value !== 'string') {
    throw new TypeError(`Got ${String(value)} for the cookie ${name}; expected a string.`)
  }
  checkOptionNames(options, attributes, `the cookie ${name}`)
  for (const [attribute, values] of closed) {
    const given = options[attribute]
    if (given !== undefined && !values.includes(given)) {
      throw new TypeError(
        `Got ${JSON.stringify(given)} for ${attribute} of the cookie ${name}; expected ${values.map((value) => JSON.stringify(value)).join(' or ')}.`,
      )
    }
  }
  const path = (options.path ?? '/').replace(beyondAscii, encodeURIComponent)
  if (!path.startsWith('/')) {
    throw new TypeError(
      `Got the path ${JSON.stringify(path)} for the cookie ${name}; expected one that starts with '/'.`,
    )
  }
  if (options.maxAge !== undefined && !Number.isInteger(options.maxAge)) {
    const got =
      typeof options.maxAge === 'number'
        ? String(options.maxAge)
        : `the ${typeof options.maxAge} ${String(options.maxAge)}`
    throw new TypeError(`Got ${got} for maxAge of the cookie ${name}; expected whole seconds.`)
  }
  if (
    options.expires !== undefined &&
    !(options.expires instanceof Date && Number.isFinite(options.expires.getTime()))
  ) {
    throw new TypeError(
      `Got ${String(options.expires)} for expires of the cookie ${name}; expected a valid Date.`,
    )
  }
  checkSecurity(name, path, options)
  const domain = options.domain === undefined ? {} : { domain: checkDomain(name, options.domain) }
  // The package leaves out what is undefined; its types do not say so.
  const text = stringifySetCookie(name, value, { ...options, path, ...domain } as SerializeOptions)
  if (text.length > COOKIE_LIMIT) {
    throw new RangeError(
      `Got ${text.length} bytes for the cookie ${name}; browsers drop one above ${COOKIE_LIMIT}. Keep the data on the server.`,
    )
  }
  return text
}

/** A value of `Set-Cookie` that removes a cookie; `options` are those it was set with, as path and domain tell cookies apart. */
export function formatDeletedCookie(name: string, options: CookieOptions = {}): string {
  return formatSetCookie(name, '', { ...options, maxAge: 0, expires: new Date(0) })
}

function checkSecurity(name: string, path: string, options: CookieOptions): void {
  // Browsers compare the prefixes without regard to case, servers that read the cookie may not.
  const prefix = /^__(?:secure|host-http|host|http)-/.exec(name.toLowerCase())?.[0]
  const begins = `begins with ${name.slice(0, prefix?.length)}`
  const require = (holds: boolean, why: string, rule: string): void => {
    if (!holds)
      throw new TypeError(`The cookie ${name} ${why}, which takes ${rule}; browsers drop it otherwise.`)
  }
  const secure = options.secure === true
  if (options.partitioned === true) require(secure, 'is partitioned', '`secure: true`')
  if (options.sameSite === 'none') require(secure, "has sameSite 'none'", '`secure: true`')
  if (prefix === undefined) return
  require(secure, begins, '`secure: true`')
  if (prefix.includes('host')) {
    require(path === '/' && options.domain === undefined, begins, "the path '/' and no domain")
  }
  if (prefix.includes('http')) require(options.httpOnly === true, begins, '`httpOnly: true`')
}

// Half a surrogate pair is no text; it stays, and is refused.
const beyondAscii = /[\ud800-\udbff][\udc00-\udfff]|[\u0080-\ud7ff\ue000-\uffff]/g

/** An empty one would be left out without a word, and the cookie be for this host alone. */
function checkDomain(name: string, domain: string): string {
  const ascii = typeof domain === 'string' ? asciiDomain(domain) : ''
  if (ascii !== '' && !ascii.startsWith('.')) return ascii
  throw new TypeError(
    `Got the domain ${JSON.stringify(domain)} for the cookie ${name}; expected a name, as in 'example.org'.`,
  )
}

/** RFC 6265 section 5.2.3: a dot before it means nothing. Beyond ASCII browsers know a domain by its A-labels only. */
function asciiDomain(domain: string): string {
  const plain = domain.startsWith('.') ? domain.slice(1) : domain
  // Anything else in it, as a port or a user, is no part of a domain, and refused.
  if (!/[^\0-\x7f]/.test(plain) || !/^[\p{L}\p{M}\p{N}.-]+$/u.test(plain)) return plain
  try {
    return new URL(`http://${plain}/`).hostname
  } catch {
    return plain
  }
}
