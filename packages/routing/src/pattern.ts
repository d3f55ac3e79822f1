/**
 * Patterns in path-to-regexp's syntax, taken apart into segments.
 *
 * Static text is brought to the normal form of a path, in which requests arrive; a pattern that no request can match is refused.
 *
 * @module
 */
import { normalizePath } from '@stapel/core/http'
import { parse, type Token } from 'path-to-regexp'
import type { Capture } from './capture.ts'
import { type Converter, type Converters, describeValue, readConverters } from './converter.ts'

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

/** One way to fill the optional groups of a pattern. */
export interface Alternative {
  /** The segments after the first slash; none for the empty path. */
  readonly segments: readonly Segment[]
  /** The same for two alternatives that match the same paths. */
  readonly shape: string
  /** What is captured, in the order of the path. */
  readonly captures: readonly Capture[]
}

/** A pattern taken apart. */
export interface Pattern {
  readonly source: string
  readonly alternatives: readonly Alternative[]
  /** The names of all parameters and wildcards. */
  readonly names: ReadonlySet<string>
  readonly wildcards: ReadonlySet<string>
  readonly converters: ReadonlyMap<string, Converter<unknown>>
}

/** The most alternatives that the optional groups of one pattern may stand for. */
export const ALTERNATIVE_LIMIT = 256

/** Takes a pattern apart; throws a TypeError for one that is malformed or can match nothing. */
export function parsePattern(source: string, convert: Converters = {}): Pattern {
  if (typeof source !== 'string')
    throw new TypeError(`Got ${describeValue(source)}; expected a pattern, as in '/users/:id'.`)
  const tokens = normalizeTokens(parseTokens(source), source)
  const converters = readConverters(convert)
  const alternatives = fillGroups(tokens, source).map((each) => toAlternative(each, source, converters))
  const names = namesOf(alternatives, isAny)
  const wildcards = namesOf(alternatives, isList)
  for (const name of converters.keys()) {
    if (!names.has(name) || wildcards.has(name)) {
      throw refuse(source, `it has no parameter ${JSON.stringify(name)} to convert`)
    }
  }
  return { source, alternatives, names, wildcards, converters }
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

/** The error for a pattern that cannot be used. */
export function refuse(source: string, reason: string): TypeError {
  return new TypeError(`Got the pattern ${JSON.stringify(source)}, but ${reason}.`)
}

const NO_NAMES: ReadonlySet<string> = new Set()

function namesOf(
  alternatives: readonly Alternative[],
  wanted: (kind: Capture['kind']) => boolean,
): ReadonlySet<string> {
  let names: Set<string> | undefined
  for (const { captures } of alternatives) {
    for (const { name, kind } of captures) {
      if (!wanted(kind)) continue
      names ??= new Set()
      names.add(name)
    }
  }
  return names ?? NO_NAMES
}

const isAny = (): boolean => true
const isList = (kind: Capture['kind']): boolean => kind === 'list'

function isFlat(token: Token): token is FlatToken {
  return token.type !== 'group'
}

function normalizeTokens(tokens: readonly Token[], source: string): Token[] {
  return tokens.map((token): Token => {
    if (token.type === 'group') return { type: 'group', tokens: normalizeTokens(token.tokens, source) }
    if (token.type !== 'text') return token
    const value = normalizeText(token.value, source)
    return value === token.value ? token : { type: 'text', value }
  })
}

function normalizeText(text: string, source: string): string {
  // What nothing is to be done for: ten thousand rules take half as long for it.
  if (/^[\w/~-]*$/.test(text)) return text
  // Piece by piece behind a letter, because a piece such as '.' before a parameter is no dot segment.
  const pieces = text.split('/').map((piece) => normalizePath(`x${piece}`)?.slice(1))
  const normal = pieces.join('/')
  if (pieces.includes(undefined)) throw refuse(source, 'no path holds NUL')
  if (/%(?![0-9A-F]{2})/.test(normal)) {
    throw refuse(source, "it holds a '%' that begins no escape; write '%25' for the sign itself")
  }
  return normal
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

function toAlternative(
  tokens: readonly FlatToken[],
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): Alternative {
  const { rows, captures } = splitTokens(tokens, '/', source, converters)
  const head = rows.shift() as Part[]
  if (head.length > 0) throw refuse(source, "it does not start with '/'")
  const segments = rows.map((row) => toSegment(row, source))
  const dots = segments.find((segment) => segment.kind === 'static' && /^\.\.?$/.test(segment.text))
  if (dots?.kind === 'static') {
    throw refuse(source, `no path in normal form has the segment ${JSON.stringify(dots.text)}`)
  }
  // A path that starts with '//' names a host when it stands in a link.
  if (segments.length > 1 && isStatic(segments[0], ''))
    throw refuse(source, "it stands for a path that starts with '//'")
  let shape = ''
  for (const segment of segments) shape += `/${shapeOf(segment)}`
  return { segments, captures, shape }
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

function isStatic(segment: Segment | undefined, text: string): boolean {
  return segment?.kind === 'static' && segment.text === text
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
