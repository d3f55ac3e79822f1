import { chooseOffsets, keyAt, keyOf, type Offsets, roomFor } from './character-key.ts'

/**
 * Texts of one length and what they stand for, found by four of their characters, then compared as a whole. A Map has to hash a text that was never
 * seen from end to end: measured, one of hundreds in a Map takes 30 ns more than one that is alone, here 9 (Node 20).
 */
export class PathIndex<T> {
  readonly #first: number
  readonly #second: number
  readonly #third: number
  readonly #fourth: number
  /** One less than the number of buckets, which is a power of two. */
  readonly #mask: number
  readonly #buckets: readonly (Entry<T> | undefined)[]

  private constructor([first, second, third, fourth]: Offsets, buckets: readonly (Entry<T> | undefined)[]) {
    this.#first = first
    this.#second = second
    this.#third = third
    this.#fourth = fourth
    this.#mask = buckets.length - 1
    this.#buckets = buckets
  }

  /** `undefined` where more than {@link DEPTH_LIMIT} texts cannot be told apart so; no text may be empty. */
  static of<T>(values: ReadonlyMap<string, T>): PathIndex<T> | undefined {
    const texts = [...values.keys()]
    const offsets = chooseOffsets(texts)
    const size = roomFor(texts.length)
    const buckets: (Entry<T> | undefined)[] = new Array(size).fill(undefined)
    for (const [text, value] of values) {
      const key = keyAt(text, offsets) & (size - 1)
      const depth: number = (buckets[key]?.depth ?? 0) + 1
      if (depth > DEPTH_LIMIT) return undefined
      buckets[key] = { text, value, depth, next: buckets[key] }
    }
    return new PathIndex(offsets, buckets)
  }

  /** What stands for a text, which has the length of the others. */
  get(text: string): T | undefined {
    const key = keyOf(
      text.charCodeAt(this.#first),
      text.charCodeAt(this.#second),
      text.charCodeAt(this.#third),
      text.charCodeAt(this.#fourth),
    )
    let entry = this.#buckets[key & this.#mask]
    while (entry !== undefined) {
      if (entry.text === text) return entry.value
      entry = entry.next
    }
    return undefined
  }
}

/** The most texts that are compared with one. */
export const DEPTH_LIMIT = 8

interface Entry<T> {
  readonly text: string
  readonly value: T
  readonly depth: number
  readonly next: Entry<T> | undefined
}
