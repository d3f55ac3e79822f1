/**
 * `Accept` and what the fields of its family have in common (RFC 9110 section 12.5): ranges, weights, and choosing by them.
 *
 * The threat: a list of thousands of ranges, or a choice whose work is the product of ranges and offers, keeps a server busy with
 * one header. Parsing is a single pass that stops after {@link ACCEPT_LIMIT} ranges.
 *
 * @module
 */
import { isToken } from './field.ts'
import { joinMembers } from './join-members.ts'
import { splitList } from './list.ts'
import { type MediaType, mediaRangeSpecificity, parseMediaType } from './media-type.ts'
import { endOfValue } from './options.ts'
import { formatParameters, PARAMETER_LIMIT, type Parameter } from './parameters.ts'
import { endOfMember, SEMICOLON, trimSpace } from './scan.ts'
import { parseWord } from './word.ts'

/** One range of an `Accept*` header. */
export interface AcceptRange {
  /** In lower case: `'text/html'`, `'text/*'`, `'gzip'`, `'*'`. */
  readonly value: string
  /** What a media type must have, besides, to be covered: names in lower case. Those after the weight, and malformed ones, are left out. */
  readonly parameters: readonly Parameter[]
  /** From 0 (refused) to 1. */
  readonly quality: number
}

/** The most ranges that are read of one header; the rest is ignored. */
export const ACCEPT_LIMIT = 64

/** The ranges of an `Accept*` header in their order; a range that is malformed, or whose weight is, is left out. */
export function parseAccept(header: string): AcceptRange[] {
  const ranges: AcceptRange[] = []
  for (const member of splitList(header, ACCEPT_LIMIT)) {
    const range = parseRange(member)
    if (range !== undefined) ranges.push(range)
  }
  return ranges
}

/**
 * The value of an `Accept*` header. Weights have three decimals at most, those above 0 at least 0.001; one of 1 is left out. Throws a RangeError for a weight that is
 * not from 0 to 1, and for a range that no header can hold.
 */
export function formatAccept(ranges: Iterable<AcceptRange>): string {
  return joinMembers(ranges, ({ value, parameters, quality }) => {
    if (!isRange(value) || parameters.some(([name]) => name.toLowerCase() === 'q')) {
      throw new RangeError(
        `Got the range ${JSON.stringify(value)} with ${JSON.stringify(parameters)}; expected a token or media range, and no parameter q.`,
      )
    }
    if (!(quality >= 0 && quality <= 1)) throw new RangeError(`Got the weight ${quality}; expected 0 to 1.`)
    // A weight of 0 refuses, which one that is small does not.
    const rounded = quality > 0 ? Math.max(0.001, Number(quality.toFixed(3))) : 0
    const weight = rounded === 1 ? '' : `;q=${rounded}`
    return value + formatParameters(parameters) + weight
  })
}

/**
 * How much a value is wanted, from 0 to 1: the weight of the most specific range that covers it (`text/html;level=1`, then `text/html`,
 * then `text/*`, then `*` or `*\/*`); 0 when none does. For languages and codings, whose rules are others, see `languageQuality` and
 * `chooseEncoding`.
 */
export function quality(ranges: readonly AcceptRange[], value: string): number {
  return weigh(ranges, value).quality
}

/**
 * The offer that is wanted most: with the highest weight; among equals the one that a more specific range names; then the first.
 * `undefined` when every offer is refused or covered by no range.
 */
export function bestMatch(ranges: readonly AcceptRange[], offers: readonly string[]): string | undefined {
  let best: string | undefined
  let most: Weight = nothing
  for (const offer of offers) {
    const weight = weigh(ranges, offer)
    const equal = weight.quality === most.quality && weight.quality > 0
    if (weight.quality > most.quality || (equal && weight.specificity > most.specificity)) {
      best = offer
      most = weight
    }
  }
  return best
}

/**
 * Chooses a media type by the value of `Accept`, as {@link bestMatch} does; the first offer when there is no header or it names nothing.
 * `undefined` means that nothing offered is acceptable: answer 406, or disregard the header (RFC 9110 section 12.4.1).
 *
 * @example
 * ```ts
 * import { chooseMediaType } from '@stapel/core/http'
 *
 * chooseMediaType('text/html, application/json;q=0.9', ['application/json', 'text/html']) // 'text/html'
 * ```
 */
export function chooseMediaType(accept: string | undefined, offers: readonly string[]): string | undefined {
  const ranges = accept === undefined ? [] : parseAccept(accept)
  return ranges.length === 0 ? offers[0] : bestMatch(ranges, offers)
}

/** Whether a page in HTML is wanted more than plain text, by the value of `Accept`; text goes to those who name neither. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('html')) return false
  const ranges = parseAccept(accept)
  return quality(ranges, 'text/html') > quality(ranges, 'text/plain')
}

interface Weight {
  readonly quality: number
  readonly specificity: number
}

const nothing: Weight = { quality: 0, specificity: 0 }

function weigh(ranges: readonly AcceptRange[], value: string): Weight {
  const offer: MediaType = parseMediaType(value) ?? { essence: value.toLowerCase(), parameters: [] }
  let best = nothing
  for (const { value: essence, parameters, quality } of ranges) {
    const specificity = essence === '*' ? 1 : mediaRangeSpecificity({ essence, parameters }, offer)
    if (specificity > best.specificity) best = { quality, specificity }
  }
  return best
}

function parseRange(text: string): AcceptRange | undefined {
  const end = endOfValue(text)
  const written = trimSpace(text, 0, end)
  if (!isRange(written)) return undefined
  const value = written.toLowerCase()
  const parameters: Parameter[] = []
  for (let at = end; at < text.length; ) {
    const next = endOfMember(text, at + 1, SEMICOLON)
    const piece = trimSpace(text, at + 1, next)
    at = next
    const equals = piece.indexOf('=')
    const written = trimSpace(piece, 0, equals === -1 ? piece.length : equals)
    const name = written.toLowerCase()
    const argument = equals === -1 ? '' : piece.slice(equals + 1)
    // What follows the weight is no parameter of the media type (RFC 7231 section 5.3.2 had extensions there).
    if (name === 'q')
      return qvalue.test(argument) ? { value, parameters, quality: Number(argument) } : undefined
    const word = parseWord(argument)
    if (word === undefined || !isToken(written)) continue
    if (parameters.length === PARAMETER_LIMIT) return undefined
    parameters.push([name, word])
  }
  return { value, parameters, quality: 1 }
}

const qvalue = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/

function isRange(value: string): boolean {
  const slash = value.indexOf('/')
  return slash === -1 ? isToken(value) : isToken(value.slice(0, slash)) && isToken(value.slice(slash + 1))
}
