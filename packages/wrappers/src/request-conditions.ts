/**
 * The conditional and range fields of a request as values (RFC 9110 sections 13 and 14), read from its environ.
 *
 * @module
 */
import type { Environ } from '@stapel/core'
import {
  type ByteRangeSpec,
  type CacheControl,
  type EntityTag,
  parseCacheControl,
  parseEntityTags,
  parseHttpDate,
  parseIfRange,
  parseRange,
} from '@stapel/core/http'

/** `If-Match`; `undefined` when it was not sent. */
export function ifMatchOf({ HTTP_IF_MATCH: header }: Environ): '*' | readonly EntityTag[] | undefined {
  return header === undefined ? undefined : parseEntityTags(header)
}

/** `If-None-Match`; `undefined` when it was not sent. */
export function ifNoneMatchOf({
  HTTP_IF_NONE_MATCH: header,
}: Environ): '*' | readonly EntityTag[] | undefined {
  return header === undefined ? undefined : parseEntityTags(header)
}

/** `If-Modified-Since`; `undefined` when absent or no date. */
export function ifModifiedSinceOf(environ: Environ): Date | undefined {
  return toDate(environ.HTTP_IF_MODIFIED_SINCE)
}

/** `If-Unmodified-Since`; `undefined` when absent or no date. */
export function ifUnmodifiedSinceOf(environ: Environ): Date | undefined {
  return toDate(environ.HTTP_IF_UNMODIFIED_SINCE)
}

/** `Date`; `undefined` when absent or no date. */
export function dateOf(environ: Environ): Date | undefined {
  return toDate(environ.HTTP_DATE)
}

/** `If-Range`; `undefined` when absent, malformed or a weak tag, which may not stand there (RFC 9110 section 13.1.5). */
export function ifRangeOf({ HTTP_IF_RANGE: header }: Environ): EntityTag | Date | undefined {
  const value = header === undefined ? undefined : parseIfRange(header)
  return value !== undefined && 'weak' in value && value.weak ? undefined : value
}

/** `Range`; `undefined` when absent or to be ignored. */
export function rangeOf({ HTTP_RANGE: header }: Environ): readonly ByteRangeSpec[] | undefined {
  return header === undefined ? undefined : parseRange(header)
}

/** `Cache-Control`; without directives when absent. */
export function cacheControlOf({ HTTP_CACHE_CONTROL: header }: Environ): CacheControl {
  return header === undefined ? {} : parseCacheControl(header)
}

function toDate(header: string | undefined): Date | undefined {
  return header === undefined ? undefined : parseHttpDate(header)
}
