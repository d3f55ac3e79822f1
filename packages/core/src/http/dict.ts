import { isToken } from './field.ts'
import { splitList } from './list.ts'
import { formatWord, parseWord } from './word.ts'

/**
 * The members of a list of names with values, as in `realm="a, b", stale=true, flag`: names in lower case, values without quotes,
 * `undefined` for a name without one. Of repeats the first counts; a member that is malformed is left out. At most `LIST_LIMIT` members.
 *
 * @example
 * ```ts
 * import { parseDict } from '@stapel/core/http'
 *
 * parseDict('Realm="a, b", stale').get('realm') // 'a, b'
 * ```
 */
export function parseDict(header: string): Map<string, string | undefined> {
  const dict = new Map<string, string | undefined>()
  for (const member of splitList(header)) {
    const equals = member.indexOf('=')
    const name = equals === -1 ? member : member.slice(0, equals)
    const value = equals === -1 ? undefined : parseWord(member.slice(equals + 1))
    if (!isToken(name) || (equals !== -1 && value === undefined)) continue
    const lower = name.toLowerCase()
    if (!dict.has(lower)) dict.set(lower, value)
  }
  return dict
}

/** `name=value` or `name` for each entry, quoted where needed, with commas between. Throws a RangeError for what no header can hold. */
export function formatDict(entries: Iterable<readonly [name: string, value?: string | undefined]>): string {
  const members: string[] = []
  for (const [name, value] of entries) {
    if (!isToken(name)) {
      throw new RangeError(`Got the name ${JSON.stringify(name)}; expected a token (RFC 9110 section 5.6.2).`)
    }
    members.push(value === undefined ? name : `${name}=${formatWord(value)}`)
  }
  return members.join(', ')
}
