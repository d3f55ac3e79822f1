/**
 * Parameters as `Content-Type`, `Content-Disposition` and others carry them (RFC 9110 section 5.6.6).
 *
 * The threat: a parameter read differently by two parsers hides a payload (two boundaries, a quote that never ends). These read in a
 * single pass, keep repeats so that the caller can refuse them, and give `undefined` for what breaks the grammar. What stands within
 * quotes is not looked at: text that came out of a header holds no controls.
 *
 * @module
 */
import { isToken } from './field.ts'
import { type Piece, QUOTE, readQuoted, SEMICOLON, skipSpace, trimSpace } from './scan.ts'
import { formatWord } from './word.ts'

/** A parameter: its name in lower case, its value without quotes. */
export type Parameter = readonly [name: string, value: string]

/** How parameters are read. */
export interface ParameterOptions {
  /**
   * Whether a backslash that precedes neither a quote nor another backslash stands for itself, as in the `filename="C:\dir\name"` that old
   * browsers send in forms; RFC 9110 has it stand for the character after it.
   * @default false
   */
  literalBackslash?: boolean | undefined
}

/** The most parameters of a header that is not taken for malformed. */
export const PARAMETER_LIMIT = 100

/**
 * The parameters from the `;` at `start` to the end, in their order and with repeats; `undefined` when they break the grammar or are more
 * than {@link PARAMETER_LIMIT}. Empty ones (`;;`) are allowed.
 *
 * @example
 * ```ts
 * import { parseParameters } from '@stapel/core/http'
 *
 * parseParameters('; charset=utf-8; Title="a; b"') // [['charset', 'utf-8'], ['title', 'a; b']]
 * ```
 */
export function parseParameters(
  text: string,
  start = 0,
  { literalBackslash = false }: ParameterOptions = {},
): Parameter[] | undefined {
  const parameters: Parameter[] = []
  let at = skipSpace(text, start)
  while (at < text.length) {
    if (text.charCodeAt(at) !== SEMICOLON) return undefined
    at = skipSpace(text, at + 1)
    if (at === text.length || text.charCodeAt(at) === SEMICOLON) continue
    const equals = text.indexOf('=', at)
    const name = text.slice(at, Math.max(at, equals))
    if (!isToken(name) || parameters.length === PARAMETER_LIMIT) return undefined
    const value = readValue(text, equals + 1, literalBackslash)
    if (value === undefined) return undefined
    parameters.push([name.toLowerCase(), value.text])
    at = skipSpace(text, value.end)
  }
  return parameters
}

/** `; name=value` for each parameter, quoted where needed. Throws a RangeError for a name or value that no header can hold. */
export function formatParameters(parameters: Iterable<Parameter>): string {
  let text = ''
  for (const [name, value] of parameters) {
    if (!isToken(name)) {
      throw new RangeError(
        `Got the parameter name ${JSON.stringify(name)}; expected a token (RFC 9110 section 5.6.2).`,
      )
    }
    text += `; ${name}=${formatWord(value)}`
  }
  return text
}

/** The values of a parameter, whose name is in lower case; more than one is for the caller to judge. */
export function valuesOf(parameters: Iterable<Parameter>, name: string): string[] {
  const values: string[] = []
  for (const parameter of parameters) if (parameter[0] === name) values.push(parameter[1])
  return values
}

/** The first value of a parameter, whose name is in lower case: the one that browsers take. */
export function firstValueOf(parameters: Iterable<Parameter>, name: string): string | undefined {
  for (const parameter of parameters) if (parameter[0] === name) return parameter[1]
  return undefined
}

function readValue(text: string, start: number, literalBackslash: boolean): Piece | undefined {
  if (text.charCodeAt(start) === QUOTE) return readQuoted(text, start, literalBackslash)
  const semicolon = text.indexOf(';', start)
  const end = semicolon === -1 ? text.length : semicolon
  // A space after the value is allowed, before it none is.
  const value = trimSpace(`=${text.slice(start, end)}`).slice(1)
  return isToken(value) ? { text: value, end } : undefined
}
