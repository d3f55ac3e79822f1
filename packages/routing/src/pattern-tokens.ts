/**
 * The tokens of a pattern, of a path or a host: parsed by path-to-regexp, their optional groups filled, and split into segments.
 *
 * @module
 */
import { parse, type Token } from 'path-to-regexp'
import type { Capture } from './capture.ts'
import type { Converter } from './converter.ts'
import { quote } from './quote.ts'

/** A parameter of a segment. */
export interface Parameter {
  readonly name: string
  readonly converter: Converter<unknown> | undefined
}

/** What lies between two slashes. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'parameter'; readonly parameter: Parameter }
  | { readonly kind: 'mixed'; readonly parts: readonly (string | Parameter)[] }
  | { readonly kind: 'wildcard'; readonly name: string }

/** The most alternatives that the optional groups of one pattern may stand for. */
export const ALTERNATIVE_LIMIT = 256

/** The longest pattern, in characters, so that what is made of it, and the search, stay small; no server takes a path so long. */
export const PATTERN_LENGTH_LIMIT = 8192

/** Throws a TypeError for a pattern that is longer than {@link PATTERN_LENGTH_LIMIT}. */
export function checkLength(source: string): void {
  if (source.length <= PATTERN_LENGTH_LIMIT) return
  throw new TypeError(
    `Got the pattern ${quote(source)} of ${source.length} characters; expected at most ${PATTERN_LENGTH_LIMIT}.`,
  )
}

/** A token of a pattern whose optional groups are filled or left out. */
export type FlatToken = Exclude<Token, { type: 'group' }>

/** Text or a parameter, between two separators. */
export type Part = string | (Parameter & { readonly wildcard: boolean })

/** The tokens of a pattern; throws a TypeError that says how what others write is written here. */
export function parseTokens(source: string): readonly Token[] {
  const angled = !source.includes('<') ? null : /<(?:[a-z_]+(?:\([^)]*\))?:)?([A-Za-z_]\w*)>/.exec(source)
  if (angled !== null) {
    throw refuse(
      source,
      `${angled[0]} is no parameter here; write :${angled[1]}, with convert: { ${angled[1]}: int() } where it has a type`,
    )
  }
  try {
    return parse(source).tokens
  } catch (error) {
    const elsewhere = elsewhereSpelt.find(([pattern]) => pattern.test(source))
    if (elsewhere !== undefined) throw refuse(source, elsewhere[1])
    const [reason] = (error as Error).message.split(`: ${source}`)
    throw refuse(source, `it is malformed (${reason}); put a backslash before a sign that is meant as text`)
  }
}

/** Every way to fill the optional groups, the fuller ones first; throws a TypeError for more than {@link ALTERNATIVE_LIMIT}. */
export function fillGroups(tokens: readonly Token[], source: string): (readonly FlatToken[])[] {
  if (tokens.every(isFlat)) return [tokens]
  const flat: FlatToken[][] = []
  expand(tokens, (alternative) => {
    if (flat.length === ALTERNATIVE_LIMIT) {
      throw refuse(source, `its optional groups stand for more than ${ALTERNATIVE_LIMIT} paths`)
    }
    flat.push(alternative)
  })
  return flat
}

/** What lies between the separators, and what is captured. Throws a TypeError for parameters that cannot be told apart. */
export function splitTokens(
  tokens: readonly FlatToken[],
  separator: string,
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): { rows: Part[][]; captures: Capture[] } {
  const captures: Capture[] = []
  const rows: Part[][] = [[]]
  for (const token of tokens) {
    const row = rows.at(-1) as Part[]
    if (token.type === 'text') {
      const texts = token.value.split(separator)
      appendText(row, texts[0] as string)
      for (let i = 1; i < texts.length; i++) rows.push(texts[i] === '' ? [] : [texts[i] as string])
      continue
    }
    const { name } = token
    if (captures.some((capture) => capture.name === name))
      throw refuse(source, `it has two parameters ${name}`)
    if (name === '__proto__') throw refuse(source, 'no parameter may be called __proto__')
    if (typeof row.at(-1) === 'object') {
      throw refuse(source, `nothing separates ${name} from the parameter before it`)
    }
    const wildcard = token.type === 'wildcard'
    const converter = wildcard ? undefined : converters.get(name)
    const kind = converter === undefined ? 'text' : 'value'
    captures.push({ name, kind: wildcard ? 'list' : kind })
    row.push({ name, converter, wildcard })
  }
  return { rows, captures }
}

/** The segment of what lies between two separators. */
export function toSegment(row: readonly Part[], source: string): Segment {
  const [first = ''] = row
  if (row.length > 1) {
    for (const part of row) {
      if (typeof part !== 'string' && part.wildcard) {
        throw refuse(source, `the wildcard ${part.name} shares a segment; it must stand alone in it`)
      }
    }
    return { kind: 'mixed', parts: row }
  }
  if (typeof first !== 'string') {
    return first.wildcard
      ? { kind: 'wildcard', name: first.name }
      : { kind: 'parameter', parameter: { name: first.name, converter: first.converter } }
  }
  return { kind: 'static', text: first }
}

/** The same for two segments that match the same; the text itself of a static one. */
export function shapeOf(segment: Segment): string {
  // Braces and quotes are no characters of a path in normal form, so that no static text looks like a parameter.
  if (segment.kind === 'static') return segment.text
  if (segment.kind === 'wildcard') return '{*}'
  if (segment.kind === 'parameter') return shapeOfParameter(segment.parameter)
  return segment.parts.map((part) => (typeof part === 'string' ? part : shapeOfParameter(part))).join('')
}

function shapeOfParameter({ converter }: Parameter): string {
  return converter === undefined ? '{}' : `{${JSON.stringify(converter.name)}}`
}

/** The error for a pattern that cannot be used. */
export function refuse(source: string, reason: string): TypeError {
  return new TypeError(`Got the pattern ${JSON.stringify(source)}, but ${reason}.`)
}

function isFlat(token: Token): token is FlatToken {
  return token.type !== 'group'
}

function expand(tokens: readonly Token[], give: (alternative: FlatToken[]) => void): void {
  const walk = (
    rest: readonly Token[],
    before: readonly FlatToken[],
    done: (flat: FlatToken[]) => void,
  ): void => {
    const flat = [...before]
    for (let i = 0; i < rest.length; i++) {
      const token = rest[i] as Token
      if (token.type === 'group') {
        const after = rest.slice(i + 1)
        walk(token.tokens, flat, (inside) => walk(after, inside, done))
        walk(after, flat, done)
        return
      }
      flat.push(token)
    }
    done(flat)
  }
  walk(tokens, [], give)
}

function appendText(row: Part[], text: string): void {
  if (text === '') return
  const last = row.at(-1)
  if (typeof last === 'string') row[row.length - 1] = last + text
  else row.push(text)
}

/** What Express 4 and others write, and what it is here. */
const elsewhereSpelt: readonly (readonly [RegExp, string])[] = [
  [/^\w+:\/\//, 'it names a scheme; write the path alone, with the host as an option'],
  [/(?<!\\):\w+[+*]/, 'a parameter takes one segment; write *path for several'],
  [/(?<!\\)\*(?:[^\p{ID_Start}_$"]|$)/u, 'a wildcard has a name here; write *path'],
  [/(?<!\\)\[\w+\]/, 'a parameter is not in brackets here; write :name'],
  [/(?<!\\)\[\.{3}\w+\]/, 'a wildcard is not in brackets here; write *path'],
  [/(?<!\\)\?[\w-]+=/, 'no pattern has a query; the application reads it'],
  [
    /(?<!\\):\w+(?:\(|\{\[)/,
    'no parameter has an expression here; write :id, with convert: { id: int() } where it has a type',
  ],
  [/(?<!\\):\w+\?/, 'a part that may be absent stands in braces here, with its slash; write {/:name}'],
]
