import { type Environ, environKey, type HeaderKey, type HeaderList } from '@stapel/core'
import { lowerName, type ReadonlyHeaders } from './headers.ts'

/**
 * The headers of a request, read from the `HTTP_*` keys of its environ, `CONTENT_TYPE` and `CONTENT_LENGTH`.
 *
 * A view: it sees what a middleware changes in environ and changes nothing itself. The gateway has joined repeats already, and dropped
 * names with `_` (clause 2), so such a name is never found. Values are what the client sent: data to be checked.
 */
export class RequestHeaders implements ReadonlyHeaders {
  readonly #environ: Environ

  /** A view of the headers in `environ` (clause 2 of the protocol), which is not copied. */
  constructor(environ: Environ) {
    this.#environ = environ
  }

  /** The value of a header, `null` when there is none; throws a TypeError for a name that is no token (RFC 9110 section 5.1). */
  get(name: string): string | null {
    const value = this.#environ[keyOf(name)]
    return typeof value === 'string' ? value : null
  }

  /** The value of a header as a list of one, empty when there is none; throws as {@link RequestHeaders.get} does. */
  getAll(name: string): string[] {
    const value = this.get(name)
    return value === null ? [] : [value]
  }

  /** The value of `Set-Cookie` as a list; it has no meaning in a request. */
  getSetCookie(): string[] {
    return this.getAll('set-cookie')
  }

  /** Whether there is a header; throws as {@link RequestHeaders.get} does. */
  has(name: string): boolean {
    return this.get(name) !== null
  }

  /** Names in lower case, each once, with their values, in the order of the keys of environ. */
  *entries(): IterableIterator<[name: string, value: string]> {
    const environ = this.#environ
    for (const key of Object.keys(environ)) {
      const name = headerName(key)
      if (name === undefined) continue
      const value = environ[key as HeaderKey]
      if (typeof value === 'string') yield [name, value]
    }
  }

  /** The names in lower case, each once. */
  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  /** The values, in the order of the names. */
  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }

  /** Calls a function with each value, its name in lower case, and these headers. */
  forEach(callback: (value: string, name: string, headers: ReadonlyHeaders) => void): void {
    for (const [name, value] of this.entries()) callback(value, name, this)
  }

  /** As {@link RequestHeaders.entries}. */
  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries()
  }

  /** The headers as a list of its own of pairs, names in lower case. */
  toList(): HeaderList {
    return [...this.entries()]
  }
}

/** Beyond this many names the keys are made each time, so that names computed from requests fill no memory. */
const CACHE_LIMIT = 1024
const keys = new Map<string, HeaderKey>()

function keyOf(name: string): HeaderKey {
  return keys.get(name) ?? learnKey(name)
}

function learnKey(name: string): HeaderKey {
  // No environ has a key with a space.
  const key = environKey(lowerName(name)) ?? 'HTTP_ '
  if (keys.size < CACHE_LIMIT) keys.set(name, key)
  return key
}

function headerName(key: string): string | undefined {
  if (key.startsWith('HTTP_')) return key.slice(5).toLowerCase().replaceAll('_', '-')
  if (key === 'CONTENT_TYPE') return 'content-type'
  return key === 'CONTENT_LENGTH' ? 'content-length' : undefined
}
