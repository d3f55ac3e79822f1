import type { Converter } from './converter.ts'
import type { MethodTable } from './method-table.ts'
import type { Parameter } from './pattern.ts'
import { type Branch, createBranches, type Run } from './static-branches.ts'
import { Draft, type Leaf } from './tree-draft.ts'

/**
 * Where a match stands between two segments: what may follow, in the order in which it is tried. Within an order nothing depends on when a
 * rule was added.
 */
export interface Node {
  /** The rules for a path that ends here. */
  readonly end: MethodTable | undefined
  /** The application mounted here. */
  readonly mount: MethodTable | undefined
  /** Static segments. */
  readonly branches: Branch | undefined
  /** Segments of text and parameters; more static text first. */
  readonly mixed: readonly MixedEdge[] | undefined
  /** Converted parameters; greater weight first. */
  readonly converted: readonly ConvertedEdge[] | undefined
  /** A whole segment, whatever it is. */
  readonly plain: Node | undefined
  readonly wildcard: WildcardEdge | undefined
  /** Whether a parameter or a wildcard may follow. */
  readonly dynamic: boolean
  /** Set where there is one way on but for static segments, and no mount, so that nobody comes back; `'rest'` is a wildcard with nothing behind it. */
  readonly only: 'branches' | 'plain' | 'rest' | undefined
}

export interface MixedEdge {
  readonly parts: readonly (string | Parameter)[]
  /** How many values it captures. */
  readonly size: number
  /** Whether any of its parameters has a converter. */
  readonly converts: boolean
  readonly next: Node
}

export interface ConvertedEdge {
  readonly converter: Converter<unknown>
  readonly next: Node
}

export interface WildcardEdge {
  readonly next: Node
  /** Counts the wildcards that stand below others, from 0; -1 for those that do not. */
  readonly nested: number
  /** Whether nothing can follow, so that it takes the rest of the path. */
  readonly last: boolean
}

/** What is matched by walking: every rule but those without parameters, which are looked up. */
export interface Tree {
  readonly root: Node
  /** How many wildcards stand below others. */
  readonly nestedWildcards: number
  /** The most values that one match captures. */
  readonly size: number
}

/** Builds the tree of a set of alternatives, each of another shape. */
export function createTree(leaves: Iterable<Leaf>): Tree {
  const root = new Draft()
  let size = 0
  for (const leaf of leaves) {
    root.insert(leaf)
    size = Math.max(size, leaf.alternative.captures.length)
  }
  const counter = { nested: 0 }
  return { root: finish(root, counter, false), size, nestedWildcards: counter.nested }
}

function finish(draft: Draft, counter: { nested: number }, belowWildcard: boolean): Node {
  const walk = (next: Draft): Node => finish(next, counter, belowWildcard)
  return {
    end: draft.end,
    mount: draft.mount,
    branches: draft.statics.size === 0 ? undefined : createBranches(runsFrom('', draft, walk)),
    mixed: draft.mixed.size === 0 ? undefined : mixedFrom(draft, walk),
    converted: draft.converted.size === 0 ? undefined : convertedFrom(draft, walk),
    plain: draft.plain && walk(draft.plain),
    wildcard: draft.wildcard && {
      nested: belowWildcard ? counter.nested++ : -1,
      last: !draft.wildcard.continues,
      next: finish(draft.wildcard, counter, true),
    },
    dynamic: draft.isDynamic,
    only: onlyWay(draft),
  }
}

/** Follows static segments to where a path may end or a parameter follow, so that they are compared in one go. */
function runsFrom(before: string, { statics }: Draft, walk: (next: Draft) => Node, runs: Run[] = []): Run[] {
  for (const [segment, next] of statics) {
    const text = `${before}/${segment}`
    const { ends, continues } = next
    if (ends || next.isDynamic) runs.push({ text, next: walk(next), ends, continues })
    else runsFrom(text, next, walk, runs)
  }
  return runs
}

function mixedFrom({ mixed }: Draft, walk: (next: Draft) => Node): MixedEdge[] {
  const sorted = [...mixed].sort(([a, left], [b, right]) => {
    return (
      staticLength(right.parts) - staticLength(left.parts) ||
      weigh(right.parts) - weigh(left.parts) ||
      compare(a, b)
    )
  })
  return sorted.map(([, { parts, next }]) => ({
    parts,
    size: countParameters(parts),
    converts: parts.some((part) => typeof part !== 'string' && part.converter !== undefined),
    next: walk(next),
  }))
}

function convertedFrom({ converted }: Draft, walk: (next: Draft) => Node): ConvertedEdge[] {
  const sorted = [...converted].sort(([a, left], [b, right]) => {
    return (right.converter.weight ?? 0) - (left.converter.weight ?? 0) || compare(a, b)
  })
  return sorted.map(([, { converter, next }]) => ({ converter, next: walk(next) }))
}

function onlyWay({ mount, mixed, converted, plain, wildcard, isDynamic }: Draft): Node['only'] {
  if (mount !== undefined) return undefined
  if (!isDynamic) return 'branches'
  if (mixed.size > 0 || converted.size > 0) return undefined
  if (wildcard === undefined) return 'plain'
  return plain === undefined && !wildcard.continues ? 'rest' : undefined
}

function staticLength(parts: readonly (string | Parameter)[]): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
}

function weigh(parts: readonly (string | Parameter)[]): number {
  return parts.reduce((sum, part) => sum + (typeof part === 'string' ? 0 : (part.converter?.weight ?? 0)), 0)
}

function countParameters(parts: readonly (string | Parameter)[]): number {
  return parts.filter((part) => typeof part !== 'string').length
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
