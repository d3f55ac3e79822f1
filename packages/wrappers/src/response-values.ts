/**
 * What the typed headers of a Response are read and written by.
 *
 * @module
 */
import { formatHttpDate, isToken, parseHttpDate, splitList } from '@stapel/core/http'
import type { Headers } from './headers.ts'

/** Sets a header, or removes it for `undefined`. */
export function writeField(headers: Headers, name: string, value: string | undefined): void {
  if (value === undefined) headers.delete(name)
  else headers.set(name, value)
}

/** A header as it stands; `undefined` when there is none. */
export function readField(headers: Headers, name: string): string | undefined {
  return headers.get(name) ?? undefined
}

/** A header as a parser of the vocabulary reads it; `undefined` when there is none or it is malformed. */
export function mapField<Value>(
  headers: Headers,
  name: string,
  parse: (value: string) => Value | undefined,
): Value | undefined {
  const value = headers.get(name)
  return value === null ? undefined : parse(value)
}

/** A header that is a date; `undefined` when there is none or it is malformed. */
export function readDate(headers: Headers, name: string): Date | undefined {
  return mapField(headers, name, parseHttpDate)
}

/** Sets a header to a date, in whole seconds. Throws a RangeError for an invalid one. */
export function writeDate(headers: Headers, name: string, date: Date | undefined): void {
  writeField(headers, name, date === undefined ? undefined : formatHttpDate(date))
}

/** The members of a header that is a list of tokens, as they stand; what is no token is left out. */
export function readTokens(headers: Headers, name: string): readonly string[] {
  const value = headers.get(name)
  return Object.freeze(value === null ? [] : splitList(value).filter(isToken))
}

/** Sets a header to a list of tokens, given one by one or with commas between; none remove it. Throws a TypeError for what is no token. */
export function writeTokens(
  headers: Headers,
  name: string,
  values: string | readonly string[] | undefined,
): void {
  const list = typeof values === 'string' ? splitList(values) : (values ?? [])
  for (const value of list) {
    if (typeof value !== 'string' || !isToken(value)) {
      throw new TypeError(
        `Got ${JSON.stringify(value)} for ${name}; expected tokens (RFC 9110 section 5.6.2).`,
      )
    }
  }
  writeField(headers, name, list.length === 0 ? undefined : list.join(', '))
}

/** A header that is one word of a closed set, before its parameters; `undefined` for any other. */
export function readWord<Word extends string>(
  headers: Headers,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const word = headers.get(name)?.split(';', 1)[0]?.trim()
  return words.find((known) => known === word)
}

/** Sets a header to one word of a closed set. Throws a TypeError for any other. */
export function writeWord<Word extends string>(
  headers: Headers,
  name: string,
  words: readonly Word[],
  value: Word | undefined,
): void {
  if (value !== undefined && !words.includes(value)) {
    throw new TypeError(`Got ${JSON.stringify(value)} for ${name}; expected one of ${words.join(', ')}.`)
  }
  writeField(headers, name, value)
}
