import type { Converter } from './converter.ts'
import type { MethodTable } from './method-table.ts'
import type { Alternative, Parameter } from './pattern.ts'

/** A rule's alternative, or a mount's, and who answers for it. */
export interface Leaf {
  readonly alternative: Alternative
  readonly table: MethodTable
  readonly mounted: boolean
}

/** What follows in a place of the tree while the rules are gathered. */
export class Draft {
  end: MethodTable | undefined
  mount: MethodTable | undefined
  /** By text. */
  readonly statics: Edges<Draft> = new Edges()
  /** By what all their parts are. */
  readonly mixed: Edges<{ readonly parts: readonly (string | Parameter)[]; readonly next: Draft }> =
    new Edges()
  /** By the name of the converter. */
  readonly converted: Edges<{ readonly converter: Converter<unknown>; readonly next: Draft }> = new Edges()
  plain: Draft | undefined
  wildcard: Draft | undefined

  /** Whether a parameter or a wildcard may follow. */
  get isDynamic(): boolean {
    return (
      this.mixed.size > 0 ||
      this.converted.size > 0 ||
      this.plain !== undefined ||
      this.wildcard !== undefined
    )
  }

  /** Whether a path may end here. */
  get ends(): boolean {
    return this.end !== undefined || this.mount !== undefined
  }

  /** Whether a path may go on from here. */
  get continues(): boolean {
    return this.mount !== undefined || this.statics.size > 0 || this.isDynamic
  }

  /** Adds what follows in the order of the path. */
  insert({ alternative, table, mounted }: Leaf): void {
    let draft: Draft = this
    for (const segment of alternative.segments) draft = draft.#descend(segment)
    if (mounted) draft.mount = table
    else draft.end = table
  }

  #descend(segment: Alternative['segments'][number]): Draft {
    switch (segment.kind) {
      case 'static':
        return this.statics.getOrAdd(segment.text, createDraft)
      case 'mixed': {
        const { parts } = segment
        return this.mixed.getOrAdd(mixedKey(parts), () => ({ parts, next: new Draft() })).next
      }
      case 'wildcard':
        this.wildcard ??= new Draft()
        return this.wildcard
      case 'parameter': {
        const { converter } = segment.parameter
        if (converter !== undefined) {
          return this.converted.getOrAdd(converter.name, () => ({ converter, next: new Draft() })).next
        }
        this.plain ??= new Draft()
        return this.plain
      }
    }
  }
}

/** Ways on by key. The map is made for the first of them: most places have none, and ten thousand empty maps take 3 MiB. */
class Edges<V> {
  #byKey: Map<string, V> | undefined

  get size(): number {
    return this.#byKey?.size ?? 0
  }

  getOrAdd(key: string, create: () => V): V {
    this.#byKey ??= new Map()
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const created = create()
    this.#byKey.set(key, created)
    return created
  }

  [Symbol.iterator](): Iterator<[string, V]> {
    return (this.#byKey ?? NOTHING).entries() as Iterator<[string, V]>
  }
}

const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()

function createDraft(): Draft {
  return new Draft()
}

function mixedKey(parts: readonly (string | Parameter)[]): string {
  return JSON.stringify(parts.map((part) => (typeof part === 'string' ? part : [part.converter?.name])))
}
