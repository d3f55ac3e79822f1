import { type ChunkIterator, dispose, iterate, release } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'

/**
 * A body that another one stands in front of: pulled step by step, and given up once, as clause 4.2 asks.
 *
 * @example
 * ```ts
 * import { type Body, BodySource, closingIterator } from '@stapel/core'
 *
 * export function shout(body: Body): Body {
 *   const source = new BodySource(body)
 *   const next = async () => {
 *     const step = await source.next()
 *     return step.done ? step : { value: String(step.value).toUpperCase() }
 *   }
 *   const close = () => source.close()
 *   return { [Symbol.asyncIterator]: () => closingIterator(next, close), close }
 * }
 * ```
 */
export class BodySource implements Closeable {
  readonly #body: Body
  readonly #report: ((error: unknown) => void) | undefined
  #iterator: ChunkIterator | undefined
  #ended = false
  #closed = false

  /** `report` gets what fails when nobody reads any more. */
  constructor(body: Body, report?: (error: unknown) => void) {
    this.#body = body
    this.#report = report
  }

  /** The next chunk; iteration begins with the first call. */
  async next(): Promise<IteratorResult<Chunk>> {
    try {
      this.#iterator ??= iterate(this.#body)
      const step = await this.#iterator.next()
      if (step.done === true) this.#ended = true
      return step
    } catch (error) {
      // What failed by itself has ended its iteration.
      this.#ended = true
      throw error
    }
  }

  /** Releases a body that has ended, disposes of any other; the first call counts. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#ended) release(this.#body, this.#report)
    else dispose(this.#body, this.#iterator, this.#report)
  }
}

/** The iterator of a body that is closed when its reader leaves it. */
export function closingIterator<T>(
  next: () => Promise<IteratorResult<T>>,
  close: () => void,
): AsyncIterator<T, undefined> {
  return {
    next,
    return: async () => {
      close()
      return { done: true, value: undefined }
    },
  }
}
