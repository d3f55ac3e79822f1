/**
 * Answers to `Range` (RFC 9110 sections 14.2 and 15.3.7): which parts of a representation are sent, and how they are framed.
 *
 * The threat: a header of many ranges makes a server send many times what it holds. Ranges that overlap or touch each other are made one,
 * and where the parts with the headers of each would not be shorter than the whole, the whole is sent.
 *
 * @module
 */
import { formatContentRange } from './content-range.ts'
import { isFieldValue } from './field.ts'
import { matchesIfRange } from './if-range.ts'
import type { Validators } from './preconditions.ts'
import { type ByteRange, parseRange, resolveRanges } from './range.ts'

/** What of a request says which parts it wants; an environ is one. */
export interface RangeRequest {
  /** The method, as it was sent. */
  readonly REQUEST_METHOD: string
  /** `Range` (RFC 9110 section 14.2). */
  readonly HTTP_RANGE?: string | undefined
  /** `If-Range` (RFC 9110 section 13.1.5). */
  readonly HTTP_IF_RANGE?: string | undefined
}

/** What is to be known of content of which parts may be sent. */
export interface Representation extends Validators {
  /** In bytes. */
  readonly size: number
  /** `Content-Type` of the whole, which each of several parts repeats. */
  readonly contentType?: string | undefined
}

/** The content of a 206: one range, or several as `multipart/byteranges`. */
export interface PartialContent {
  /** `Content-Range`; `undefined` where several parts have one each. */
  readonly contentRange: string | undefined
  /** `Content-Type`, where it is not that of the whole. */
  readonly contentType: string | undefined
  /** In bytes. */
  readonly contentLength: number
  /** What is sent, in order: text in ASCII or latin-1 as it is, and ranges of the whole, ascending and without overlap. */
  readonly pieces: readonly ContentPiece[]
}

/** A piece of content: text that frames it, or a range of the whole. */
export type ContentPiece = string | ByteRange

/**
 * What to answer to the `Range` of a request: `'whole'` where it has none, or one that is to be ignored (another method than GET, an
 * `If-Range` that does not match, a malformed header, empty content); `'unsatisfiable'` (416) where it selects nothing; else the parts (206).
 *
 * Ask after the preconditions, and only where the answer would be a 200.
 *
 * @example
 * ```ts
 * import { selectByteRanges } from '@stapel/core/http'
 *
 * selectByteRanges({ REQUEST_METHOD: 'GET', HTTP_RANGE: 'bytes=-100' }, { size: 1000 })
 * // { contentRange: 'bytes 900-999/1000', contentLength: 100, pieces: [{ first: 900, last: 999 }], … }
 * ```
 */
export function selectByteRanges(
  request: RangeRequest,
  representation: Representation,
): PartialContent | 'whole' | 'unsatisfiable' {
  const { REQUEST_METHOD, HTTP_RANGE, HTTP_IF_RANGE } = request
  const { size, contentType } = representation
  // An empty representation has no byte to select; the whole of it is a better answer than a 416.
  if (HTTP_RANGE === undefined || REQUEST_METHOD !== 'GET' || size === 0) return 'whole'
  if (HTTP_IF_RANGE !== undefined && !matchesIfRange(HTTP_IF_RANGE, representation)) return 'whole'
  const asked = parseRange(HTTP_RANGE)
  if (asked === undefined) return 'whole'
  const ranges = resolveRanges(asked, size)
  if (ranges.length === 0) return 'unsatisfiable'
  const partial = frameByteRanges(ranges, size, contentType)
  return ranges.length > 1 && partial.contentLength >= size ? 'whole' : partial
}

/**
 * The content of a 206 with these ranges of a representation, which {@link selectByteRanges} or `resolveRanges` gave: a single one as it
 * is, several as `multipart/byteranges` (RFC 9110 section 14.6). Throws a RangeError for no ranges, ranges outside of the size, and a
 * content type or boundary that no header can hold.
 */
export function frameByteRanges(
  ranges: readonly ByteRange[],
  size: number,
  contentType?: string,
  boundary: string = crypto.randomUUID(),
): PartialContent {
  const [only, ...others] = ranges
  if (only === undefined) throw new RangeError('Got no ranges to frame; expected at least one.')
  if (others.length === 0) {
    return {
      contentRange: formatContentRange(only, size),
      contentType: undefined,
      contentLength: lengthOf(only),
      pieces: [only],
    }
  }
  if (contentType !== undefined && !isFieldValue(contentType)) {
    throw new RangeError(`Got the content type ${JSON.stringify(contentType)}; expected a field value.`)
  }
  if (!boundaryPattern.test(boundary)) {
    throw new RangeError(
      `Got the boundary ${JSON.stringify(boundary)}; expected 1 to 70 letters, digits and hyphens.`,
    )
  }
  const typeLine = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  const pieces: ContentPiece[] = []
  for (const range of ranges) {
    const open = pieces.length === 0 ? '' : '\r\n'
    pieces.push(
      `${open}--${boundary}\r\n${typeLine}Content-Range: ${formatContentRange(range, size)}\r\n\r\n`,
      range,
    )
  }
  pieces.push(`\r\n--${boundary}--\r\n`)
  return {
    contentRange: undefined,
    contentType: `multipart/byteranges; boundary=${boundary}`,
    contentLength: pieces.reduce((sum, piece) => sum + lengthOf(piece), 0),
    pieces,
  }
}

// Of what RFC 2046 section 5.1.1 allows, that which needs no quotes.
const boundaryPattern = /^[0-9A-Za-z-]{1,70}$/
const encoder = new TextEncoder()

function lengthOf(piece: ContentPiece): number {
  return typeof piece === 'string' ? encoder.encode(piece).byteLength : piece.last - piece.first + 1
}
