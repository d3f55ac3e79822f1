import type { HeaderList } from '../protocol.ts'
import { isToken } from './field.ts'
import { formatFieldNames, parseFieldNames } from './field-names.ts'

/**
 * The request fields that an answer depends on (RFC 9110 section 12.5.5), in lower case and each once; `'*'` when it depends on more
 * than can be named. What is no field name is left out.
 */
export function parseVary(header: string): '*' | string[] {
  return parseFieldNames(header)
}

/** The value of a `Vary`, each field once. Throws a RangeError for what is no field name. */
export function formatVary(names: '*' | Iterable<string>): string {
  return formatFieldNames(names)
}

/**
 * The value of a `Vary` with fields added to it that it does not name yet; the same value when it names all of them or is `*`.
 * Throws a RangeError for what is no field name.
 *
 * @example
 * ```ts
 * import { addVary } from '@stapel/core/http'
 *
 * addVary('Accept', 'accept', 'Accept-Encoding') // 'Accept, Accept-Encoding'
 * ```
 */
export function addVary(header: string | undefined, ...names: string[]): string {
  const known = parseVary(header ?? '')
  const missing = known === '*' ? [] : missingFrom(new Set(known), names)
  if (missing.includes('*')) return '*'
  if (missing.length === 0) return header ?? ''
  return known.length === 0 ? missing.join(', ') : `${header}, ${missing.join(', ')}`
}

/**
 * The headers with fields added to their `Vary`: to the last one where there are several, or as a new header; the same list when
 * nothing is to be added. Throws a RangeError for what is no field name.
 */
export function varyOn(headers: HeaderList, ...names: string[]): HeaderList {
  let place = -1
  let whole = ''
  for (let i = 0; i < headers.length; i++) {
    const [name, value] = headers[i] as [string, string]
    if (name.length !== 4 || name.toLowerCase() !== 'vary') continue
    place = i
    whole += `, ${value}`
  }
  const [only] = names
  // Most answers have no Vary yet.
  if (place === -1 && names.length === 1 && isToken(only as string)) {
    return [...headers, ['Vary', only as string]]
  }
  const known = parseVary(whole)
  const missing = known === '*' ? [] : missingFrom(new Set(known), names)
  if (missing.length === 0) return headers
  const [name, value] = headers[place] ?? ['Vary', '']
  const header: [string, string] = [name, addVary(value, ...missing)]
  return place === -1 ? [...headers, header] : headers.with(place, header)
}

function missingFrom(known: Set<string>, names: readonly string[]): string[] {
  return names.filter((name) => {
    if (!isToken(name)) {
      throw new RangeError(
        `Got ${JSON.stringify(name)} for Vary; expected a field name, as in 'Accept-Encoding'.`,
      )
    }
    const lower = name.toLowerCase()
    if (known.has(lower)) return false
    known.add(lower)
    return true
  })
}
