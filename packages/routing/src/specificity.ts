import type { Parameter, Segment } from './pattern-tokens.ts'

/** One way in which a rule takes a path. */
export interface Way {
  readonly segments: readonly Segment[]
  /** How many segments of the path each wildcard takes. */
  readonly wildcards: readonly number[]
  readonly mounted: boolean
}

/**
 * Orders the ways of rules as the matcher tries them: segment by segment static text, text with parameters, converted, plain, wildcards with the
 * shorter first; then what ends there, and mounts last.
 */
export function compareWays(a: Way, b: Way): number {
  let wildcard = 0
  for (let i = 0; i < a.segments.length && i < b.segments.length; i++) {
    const left = a.segments[i] as Segment
    const right = b.segments[i] as Segment
    const order = compareSegments(left, right)
    if (order !== 0) return order
    if (left.kind === 'wildcard') {
      const lengths = (a.wildcards[wildcard] ?? 0) - (b.wildcards[wildcard] ?? 0)
      if (lengths !== 0) return lengths
      wildcard++
    }
  }
  const longer = a.segments.length - b.segments.length
  if (longer === 0) return Number(a.mounted) - Number(b.mounted)
  // A mount answers for what no rule below it takes.
  if (longer > 0) return b.mounted ? -1 : 1
  return a.mounted ? 1 : -1
}

const ORDER = ['static', 'mixed', 'converted', 'plain', 'wildcard'] as const

/** Orders what may stand in one place: static text, text with parameters, converted (greater weight first), plain, wildcards. */
export function compareSegments(a: Segment, b: Segment): number {
  const kind = ORDER.indexOf(kindOf(a)) - ORDER.indexOf(kindOf(b))
  if (kind !== 0) return kind
  if (a.kind === 'static' && b.kind === 'static') return compareTexts(a.text, b.text)
  const left = partsOf(a)
  const right = partsOf(b)
  return (
    staticLength(right) - staticLength(left) ||
    weigh(right) - weigh(left) ||
    compareTexts(keyOf(left), keyOf(right))
  )
}

function kindOf(segment: Segment): (typeof ORDER)[number] {
  if (segment.kind !== 'parameter') return segment.kind
  return segment.parameter.converter === undefined ? 'plain' : 'converted'
}

type Parts = readonly (string | Parameter)[]

function partsOf(segment: Segment): Parts {
  if (segment.kind === 'mixed') return segment.parts
  return segment.kind === 'parameter' ? [segment.parameter] : []
}

function staticLength(parts: Parts): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
}

function weigh(parts: Parts): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : (part.converter?.weight ?? 0)), 0)
}

function keyOf(parts: Parts): string {
  const [first] = parts
  if (parts.length === 1 && typeof first === 'object') return first.converter?.name ?? ''
  return JSON.stringify(parts.map((part) => (typeof part === 'string' ? part : [part.converter?.name])))
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
