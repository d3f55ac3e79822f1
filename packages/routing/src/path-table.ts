/** Whole paths and what they lead to, found by length first: most paths that are not there cost no look-up, and one that is alone of its length no hash. */
export class PathTable<T> {
  readonly #byLength: (Slot<T> | undefined)[] = new Array(LENGTHS).fill(undefined)

  get(path: string): T | undefined {
    const slot = this.#byLength[path.length < LENGTHS ? path.length : LENGTHS - 1]
    if (slot === undefined) return undefined
    if (slot.values !== undefined) return slot.values.get(path)
    return slot.path === path ? slot.value : undefined
  }

  set(path: string, value: T): void {
    const length = Math.min(path.length, LENGTHS - 1)
    const slot = this.#byLength[length]
    if (slot === undefined) {
      this.#byLength[length] = { path, value, values: undefined }
      return
    }
    slot.values ??= new Map([[slot.path, slot.value]])
    slot.values.set(path, value)
  }
}

/** The last counts for all paths that are longer. */
const LENGTHS = 256

/** The one path of a length, until there is another. */
interface Slot<T> {
  readonly path: string
  readonly value: T
  values: Map<string, T> | undefined
}
