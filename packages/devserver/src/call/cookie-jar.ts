/**
 * Cookies that are kept from one answer to the next, and from one command to the next in a file of curl's.
 *
 * The threat: a cookie of one host that is sent to another, or without TLS. Each is sent where RFC 6265bis section 5.8.3 says; there is no list of public
 * suffixes, but a domain without a dot is one.
 *
 * @module
 */
import { parseHttpDate } from '@stapel/core/http'

/** So many cookies are kept; the oldest go first. */
export const COOKIE_LIMIT = 3000
/** So many characters name and value of a cookie may have. */
export const COOKIE_SIZE = 4096

interface Cookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  /** Whether it is sent to the hosts below its domain, too. */
  readonly below: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** In seconds since 1970; 0 for one without an end. */
  readonly expires: number
}

export class CookieJar {
  /** By domain, path and name, in the order in which they were set. */
  readonly #cookies = new Map<string, Cookie>()

  /** Takes in the lines of a cookie file; those that are none are left out. */
  read(text: string): void {
    for (const line of text.split(/\r?\n/)) {
      const cookie = cookieOfLine(line)
      if (cookie !== undefined) this.#set(cookie)
    }
  }

  /** Takes in the value of a `Set-Cookie` that came from `url`; one that browsers refuse is left out. */
  receive(header: string, url: URL): void {
    const cookie = cookieOfField(header, url)
    if (cookie !== undefined) this.#set(cookie)
  }

  /** The value of `Cookie` for a request, longer paths first; `undefined` for no cookies. */
  header(url: URL): string | undefined {
    const found = [...this.#cookies.values()]
      .filter((cookie) => !hasEnded(cookie) && isFor(cookie, url))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
    return found.length === 0 ? undefined : found.join('; ')
  }

  /** The cookies as a file that curl reads, too. */
  toString(): string {
    const lines = [...this.#cookies.values()].filter((cookie) => !hasEnded(cookie)).map(lineOf)
    return ['# Netscape HTTP Cookie File', ...lines, ''].join('\n')
  }

  #set(cookie: Cookie): void {
    const key = JSON.stringify([cookie.domain, cookie.path, cookie.name])
    this.#cookies.delete(key)
    if (!hasEnded(cookie)) this.#cookies.set(key, cookie)
    const [oldest] = this.#cookies.keys()
    if (this.#cookies.size > COOKIE_LIMIT) this.#cookies.delete(oldest as string)
  }
}

/** RFC 6265bis sections 5.6 and 5.7. */
function cookieOfField(header: string, url: URL): Cookie | undefined {
  const [pair = '', ...rest] = header.split(';')
  const [name, value] = pair.includes('=') ? splitPair(pair) : ['', pair.trim()]
  if (isControlled(header) || name + value === '' || name.length + value.length > COOKIE_SIZE)
    return undefined
  const given = new Map(rest.map((part) => splitPair(part)).map(([key, text]) => [key.toLowerCase(), text]))
  const named = (given.get('domain') ?? '').replace(/^\./, '').toLowerCase()
  const path = given.get('path') ?? ''
  const cookie: Cookie = {
    name,
    value,
    domain: named === '' ? url.hostname : named,
    below: named !== '' && named.includes('.'),
    path: path.startsWith('/') ? path : (/^(\/.*)\//.exec(url.pathname)?.[1] ?? '/'),
    secure: given.has('secure'),
    httpOnly: given.has('httponly'),
    expires: endOf(given.get('max-age'), given.get('expires')),
  }
  if (!isOfHost(cookie, url.hostname) || (cookie.secure && !isSecure(url))) return undefined
  if (name.startsWith('__Secure-') && !cookie.secure) return undefined
  if (name.startsWith('__Host-') && !(cookie.secure && named === '' && path === '/')) return undefined
  return cookie
}

function splitPair(pair: string): [key: string, value: string] {
  const equals = pair.indexOf('=')
  return equals < 0 ? [pair.trim(), ''] : [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
}

/** `Max-Age` goes before `Expires`, whose older form has dashes; what is neither is no end. One that is past is 1. */
function endOf(maxAge: string | undefined, expires: string | undefined): number {
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge))
    return Math.max(1, Math.floor(Date.now() / 1000) + Math.min(Number(maxAge), LONGEST))
  const date = expires && (parseHttpDate(expires) ?? parseHttpDate(expires.replaceAll('-', ' ')))
  return !date ? 0 : Math.max(1, Math.floor(date.getTime() / 1000))
}

/** 400 days in seconds (RFC 6265bis section 5.6.2). */
const LONGEST = 400 * 86_400

/** Domain, whether hosts below it are meant, path, whether TLS is needed, end, name and value, with tabs between them. */
function cookieOfLine(line: string): Cookie | undefined {
  const httpOnly = line.startsWith(HTTP_ONLY)
  if (line.startsWith('#') && !httpOnly) return undefined
  const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t')
  const [domain = '', below, path = '', secure, end = '', name = '', value = ''] = fields
  if (fields.length !== 7 || !path.startsWith('/') || !/^[0-9]{1,15}$/.test(end)) return undefined
  return {
    name,
    value,
    domain: domain.replace(/^\./, '').toLowerCase(),
    below: below === 'TRUE',
    path,
    secure: secure === 'TRUE',
    httpOnly,
    expires: Number(end),
  }
}

function lineOf({ name, value, domain, below, path, secure, httpOnly, expires }: Cookie): string {
  const isTrue = (given: boolean): string => (given ? 'TRUE' : 'FALSE')
  const host = `${httpOnly ? HTTP_ONLY : ''}${below ? '.' : ''}${domain}`
  return [host, isTrue(below), path, isTrue(secure), expires, name, value].join('\t')
}

const HTTP_ONLY = '#HttpOnly_'

function isFor(cookie: Cookie, url: URL): boolean {
  const { path } = cookie
  const rest = url.pathname.startsWith(path) ? url.pathname.slice(path.length) : undefined
  const isBelow = rest === '' || path.endsWith('/') || rest?.startsWith('/') === true
  return rest !== undefined && isBelow && isOfHost(cookie, url.hostname) && (!cookie.secure || isSecure(url))
}

function isOfHost({ domain, below }: Cookie, host: string): boolean {
  return host === domain || (below && host.endsWith(`.${domain}`))
}

/** Browsers take this machine for safe without TLS. */
function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:(?:.+\.)?localhost|127\..+|\[::1\])$/.test(hostname)
}

function hasEnded({ expires }: Cookie): boolean {
  return expires !== 0 && expires * 1000 <= Date.now()
}

function isControlled(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; a tab would end a field of the file.
  return /[\0-\x1f\x7f]/.test(text)
}
