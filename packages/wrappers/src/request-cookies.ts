/**
 * The cookies of a request.
 *
 * The threat: cookies are chosen by the client, and by anyone who may set one for a parent domain. Names such as `__proto__` are only
 * data; names are compared as they were sent, never decoded, so that an encoded name cannot pose as a `__Host-` cookie; a pair without
 * a name is dropped for the same reason; the first of several wins. Whether a value is genuine takes a signature.
 *
 * @module
 */
import { parseCookie } from 'cookie'

/** The most characters of a `Cookie` header that are read; the pairs after them are ignored. */
export const COOKIE_HEADER_LIMIT = 16_384

/** The cookies of a request (RFC 6265 section 4.2) with the reading half of a Map; values are percent-decoded where that is possible. */
export class RequestCookies implements Iterable<[name: string, value: string]> {
  readonly #header: string
  readonly #values: Record<string, string | undefined>

  /** `header` is the value of `Cookie`, several joined with `'; '`. Never throws. */
  constructor(header: string = '') {
    this.#header = header.length > COOKIE_HEADER_LIMIT ? cut(header) : header
    this.#values = parseCookie(this.#header)
    delete this.#values['']
  }

  /** The value of the first cookie of that name, which browsers send for the longest path (RFC 6265 section 5.4). */
  get(name: string): string | undefined {
    return this.#values[name]
  }

  /** The values of all cookies of that name, in their order: one that stands twice was set for two paths or domains, one of them maybe not yours. */
  getAll(name: string): string[] {
    if (!this.has(name)) return []
    return this.#header.split(';').flatMap((pair) => parseCookie(pair)[name] ?? [])
  }

  /** Whether there is a cookie of that name. */
  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** How many names there are. */
  get size(): number {
    return Object.keys(this.#values).length
  }

  /** The names, each once, in their order, but those that are whole numbers before the others. */
  keys(): IterableIterator<string> {
    return Object.keys(this.#values).values()
  }

  /** The first value of each name. */
  values(): IterableIterator<string> {
    return (Object.values(this.#values) as string[]).values()
  }

  /** Each name with its first value. */
  entries(): IterableIterator<[name: string, value: string]> {
    return (Object.entries(this.#values) as [string, string][]).values()
  }

  /** As {@link RequestCookies.entries}. */
  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries()
  }
}

/** Whole pairs only: half a value would be another value. */
function cut(header: string): string {
  return header.slice(0, Math.max(header.lastIndexOf(';', COOKIE_HEADER_LIMIT), 0))
}
