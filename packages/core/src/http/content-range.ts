import type { ByteRange } from './range.ts'

/** A `Content-Range` of bytes taken apart. */
export interface ContentRange {
  /** The bytes enclosed, both ends included; `undefined` in the 416 answer to a range that selects nothing. */
  readonly range: ByteRange | undefined
  /** The size of the whole representation in bytes; `undefined` when it is not known. */
  readonly size: number | undefined
}

/**
 * The parts of a `Content-Range` (RFC 9110 section 14.4); `undefined` for another unit, what is malformed, a range that ends before it
 * begins or beyond the size, and numbers that JavaScript does not count exactly.
 */
export function parseContentRange(header: string): ContentRange | undefined {
  const match = /^bytes (?:([0-9]+)-([0-9]+)|\*)\/(?:([0-9]+)|\*)$/i.exec(header)
  if (match === null) return undefined
  const [, first, last, whole] = match
  const size = whole === undefined ? undefined : Number(whole)
  const range = first === undefined ? undefined : { first: Number(first), last: Number(last) }
  return isValid(range, size) ? { range, size } : undefined
}

/**
 * The value of `Content-Range`: `bytes 0-9/100`, `bytes 0-9/*` for a size that is not known, or `bytes *\/100` for the 416 answer to a range
 * that selects nothing. Throws a RangeError when there is neither range nor size, or the range does not lie within the size.
 */
export function formatContentRange(range: ByteRange | undefined, size: number | undefined): string {
  if (!isValid(range, size)) {
    throw new RangeError(
      `Got the range ${JSON.stringify(range)} of ${size} bytes; expected integers, 0 <= first <= last < size, or a size alone.`,
    )
  }
  return `bytes ${range === undefined ? '*' : `${range.first}-${range.last}`}/${size ?? '*'}`
}

function isValid(range: ByteRange | undefined, size: number | undefined): boolean {
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) return false
  if (range === undefined) return size !== undefined
  const { first, last } = range
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return false
  return first >= 0 && first <= last && (size === undefined || last < size)
}
