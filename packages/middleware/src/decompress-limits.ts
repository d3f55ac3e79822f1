import { ContentTooLarge, wholeBody } from '@stapel/core'

/** So many decoded bytes a body may always have, however few there were before: short texts shrink to nearly nothing. */
export const RATIO_GRACE = 65_536

/** Counts what comes in and what it becomes, and refuses what becomes too much. One for each request. */
export class DecodeLimits {
  readonly #maxSize: number
  readonly #maxRatio: number
  #received = 0

  constructor(maxSize: number, maxRatio: number) {
    this.#maxSize = maxSize
    this.#maxRatio = maxRatio
  }

  /** So many bytes have come over the wire. */
  receive(bytes: number): void {
    this.#received += bytes
  }

  /** Throws `ContentTooLarge` (413) when one of the codings has given so many bytes in all, and that is too much. */
  check(decoded: number): void {
    if (decoded > this.#maxSize) throw wholeBody.tooLarge(this.#maxSize)
    if (decoded > RATIO_GRACE && decoded > this.#received * this.#maxRatio) {
      throw new ContentTooLarge(
        `The content of the request becomes more than ${this.#maxRatio} times as large when it is decoded.`,
      )
    }
  }
}
