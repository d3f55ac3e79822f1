/**
 * `Accept-Encoding`: which content codings a client takes (RFC 9110 section 12.5.3).
 *
 * @module
 */
import { type AcceptRange, parseAccept, quality } from './accept.ts'

/** The ranges of an `Accept-Encoding` in their order; `x-gzip` and `x-compress` stand for the names without `x-` (section 8.4.1). */
export function parseAcceptEncoding(header: string): AcceptRange[] {
  return parseAccept(header).map((range) => {
    const name = aliases.get(range.value)
    return name === undefined ? range : { ...range, value: name }
  })
}

/**
 * Chooses a coding: the one offered with the highest weight, the first among equals; `'identity'` when none is wanted, when the client
 * names identity with a higher weight, and when there is no header. That identity itself may be refused is not looked at: content
 * without a coding is the better answer than none; see {@link acceptsEncoding}.
 *
 * @example
 * ```ts
 * import { chooseEncoding } from '@stapel/core/http'
 *
 * chooseEncoding('gzip, br;q=0.9, *;q=0', ['br', 'gzip']) // 'gzip'
 * ```
 */
export function chooseEncoding(acceptEncoding: string | undefined, offers: readonly string[]): string {
  if (acceptEncoding === undefined) return 'identity'
  const ranges = parseAcceptEncoding(acceptEncoding)
  // `*` stands for codings that are not named; identity is preferred only by its name.
  const identity = ranges.find((range) => range.value === 'identity')?.quality ?? 0
  let best = 'identity'
  let most = 0
  for (const offer of offers) {
    const wanted = offer === 'identity' ? 0 : quality(ranges, offer)
    if (wanted > most && wanted >= identity) {
      best = offer
      most = wanted
    }
  }
  return best
}

/**
 * Whether a coding is acceptable: any without a header; else what is named, or covered by `*`, with a weight above 0. Identity always is,
 * unless `identity;q=0`, or `*;q=0` without identity named, refuses it.
 */
export function acceptsEncoding(acceptEncoding: string | undefined, coding: string): boolean {
  if (acceptEncoding === undefined) return true
  const ranges = parseAcceptEncoding(acceptEncoding)
  if (coding === 'identity' && !ranges.some(({ value }) => value === '*' || value === 'identity')) return true
  return quality(ranges, coding) > 0
}

const aliases: ReadonlyMap<string, string> = new Map([
  ['x-gzip', 'gzip'],
  ['x-compress', 'compress'],
])
