import { type ChunkIterator, dispose, iterate, release } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'

/**
 * What an application sends through `write` (clause 3.5), as a body: the chunks in their order, then the body that it returned.
 *
 * `write` gives a promise that settles when its chunk was taken, which is all the back pressure there can be: an application that
 * does not await it fills the queue.
 */
export class WrittenBody implements AsyncIterable<Chunk>, Closeable {
  readonly #report: (error: unknown) => void
  readonly #queue: { chunk: Chunk; taken: () => void }[] = []
  #wake: (() => void) | undefined
  #rest: Body | undefined
  #iterator: ChunkIterator | undefined
  #failure: { error: unknown } | undefined
  #state: 'open' | 'returned' | 'closed' = 'open'

  /** `report` gets failures that come after the body was closed. */
  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  /** Adds a chunk; dropped once the body is closed, since nobody reads it any more. */
  write(chunk: Chunk): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve()
    return new Promise((resolve) => {
      this.#queue.push({ chunk, taken: resolve })
      this.#wake?.()
    })
  }

  /** The application has returned: its body follows what was written. */
  finish(body: Body): void {
    if (this.#state === 'closed') {
      dispose(body, undefined, this.#report)
      return
    }
    this.#state = 'returned'
    this.#rest = body
    this.#wake?.()
  }

  /** The application has failed after it wrote: the reader gets the error once it has read what was written. */
  fail(error: unknown): void {
    if (this.#state === 'closed') {
      this.#report(error)
      return
    }
    this.#failure = { error }
    this.#wake?.()
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return { next: () => this.#next(), return: () => this.#return() }
  }

  /** Ends the iteration, lets waiting writers go on, and closes what the application returned. */
  close(): void {
    if (this.#state === 'closed') return
    const rest = this.#rest
    const iterator = this.#iterator
    this.#state = 'closed'
    for (const { taken } of this.#queue.splice(0)) taken()
    this.#wake?.()
    if (rest !== undefined) dispose(rest, iterator, this.#report)
  }

  async #next(): Promise<IteratorResult<Chunk>> {
    for (;;) {
      if (this.#state === 'closed') return { done: true, value: undefined }
      const written = this.#queue.shift()
      if (written !== undefined) {
        written.taken()
        return { done: false, value: written.chunk }
      }
      if (this.#failure !== undefined) throw this.#failure.error
      if (this.#rest !== undefined) return this.#nextOfRest(this.#rest)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async #nextOfRest(rest: Body): Promise<IteratorResult<Chunk>> {
    this.#iterator ??= iterate(rest)
    const step = await this.#iterator.next()
    if (step.done && this.#rest !== undefined) {
      this.#rest = undefined
      this.#state = 'closed'
      release(rest, this.#report)
    }
    return step
  }

  async #return(): Promise<IteratorResult<Chunk>> {
    this.close()
    return { done: true, value: undefined }
  }
}
