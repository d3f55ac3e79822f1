import { PathIndex } from './path-index.ts'

/** Whole paths and what they lead to, found by length first: most paths that are not there cost no look-up, and one that is alone of its length is compared at once. */
export class PathTable<T> {
  readonly #byLength: (Slot<T> | undefined)[] = new Array(LENGTHS).fill(undefined)

  /** What a path leads to. */
  get(path: string): T | undefined {
    const slot = this.#byLength[path.length < LENGTHS ? path.length : LENGTHS - 1]
    if (slot === undefined) return undefined
    if (slot.values === undefined) return slot.path === path ? slot.value : undefined
    return slot.index === undefined ? lookUp(slot, slot.values, path) : slot.index.get(path)
  }

  /** Adds a path, or replaces what it leads to. */
  set(path: string, value: T): void {
    const length = Math.min(path.length, LENGTHS - 1)
    const slot = this.#byLength[length]
    if (slot === undefined) {
      this.#byLength[length] = { path, value, values: undefined, index: undefined, asked: 0 }
      return
    }
    slot.values ??= new Map([[slot.path, slot.value]])
    slot.values.set(path, value)
    slot.index = undefined
    slot.asked = 0
  }
}

/** The last counts for all paths that are longer. */
const LENGTHS = 256

/** The one path of a length, until there is another. */
interface Slot<T> {
  readonly path: string
  readonly value: T
  values: Map<string, T> | undefined
  /** The same; made when paths were asked for as often as there are paths, so that what adds and asks in turn does not make it each time. */
  index: PathIndex<T> | undefined
  /** How often, since the last path was added. */
  asked: number
}

function lookUp<T>(slot: Slot<T>, values: ReadonlyMap<string, T>, path: string): T | undefined {
  // Once, since it may be that no index is made.
  if (++slot.asked === values.size && path.length < LENGTHS - 1) slot.index = PathIndex.of(values)
  return values.get(path)
}
