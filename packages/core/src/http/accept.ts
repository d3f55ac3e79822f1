/**
 * `Accept`, `Accept-Encoding` and their kin (RFC 9110 section 12.5): parsing and choosing by quality.
 *
 * The threat: a list of thousands of ranges, or a choice whose work is the product of ranges and offers, keeps a server busy with
 * one header. Parsing is a single pass that stops after {@link ACCEPT_LIMIT} ranges.
 *
 * @module
 */

/** One range of an `Accept*` header. */
export interface AcceptRange {
  /** In lower case: `'text/html'`, `'text/*'`, `'gzip'`, `'*'`. */
  readonly value: string
  /** From 0 (refused) to 1. */
  readonly quality: number
}

/** The most ranges that are read of one header; the rest is ignored. */
export const ACCEPT_LIMIT = 64

/** The ranges of an `Accept*` header in their order; a range with an invalid weight is dropped. Parameters but `q` are ignored. */
export function parseAccept(header: string): AcceptRange[] {
  const ranges: AcceptRange[] = []
  let start = 0
  while (start < header.length && ranges.length < ACCEPT_LIMIT) {
    let end = header.indexOf(',', start)
    if (end === -1) end = header.length
    const range = parseRange(header.slice(start, end))
    if (range !== undefined) ranges.push(range)
    start = end + 1
  }
  return ranges
}

/**
 * How much a value is wanted, from 0 to 1: the weight of the most specific range that covers it (`text/html`, then `text/*`, then
 * `*` or `*\/*`); 0 when none does.
 */
export function quality(ranges: readonly AcceptRange[], value: string): number {
  const slash = value.indexOf('/')
  const group = slash === -1 ? undefined : `${value.slice(0, slash)}/*`
  let best = 0
  let specificity = 0
  for (const range of ranges) {
    const rank = specificityOf(range.value, value, group)
    if (rank > specificity) {
      specificity = rank
      best = range.quality
    }
  }
  return best
}

/** Whether a page in HTML is wanted more than plain text, by the value of `Accept`; text goes to those who name neither. */
export function prefersHtml(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('html')) return false
  const ranges = parseAccept(accept)
  return quality(ranges, 'text/html') > quality(ranges, 'text/plain')
}

function specificityOf(range: string, value: string, group: string | undefined): number {
  if (range === value) return 3
  if (group !== undefined && range === group) return 2
  return range === '*' || range === '*/*' ? 1 : 0
}

function parseRange(text: string): AcceptRange | undefined {
  const semicolon = text.indexOf(';')
  const value = (semicolon === -1 ? text : text.slice(0, semicolon)).trim().toLowerCase()
  if (value === '') return undefined
  const weight = semicolon === -1 ? 1 : weightOf(text.slice(semicolon + 1))
  return weight === undefined ? undefined : { value, quality: weight }
}

function weightOf(parameters: string): number | undefined {
  for (const parameter of parameters.split(';')) {
    const trimmed = parameter.trim()
    if (!/^q=/i.test(trimmed)) continue
    const weight = trimmed.slice(2)
    return /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : undefined
  }
  return 1
}
