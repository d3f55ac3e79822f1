import { isToken } from './field.ts'
import { splitList } from './list.ts'

/**
 * The names of a list of header fields, as `Vary`, `Trailer` and `Access-Control-Allow-Headers` have it: in lower case and each once; `'*'` when
 * that stands among them. What is no field name is left out.
 *
 * @example
 * ```ts
 * import { parseFieldNames } from '@stapel/core/http'
 *
 * parseFieldNames('Content-Type, X-Token, content-type') // ['content-type', 'x-token']
 * ```
 */
export function parseFieldNames(header: string): '*' | string[] {
  const names = new Set<string>()
  for (const member of splitList(header)) {
    if (member === '*') return '*'
    if (isToken(member)) names.add(member.toLowerCase())
  }
  return [...names]
}

/** The names as a header, of those that differ only in case the first; `''` for none. Throws a RangeError for what is no field name. */
export function formatFieldNames(names: '*' | Iterable<string>): string {
  if (names === '*') return '*'
  const unique = new Map<string, string>()
  for (const name of names) {
    if (!isToken(name)) {
      throw new RangeError(
        `Got ${JSON.stringify(name)} for a field name; expected a token, as in 'Content-Type'.`,
      )
    }
    if (name === '*') return '*'
    const lower = name.toLowerCase()
    if (!unique.has(lower)) unique.set(lower, name)
  }
  return [...unique.values()].join(', ')
}
