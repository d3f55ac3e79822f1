import {
  type Body,
  type Chunk,
  type ChunkIterator,
  type Closeable,
  dispose,
  iterate,
  release,
} from '@stapel/core'
import type { TimedContext } from './timeout-context.ts'

type Step = IteratorResult<Chunk>

/** A body that fails when the time is over, so that the gateway ends the connection. */
export class TimedBody implements AsyncIterable<Chunk>, Closeable {
  readonly #body: Body
  readonly #context: TimedContext
  readonly #stop: () => void
  readonly #report: (error: unknown) => void
  #iterator: ChunkIterator | undefined
  #ended = false
  #closed = false

  /** `stop` ends the watch over the time. */
  constructor(body: Body, context: TimedContext, stop: () => void, report: (error: unknown) => void) {
    this.#body = body
    this.#context = context
    this.#stop = stop
    this.#report = report
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.close()
        return { done: true, value: undefined }
      },
    }
  }

  close(): void {
    this.#stop()
    if (this.#closed) return
    this.#closed = true
    if (this.#ended) release(this.#body, this.#report)
    else dispose(this.#body, this.#iterator, this.#report)
  }

  async #next(): Promise<Step> {
    try {
      if (this.#context.expired !== undefined) throw this.#context.expired
      this.#iterator ??= iterate(this.#body)
      const step = await this.#context.unlessExpired(Promise.resolve(this.#iterator.next()))
      if (step.done) {
        this.#ended = true
        this.#stop()
      }
      return step
    } catch (error) {
      // What failed by itself has ended its iteration.
      this.#ended = this.#context.expired === undefined
      this.close()
      throw error
    }
  }
}
