import type { Converter } from './converter.ts'
import type { MethodTable } from './method-table.ts'
import type { Alternative, Parameter } from './pattern.ts'
import { type Branch, createBranches } from './static-branches.ts'

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

/** A rule's alternative, or a mount's, and who answers for it. */
export interface Leaf {
  readonly alternative: Alternative
  readonly table: MethodTable
  readonly mounted: boolean
}

/** Builds the tree of a set of alternatives, each of another shape. */
export function createTree(leaves: Iterable<Leaf>): Tree {
  const root = new Draft()
  let size = 0
  for (const leaf of leaves) {
    insert(root, leaf)
    size = Math.max(size, leaf.alternative.captures.length)
  }
  const counter = { nested: 0 }
  return { root: finish(root, counter, false), size, nestedWildcards: counter.nested }
}

class Draft {
  end: MethodTable | undefined
  mount: MethodTable | undefined
  readonly statics: Map<string, Draft> = new Map()
  readonly mixed: Map<string, { parts: readonly (string | Parameter)[]; next: Draft }> = new Map()
  readonly converted: Map<string, { converter: Converter<unknown>; next: Draft }> = new Map()
  plain: Draft | undefined
  wildcard: Draft | undefined
}

function insert(root: Draft, { alternative, table, mounted }: Leaf): void {
  let draft = root
  for (const segment of alternative.segments) draft = descend(draft, segment)
  if (mounted) draft.mount = table
  else draft.end = table
}

function descend(draft: Draft, segment: Alternative['segments'][number]): Draft {
  switch (segment.kind) {
    case 'static':
      return getOrAdd(draft.statics, segment.text, () => new Draft())
    case 'mixed': {
      const { parts } = segment
      return getOrAdd(draft.mixed, mixedKey(parts), () => ({ parts, next: new Draft() })).next
    }
    case 'wildcard':
      draft.wildcard ??= new Draft()
      return draft.wildcard
    case 'parameter': {
      const { converter } = segment.parameter
      if (converter !== undefined) {
        return getOrAdd(draft.converted, converter.name, () => ({ converter, next: new Draft() })).next
      }
      draft.plain ??= new Draft()
      return draft.plain
    }
  }
}

function getOrAdd<V>(map: Map<string, V>, key: string, create: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const created = create()
  map.set(key, created)
  return created
}

function finish(draft: Draft, counter: { nested: number }, belowWildcard: boolean): Node {
  const walk = (next: Draft): Node => finish(next, counter, belowWildcard)
  const mixed = [...draft.mixed].sort(([a, left], [b, right]) => {
    return (
      staticLength(right.parts) - staticLength(left.parts) ||
      weigh(right.parts) - weigh(left.parts) ||
      compare(a, b)
    )
  })
  const converted = [...draft.converted].sort(([a, left], [b, right]) => {
    return (right.converter.weight ?? 0) - (left.converter.weight ?? 0) || compare(a, b)
  })
  const runs = Array.from(runsFrom('', draft.statics), ({ text, next }) => ({
    text,
    next: walk(next),
    ends: next.end !== undefined || next.mount !== undefined,
    continues: next.mount !== undefined || next.statics.size > 0 || isDynamic(next),
  }))
  return {
    end: draft.end,
    mount: draft.mount,
    branches: createBranches(runs),
    mixed: orNothing(
      mixed.map(([, { parts, next }]) => ({ parts, size: countParameters(parts), next: walk(next) })),
    ),
    converted: orNothing(converted.map(([, { converter, next }]) => ({ converter, next: walk(next) }))),
    plain: draft.plain && walk(draft.plain),
    wildcard: draft.wildcard && {
      nested: belowWildcard ? counter.nested++ : -1,
      last: isLast(draft.wildcard),
      next: finish(draft.wildcard, counter, true),
    },
    dynamic: isDynamic(draft),
    only: onlyWay(draft),
  }
}

/** Follows static segments to where a path may end or a parameter follow, so that they are compared in one go. */
function* runsFrom(
  before: string,
  statics: ReadonlyMap<string, Draft>,
): Generator<{ text: string; next: Draft }> {
  for (const [segment, next] of statics) {
    const text = `${before}/${segment}`
    if (next.end === undefined && next.mount === undefined && !isDynamic(next))
      yield* runsFrom(text, next.statics)
    else yield { text, next }
  }
}

function isLast(draft: Draft): boolean {
  return draft.mount === undefined && draft.statics.size === 0 && !isDynamic(draft)
}

function isDynamic({ mixed, converted, plain, wildcard }: Draft): boolean {
  return mixed.size > 0 || converted.size > 0 || plain !== undefined || wildcard !== undefined
}

function onlyWay(draft: Draft): Node['only'] {
  const { mount, mixed, converted, plain, wildcard } = draft
  if (mount !== undefined) return undefined
  if (!isDynamic(draft)) return 'branches'
  if (mixed.size > 0 || converted.size > 0) return undefined
  if (wildcard === undefined) return 'plain'
  return plain === undefined && isLast(wildcard) ? 'rest' : undefined
}

function mixedKey(parts: readonly (string | Parameter)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'string' ? part : [part.converter?.name])))
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

function orNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
