import type { PartHead } from './part-head.ts'

/**
 * The heads of fields that have nothing but a name, by their text: a server gets the same ones with every form, and to read one anew takes longer
 * than all else of its field.
 *
 * The threat: a store that clients fill. It takes short heads only, so many and no more, and never lets go of one: who sends others gets them read
 * each time, as everybody does without it. File names are not kept.
 */
export class KnownHeads {
  /** The most characters of a text that is kept. */
  readonly longest: number
  readonly #most: number
  readonly #heads = new Map<string, PartHead>()

  /** Keeps `most` heads of up to `longest` characters. */
  constructor(most: number, longest: number) {
    this.#most = most
    this.longest = longest
  }

  get(text: string): PartHead | undefined {
    return this.#heads.get(text)
  }

  /** `text` is the head without the empty line after it. One that also depends on anything else, as on a boundary, is not kept. */
  add(text: string, head: PartHead): void {
    if (head.isFile || head.headers.length !== 1 || text.length > this.longest) return
    if (this.#heads.size < this.#most) this.#heads.set(text, head)
  }
}
