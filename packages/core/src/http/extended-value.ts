/**
 * Parameter values beyond ASCII, as in `filename*=UTF-8''na%C3%AFve.txt` (RFC 8187).
 *
 * The threat: an exotic charset that hides what a text says from whoever checks it. Only UTF-8, ISO-8859-1 and US-ASCII are read;
 * continuations (`filename*0=`, RFC 2231) are not part of HTTP and are not put together.
 *
 * @module
 */
import { firstValueOf, type Parameter } from './parameters.ts'
import { percentEncode } from './percent-encode.ts'

/** A text with the language it is in. */
export interface ExtendedValue {
  /** The text, decoded. */
  readonly value: string
  /** A language tag; `''` when none is given. */
  readonly language: string
}

/** How {@link extendedParameters} writes a text. */
export interface ExtendedParameterOptions {
  /**
   * What recipients get that know no extended values; in ASCII, best without `%`, `"` and `\`, which some of them misread.
   * @default the text with `_` for each character that is none of these
   */
  fallback?: string | undefined
  /** A language tag, as in `'en'`. @default '' */
  language?: string | undefined
}

/** The text of an extended value; `undefined` for another charset, an invalid escape, or bytes that are no text in the charset. */
export function parseExtendedValue(text: string): ExtendedValue | undefined {
  const first = text.indexOf("'")
  const second = text.indexOf("'", first + 1)
  if (second === -1) return undefined
  const decode = decoders.get(text.slice(0, first).toLowerCase())
  const encoded = text.slice(second + 1)
  const language = text.slice(first + 1, second)
  if (decode === undefined || malformed.test(encoded) || notInLanguageTag.test(language)) return undefined
  const value = decode(encoded)
  return value === undefined ? undefined : { value, language }
}

/**
 * `UTF-8'language'value` with everything but letters, digits and a few marks percent-encoded. Half a surrogate pair becomes U+FFFD.
 * Throws a RangeError for a language that is no tag.
 */
export function formatExtendedValue(value: string, language = ''): string {
  if (notInLanguageTag.test(language)) {
    throw new RangeError(
      `Got the language ${JSON.stringify(language)}; expected a tag, as in 'en' or 'de-CH'.`,
    )
  }
  return `UTF-8'${language}'${value.replace(notPlain, percentEncode)}`
}

/**
 * The text of a parameter, whose name is in lower case: of its extended form `name*` where that is well-formed, else of the plain one
 * (RFC 8187 section 4.2); `undefined` without either.
 */
export function extendedValueOf(parameters: Iterable<Parameter>, name: string): string | undefined {
  const extended = firstValueOf(parameters, `${name}*`)
  const text = extended === undefined ? undefined : parseExtendedValue(extended)
  return text === undefined ? firstValueOf(parameters, name) : text.value
}

/**
 * The parameters that carry a text: `name` alone when it is plain ASCII and no language is given, else `name` with a fallback and then
 * `name*` with the text.
 *
 * @example
 * ```ts
 * import { extendedParameters, formatParameters } from '@stapel/core/http'
 *
 * formatParameters(extendedParameters('title', 'naïve')) // `; title=na_ve; title*=UTF-8''na%C3%AFve`
 * ```
 */
export function extendedParameters(
  name: string,
  value: string,
  options: ExtendedParameterOptions = {},
): Parameter[] {
  const { language = '', fallback = value.replace(notForFallback, '_') } = options
  if (fallback === value && language === '') return [[name, value]]
  return [
    [name, fallback],
    [`${name}*`, formatExtendedValue(value, language)],
  ]
}

// RFC 8187 section 3.2.1: value-chars are attr-char and escapes.
const malformed = /[^A-Za-z0-9!#$&+\-.^_`|~%]|%(?![0-9A-Fa-f]{2})/
const notPlain = /[^A-Za-z0-9!#$&+\-.^_`|~]+/g
const notInLanguageTag = /[^A-Za-z0-9-]/
// One character of any plane at a time, so that an emoji becomes one '_'.
const notForFallback = /[^\x20\x21\x23\x24\x26-\x5b\x5d-\x7e]/gu

const decoders: ReadonlyMap<string, (encoded: string) => string | undefined> = new Map([
  ['utf-8', decodeUtf8],
  ['iso-8859-1', decodeBytes],
  ['us-ascii', decodeAscii],
])

function decodeUtf8(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

function decodeBytes(encoded: string): string {
  return encoded.replace(/%(..)/g, (_escape, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}

function decodeAscii(encoded: string): string | undefined {
  const text = decodeBytes(encoded)
  return /[\x80-\xff]/.test(text) ? undefined : text
}
