/**
 * Texts of one length and what they stand for, found by four of their characters, then compared as a whole. A Map has to hash a text that was never
 * seen from end to end: measured, one of hundreds in a Map takes 30 ns more than one that is alone, here 13 (Node 20).
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
    const offsets = chooseOffsets(sampleOf(texts))
    let size = 2
    while (size < texts.length * 2) size *= 2
    const buckets: (Entry<T> | undefined)[] = new Array(size).fill(undefined)
    for (const [text, value] of values) {
      const key = keyOf(...codesAt(text, offsets)) & (size - 1)
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

/** The most texts that are looked at to choose the characters. */
const SAMPLE = 512

/** The most texts that are compared with one. */
export const DEPTH_LIMIT = 8

type Offsets = readonly [number, number, number, number]

interface Entry<T> {
  readonly text: string
  readonly value: T
  readonly depth: number
  readonly next: Entry<T> | undefined
}

/** As texts often count up, they are not taken in even steps, which would meet the same digit each time. */
function sampleOf(texts: readonly string[]): readonly string[] {
  if (texts.length <= SAMPLE) return texts
  const place = (i: number): number => Math.floor(((i * GOLDEN_RATIO) % 1) * texts.length)
  return Array.from({ length: SAMPLE }, (_, i) => texts[place(i)] as string)
}

const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2

/** One by one the character that tells most of them apart, with those before it. */
function chooseOffsets(texts: readonly string[]): Offsets {
  const { length } = texts[0] as string
  const offsets: [number, number, number, number] = [0, 0, 0, 0]
  let keys: readonly number[] = texts.map(() => 0)
  for (let i = 0; i < offsets.length; i++) {
    let most = 0
    let best: readonly number[] = keys
    for (let offset = 0; offset < length && most < texts.length; offset++) {
      const longer = texts.map((text, at) => (keys[at] as number) * FACTOR + text.charCodeAt(offset))
      const distinct = new Set(longer).size
      if (distinct <= most) continue
      most = distinct
      best = longer
      offsets[i] = offset
    }
    keys = best
  }
  return offsets
}

function codesAt(text: string, [first, second, third, fourth]: Offsets): [number, number, number, number] {
  return [text.charCodeAt(first), text.charCodeAt(second), text.charCodeAt(third), text.charCodeAt(fourth)]
}

/** Below 2³¹ for any characters. */
function keyOf(first: number, second: number, third: number, fourth: number): number {
  return ((first * FACTOR + second) * FACTOR + third) * FACTOR + fourth
}

const FACTOR = 31
