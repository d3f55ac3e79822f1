import {
  type Body,
  type Chunk,
  type ChunkIterator,
  type Closeable,
  dispose,
  iterate,
  release,
} from '@stapel/core'

export interface Insertion {
  /** What goes on when a chunk has come. */
  pass(chunk: Chunk): Uint8Array
  /** What follows the last one. */
  rest(): Uint8Array
}

/** A body into which something is put on its way: one chunk in, one chunk out, and one more at the end. */
export class InsertedBody implements AsyncIterable<Uint8Array>, Closeable {
  readonly #body: Body
  readonly #insertion: Insertion
  readonly #report: ((error: unknown) => void) | undefined
  #iterator: ChunkIterator | undefined
  #ended = false
  #closed = false

  constructor(body: Body, insertion: Insertion, report?: (error: unknown) => void) {
    this.#body = body
    this.#insertion = insertion
    this.#report = report
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.close()
        return { done: true, value: undefined }
      },
    }
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#ended) release(this.#body, this.#report)
    else dispose(this.#body, this.#iterator, this.#report)
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#ended || this.#closed) return { done: true, value: undefined }
    try {
      this.#iterator ??= iterate(this.#body)
      const step = await this.#iterator.next()
      if (step.done !== true) return { done: false, value: this.#insertion.pass(step.value) }
      this.#ended = true
      return { done: false, value: this.#insertion.rest() }
    } catch (error) {
      // What failed by itself has ended its iteration.
      this.#ended = true
      throw error
    }
  }
}
