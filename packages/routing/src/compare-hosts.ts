import type { HostAlternative } from './host-pattern.ts'
import { type Parameter, type Segment, shapeOf } from './pattern.ts'

/**
 * Orders host patterns, the more specific first: label by label from the right, static before text with parameters (more text first) before
 * converted (greater weight first) before plain before wildcard; then the longer. Does not depend on the order in which they were added.
 */
export function compareHosts(a: HostAlternative, b: HostAlternative): number {
  const count = Math.max(a.labels.length, b.labels.length)
  for (let i = 1; i <= count; i++) {
    const left = a.labels.at(-i)
    const right = b.labels.at(-i)
    if (left === undefined || right === undefined) return b.labels.length - a.labels.length
    const order = compareLabels(left, right)
    if (order !== 0) return order
  }
  return compareTexts(a.shape, b.shape)
}

const ORDER = ['static', 'mixed', 'converted', 'plain', 'wildcard'] as const

function compareLabels(a: Segment, b: Segment): number {
  const kind = ORDER.indexOf(kindOf(a)) - ORDER.indexOf(kindOf(b))
  if (kind !== 0) return kind
  return textLength(b) - textLength(a) || weigh(b) - weigh(a) || compareTexts(shapeOf(a), shapeOf(b))
}

function kindOf(label: Segment): (typeof ORDER)[number] {
  if (label.kind !== 'parameter') return label.kind
  return label.parameter.converter === undefined ? 'plain' : 'converted'
}

function textLength(label: Segment): number {
  return partsOf(label).reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
}

function weigh(label: Segment): number {
  return partsOf(label).reduce(
    (sum, part) => sum + (typeof part === 'string' ? 0 : (part.converter?.weight ?? 0)),
    0,
  )
}

function partsOf(label: Segment): readonly (string | Parameter)[] {
  if (label.kind === 'mixed') return label.parts
  return label.kind === 'parameter' ? [label.parameter] : []
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
