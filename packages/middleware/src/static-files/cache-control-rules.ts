import { type CacheControl, formatCacheControl, parseCacheControl, splitList } from '@stapel/core/http'
import { show } from '../check-options.ts'
import { type PathPatterns, type PathTest, pathTest } from './path-pattern.ts'

/** The directives of `Cache-Control` that an answer may have; times are in seconds. */
export type ResponseCacheControl = Omit<CacheControl, 'maxStale' | 'minFresh' | 'onlyIfCached'>

/**
 * Which files a `Cache-Control` is for, and which it is: its text, or its directives, which are `public` where they name a time and do not say
 * for whom.
 */
export type CacheControlRule = readonly [patterns: PathPatterns, cacheControl: string | ResponseCacheControl]

/** A `Cache-Control` in its two forms. */
export interface CacheControlPair {
  readonly cacheControl: string
  /** For a request with `Authorization`, whose answer `public` and its kin would hand to everyone behind the same cache. */
  readonly authorizedCacheControl: string
}

/**
 * Reads the rules, once; the function gives what the first rule that matches says, `undefined` where none does. Throws a TypeError for what
 * is no rule.
 */
export function cacheControlRules(
  rules: readonly CacheControlRule[],
): (path: string) => CacheControlPair | undefined {
  const read = rules.map(readRule)
  return (path) => read.find(({ test }) => test(path))?.pair
}

/** The two forms of directives. Throws a RangeError or TypeError for what `Cache-Control` cannot hold. */
export function cacheControlPair(directives: ResponseCacheControl): CacheControlPair {
  return {
    cacheControl: formatCacheControl(directives),
    authorizedCacheControl: formatAuthorized(directives),
  }
}

/**
 * Reads a `Cache-Control` as an application gives it: its text, or its directives, which are `public` where they name a time and do not say for
 * whom. Throws a TypeError that names `what` it was given for.
 */
export function readCacheControl(value: string | ResponseCacheControl, what: string): CacheControlPair {
  if (typeof value === 'string') {
    const directives = parseCacheControl(value)
    checkImmutable(directives, what)
    if (value !== '' && sorted(formatCacheControl(directives)) === sorted(value)) {
      return { cacheControl: value, authorizedCacheControl: formatAuthorized(directives, value) }
    }
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    checkImmutable(value, what)
    const { noStore, noCache, public: all, private: one } = value
    const timed = value.maxAge !== undefined || value.sMaxage !== undefined
    const decided = noStore || noCache || all !== undefined || one
    try {
      const pair = cacheControlPair(timed && !decided ? { public: true, ...value } : value)
      if (pair.cacheControl !== '') return pair
    } catch (error) {
      throw new TypeError(`staticFiles: ${(error as Error).message}`, { cause: error })
    }
  }
  throw new TypeError(
    `staticFiles: got ${show(value)} for ${what}; expected directives such as 'no-cache' or { maxAge: 31536000, immutable: true }.`,
  )
}

function checkImmutable({ immutable, maxAge, sMaxage }: ResponseCacheControl, what: string): void {
  if (immutable !== true || maxAge !== undefined || sMaxage !== undefined) return
  throw new TypeError(
    `staticFiles: got immutable without a maxAge for ${what}; say for how many seconds, such as 31536000.`,
  )
}

function readRule(rule: CacheControlRule): { test: PathTest; pair: CacheControlPair } {
  if (!Array.isArray(rule) || rule.length !== 2) {
    throw new TypeError(
      `staticFiles: got ${show(rule)} for a rule of cacheControl; expected a pair such as ['*.html', 'no-cache'].`,
    )
  }
  const [patterns, value] = rule
  return { test: pathTest(patterns), pair: readCacheControl(value, 'the value of a rule of cacheControl') }
}

/** Shared caches may keep such an answer where it is public or says how it is to be revalidated (RFC 9111 section 3.5). */
function formatAuthorized(
  directives: ResponseCacheControl,
  written = formatCacheControl(directives),
): string {
  const { public: all, private: fields, sMaxage, mustRevalidate, proxyRevalidate: _, ...others } = directives
  const shared = all || sMaxage !== undefined || mustRevalidate
  if (!shared || directives.noStore || fields === true) return written
  return formatCacheControl({ private: true, ...others, ...(mustRevalidate && { mustRevalidate }) })
}

function sorted(header: string): string {
  return splitList(header.toLowerCase()).sort().join()
}
