/**
 * Entity tags (RFC 9110 section 8.8.3) as `ETag`, `If-Match`, `If-None-Match` and `If-Range` carry them.
 *
 * The threat: lists of thousands of tags, quotes that never close. Parsing is a single pass that stops after {@link ENTITY_TAG_LIMIT}
 * tags unless it is told otherwise; what is malformed is left out of the list, so that it matches nothing.
 *
 * @module
 */

import { joinMembers } from './join-members.ts'
import { trimSpace } from './scan.ts'

/** An entity tag. */
export interface EntityTag {
  /** What stands between the quotes. */
  readonly value: string
  /** Whether it only promises that the content means the same, not that it has the same bytes. */
  readonly weak: boolean
}

/** The most tags that are given of one header; the rest is ignored, but not where a precondition is evaluated. */
export const ENTITY_TAG_LIMIT = 100

/** The tag of an `ETag` header; `undefined` for anything that is not exactly one tag. */
export function parseEntityTag(text: string): EntityTag | undefined {
  const match = wholeTag.exec(text)
  return match === null ? undefined : { value: match[2] as string, weak: match[1] !== undefined }
}

/** `"value"`, or `W/"value"` when weak. Throws a RangeError for a character that a tag cannot hold. */
export function formatEntityTag(tag: EntityTag): string {
  if (!tagCharacters.test(tag.value)) {
    throw new RangeError(
      `Got ${JSON.stringify(tag.value)} for an entity tag; expected 0x21, 0x23-0x7E and 0x80-0xFF only (RFC 9110 section 8.8.3).`,
    )
  }
  return `${tag.weak ? 'W/' : ''}"${tag.value}"`
}

/**
 * The tags of an `If-Match` or `If-None-Match` header in their order, or `'*'`; `limit` of them at most. Whoever decides by them whether
 * something is changed reads them all (`Infinity`), as a tag that is left out does not forbid it: see `evaluatePreconditions`.
 */
export function parseEntityTags(header: string, limit: number = ENTITY_TAG_LIMIT): '*' | EntityTag[] {
  if (trimSpace(header) === '*') return '*'
  const tags: EntityTag[] = []
  let position = 0
  while (position < header.length && tags.length < limit) {
    listedTag.lastIndex = position
    const match = listedTag.exec(header)
    if (match === null) {
      // No tag begins here: what follows up to the next comma is none either.
      const comma = header.indexOf(',', position)
      position = comma === -1 ? header.length : comma + 1
      continue
    }
    tags.push({ value: match[2] as string, weak: match[1] !== undefined })
    position = listedTag.lastIndex
  }
  return tags
}

/** The value of an `If-Match` or `If-None-Match`: `"a", W/"b"` or `*`. Throws what {@link formatEntityTag} throws. */
export function formatEntityTags(tags: '*' | Iterable<EntityTag>): string {
  return tags === '*' ? '*' : joinMembers(tags, formatEntityTag)
}

/** Strong comparison: the same tag, and neither is weak; for `If-Match` and `If-Range` (RFC 9110 section 8.8.3.2). */
export function matchesStrongly(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.value === b.value
}

/** Weak comparison: the same tag, weak or not; for `If-None-Match` (RFC 9110 section 8.8.3.2). */
export function matchesWeakly(a: EntityTag, b: EntityTag): boolean {
  return a.value === b.value
}

const tagCharacters = /^[\x21\x23-\x7e\x80-\xff]*$/
const wholeTag = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/
// A member of a list with the comma after it. The white space before a tag cannot begin one, so that nothing is tried twice.
const listedTag = /[\t ]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*(?:,|$)/y
