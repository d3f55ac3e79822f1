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
  readonly #values: Record<string, string | undefined>

  /** `header` is the value of `Cookie`, several joined with `'; '`. Never throws. */
  constructor(header: string = '') {
    this.#values = parseCookie(header.length > COOKIE_HEADER_LIMIT ? cut(header) : header)
    delete this.#values['']
  }

  get(name: string): string | undefined {
    return this.#values[name]
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  get size(): number {
    return Object.keys(this.#values).length
  }

  keys(): IterableIterator<string> {
    return Object.keys(this.#values).values()
  }

  values(): IterableIterator<string> {
    return (Object.values(this.#values) as string[]).values()
  }

  entries(): IterableIterator<[name: string, value: string]> {
    return (Object.entries(this.#values) as [string, string][]).values()
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries()
  }
}

/** Whole pairs only: half a value would be another value. */
function cut(header: string): string {
  return header.slice(0, Math.max(header.lastIndexOf(';', COOKIE_HEADER_LIMIT), 0))
}
