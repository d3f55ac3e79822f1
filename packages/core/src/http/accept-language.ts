/**
 * `Accept-Language` (RFC 9110 section 12.5.4): basic filtering and lookup of language tags (RFC 4647 section 3).
 *
 * @module
 */
import { type AcceptRange, parseAccept } from './accept.ts'

/** The longest language range that is read, in characters; RFC 5646 section 4.4.1 needs 35. */
export const LANGUAGE_RANGE_LIMIT = 64

/**
 * The ranges of an `Accept-Language`, in lower case: those wanted most first, equals in their order but `*` after them. What is no language
 * range is left out.
 */
export function parseAcceptLanguage(header: string): AcceptRange[] {
  return parseAccept(header)
    .filter(({ value }) => value.length <= LANGUAGE_RANGE_LIMIT && languageRange.test(value))
    .sort((a, b) => b.quality - a.quality || Number(a.value === '*') - Number(b.value === '*'))
}

/** Whether a range covers a tag: the tag is the range, or begins with it and a `-`, or the range is `*` (RFC 4647 section 3.3.1). */
export function matchesLanguage(range: string, tag: string): boolean {
  return covers(range.toLowerCase(), tag.toLowerCase())
}

/** How much a language is wanted, from 0 to 1: the weight of the longest range that covers its tag; 0 when none does. */
export function languageQuality(ranges: readonly AcceptRange[], tag: string): number {
  return longestCovering(ranges, tag.toLowerCase())?.quality ?? 0
}

/**
 * Chooses a language by the value of `Accept-Language`; the first offer when there is no header or it names nothing.
 *
 * Range by range, from the one wanted most, and in their order where that is equal: the tag itself, then a tag that it covers (`en` covers
 * `en-GB`), then a shorter form of it (`de-CH` becomes `de`, RFC 4647 section 3.4). When none of that is offered: a tag of the same
 * primary language (`en-GB` for `en-US`). Never a tag that is refused with a weight of 0. `undefined` when nothing is left: take
 * your default.
 *
 * @example
 * ```ts
 * import { chooseLanguage } from '@stapel/core/http'
 *
 * chooseLanguage('de-CH, en;q=0.8', ['en', 'de']) // 'de'
 * ```
 */
export function chooseLanguage(
  acceptLanguage: string | undefined,
  offers: readonly string[],
): string | undefined {
  const ranges = acceptLanguage === undefined ? [] : parseAcceptLanguage(acceptLanguage)
  if (ranges.length === 0) return offers[0]
  const candidates = offers
    .map((tag) => ({ tag, lower: tag.toLowerCase() }))
    .map(({ tag, lower }) => ({ tag, lower, range: longestCovering(ranges, lower) }))
    .filter(({ range }) => range?.quality !== 0)
  const wanted = ranges.filter((range) => range.quality > 0)
  for (const range of wanted) {
    const found =
      exact(candidates, range.value) ?? covered(candidates, range) ?? shorter(candidates, range.value)
    if (found !== undefined) return found.tag
  }
  for (const { value } of wanted) {
    const language = primary(value)
    const found = candidates.find(({ lower }) => language.length > 1 && primary(lower) === language)
    if (found !== undefined) return found.tag
  }
  return undefined
}

interface Candidate {
  readonly tag: string
  readonly lower: string
  /** The longest range that covers it: the one whose weight it has. */
  readonly range: AcceptRange | undefined
}

function exact(candidates: readonly Candidate[], tag: string): Candidate | undefined {
  return candidates.find(({ lower }) => lower === tag)
}

function covered(candidates: readonly Candidate[], wanted: AcceptRange): Candidate | undefined {
  return candidates.find(({ range }) => range === wanted)
}

function shorter(candidates: readonly Candidate[], tag: string): Candidate | undefined {
  for (let end = tag.lastIndexOf('-'); end > 0; end = tag.lastIndexOf('-', end - 1)) {
    // A single letter introduces an extension; without what follows, it means nothing.
    if (tag.charAt(end - 2) === '-') end -= 2
    const found = exact(candidates, tag.slice(0, end))
    if (found !== undefined) return found
  }
  return undefined
}

function longestCovering(ranges: readonly AcceptRange[], tag: string): AcceptRange | undefined {
  let longest: AcceptRange | undefined
  for (const range of ranges) {
    if (covers(range.value, tag) && (longest === undefined || isLonger(range.value, longest.value)))
      longest = range
  }
  return longest
}

function isLonger(range: string, other: string): boolean {
  return range !== '*' && (other === '*' || range.length > other.length)
}

function covers(range: string, tag: string): boolean {
  return (
    range === '*' || (tag.startsWith(range) && (tag.length === range.length || tag[range.length] === '-'))
  )
}

// A primary subtag of one letter, as in `x-klingon`, names no language.
function primary(tag: string): string {
  const hyphen = tag.indexOf('-')
  return hyphen === -1 ? tag : tag.slice(0, hyphen)
}

const languageRange = /^(?:\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)$/
