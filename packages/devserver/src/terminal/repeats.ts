import type { Palette } from './terminal.ts'

/** So long are repeated lines held back, in milliseconds, to be told in one. */
export const HOLD_MS = 500

/**
 * Writes lines, those that repeat the one before collapsed: `GET / 200 13 B 2 ms (×3)`.
 *
 * The first of a kind is written at once, those that follow are counted for a moment. Nothing that stands on the terminal is rewritten: the
 * application writes to it as well, and its lines would be lost.
 */
export class Repeats {
  readonly #write: (text: string) => void
  readonly #palette: Palette
  #kind: string | undefined
  #held = ''
  #count = 0
  #timer: NodeJS.Timeout | undefined

  constructor(write: (text: string) => void, palette: Palette) {
    this.#write = write
    this.#palette = palette
  }

  /** Writes a line; of two with the same `kind`, one after the other, the second is a repetition. Without it, it repeats nothing. */
  line(text: string, kind?: string): void {
    if (kind === undefined || kind !== this.#kind) {
      this.flush()
      this.#kind = kind
      this.#write(text)
      return
    }
    this.#held = text
    this.#count++
    this.#timer ??= setTimeout(() => this.flush(), HOLD_MS).unref()
  }

  /** Writes what is held back. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const count = this.#count
    this.#count = 0
    if (count === 1) this.#write(this.#held)
    else if (count > 1) this.#write(`${this.#held} ${this.#palette.dim(`(×${count})`)}`)
  }
}
