import type { Converter } from './converter.ts'
import { type Generated, generateWalk } from './generate-walk.ts'
import { TREE_SOURCE_LIMIT } from './generated-limits.ts'
import type { MethodTable } from './method-table.ts'
import type { Parameter } from './pattern-tokens.ts'
import { type Branch, createBranches, type Run } from './static-branches.ts'
import { Draft, type Leaf, type Ways } from './tree-draft.ts'
import type { WalkSource } from './walk-source.ts'

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
  branches: Branch | undefined
  /** Segments of text and parameters; more static text first. */
  mixed: readonly MixedEdge[] | undefined
  /** Converted parameters; greater weight first. */
  converted: readonly ConvertedEdge[] | undefined
  /** A whole segment, whatever it is. */
  plain: Node | undefined
  wildcard: WildcardEdge | undefined
  /** Whether a parameter or a wildcard may follow. */
  dynamic: boolean
  only: OnlyWay
  /** What may follow, until {@link Tree.open} says it. Till then nothing seems to. */
  draft: Draft | undefined
  /** How many alternatives end here or go through here. */
  readonly size: number
  /** How often a search came by and went on. */
  visits: number
  /** Does what a search does from here on. */
  generated: Generated | undefined
}

/**
 * Where there is one way on but for static segments, and no mount, so that nobody comes back: which it is; `REST` is a wildcard with nothing behind
 * it. Numbers, because a search compares them at every step, and whole texts take longer.
 */
export type OnlyWay = typeof SEVERAL | typeof BRANCHES | typeof PLAIN | typeof REST
export const SEVERAL = 0
export const BRANCHES = 1
export const PLAIN = 2
export const REST = 3

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

/**
 * What is matched by walking: every rule but those without parameters, which are looked up.
 *
 * What follows in a place is made when the first path comes by, so that a router of ten thousand rules answers its first request without
 * building all of it.
 */
export class Tree {
  readonly root: Node
  /** The most values that one match captures. */
  readonly size: number
  /** Whether anything is captured by a converter, which is code of others. */
  readonly converts: boolean
  #nestedWildcards = 0
  /** How many characters of code may still be generated. */
  #budget = TREE_SOURCE_LIMIT

  /** Takes a set of alternatives, each of another shape. */
  constructor(leaves: Iterable<Leaf>) {
    const draft = new Draft(0, false)
    let size = 0
    let converts = false
    for (const leaf of leaves) {
      const { captures } = leaf.alternative
      draft.insert(leaf)
      size = Math.max(size, captures.length)
      converts ||= captures.some(({ kind }) => kind === 'value')
    }
    this.size = size
    this.converts = converts
    this.root = createNode(draft)
  }

  /** Makes what follows in a place, which has a draft. */
  open(node: Node): void {
    const draft = node.draft as Draft
    const ways = draft.split()
    node.draft = undefined
    node.branches = createBranches(runsFrom('', ways))
    if (ways.mixed.size > 0) node.mixed = mixedFrom(ways)
    if (ways.converted.size > 0) node.converted = convertedFrom(ways)
    if (ways.plain !== undefined) node.plain = createNode(ways.plain)
    if (ways.wildcard !== undefined) node.wildcard = this.#toEdge(ways.wildcard, draft.belowWildcard)
    node.dynamic = draft.isDynamic
    node.only = onlyWay(node, ways)
  }

  /** Generates code for a place, to which `slot` values lead, and what follows; for nothing where that is too much. */
  generate(node: Node, slot: number): void {
    if (node.draft !== undefined) this.open(node)
    node.generated = this.#generate((source) => source.writeNode(node, slot))
  }

  /** The same for some of the texts that lead on from a place. */
  generateBranch(branch: Branch, slot: number): void {
    branch.generated = this.#generate((source) => source.writeBranch(branch, slot))
  }

  #generate(write: (source: WalkSource) => string | undefined): Generated | undefined {
    const generated = generateWalk(this, write, this.#budget)
    this.#budget -= generated?.added ?? 0
    return generated
  }

  #toEdge(wildcard: Draft, isNested: boolean): WildcardEdge {
    const nested = isNested ? this.#nestedWildcards++ : -1
    return { nested, last: !wildcard.continues, next: createNode(wildcard) }
  }
}

function createNode(draft: Draft): Node {
  return {
    end: draft.end,
    mount: draft.mount,
    branches: undefined,
    mixed: undefined,
    converted: undefined,
    plain: undefined,
    wildcard: undefined,
    dynamic: false,
    only: SEVERAL,
    draft: draft.leadsOn ? draft : undefined,
    size: draft.size,
    visits: 0,
    generated: undefined,
  }
}

/** Follows static segments to where a path may end or a parameter follow, so that they are compared in one go. */
function runsFrom(before: string, { statics }: Ways, runs: Run[] = []): Run[] {
  for (const [segment, next] of statics) {
    const text = `${before}/${segment}`
    const { ends, continues } = next
    if (ends || next.isDynamic) runs.push({ text, next: createNode(next), ends, continues })
    else runsFrom(text, next.split(), runs)
  }
  return runs
}

function mixedFrom({ mixed }: Ways): MixedEdge[] {
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
    next: createNode(next),
  }))
}

function convertedFrom({ converted }: Ways): ConvertedEdge[] {
  const sorted = [...converted].sort(([a, left], [b, right]) => {
    return (right.converter.weight ?? 0) - (left.converter.weight ?? 0) || compare(a, b)
  })
  return sorted.map(([, { converter, next }]) => ({ converter, next: createNode(next) }))
}

function onlyWay({ mount, dynamic }: Node, { mixed, converted, plain, wildcard }: Ways): OnlyWay {
  if (mount !== undefined) return SEVERAL
  if (!dynamic) return BRANCHES
  if (mixed.size > 0 || converted.size > 0) return SEVERAL
  if (wildcard === undefined) return PLAIN
  return plain === undefined && !wildcard.continues ? REST : SEVERAL
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
