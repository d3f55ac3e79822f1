import { parseCookieDate } from './cookie-date.ts'

/** The most bytes of a cookie's name and value together (RFC 6265bis section 5.6). */
export const COOKIE_SIZE = 4096

/** The most bytes of one attribute; longer ones are ignored. */
const ATTRIBUTE_SIZE = 1024

/** One `Set-Cookie`, as an answer brought it. */
export interface ReceivedCookie {
  /** May be empty. */
  readonly name: string
  /** Percent-decoded where that is possible, as `Request.cookies` of `@stapel/wrappers` gives it. */
  readonly value: string
  /** The value as it travels. */
  readonly rawValue: string
  /** When it ends, as `Expires` says. */
  readonly expires?: Date
  /** In seconds; 0 or less ends the cookie. It goes before `expires`. */
  readonly maxAge?: number
  /** In lower case, without a dot in front. */
  readonly domain?: string
  /** As it was sent; anything that does not start with `/` counts as none. */
  readonly path?: string
  /** For TLS alone. */
  readonly secure: boolean
  /** Out of the reach of scripts. */
  readonly httpOnly: boolean
  /** Absent where it was not sent, or is none of these. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** Kept apart for each top-level site. */
  readonly partitioned: boolean
}

/**
 * Takes the value of a `Set-Cookie` apart as browsers do (RFC 6265bis section 5.6); `undefined` for one that they ignore: empty, too long, or with
 * control characters. Unknown and malformed attributes are left out, the last of several counts.
 */
export function parseSetCookie(header: string): ReceivedCookie | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(header)) return undefined
  const [pair, ...attributes] = header.split(';') as [string, ...string[]]
  const equals = pair.indexOf('=')
  const name = trim(pair.slice(0, Math.max(equals, 0)))
  const rawValue = trim(pair.slice(equals + 1))
  const size = name.length + rawValue.length
  if (size === 0 || size > COOKIE_SIZE) return undefined
  const cookie = {
    name,
    value: decode(rawValue),
    rawValue,
    secure: false,
    httpOnly: false,
    partitioned: false,
  }
  for (const attribute of attributes) Object.assign(cookie, readAttribute(attribute))
  return cookie
}

function readAttribute(text: string): Partial<Record<keyof ReceivedCookie, unknown>> {
  const equals = text.indexOf('=')
  const name = trim(equals === -1 ? text : text.slice(0, equals)).toLowerCase()
  const value = equals === -1 ? '' : trim(text.slice(equals + 1))
  if (value.length > ATTRIBUTE_SIZE) return {}
  switch (name) {
    case 'expires': {
      const expires = parseCookieDate(value)
      return expires === undefined ? {} : { expires }
    }
    case 'max-age':
      return /^-?\d+$/.test(value) ? { maxAge: Number(value) } : {}
    case 'domain':
      return { domain: value.replace(/^\./, '').toLowerCase() }
    case 'path':
      return { path: value }
    case 'samesite': {
      const site = value.toLowerCase()
      return { sameSite: ['strict', 'lax', 'none'].includes(site) ? site : undefined }
    }
    case 'secure':
      return { secure: true }
    case 'httponly':
      return { httpOnly: true }
    case 'partitioned':
      return { partitioned: true }
    default:
      return {}
  }
}

/** Spaces and tabs alone; `String.trim` takes more than that, and a pattern would look at every run of them twice. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
