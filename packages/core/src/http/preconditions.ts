/**
 * Conditional requests (RFC 9110 section 13): whether a request is carried out, given what it says of the state it expects.
 *
 * The threat: evaluated in another order, or with the wrong comparison, a precondition lets one client overwrite what another has just
 * written, or keeps a stale answer in a cache for good. A tag or a list that is malformed matches nothing; a date that is, is ignored.
 *
 * @module
 */
import { parseHttpDate } from './date.ts'
import { type EntityTag, matchesStrongly, matchesWeakly, parseEntityTags } from './etag.ts'

/** What a representation is told apart by. */
export interface Validators {
  /** The entity tag, as in `ETag` (RFC 9110 section 8.8.3). */
  readonly etag?: EntityTag | undefined
  /** Counts in whole seconds, as in `Last-Modified`. */
  readonly lastModified?: Date | undefined
}

/** What of a request its preconditions are made of; an environ is one. */
export interface ConditionalRequest {
  /** The method, as it was sent. */
  readonly REQUEST_METHOD: string
  /** `If-Match` (RFC 9110 section 13.1.1). */
  readonly HTTP_IF_MATCH?: string | undefined
  /** `If-None-Match` (RFC 9110 section 13.1.2). */
  readonly HTTP_IF_NONE_MATCH?: string | undefined
  /** `If-Modified-Since` (RFC 9110 section 13.1.3). */
  readonly HTTP_IF_MODIFIED_SINCE?: string | undefined
  /** `If-Unmodified-Since` (RFC 9110 section 13.1.4). */
  readonly HTTP_IF_UNMODIFIED_SINCE?: string | undefined
}

/** What preconditions come to: the request is carried out, or answered 304, or answered 412. */
export type PreconditionResult = 'proceed' | 'not-modified' | 'failed'

/**
 * Evaluates the preconditions of a request in the order of RFC 9110 section 13.2.2: `If-Match`, or `If-Unmodified-Since` without it; then
 * `If-None-Match`, or for GET and HEAD `If-Modified-Since` without it. `If-Range` comes after them: see `matchesIfRange`.
 *
 * Give the validators of the representation as it is now, `undefined` when there is none, as before a PUT that creates one. Ask only
 * when the answer would be a success otherwise (section 13.2.1), and before anything is changed.
 *
 * @example
 * ```ts
 * import { evaluatePreconditions } from '@stapel/core/http'
 *
 * evaluatePreconditions(
 *   { REQUEST_METHOD: 'GET', HTTP_IF_NONE_MATCH: 'W/"v1"' },
 *   { etag: { value: 'v1', weak: false } },
 * ) // 'not-modified'
 * ```
 */
export function evaluatePreconditions(
  request: ConditionalRequest,
  current: Validators | undefined,
): PreconditionResult {
  const { REQUEST_METHOD, HTTP_IF_MATCH, HTTP_IF_NONE_MATCH } = request
  if (withoutPreconditions.has(REQUEST_METHOD)) return 'proceed'
  if (HTTP_IF_MATCH !== undefined) {
    if (!matchesAny(HTTP_IF_MATCH, current, matchesStrongly)) return 'failed'
  } else if (isModifiedSince(request.HTTP_IF_UNMODIFIED_SINCE, current) === true) {
    return 'failed'
  }
  const reads = REQUEST_METHOD === 'GET' || REQUEST_METHOD === 'HEAD'
  if (HTTP_IF_NONE_MATCH !== undefined) {
    if (!matchesAny(HTTP_IF_NONE_MATCH, current, matchesWeakly)) return 'proceed'
    return reads ? 'not-modified' : 'failed'
  }
  return reads && isModifiedSince(request.HTTP_IF_MODIFIED_SINCE, current) === false
    ? 'not-modified'
    : 'proceed'
}

// RFC 9110 section 13.2.1: methods that neither select nor change a representation ignore them.
const withoutPreconditions: ReadonlySet<string> = new Set(['CONNECT', 'OPTIONS', 'TRACE'])

function matchesAny(
  header: string,
  current: Validators | undefined,
  matches: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  if (current === undefined) return false
  // All of them: a tag beyond a limit would let `If-None-Match` overwrite what it names. The gateway limits the header.
  const tags = parseEntityTags(header, Number.POSITIVE_INFINITY)
  if (tags === '*') return true
  const { etag } = current
  return etag !== undefined && tags.some((tag) => matches(tag, etag))
}

/** `undefined` when there is no date to compare with. */
function isModifiedSince(header: string | undefined, current: Validators | undefined): boolean | undefined {
  const date = header === undefined ? undefined : parseHttpDate(header)
  if (date === undefined || current?.lastModified === undefined) return undefined
  return Math.floor(current.lastModified.getTime() / 1000) > date.getTime() / 1000
}
