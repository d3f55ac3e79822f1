/**
 * Patterns in path-to-regexp's syntax, taken apart into segments.
 *
 * Static text is brought to the normal form of a path, in which requests arrive; a pattern that no request can match is refused.
 *
 * @module
 */
import type { Capture } from './capture.ts'
import { type Converter, type Converters, readConverters } from './converter.ts'
import { takeKnownSegments } from './known-segments.ts'
import { parsePathTokens, toPathSegment } from './path-tokens.ts'
import {
  checkLength,
  type FlatToken,
  fillGroups,
  refuse,
  type Segment,
  shapeOf,
  splitTokens,
} from './pattern-tokens.ts'
import { describeValue } from './quote.ts'

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

/** Takes a pattern apart; throws a TypeError for one that is malformed or can match nothing. */
export function parsePattern(source: string, convert?: Converters): Pattern {
  if (typeof source !== 'string')
    throw new TypeError(`Got ${describeValue(source)}; expected a pattern, as in '/users/:id'.`)
  checkLength(source)
  const converters = readConverters(convert)
  const known = takeKnownSegments(source, converters)
  const alternatives = known === undefined ? parseAlternatives(source, converters) : [known]
  if (alternatives.some(({ segments }) => segments.length > SEGMENTS_LIMIT))
    throw refuse(source, `it has more than ${SEGMENTS_LIMIT} segments`)
  for (const name of converters.keys()) {
    const capture = alternatives.flatMap(({ captures }) => captures).find((each) => each.name === name)
    if (capture === undefined) throw refuse(source, `it has no parameter ${JSON.stringify(name)} to convert`)
    if (capture.kind === 'list')
      throw refuse(source, `its wildcard ${name} gives a list, which no converter takes`)
  }
  return new ParsedPattern(source, alternatives, converters)
}

/** The most segments of a pattern: the search goes as deep as there are any. */
export const SEGMENTS_LIMIT = 256

/** The prefix `/`, which is that of the empty path. */
export function rootPrefix(convert?: Converters): Pattern {
  const { alternatives, converters } = parsePattern('', convert)
  return new ParsedPattern('/', alternatives, converters)
}

class ParsedPattern implements Pattern {
  readonly source: string
  readonly alternatives: readonly Alternative[]
  readonly converters: ReadonlyMap<string, Converter<unknown>>
  #names: ReadonlySet<string> | undefined
  #wildcards: ReadonlySet<string> | undefined

  constructor(
    source: string,
    alternatives: readonly Alternative[],
    converters: ReadonlyMap<string, Converter<unknown>>,
  ) {
    this.source = source
    this.alternatives = alternatives
    this.converters = converters
  }

  get names(): ReadonlySet<string> {
    this.#names ??= namesOf(this.alternatives, isAny)
    return this.#names
  }

  get wildcards(): ReadonlySet<string> {
    this.#wildcards ??= namesOf(this.alternatives, isList)
    return this.#wildcards
  }
}

function parseAlternatives(
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): Alternative[] {
  return fillGroups(parsePathTokens(source), source).map((tokens) =>
    toAlternative(tokens, source, converters),
  )
}

function toAlternative(
  tokens: readonly FlatToken[],
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): Alternative {
  const { rows, captures } = splitTokens(tokens, '/', source, converters)
  const [head = [], ...others] = rows
  if (head.length > 0) throw refuse(source, "it does not start with '/'")
  const segments = others.map((row) => toPathSegment(row, source))
  // A path that starts with '//' names a host when it stands in a link.
  if (segments.length > 1 && isStatic(segments[0], ''))
    throw refuse(source, "it stands for a path that starts with '//'")
  let shape = ''
  for (const segment of segments) shape += `/${shapeOf(segment)}`
  return { segments, captures, shape }
}

function isStatic(segment: Segment | undefined, text: string): boolean {
  return segment?.kind === 'static' && segment.text === text
}

function namesOf(
  alternatives: readonly Alternative[],
  wanted: (kind: Capture['kind']) => boolean,
): ReadonlySet<string> {
  const captures = alternatives.flatMap((alternative) => alternative.captures)
  return new Set(captures.filter(({ kind }) => wanted(kind)).map(({ name }) => name))
}

const isAny = (): boolean => true
const isList = (kind: Capture['kind']): boolean => kind === 'list'
