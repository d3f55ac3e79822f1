import { formatHttpDate, parseHttpDate } from './date.ts'
import { type EntityTag, formatEntityTag, matchesStrongly, parseEntityTag } from './etag.ts'
import type { Validators } from './preconditions.ts'
import { trimSpace } from './scan.ts'

/** What an `If-Range` names: an entity tag or a date; `undefined` for what is neither. */
export function parseIfRange(header: string): EntityTag | Date | undefined {
  const value = trimSpace(header)
  return parseEntityTag(value) ?? parseHttpDate(value)
}

/** The value of an `If-Range`. Throws a RangeError for a tag or date that no header can hold, and for a weak tag, which matches nothing. */
export function formatIfRange(validator: EntityTag | Date): string {
  if (validator instanceof Date) return formatHttpDate(validator)
  if (!validator.weak) return formatEntityTag(validator)
  throw new RangeError(
    `Got the weak tag ${JSON.stringify(validator.value)} for If-Range; expected a strong one (RFC 9110 section 13.1.5).`,
  )
}

/**
 * Whether a `Range` beside this `If-Range` is to be answered (RFC 9110 section 13.1.5): the tag matches strongly, or the date is exactly
 * that of the last modification. A header that is neither tag nor date matches nothing.
 *
 * No date matches a representation whose tag is weak: whoever made that tag does not vouch for its bytes, and a date, which is a whole
 * second wide, vouches for less (section 8.8.2.2).
 */
export function matchesIfRange(header: string, validators: Validators): boolean {
  const { etag, lastModified } = validators
  const wanted = parseIfRange(header)
  if (wanted === undefined) return false
  if (!(wanted instanceof Date)) return etag !== undefined && matchesStrongly(wanted, etag)
  if (lastModified === undefined || etag?.weak === true) return false
  return Math.floor(lastModified.getTime() / 1000) === wanted.getTime() / 1000
}
