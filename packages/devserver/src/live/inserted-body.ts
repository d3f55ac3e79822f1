import { type Body, BodySource, type Chunk, type Closeable, closingIterator } from '@stapel/core'

export interface Insertion {
  /** What goes on when a chunk has come. */
  pass(chunk: Chunk): Uint8Array
  /** What follows the last one. */
  rest(): Uint8Array
}

/** A body into which something is put on its way: one chunk in, one chunk out, and one more at the end. */
export class InsertedBody implements AsyncIterable<Uint8Array>, Closeable {
  readonly #source: BodySource
  readonly #insertion: Insertion
  #over = false

  constructor(body: Body, insertion: Insertion, report?: (error: unknown) => void) {
    this.#source = new BodySource(body, report)
    this.#insertion = insertion
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return closingIterator(
      () => this.#next(),
      () => this.close(),
    )
  }

  close(): void {
    this.#over = true
    this.#source.close()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#over) return { done: true, value: undefined }
    try {
      const step = await this.#source.next()
      if (step.done !== true) return { done: false, value: this.#insertion.pass(step.value) }
      this.#over = true
      return { done: false, value: this.#insertion.rest() }
    } catch (error) {
      this.#over = true
      throw error
    }
  }
}
