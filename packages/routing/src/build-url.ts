/**
 * Builds the path of a pattern from values.
 *
 * The threat: a value that changes which path the result is. Each value is percent-encoded, so none ends a segment or begins a query; values that
 * no encoding protects (`.` and `..` as a whole segment, NUL, an empty first segment, which would name a host) are refused.
 *
 * @module
 */
import { compile } from 'path-to-regexp'
import { type Converter, describeValue } from './converter.ts'
import type { Alternative, Pattern } from './pattern.ts'

/** Values of a query string: lists are repeated, `null` and `undefined` left out. */
export type QueryInit =
  | URLSearchParams
  | Readonly<Record<string, QueryValue | readonly QueryValue[] | null | undefined>>

type QueryValue = string | number | bigint | boolean

/**
 * The path for a set of values, percent-encoded. The alternative whose parameters are those given is taken.
 *
 * Throws a TypeError that names what is missing, unknown, or does not fit.
 */
export function buildPath(pattern: Pattern, params: Readonly<Record<string, unknown>>): string {
  const values: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue
    if (!pattern.names.has(name)) throw refuse(pattern, `it has no parameter ${JSON.stringify(name)}`)
    values[name] = format(pattern, name, value)
  }
  const alternative = chooseAlternative(pattern, Object.keys(values))
  const path = compile({ tokens: alternative.tokens, originalPath: pattern.source })(values)
  if (/\/\.\.?(?:\/|$)|%00/.test(path)) {
    throw refuse(pattern, `${JSON.stringify(path)} has a dot segment or NUL, which no URL keeps`)
  }
  return path
}

/** A query string with its question mark; `''` when there is nothing to say. */
export function buildQuery(query: QueryInit): string {
  const pairs = query instanceof URLSearchParams ? query : new URLSearchParams([...pairsOf(query)])
  const text = String(pairs)
  return text === '' ? '' : `?${text}`
}

function refuse(pattern: Pattern, reason: string): TypeError {
  return new TypeError(`No URL of ${JSON.stringify(pattern.source)} can be built: ${reason}.`)
}

function format(pattern: Pattern, name: string, value: unknown): string | string[] {
  const converter = pattern.converters.get(name)
  if (converter !== undefined) return convert(pattern, name, value, converter)
  const wildcard = pattern.wildcards.has(name)
  if (wildcard && Array.isArray(value) && value[0] !== '' && value.length > 0 && value.every(isText))
    return value
  if (!wildcard && isText(value) && value !== '') return value
  const expected = wildcard ? 'a list of texts, the first not empty' : 'a text that is not empty'
  throw refuse(pattern, `got ${describeValue(value)} for ${name}, expected ${expected}`)
}

function convert(pattern: Pattern, name: string, value: unknown, converter: Converter<unknown>): string {
  const text = converter.format(value)
  if (!isText(text) || text === '' || converter.parse(text) === undefined) {
    throw refuse(pattern, `got ${describeValue(value)} for ${name}, which ${converter.name} does not accept`)
  }
  return text
}

/** Lone surrogates have no UTF-8. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Surrogate}/u.test(value)
}

function chooseAlternative(pattern: Pattern, given: readonly string[]): Alternative {
  let nearest: string[] | undefined
  for (const alternative of pattern.alternatives) {
    const names = alternative.captures.map(({ name }) => name)
    const missing = names.filter((name) => !given.includes(name))
    const covers = given.every((name) => names.includes(name))
    if (covers && missing.length === 0) return alternative
    if (covers && (nearest === undefined || missing.length < nearest.length)) nearest = missing
  }
  throw refuse(
    pattern,
    nearest === undefined
      ? `no alternative has just the parameters ${given.join(', ')}`
      : `a value is missing for ${nearest.join(', ')}`,
  )
}

function* pairsOf(query: Exclude<QueryInit, URLSearchParams>): Generator<[string, string]> {
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined) yield [name, String(each)]
    }
  }
}
