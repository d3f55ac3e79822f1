import { splitConverted } from './converted-segment.ts'
import type { Converter } from './converter.ts'
import { matchMixed } from './mixed-segment.ts'
import type { Parameter, Segment } from './pattern-tokens.ts'
import type { PathFailure } from './walk-alternative.ts'

/** What became of one segment of a path. */
export interface Taken {
  /** What each parameter captured, percent-encoded; nothing where the segment does not match. */
  readonly captures: readonly (readonly [parameter: string, encoded: string])[]
  readonly failure: PathFailure | undefined
}

/** Matches a segment of a path with one of a pattern as the matcher does, and says why it does not match. */
export function takeSegment(segment: Segment, text: string): Taken {
  const differs: PathFailure = { kind: 'segment', expected: formatSegment(segment), got: text }
  if (segment.kind === 'static') return segment.text === text ? nothing : { ...nothing, failure: differs }
  if (segment.kind === 'wildcard') return { captures: [[segment.name, text]], failure: undefined }
  // Only static text matches an empty segment.
  if (text === '') return { ...nothing, failure: differs }
  if (segment.kind === 'parameter') {
    const failure = refusalOf(segment.parameter, text)
    return failure === undefined
      ? { captures: [[segment.parameter.name, text]], failure }
      : { ...nothing, failure }
  }
  return takeMixed(segment.parts, text, differs)
}

/** A segment as a pattern has it. */
export function formatSegment(segment: Segment): string {
  switch (segment.kind) {
    case 'static':
      return segment.text
    case 'parameter':
      return `:${segment.parameter.name}`
    case 'mixed':
      return segment.parts.map((part) => (typeof part === 'string' ? part : `:${part.name}`)).join('')
    case 'wildcard':
      return `*${segment.name}`
  }
}

/** The text of a part of a path; `undefined` when it is no UTF-8. */
export function decodeText(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const nothing: Taken = { captures: [], failure: undefined }

function takeMixed(parts: readonly (string | Parameter)[], text: string, differs: PathFailure): Taken {
  const parameters = parts.filter((part) => typeof part !== 'string')
  if (parameters.every(({ converter }) => converter === undefined)) {
    const spans: number[] = []
    if (!matchMixed(parts, text, spans, 0, 0)) return { ...nothing, failure: differs }
    return {
      captures: parameters.map(({ name }, i) => [name, text.slice(spans[i * 2], spans[i * 2 + 1])]),
      failure: undefined,
    }
  }
  const captures: [string, string][] = []
  // Of several ways to split, the first refusal of the parameter that is furthest to the right tells most.
  let refusal: { readonly index: number; readonly failure: PathFailure } | undefined
  const accept = (parameter: Parameter, index: number, start: number, end: number): boolean => {
    const encoded = text.slice(start, end)
    captures[index] = [parameter.name, encoded]
    const failure = refusalOf(parameter, encoded)
    if (failure !== undefined && (refusal === undefined || index > refusal.index))
      refusal = { index, failure }
    return failure === undefined
  }
  if (splitConverted({ parts, segment: text, accept })) return { captures, failure: undefined }
  return { ...nothing, failure: refusal?.failure ?? differs }
}

function refusalOf({ name, converter }: Parameter, encoded: string): PathFailure | undefined {
  if (converter === undefined) return undefined
  const text = decodeText(encoded)
  if (text === undefined) return { kind: 'encoding', parameter: name, text: encoded }
  if (parseOrRefuse(converter, text) !== undefined) return undefined
  return { kind: 'converter', parameter: name, converter: converter.name, text }
}

/** The matcher may never have asked this converter for this text, so that an error of it is no reason to fail. */
function parseOrRefuse(converter: Converter<unknown>, text: string): unknown {
  try {
    return converter.parse(text)
  } catch {
    return undefined
  }
}
