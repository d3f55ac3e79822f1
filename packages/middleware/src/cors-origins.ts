/**
 * Which origins may read an answer.
 *
 * The threat: a comparison that lets in more than it names. A pattern without its ends fits `https://example.org.evil.test`, a dot in it fits any
 * character, one with the flag `g` fits every second time; a suffix fits `notexample.org`. So names are compared whole, those below a name in whole
 * labels, and a pattern must fit all of the origin.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import {
  compileHostPatterns,
  type HostMatcher,
  parseHost,
  parseHostPattern,
  parseOrigin,
} from '@stapel/core/http'
import { show } from './check-options.ts'

/** Whether an origin is allowed; a function is asked for each request and may answer later, only `true` allows. */
export type OriginCheck = (origin: string, environ: Environ) => boolean | Promise<boolean>

/** `'*'` for any, one or several origins and patterns, or a function. */
export type CorsOrigins = '*' | string | RegExp | readonly (string | RegExp)[] | OriginCheck

/** A check of what {@link CorsOrigins} names but `'*'`. Throws a TypeError for what is no origin. */
export function compileOrigins(origins: Exclude<CorsOrigins, '*'>, name: string): OriginCheck {
  if (typeof origins === 'function') return origins
  const list: readonly unknown[] = Array.isArray(origins) ? origins : [origins]
  if (list.length === 0) throw refuse(name, origins)
  const exact = new Set<string>()
  const patterns: RegExp[] = []
  const below: { readonly scheme: string; readonly isListed: HostMatcher }[] = []
  for (const entry of list) {
    if (entry instanceof RegExp) patterns.push(whole(entry))
    else if (typeof entry !== 'string') throw refuse(name, entry)
    else if (entry.includes('://*.')) below.push(parseBelow(entry, name))
    else exact.add(parseExact(entry, name))
  }

  return function isAllowed(origin) {
    if (exact.has(origin) || patterns.some((pattern) => pattern.test(origin))) return true
    if (below.length === 0) return false
    const colon = origin.indexOf('://')
    const host = parseHost(origin.slice(colon + 3))
    return (
      host !== undefined &&
      below.some(({ scheme, isListed }) => {
        return scheme === origin.slice(0, colon) && isListed(host, scheme === 'https' ? 'https' : 'http')
      })
    )
  }
}

function parseExact(entry: string, name: string): string {
  const origin = parseOrigin(entry)
  if (origin === undefined || origin === 'null') throw refuse(name, entry)
  // Browsers leave out the port that a scheme has anyway.
  const usual = origin.startsWith('https:') ? ':443' : ':80'
  return /^https?:/.test(origin) && origin.endsWith(usual) ? origin.slice(0, -usual.length) : origin
}

/** `https://*.example.org`: without a port the usual one, as in any other origin. */
function parseBelow(entry: string, name: string): { scheme: string; isListed: HostMatcher } {
  const colon = entry.indexOf('://')
  const scheme = entry.slice(0, colon).toLowerCase()
  const pattern = parseHostPattern(entry.slice(colon + 3))
  if (pattern === undefined || (scheme !== 'http' && scheme !== 'https')) throw refuse(name, entry)
  const port = pattern.port ?? (scheme === 'https' ? 443 : 80)
  return { scheme, isListed: compileHostPatterns([{ ...pattern, port }]) }
}

function whole({ source, flags }: RegExp): RegExp {
  return new RegExp(`^(?:${source})$`, flags.replace(/[gym]/g, ''))
}

function refuse(name: string, got: unknown): TypeError {
  return new TypeError(
    `${name}: got ${show(got)} for an origin; expected a scheme and a host without a slash after it, as in 'https://app.example' or 'https://*.example.org', a RegExp, or a function.`,
  )
}
