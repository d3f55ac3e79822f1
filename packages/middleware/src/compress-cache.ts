/**
 * What was compressed already, by URL, entity tag and coding.
 *
 * The threat: an answer for one user given to another whose answer has the same tag, and memory filled by whoever asks for many URLs. The
 * first is {@link cacheKeyOf}'s to stop: it gives no key for what may be someone's own. The second is stopped here: bytes and entries are
 * bounded, and what was asked for once never drives out what was asked for again.
 *
 * @module
 */
import type { Environ, HeaderList } from '@stapel/core'
import { parseCacheControl, parseVary } from '@stapel/core/http'
import type { CodingName } from './compress-codings.ts'
import { SieveCache } from './sieve-cache.ts'

export interface CompressCacheOptions {
  /** The most that is kept, in bytes of compressed content and of keys. @default 33554432 (32 MiB) */
  maxBytes?: number | undefined
  /** The most answers that are kept. @default 1000 */
  maxEntries?: number | undefined
}

/** The longest key, in characters: a longer URL is not kept. */
export const CACHE_KEY_LIMIT = 2048

/** The most of `maxBytes` that one answer may take. */
const LARGEST_PART = 1 / 8

/** See the head of this file. */
export class CompressCache {
  readonly #largest: number
  readonly #kept: SieveCache<Uint8Array>
  readonly #pending = new Map<string, Promise<Uint8Array>>()

  constructor({ maxBytes = 33_554_432, maxEntries = 1000 }: CompressCacheOptions = {}) {
    this.#largest = maxBytes * LARGEST_PART
    this.#kept = new SieveCache({ maxWeight: maxBytes, maxEntries })
  }

  /** What is kept now: content and keys, in bytes. */
  get bytes(): number {
    return this.#kept.weight
  }

  /** The compressed content, where it is kept. */
  get(key: string): Uint8Array | undefined {
    return this.#kept.get(key)
  }

  /** The content that somebody is compressing right now; rejects when that fails, which says nothing about the next attempt. */
  pending(key: string): Promise<Uint8Array> | undefined {
    return this.#pending.get(key)
  }

  /** Keeps what comes out, and lets others wait for it until then. */
  share(key: string, content: Promise<Uint8Array>): Promise<Uint8Array> {
    const shared = content.then((bytes) => this.keep(key, bytes)).finally(() => this.#pending.delete(key))
    this.#pending.set(key, shared)
    return shared
  }

  /** Keeps content, and gives it. */
  keep(key: string, content: Uint8Array): Uint8Array {
    const weight = key.length + content.byteLength
    if (weight > this.#largest) return content
    // Coders give the beginning of a larger buffer, which would stay as a whole.
    const bytes = content.byteLength === content.buffer.byteLength ? content : new Uint8Array(content)
    this.#kept.set(key, bytes, weight)
    return bytes
  }
}

/**
 * Under which an answer is kept: its URL, its `ETag` (which tells answers of one URL apart, and of no more than one) and its coding.
 *
 * `undefined` for what is not kept: an answer without a tag, with `Set-Cookie`, with `no-store` or `private`, one that varies by more than
 * `Accept-Encoding`, and one to a request with `Authorization` or `Cookie` that is not expressly for all (`public`, `s-maxage`; RFC 9111
 * section 3.5).
 */
export function cacheKeyOf(environ: Environ, headers: HeaderList, coding: CodingName): string | undefined {
  let tag: string | undefined
  let isPersonal = environ.HTTP_AUTHORIZATION !== undefined || environ.HTTP_COOKIE !== undefined
  for (const [name, value] of headers) {
    switch (name.toLowerCase()) {
      case 'etag':
        tag = value
        break
      case 'set-cookie':
        return undefined
      case 'vary': {
        const names = parseVary(value)
        if (names === '*' || names.some((varying) => varying !== 'accept-encoding')) return undefined
        break
      }
      case 'cache-control': {
        const directives = parseCacheControl(value)
        if (directives.noStore || directives.private !== undefined) return undefined
        if (directives.public || directives.sMaxage !== undefined) isPersonal = false
        break
      }
    }
  }
  if (tag === undefined || isPersonal) return undefined
  const host = environ.HTTP_HOST ?? ''
  const target = `${environ.SCRIPT_NAME}${environ.PATH_INFO}?${environ.QUERY_STRING}`
  // None of these holds a line feed, so that no two answers have one key.
  const key = `${coding}\n${tag}\n${environ['wsgi.url_scheme']}\n${host}\n${target}`
  return key.length > CACHE_KEY_LIMIT ? undefined : key
}
