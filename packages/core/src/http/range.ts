/**
 * Byte ranges (RFC 9110 section 14): `Range`, `If-Range` and `Content-Range`.
 *
 * The threat: a header of many or overlapping ranges makes a server send many times what it holds. A header of more than
 * {@link RANGE_LIMIT} ranges is ignored; whoever answers several sees to it that they do not overlap.
 *
 * @module
 */
import { parseHttpDate } from './date.ts'
import { type EntityTag, matchesStrongly, parseEntityTag } from './etag.ts'

/** A range as it is asked for: from `first` to `last` (both included) or to the end, or the last `suffix` bytes. */
export type ByteRangeSpec =
  | { readonly first: number; readonly last: number | undefined }
  | { readonly suffix: number }

/** A range of a representation whose size is known; both ends are included, as HTTP counts. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** What a representation is told apart by, for {@link matchesIfRange}. */
export interface Validators {
  readonly etag?: EntityTag | undefined
  readonly lastModified?: Date | undefined
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
    const member = header.slice(start, end).trim()
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

/** The value of `Content-Range`: `bytes 0-9/100`, or `bytes *\/100` for the 416 answer to a range that selects nothing. */
export function formatContentRange(range: ByteRange | undefined, size: number): string {
  return range === undefined ? `bytes */${size}` : `bytes ${range.first}-${range.last}/${size}`
}

/**
 * Whether a `Range` beside this `If-Range` is to be answered (RFC 9110 section 13.1.5): the tag matches strongly, or the date is exactly
 * that of the last modification. A header that is neither tag nor date matches nothing.
 */
export function matchesIfRange(header: string, validators: Validators): boolean {
  const value = header.trim()
  const tag = parseEntityTag(value)
  if (tag !== undefined) return validators.etag !== undefined && matchesStrongly(tag, validators.etag)
  const date = parseHttpDate(value)
  if (date === undefined || validators.lastModified === undefined) return false
  return Math.floor(validators.lastModified.getTime() / 1000) === date.getTime() / 1000
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
