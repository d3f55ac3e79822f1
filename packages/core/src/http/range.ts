/**
 * `Range`: the parts of a representation that are asked for (RFC 9110 section 14).
 *
 * The threat: a header of many or overlapping ranges makes a server send many times what it holds. A header of more than
 * {@link RANGE_LIMIT} ranges is ignored; {@link resolveRanges} gives ranges that do not overlap.
 *
 * @module
 */
import { trimSpace } from './scan.ts'

/** A range as it is asked for: from `first` to `last` (both included) or to the end, or the last `suffix` bytes. */
export type ByteRangeSpec =
  | {
      /** The offset of the first byte. */
      readonly first: number
      /** The offset of the last byte; `undefined` for the end. */
      readonly last: number | undefined
    }
  | {
      /** How many bytes at the end. */
      readonly suffix: number
    }

/** A range of a representation whose size is known; both ends are included, as HTTP counts. */
export interface ByteRange {
  /** The offset of the first byte. */
  readonly first: number
  /** The offset of the last byte, at least `first`. */
  readonly last: number
}

/** The most ranges of a header that is not ignored. */
export const RANGE_LIMIT = 100

/**
 * The ranges of a `Range` header. `undefined` means that the header is to be ignored: another unit than bytes, not well-formed, a range
 * that ends before it begins, or more than {@link RANGE_LIMIT} ranges.
 */
export function parseRange(header: string): ByteRangeSpec[] | undefined {
  const unit = /^bytes=/i.exec(header)
  if (unit === null) return undefined
  const ranges: ByteRangeSpec[] = []
  let start = unit[0].length
  while (start <= header.length) {
    let end = header.indexOf(',', start)
    if (end === -1) end = header.length
    const member = trimSpace(header, start, end)
    start = end + 1
    // RFC 9110 section 5.6.1.2: a recipient takes empty list members.
    if (member === '') continue
    const range = parseSpec(member)
    if (range === undefined || ranges.length === RANGE_LIMIT) return undefined
    ranges.push(range)
  }
  return ranges.length === 0 ? undefined : ranges
}

/** The bytes that a range selects of a representation of `size` bytes, cut at its end; `undefined` when there are none (416). */
export function resolveRange(range: ByteRangeSpec, size: number): ByteRange | undefined {
  if ('suffix' in range) {
    return range.suffix === 0 || size === 0
      ? undefined
      : { first: Math.max(0, size - range.suffix), last: size - 1 }
  }
  if (range.first >= size) return undefined
  return { first: range.first, last: Math.min(range.last ?? size - 1, size - 1) }
}

/**
 * The bytes that several ranges select, in ascending order, those that overlap or touch each other made one, so that together they are
 * never more than the representation; empty when they select nothing (416).
 */
export function resolveRanges(ranges: readonly ByteRangeSpec[], size: number): ByteRange[] {
  const resolved = ranges
    .flatMap((range) => resolveRange(range, size) ?? [])
    .sort((a, b) => a.first - b.first || a.last - b.last)
  const merged: ByteRange[] = []
  for (const range of resolved) {
    const before = merged.at(-1)
    if (before === undefined || range.first > before.last + 1) merged.push(range)
    else merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, range.last) }
  }
  return merged
}

/** The value of a `Range`: `bytes=0-499,-500`. Throws a RangeError for no ranges, and for one that is no range of bytes. */
export function formatRange(ranges: readonly ByteRangeSpec[]): string {
  if (ranges.length === 0) throw new RangeError('Got no ranges; expected at least one.')
  return `bytes=${ranges.map(formatSpec).join(',')}`
}

function formatSpec(range: ByteRangeSpec): string {
  if ('suffix' in range) {
    if (Number.isSafeInteger(range.suffix) && range.suffix >= 0) return `-${range.suffix}`
  } else {
    const { first, last } = range
    const ends = last === undefined || (Number.isSafeInteger(last) && last >= first)
    if (Number.isSafeInteger(first) && first >= 0 && ends) return `${first}-${last ?? ''}`
  }
  throw new RangeError(
    `Got the range ${JSON.stringify(range)}; expected integers, 0 <= first <= last or 0 <= suffix.`,
  )
}

function parseSpec(text: string): ByteRangeSpec | undefined {
  const match = /^([0-9]*)-([0-9]*)$/.exec(text)
  if (match === null) return undefined
  const [, first = '', last = ''] = match
  if (first === '') return last === '' ? undefined : { suffix: toPosition(last) }
  const range = { first: toPosition(first), last: last === '' ? undefined : toPosition(last) }
  return range.last !== undefined && range.last < range.first ? undefined : range
}

// A number beyond what JavaScript counts exactly lies beyond the end of any file, and needs no more precision than that.
function toPosition(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}
