import type { Environ, HeaderList } from '@stapel/core'
import { lowerName, type ReadonlyHeaders } from './headers.ts'

/**
 * The headers of a request, read from the `HTTP_*` keys of its environ, `CONTENT_TYPE` and `CONTENT_LENGTH`.
 *
 * A view: it sees what a middleware changes in environ and changes nothing itself. The gateway has joined repeats already, and dropped
 * names with `_` (clause 2), so such a name is never found. Values are what the client sent: data to be checked.
 */
export class RequestHeaders implements ReadonlyHeaders {
  readonly #environ: Environ

  constructor(environ: Environ) {
    this.#environ = environ
  }

  get(name: string): string | null {
    const value = this.#environ[environKey(name)]
    return typeof value === 'string' ? value : null
  }

  getAll(name: string): string[] {
    const value = this.get(name)
    return value === null ? [] : [value]
  }

  getSetCookie(): string[] {
    return this.getAll('set-cookie')
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  *entries(): IterableIterator<[name: string, value: string]> {
    const environ = this.#environ
    for (const key of Object.keys(environ)) {
      const name = headerName(key)
      if (name === undefined) continue
      const value = environ[key as HeaderKey]
      if (typeof value === 'string') yield [name, value]
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }

  forEach(callback: (value: string, name: string, headers: ReadonlyHeaders) => void): void {
    for (const [name, value] of this.entries()) callback(value, name, this)
  }

  [Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    return this.entries()
  }

  toList(): HeaderList {
    return [...this.entries()]
  }
}

type HeaderKey = `HTTP_${string}`

/** Beyond this many names the keys are made each time, so that names computed from requests fill no memory. */
const CACHE_LIMIT = 1024
const environKeys = new Map<string, HeaderKey>()

function environKey(name: string): HeaderKey {
  return environKeys.get(name) ?? learnKey(name)
}

function learnKey(name: string): HeaderKey {
  const key = keyOf(lowerName(name))
  if (environKeys.size < CACHE_LIMIT) environKeys.set(name, key)
  return key
}

function keyOf(lower: string): HeaderKey {
  if (lower === 'content-type' || lower === 'content-length') {
    return lower.toUpperCase().replace('-', '_') as HeaderKey
  }
  // `x_real_ip` must not find what was sent as `x-real-ip`; no environ has a key with a space.
  return lower.includes('_') ? 'HTTP_ ' : `HTTP_${lower.toUpperCase().replaceAll('-', '_')}`
}

function headerName(key: string): string | undefined {
  if (key.startsWith('HTTP_')) return key.slice(5).toLowerCase().replaceAll('_', '-')
  if (key === 'CONTENT_TYPE') return 'content-type'
  return key === 'CONTENT_LENGTH' ? 'content-length' : undefined
}
