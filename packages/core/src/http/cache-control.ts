/**
 * `Cache-Control` of requests and responses (RFC 9111 section 5.2, RFC 5861, RFC 8246).
 *
 * The threat: a directive that is misread keeps a private answer in a shared cache. Where a directive is malformed, or stands twice, the
 * reading that stores less is taken.
 *
 * @module
 */
import { DELTA_SECONDS_LIMIT, parseDeltaSeconds } from './delta-seconds.ts'
import { isToken } from './field.ts'
import { splitList } from './list.ts'
import { formatWord, parseWord, quote } from './word.ts'

/** The directives of a `Cache-Control`; what is absent or `undefined` was not given. Times are in seconds. */
export interface CacheControl {
  /** Response: for how long it is fresh. Request: the greatest age wanted. */
  readonly maxAge?: number | undefined
  /** Response: `maxAge` for shared caches. */
  readonly sMaxage?: number | undefined
  /** Response: not to be used without asking the origin; only the fields named, where there are any (in lower case). Request: ask. */
  readonly noCache?: boolean | readonly string[] | undefined
  /** Both: nothing of it is to be stored. */
  readonly noStore?: boolean | undefined
  /** Both: the content is not to be changed on its way. */
  readonly noTransform?: boolean | undefined
  /** Response: not to be stored by a shared cache; only the fields named, where there are any (in lower case). */
  readonly private?: boolean | readonly string[] | undefined
  /** Response: may be stored though it would not be otherwise, as after `Authorization`. */
  readonly public?: boolean | undefined
  /** Response: not to be used stale without asking the origin. */
  readonly mustRevalidate?: boolean | undefined
  /** Response: `mustRevalidate` for shared caches. */
  readonly proxyRevalidate?: boolean | undefined
  /** Response: to be stored only by a cache that understands the status. */
  readonly mustUnderstand?: boolean | undefined
  /** Response: will not change while it is fresh (RFC 8246). */
  readonly immutable?: boolean | undefined
  /** Response: for how long it may be used stale while it is fetched anew (RFC 5861). */
  readonly staleWhileRevalidate?: number | undefined
  /** Both: for how long it may be used stale when the origin fails (RFC 5861). */
  readonly staleIfError?: number | undefined
  /** Request: how stale it may be; `true` for any. */
  readonly maxStale?: number | true | undefined
  /** Request: for how long it must stay fresh. */
  readonly minFresh?: number | undefined
  /** Request: to be answered from the cache or not at all. */
  readonly onlyIfCached?: boolean | undefined
  /** Other directives by name in lower case; `undefined` for one without an argument. */
  readonly extensions?: ReadonlyMap<string, string | undefined> | undefined
}

/**
 * The directives of a `Cache-Control`. Of repeats the first counts. A `max-age` or `s-maxage` that is no number is 0 (RFC 9111 section
 * 4.2.1), other times that are none are left out; `private` and `no-cache` with malformed field names stand for the whole answer.
 *
 * @example
 * ```ts
 * import { parseCacheControl } from '@stapel/core/http'
 *
 * parseCacheControl('private="Set-Cookie", max-age=60') // { private: ['set-cookie'], maxAge: 60 }
 * ```
 */
export function parseCacheControl(header: string): CacheControl {
  const parsed: { -readonly [Key in keyof CacheControl]: CacheControl[Key] } = {}
  const extensions = new Map<string, string | undefined>()
  const seen = new Set<string>()
  for (const member of splitList(header)) {
    const equals = member.indexOf('=')
    const written = equals === -1 ? member : member.slice(0, equals)
    const name = written.toLowerCase()
    if (!isToken(written) || seen.has(name)) continue
    seen.add(name)
    const argument = equals === -1 ? undefined : parseWord(member.slice(equals + 1))
    const directive = directives.get(name)
    switch (directive?.kind) {
      case 'flag':
        parsed[directive.key] = true
        break
      case 'fields':
        parsed[directive.key] = parseFields(argument)
        break
      case 'seconds': {
        const seconds = parseSeconds(argument) ?? directive.malformed
        if (seconds !== undefined) parsed[directive.key] = seconds
        break
      }
      case 'limit': {
        const seconds = equals === -1 ? true : parseSeconds(argument)
        if (seconds !== undefined) parsed[directive.key] = seconds
        break
      }
      default:
        if (equals === -1 || argument !== undefined) extensions.set(name, argument)
    }
  }
  if (extensions.size > 0) parsed.extensions = extensions
  return parsed
}

/**
 * The directives as a header, in the order of the fields; `''` for none. Throws a TypeError for a field that is none, a RangeError for a
 * time that is no integer from 0 to {@link DELTA_SECONDS_LIMIT} and for a name or text that no header can hold.
 *
 * @example
 * ```ts
 * import { formatCacheControl } from '@stapel/core/http'
 *
 * formatCacheControl({ public: true, maxAge: 31_536_000, immutable: true }) // 'public, max-age=31536000, immutable'
 * ```
 */
export function formatCacheControl(cacheControl: CacheControl): string {
  const members: string[] = []
  for (const [key, value] of Object.entries(cacheControl)) {
    if (value === undefined || value === false) continue
    if (key === 'extensions') {
      for (const [name, argument] of value) {
        members.push(
          argument === undefined ? checkToken(name) : `${checkToken(name)}=${formatWord(argument)}`,
        )
      }
      continue
    }
    const name = names.get(key)
    if (name === undefined) {
      throw new TypeError(
        `Got the Cache-Control field ${JSON.stringify(key)}; expected one of ${[...names.keys()].join(', ')} or extensions.`,
      )
    }
    members.push(formatDirective(key, name, value))
  }
  return members.join(', ')
}

type Directive =
  | {
      readonly kind: 'flag'
      readonly key:
        | 'noStore'
        | 'noTransform'
        | 'public'
        | 'mustRevalidate'
        | 'proxyRevalidate'
        | 'mustUnderstand'
        | 'immutable'
        | 'onlyIfCached'
    }
  | { readonly kind: 'fields'; readonly key: 'noCache' | 'private' }
  | {
      readonly kind: 'seconds'
      readonly key: 'maxAge' | 'sMaxage' | 'minFresh' | 'staleWhileRevalidate' | 'staleIfError'
      readonly malformed?: number
    }
  | { readonly kind: 'limit'; readonly key: 'maxStale' }

const directives: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ['max-age', { kind: 'seconds', key: 'maxAge', malformed: 0 }],
  ['s-maxage', { kind: 'seconds', key: 'sMaxage', malformed: 0 }],
  ['no-cache', { kind: 'fields', key: 'noCache' }],
  ['no-store', { kind: 'flag', key: 'noStore' }],
  ['no-transform', { kind: 'flag', key: 'noTransform' }],
  ['private', { kind: 'fields', key: 'private' }],
  ['public', { kind: 'flag', key: 'public' }],
  ['must-revalidate', { kind: 'flag', key: 'mustRevalidate' }],
  ['proxy-revalidate', { kind: 'flag', key: 'proxyRevalidate' }],
  ['must-understand', { kind: 'flag', key: 'mustUnderstand' }],
  ['immutable', { kind: 'flag', key: 'immutable' }],
  ['stale-while-revalidate', { kind: 'seconds', key: 'staleWhileRevalidate' }],
  ['stale-if-error', { kind: 'seconds', key: 'staleIfError' }],
  ['max-stale', { kind: 'limit', key: 'maxStale' }],
  ['min-fresh', { kind: 'seconds', key: 'minFresh' }],
  ['only-if-cached', { kind: 'flag', key: 'onlyIfCached' }],
])

const names: ReadonlyMap<string, string> = new Map([...directives].map(([name, { key }]) => [key, name]))

function parseSeconds(argument: string | undefined): number | undefined {
  return argument === undefined ? undefined : parseDeltaSeconds(argument)
}

function parseFields(argument: string | undefined): true | string[] {
  const fields = splitList(argument ?? '')
  return fields.length > 0 && fields.every(isToken) ? fields.map((field) => field.toLowerCase()) : true
}

function formatDirective(key: string, name: string, value: unknown): string {
  if (value === true) return name
  if (Array.isArray(value))
    return value.length === 0 ? name : `${name}=${quote(value.map(checkToken).join(', '))}`
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= DELTA_SECONDS_LIMIT) {
    return `${name}=${value}`
  }
  throw new RangeError(
    `Got ${String(value)} for ${key} of Cache-Control; expected an integer of seconds from 0 to ${DELTA_SECONDS_LIMIT}.`,
  )
}

function checkToken(name: string): string {
  if (isToken(name)) return name
  throw new RangeError(`Got the name ${JSON.stringify(name)} in Cache-Control; expected a token.`)
}
