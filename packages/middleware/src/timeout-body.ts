import { type Body, BodySource, type Chunk, type Closeable, closingIterator } from '@stapel/core'
import type { TimedContext } from './timeout-context.ts'

type Step = IteratorResult<Chunk>

/** A body that fails when the time is over, so that the gateway ends the connection. */
export class TimedBody implements AsyncIterable<Chunk>, Closeable {
  readonly #source: BodySource
  readonly #context: TimedContext
  readonly #stop: () => void

  /** `stop` ends the watch over the time. */
  constructor(body: Body, context: TimedContext, stop: () => void, report: (error: unknown) => void) {
    this.#source = new BodySource(body, report)
    this.#context = context
    this.#stop = stop
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return closingIterator(
      () => this.#next(),
      () => this.close(),
    )
  }

  close(): void {
    this.#stop()
    this.#source.close()
  }

  async #next(): Promise<Step> {
    try {
      if (this.#context.expired !== undefined) throw this.#context.expired
      const step = await this.#context.unlessExpired(this.#source.next())
      if (step.done) this.#stop()
      return step
    } catch (error) {
      this.close()
      throw error
    }
  }
}
