/**
 * Media types and parameters as `Content-Type` and `Content-Disposition` have them (RFC 9110 sections 5.6.6 and 8.3).
 *
 * The threat: a parameter read differently by two parsers hides a payload (two boundaries, a quote that never ends). These read in a
 * single pass, keep repeats so that the caller can refuse them, and give `undefined` for what breaks the grammar.
 *
 * @module
 */
import { isToken } from '@stapel/core/http'

/** Parameters in their order, names in lower case, values unquoted; repeats are kept. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** A media type taken apart. */
export interface MediaType {
  /** Type and subtype in lower case, as in `'text/html'`. */
  readonly essence: string
  readonly parameters: Parameters
}

/** The parts of a media type; `undefined` for what is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const end = endOfValue(text)
  const essence = essenceOf(text)
  const slash = essence.indexOf('/')
  if (!isToken(essence.slice(0, slash)) || !isToken(essence.slice(slash + 1)) || slash === -1)
    return undefined
  const parameters = parseParameters(text, end)
  return parameters === undefined ? undefined : { essence, parameters }
}

/** What stands before the first `;`, in lower case, without the spaces around it. */
export function essenceOf(text: string): string {
  return trim(text.slice(0, endOfValue(text))).toLowerCase()
}

/** The parameters from the `;` at `start`; `undefined` when they break the grammar. Empty ones (`;;`) are allowed. */
export function parseParameters(text: string, start: number): Parameters | undefined {
  const parameters: [string, string][] = []
  let at = start
  while (at < text.length) {
    if (text[at] !== ';') return undefined
    at = skipSpace(text, at + 1)
    if (at === text.length || text[at] === ';') continue
    const equals = text.indexOf('=', at)
    if (equals === -1) return undefined
    const name = text.slice(at, equals).toLowerCase()
    if (!isToken(name)) return undefined
    const value = text[equals + 1] === '"' ? quoted(text, equals + 2) : bare(text, equals + 1)
    if (value === undefined) return undefined
    parameters.push([name, value.text])
    at = skipSpace(text, value.end)
  }
  return parameters
}

/** The values of a parameter; more than one is for the caller to judge. */
export function valuesOf(parameters: Parameters, name: string): string[] {
  return parameters.filter((parameter) => parameter[0] === name).map((parameter) => parameter[1])
}

interface Piece {
  readonly text: string
  readonly end: number
}

function bare(text: string, start: number): Piece | undefined {
  let end = start
  while (end < text.length && text[end] !== ';' && text[end] !== ' ' && text[end] !== '\t') end++
  const value = text.slice(start, end)
  return isToken(value) ? { text: value, end } : undefined
}

/** A backslash that precedes neither `"` nor itself stands for itself: old browsers send `filename="C:\dir\name"`. */
function quoted(text: string, start: number): Piece | undefined {
  let value = ''
  let from = start
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '"') return { text: value + text.slice(from, at), end: at + 1 }
    if (character !== '\\' || (text[at + 1] !== '"' && text[at + 1] !== '\\')) continue
    value += text.slice(from, at)
    from = at + 1
    at++
  }
  return undefined
}

function endOfValue(text: string): number {
  const semicolon = text.indexOf(';')
  return semicolon === -1 ? text.length : semicolon
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

function trim(text: string): string {
  const start = skipSpace(text, 0)
  let end = text.length
  while (end > start && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  return text.slice(start, end)
}
