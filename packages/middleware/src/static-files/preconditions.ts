import type { Environ } from '@stapel/core'
import { matchesStrongly, matchesWeakly, parseEntityTags, parseHttpDate } from '@stapel/core/http'
import type { FileValidators } from './validators.ts'

/** What the preconditions of a request come to. */
export type Verdict = 'proceed' | 'not-modified' | 'failed'

/**
 * Evaluates the preconditions of a GET or HEAD in the order of RFC 9110 section 13.2.2: `If-Match`, or `If-Unmodified-Since` without it; then
 * `If-None-Match`, or `If-Modified-Since` without it. Dates count in whole seconds; one that is malformed is ignored.
 */
export function evaluatePreconditions(environ: Environ, validators: FileValidators): Verdict {
  const { HTTP_IF_MATCH, HTTP_IF_NONE_MATCH } = environ
  if (HTTP_IF_MATCH !== undefined) {
    const tags = parseEntityTags(HTTP_IF_MATCH)
    if (tags !== '*' && !tags.some((tag) => matchesStrongly(tag, validators.etag))) return 'failed'
  } else if (isModifiedSince(environ.HTTP_IF_UNMODIFIED_SINCE, validators) === true) {
    return 'failed'
  }
  if (HTTP_IF_NONE_MATCH !== undefined) {
    const tags = parseEntityTags(HTTP_IF_NONE_MATCH)
    return tags === '*' || tags.some((tag) => matchesWeakly(tag, validators.etag))
      ? 'not-modified'
      : 'proceed'
  }
  return isModifiedSince(environ.HTTP_IF_MODIFIED_SINCE, validators) === false ? 'not-modified' : 'proceed'
}

/** `undefined` when there is no date to compare with. */
function isModifiedSince(header: string | undefined, validators: FileValidators): boolean | undefined {
  const date = header === undefined ? undefined : parseHttpDate(header)
  return date === undefined ? undefined : validators.lastModified.getTime() > date.getTime()
}
