/**
 * Lists of members separated by commas (RFC 9110 section 5.6.1), as most header fields are.
 *
 * The threat: a comma within quotes that one parser takes for a separator and another does not; a quote that never closes; thousands of
 * members. A list is read in a single pass that stops after {@link LIST_LIMIT} members.
 *
 * @module
 */

import { joinMembers } from './join-members.ts'
import { COMMA, endOfMember, trimSpace } from './scan.ts'
import { formatWord, parseWord } from './word.ts'

/** The most members that are read of one list; the rest is ignored. */
export const LIST_LIMIT = 256

/**
 * The members of a list as they stand, quotes and all, without the spaces around them and without empty ones. A comma within quotes
 * separates nothing; when a quote never closes, the last member is what follows it. At most `limit` members.
 */
export function splitList(header: string, limit: number = LIST_LIMIT): string[] {
  const members: string[] = []
  let start = 0
  while (start < header.length && members.length < limit) {
    const end = endOfMember(header, start, COMMA)
    const member = trimSpace(header, start, end)
    if (member !== '') members.push(member)
    start = end + 1
  }
  return members
}

/**
 * The members of a list without their quotes: quoted strings, tokens, and other text as it stands. A member that holds a quote and is
 * no quoted string as a whole is left out.
 *
 * @example
 * ```ts
 * import { parseList } from '@stapel/core/http'
 *
 * parseList('token, "a, b", ,W/x') // ['token', 'a, b', 'W/x']
 * ```
 */
export function parseList(header: string): string[] {
  const values: string[] = []
  for (const member of splitList(header)) {
    const value = member.includes('"') ? parseWord(member) : member
    if (value !== undefined) values.push(value)
  }
  return values
}

/** The values, quoted where they are no tokens, with commas between. Throws a RangeError for a character that no header can hold. */
export function formatList(values: Iterable<string>): string {
  return joinMembers(values, formatWord)
}
