import { type CookieOptions, formatSetCookie } from '@stapel/wrappers'
import { defaultPath, isSecure, matchesDomain, matchesPath } from './cookie-match.ts'
import { breaksPrefix } from './cookie-prefix.ts'
import { parseSetCookie, type ReceivedCookie } from './received-cookie.ts'

/** The most cookies of one domain; the oldest go first. */
export const DOMAIN_COOKIES = 180

/** The most cookies of a jar; the oldest go first. */
export const JAR_COOKIES = 3000

/** The longest that a cookie lives, in milliseconds: 400 days (RFC 6265bis section 5.5). */
const LONGEST = 400 * 86_400_000

/** A cookie that a client holds. */
export interface StoredCookie extends ReceivedCookie {
  /** The host that set it, or the domain that it named. */
  readonly domain: string
  /** Whether it is sent to this host alone and not to its subdomains. */
  readonly hostOnly: boolean
  /** The path that it is sent to, and below. */
  readonly path: string
  /** When it ends; `undefined`: with the jar. */
  readonly expires?: Date
}

/** Where a cookie is set, and with which attributes. */
export interface JarCookieOptions extends CookieOptions {
  /** The URL of the answer that would set it. @default the jar's own */
  url?: string | URL | undefined
}

/**
 * The cookies of a client, kept and sent by the rules of browsers (RFC 6265bis section 5): host-only and domain cookies, paths, `Secure`,
 * `Max-Age` before `Expires`, name prefixes.
 *
 * `SameSite` is kept and has no effect, since nothing tells which site a test comes from; there is no list of public suffixes, but a domain
 * without a dot is one. `Secure` cookies go to `localhost` without TLS, as in browsers.
 *
 * @example
 * ```ts
 * import { CookieJar } from '@stapel/testing'
 *
 * const cookies = new CookieJar('https://example.org/')
 * cookies.set('session', 'abc', { secure: true, httpOnly: true })
 * console.log(cookies.header('https://example.org/account')) // 'session=abc'
 * ```
 */
export class CookieJar implements Iterable<StoredCookie> {
  readonly #url: URL
  /** By domain, name, path and kind, in the order in which they were made. */
  readonly #cookies = new Map<string, StoredCookie>()

  /** `url` is where {@link CookieJar.set} sets cookies unless it is told otherwise. */
  constructor(url: string | URL = 'http://localhost/') {
    this.#url = new URL(url)
  }

  /** The cookies that have not ended, the oldest first. */
  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    this.#expire()
    yield* [...this.#cookies.values()]
  }

  /** How many cookies there are that have not ended. */
  get size(): number {
    this.#expire()
    return this.#cookies.size
  }

  /** The cookie of a name that is sent first: to `url`, or where there is none, of all. */
  get(name: string, url?: string | URL): StoredCookie | undefined {
    const all = url === undefined ? byPath([...this]) : this.#matching(new URL(url))
    return all.find((cookie) => cookie.name === name)
  }

  /** Whether there is a cookie of a name, as {@link CookieJar.get} finds it. */
  has(name: string, url?: string | URL): boolean {
    return this.get(name, url) !== undefined
  }

  /** Sets a cookie as an answer from `url` would; throws a TypeError or RangeError for one that browsers would refuse. */
  set(name: string, value: string, { url = this.#url, ...options }: JarCookieOptions = {}): void {
    if (!this.receive(formatSetCookie(name, value, options), url)) {
      throw new TypeError(`The cookie ${name} is refused at ${String(url)}: check its domain and \`secure\`.`)
    }
  }

  /** Takes in the value of a `Set-Cookie` that came from `url`; says whether it was accepted, which one that ends a cookie is. */
  receive(header: string, url: string | URL): boolean {
    const received = parseSetCookie(header)
    if (received === undefined || breaksPrefix(received)) return false
    const from = new URL(url)
    const cookie = place(received, from)
    if (cookie === undefined) return false
    if (!cookie.secure && !isSecure(from) && this.#coversSecure(cookie)) return false
    const key = JSON.stringify([cookie.domain, cookie.hostOnly, cookie.path, cookie.name])
    if (hasEnded(cookie)) this.#cookies.delete(key)
    else this.#cookies.set(key, cookie)
    this.#evict(cookie.domain)
    return true
  }

  /** The value of `Cookie` for a request, longer paths first and then the oldest; `undefined` where there is none. */
  header(url: string | URL): string | undefined {
    const pairs = this.#matching(new URL(url)).map(({ name, rawValue }) =>
      name === '' ? rawValue : `${name}=${rawValue}`,
    )
    return pairs.length === 0 ? undefined : pairs.join('; ')
  }

  /** Removes the cookies of a name, of one domain or path alone where they are given. */
  delete(
    name: string,
    { domain, path }: { domain?: string | undefined; path?: string | undefined } = {},
  ): void {
    for (const [key, cookie] of this.#cookies) {
      if (cookie.name !== name || (domain ?? cookie.domain) !== cookie.domain) continue
      if ((path ?? cookie.path) === cookie.path) this.#cookies.delete(key)
    }
  }

  /** Removes all cookies. */
  clear(): void {
    this.#cookies.clear()
  }

  #matching(url: URL): StoredCookie[] {
    const found = [...this].filter(
      (cookie) =>
        (cookie.hostOnly ? url.hostname === cookie.domain : matchesDomain(url.hostname, cookie.domain)) &&
        matchesPath(url.pathname, cookie.path) &&
        (!cookie.secure || isSecure(url)),
    )
    return byPath(found)
  }

  /** RFC 6265bis section 5.7, "leave secure cookies alone": plain HTTP may not hide or replace one that was set over TLS. */
  #coversSecure(cookie: StoredCookie): boolean {
    return [...this].some(
      (other) =>
        other.secure &&
        other.name === cookie.name &&
        (matchesDomain(other.domain, cookie.domain) || matchesDomain(cookie.domain, other.domain)) &&
        matchesPath(cookie.path, other.path),
    )
  }

  #expire(): void {
    for (const [key, cookie] of this.#cookies) if (hasEnded(cookie)) this.#cookies.delete(key)
  }

  #evict(domain: string): void {
    const keys = [...this.#cookies].filter(([, cookie]) => cookie.domain === domain).map(([key]) => key)
    if (keys.length > DOMAIN_COOKIES) this.#cookies.delete(keys[0] as string)
    if (this.#cookies.size > JAR_COOKIES) this.#cookies.delete(this.#cookies.keys().next().value as string)
  }
}

/** The cookie as it is stored (RFC 6265bis section 5.7), or `undefined` where its attributes do not fit the URL or each other. */
function place(received: ReceivedCookie, url: URL): StoredCookie | undefined {
  if (received.secure && !isSecure(url)) return undefined
  if (!received.secure && (received.sameSite === 'none' || received.partitioned)) return undefined
  const host = url.hostname
  const domain = received.domain ?? ''
  if (domain !== '' && !matchesDomain(host, domain)) return undefined
  // A domain without a dot is a public suffix, which only its own host may name, and then for itself.
  const isSuffix = !domain.includes('.')
  if (isSuffix && domain !== '' && domain !== host) return undefined
  const { expires: _, ...rest } = received
  const expires = endOf(received)
  return {
    ...rest,
    domain: domain === '' ? host : domain,
    hostOnly: isSuffix,
    path: received.path?.startsWith('/') ? received.path : defaultPath(url),
    ...(expires === undefined ? {} : { expires }),
  }
}

function endOf({ maxAge, expires }: ReceivedCookie): Date | undefined {
  const latest = Date.now() + LONGEST
  if (maxAge !== undefined) return new Date(maxAge <= 0 ? 0 : Math.min(Date.now() + maxAge * 1000, latest))
  return expires === undefined ? undefined : new Date(Math.min(expires.getTime(), latest))
}

function hasEnded({ expires }: StoredCookie): boolean {
  return expires !== undefined && expires.getTime() <= Date.now()
}

function byPath(cookies: StoredCookie[]): StoredCookie[] {
  return cookies.sort((a, b) => b.path.length - a.path.length)
}
