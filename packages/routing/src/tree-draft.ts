import type { Converter } from './converter.ts'
import type { MethodTable } from './method-table.ts'
import type { Alternative } from './pattern.ts'
import type { Parameter, Segment } from './pattern-tokens.ts'

/** A rule's alternative, or a mount's, and who answers for it. */
export interface Leaf {
  readonly alternative: Alternative
  readonly table: MethodTable
  readonly mounted: boolean
}

/** A place of the tree, with the rules that go through it; they are told apart by their next segment when somebody comes by. */
export class Draft {
  end: MethodTable | undefined
  mount: MethodTable | undefined
  /** Whether a wildcard leads here. */
  readonly belowWildcard: boolean
  /** How many segments lead here. */
  readonly #depth: number
  #leaves: Leaf[] | undefined
  #isDynamic = false

  constructor(depth: number, belowWildcard: boolean) {
    this.#depth = depth
    this.belowWildcard = belowWildcard
  }

  /** Whether a parameter or a wildcard may follow. */
  get isDynamic(): boolean {
    return this.#isDynamic
  }

  /** Whether a path may end here. */
  get ends(): boolean {
    return this.end !== undefined || this.mount !== undefined
  }

  /** Whether a segment may follow. */
  get leadsOn(): boolean {
    return this.#leaves !== undefined
  }

  /** Whether a path may go on from here. */
  get continues(): boolean {
    return this.mount !== undefined || this.leadsOn
  }

  /** How many alternatives end here or go through here. */
  get size(): number {
    return (this.end === undefined ? 0 : 1) + (this.mount === undefined ? 0 : 1) + (this.#leaves?.length ?? 0)
  }

  /** Adds an alternative that goes through here. */
  insert(leaf: Leaf): void {
    const segment = leaf.alternative.segments[this.#depth]
    if (segment === undefined) {
      if (leaf.mounted) this.mount = leaf.table
      else this.end = leaf.table
      return
    }
    if (segment.kind !== 'static') this.#isDynamic = true
    if (this.#leaves === undefined) this.#leaves = [leaf]
    else this.#leaves.push(leaf)
  }

  /** What may follow. */
  split(): Ways {
    const ways = new Ways(this.#depth + 1, this.belowWildcard)
    for (const leaf of this.#leaves ?? []) {
      ways.to(leaf.alternative.segments[this.#depth] as Segment).insert(leaf)
    }
    return ways
  }
}

/** What may follow in a place of the tree, by the next segment. */
export class Ways {
  /** By text. */
  readonly statics: Map<string, Draft> = new Map()
  /** By what all their parts are. */
  readonly mixed: Map<string, { readonly parts: readonly (string | Parameter)[]; readonly next: Draft }> =
    new Map()
  /** By the name of the converter. */
  readonly converted: Map<string, { readonly converter: Converter<unknown>; readonly next: Draft }> =
    new Map()
  plain: Draft | undefined
  wildcard: Draft | undefined
  readonly #depth: number
  readonly #belowWildcard: boolean

  constructor(depth: number, belowWildcard: boolean) {
    this.#depth = depth
    this.#belowWildcard = belowWildcard
  }

  /** Where a segment leads. */
  to(segment: Segment): Draft {
    switch (segment.kind) {
      case 'static':
        return getOrAdd(this.statics, segment.text, () => this.#next())
      case 'mixed': {
        const { parts } = segment
        return getOrAdd(this.mixed, mixedKey(parts), () => ({ parts, next: this.#next() })).next
      }
      case 'wildcard':
        this.wildcard ??= new Draft(this.#depth, true)
        return this.wildcard
      case 'parameter': {
        const { converter } = segment.parameter
        if (converter === undefined) {
          this.plain ??= this.#next()
          return this.plain
        }
        return getOrAdd(this.converted, converter.name, () => ({ converter, next: this.#next() })).next
      }
    }
  }

  #next(): Draft {
    return new Draft(this.#depth, this.#belowWildcard)
  }
}

function getOrAdd<V>(values: Map<string, V>, key: string, create: () => V): V {
  let value = values.get(key)
  if (value === undefined) {
    value = create()
    values.set(key, value)
  }
  return value
}

function mixedKey(parts: readonly (string | Parameter)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'string' ? part : [part.converter?.name])))
}
