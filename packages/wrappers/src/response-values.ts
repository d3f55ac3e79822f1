/**
 * What the typed headers of a Response are read and written by.
 *
 * @module
 */
import type { Headers } from './headers.ts'

/** A header as a parser reads it, or as it stands; `undefined` when there is none. */
export function readField(headers: Headers, name: string): string | undefined
export function readField<Value>(
  headers: Headers,
  name: string,
  parse: (text: string) => Value,
): Value | undefined
export function readField(
  headers: Headers,
  name: string,
  parse: (text: string) => unknown = (text) => text,
): unknown {
  const text = headers.get(name)
  return text === null ? undefined : parse(text)
}

/** Sets a header to a text; removes it for `undefined` and `''`. */
export function writeText(headers: Headers, name: string, text: string | undefined): void {
  if (text === undefined || text === '') headers.delete(name)
  else headers.set(name, text)
}

/** Sets a header to a value; removes it for `undefined`, and where nothing is left to say. */
export function writeField<Value>(
  headers: Headers,
  name: string,
  value: Value | undefined,
  format: (value: Value) => string,
): void {
  writeText(headers, name, value === undefined ? undefined : format(value))
}

/** As {@link writeField}, for a value that may be given as the text that it would become. */
export function writeValue<Value>(
  headers: Headers,
  name: string,
  value: Value | string | undefined,
  format: (value: Exclude<Value, string>) => string,
): void {
  const text = typeof value === 'string' ? value : value && format(value as Exclude<Value, string>)
  writeText(headers, name, text)
}

/** The unit of an `Accept-Ranges`; `undefined` for another. */
export function parseRangeUnit(text: string): 'bytes' | 'none' | undefined {
  const unit = text.toLowerCase()
  return unit === 'bytes' || unit === 'none' ? unit : undefined
}

/** Throws a RangeError for a unit that is not known. */
export function formatRangeUnit(unit: 'bytes' | 'none'): string {
  if (parseRangeUnit(unit) === unit) return unit
  throw new RangeError(`Got ${JSON.stringify(unit)} for Accept-Ranges; expected 'bytes' or 'none'.`)
}
