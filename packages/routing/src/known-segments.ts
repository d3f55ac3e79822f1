/**
 * The segments of patterns, parsed once for each text: the rules of one router say `/users`, `/users/:id` and `/users/:id/edit`, so that ten
 * thousand of them hold few texts that are new.
 *
 * @module
 */
import type { Capture } from './capture.ts'
import type { Converter } from './converter.ts'
import { isPlainText, parsePathTokens, toPathSegment } from './path-tokens.ts'
import { fillGroups, type Parameter, type Segment, shapeOf, splitTokens } from './pattern-tokens.ts'

/** How many segments with parameters or unusual text are kept; when there are as many, all are forgotten. */
export const KNOWN_SEGMENTS_LIMIT = 512

/** What a path is made of; see `Alternative`. */
export interface Segments {
  readonly segments: readonly Segment[]
  readonly shape: string
  readonly captures: readonly Capture[]
}

/**
 * Takes a path apart slash by slash. `undefined` where that does not do: where a sign may reach over a slash, and where something is wrong with the
 * path, which whoever parses the whole of it can name.
 */
export function takeKnownSegments(
  source: string,
  converters: ReadonlyMap<string, Converter<unknown>>,
): Segments | undefined {
  if (source.charCodeAt(0) !== SLASH || /["<{}\\]|^\/\//.test(source)) return undefined
  const texts = source.split('/')
  // Of its size from the start: a list that grows is given room for seventeen.
  const segments: Segment[] = new Array(texts.length - 1)
  let captures = NO_CAPTURES
  let shape = ''
  for (let i = 1; i < texts.length; i++) {
    const text = texts[i] as string
    if (isPlainText(text)) {
      segments[i - 1] = { kind: 'static', text }
      shape += `/${text}`
      continue
    }
    const known = knownSegment(text)
    if (known === undefined) return undefined
    const own = converters.size === 0 ? known : convertSegment(known, converters)
    if (captures.some(({ name }) => own.captures.some((capture) => capture.name === name))) return undefined
    captures = captures.length === 0 ? own.captures : [...captures, ...own.captures]
    segments[i - 1] = own.segment
    shape += `/${own.shape}`
  }
  return { segments, shape, captures }
}

const SLASH = 47

interface KnownSegment {
  readonly segment: Segment
  readonly shape: string
  readonly captures: readonly Capture[]
}

const NO_CAPTURES: readonly Capture[] = Object.freeze([])
const NO_CONVERTERS: ReadonlyMap<string, Converter<unknown>> = new Map()

const knownSegments: Map<string, KnownSegment> = new Map()

function knownSegment(text: string): KnownSegment | undefined {
  const known = knownSegments.get(text)
  if (known !== undefined) return known
  const parsed = parseSegment(text)
  if (knownSegments.size === KNOWN_SEGMENTS_LIMIT) knownSegments.clear()
  if (parsed !== undefined) knownSegments.set(text, parsed)
  return parsed
}

function parseSegment(text: string): KnownSegment | undefined {
  try {
    const [tokens = []] = fillGroups(parsePathTokens(text), text)
    const { rows, captures } = splitTokens(tokens, '/', text, NO_CONVERTERS)
    const segment = toPathSegment(rows[0] ?? [], text)
    return { segment, shape: shapeOf(segment), captures }
  } catch {
    return undefined
  }
}

function convertSegment(
  known: KnownSegment,
  converters: ReadonlyMap<string, Converter<unknown>>,
): KnownSegment {
  if (!known.captures.some(({ name, kind }) => kind === 'text' && converters.has(name))) return known
  const convert = (part: Parameter): Parameter => ({ ...part, converter: converters.get(part.name) })
  const segment = convertParameters(known.segment, convert)
  const captures = known.captures.map(
    ({ name, kind }): Capture => ({ name, kind: converters.has(name) ? 'value' : kind }),
  )
  return { segment, shape: shapeOf(segment), captures }
}

function convertParameters(segment: Segment, convert: (parameter: Parameter) => Parameter): Segment {
  if (segment.kind === 'parameter') return { kind: 'parameter', parameter: convert(segment.parameter) }
  if (segment.kind !== 'mixed') return segment
  return {
    kind: 'mixed',
    parts: segment.parts.map((part) => (typeof part === 'string' ? part : convert(part))),
  }
}
