/**
 * Media types and media ranges (RFC 9110 sections 8.3.1 and 12.5.1).
 *
 * The threat: two parsers that see different types in one text, of which one is checked and the other used. What breaks the grammar is
 * no media type here, not the nearest one.
 *
 * @module
 */
import { isToken } from './field.ts'
import { endOfValue } from './options.ts'
import { firstValueOf, formatParameters, type Parameter, parseParameters } from './parameters.ts'
import { trimSpace } from './scan.ts'

/** A media type taken apart. */
export interface MediaType {
  /** Type and subtype in lower case, as in `'text/html'`; in a range also `'text/*'` and `'*\/*'`. */
  readonly essence: string
  /** Names in lower case, in order and with repeats. */
  readonly parameters: readonly Parameter[]
}

/**
 * The parts of a media type or range; `undefined` for what is none.
 *
 * @example
 * ```ts
 * import { parseMediaType } from '@stapel/core/http'
 *
 * parseMediaType('Text/HTML; charset="utf-8"') // { essence: 'text/html', parameters: [['charset', 'utf-8']] }
 * ```
 */
export function parseMediaType(text: string): MediaType | undefined {
  const end = endOfValue(text)
  const written = trimSpace(text, 0, end)
  if (!isEssence(written)) return undefined
  const parameters = parseParameters(text, end)
  return parameters === undefined ? undefined : { essence: written.toLowerCase(), parameters }
}

/** `type/subtype; name=value`. Throws a RangeError for an essence that is none, and for a parameter that no header can hold. */
export function formatMediaType({ essence, parameters }: MediaType): string {
  if (!isEssence(essence)) {
    throw new RangeError(
      `Got the media type ${JSON.stringify(essence)}; expected 'type/subtype', as in 'text/html'.`,
    )
  }
  return essence + formatParameters(parameters)
}

/** What stands before the first `;`, in lower case and without the spaces around it; whether it is a media type is not checked. */
export function essenceOf(text: string): string {
  return trimSpace(text, 0, endOfValue(text)).toLowerCase()
}

/** The charset in lower case, as in `'utf-8'`; `undefined` when none is named. */
export function charsetOf(type: MediaType): string | undefined {
  return firstValueOf(type.parameters, 'charset')?.toLowerCase()
}

/** The structured syntax suffix (RFC 6838 section 4.2.8): `'json'` for `'application/ld+json'`; `undefined` without one. */
export function suffixOf(essence: string): string | undefined {
  const plus = essence.lastIndexOf('+')
  return plus <= essence.indexOf('/') || plus === essence.length - 1 ? undefined : essence.slice(plus + 1)
}

/** Whether content of this type is JSON: `application/json`, `text/json`, and what has the suffix `+json`. Gets an essence. */
export function isJsonType(essence: string): boolean {
  return essence === 'application/json' || essence === 'text/json' || suffixOf(essence) === 'json'
}

/** Whether content of this type is XML: `application/xml`, `text/xml`, and what has the suffix `+xml`. Gets an essence. */
export function isXmlType(essence: string): boolean {
  return essence === 'application/xml' || essence === 'text/xml' || suffixOf(essence) === 'xml'
}

/**
 * How precisely a range covers a type: 0 not at all, 1 by `*\/*`, 2 by `text/*`, 3 by the type itself, and one more for each parameter that
 * the range names (RFC 9110 section 12.5.1).
 *
 * The type must have every parameter of the range, values compared without regard to case, and may have more. A `charset` in the range
 * counts only for a type that names one: clients write `application/json; charset=utf-8` for a type that has no such parameter.
 */
export function mediaRangeSpecificity(range: MediaType, type: MediaType): number {
  const specificity = essenceSpecificity(range.essence, type.essence)
  if (specificity === 0 || range.parameters.length === 0) return specificity
  let named = 0
  for (const [name, value] of range.parameters) {
    const own = firstValueOf(type.parameters, name)
    if (own === undefined && name === 'charset') continue
    if (own?.toLowerCase() !== value.toLowerCase()) return 0
    named++
  }
  return specificity === 3 ? specificity + named : specificity
}

/** Whether a range such as `'text/*'` covers a type such as `'text/html; charset=utf-8'`; not when one of them is malformed. */
export function matchesMediaType(range: string, type: string): boolean {
  const parsedRange = parseMediaType(range)
  const parsedType = parseMediaType(type)
  if (parsedRange === undefined || parsedType === undefined) return false
  return mediaRangeSpecificity(parsedRange, parsedType) > 0
}

function essenceSpecificity(range: string, essence: string): number {
  if (range === essence) return 3
  if (range === '*/*') return 1
  return range.endsWith('/*') && essence.startsWith(range.slice(0, -1)) ? 2 : 0
}

function isEssence(text: string): boolean {
  const slash = text.indexOf('/')
  return slash !== -1 && isToken(text.slice(0, slash)) && isToken(text.slice(slash + 1))
}
