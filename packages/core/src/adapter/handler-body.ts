import type { Chunk } from '../protocol.ts'
import { SocketChunks } from './socket-chunks.ts'

type Step = IteratorResult<Chunk, undefined>

/** Who is told of what becomes of a body. */
export interface BodyOwner {
  /** Node was told that all it had written was taken. */
  taken(): void
  /** Nobody reads the body any more. */
  leave(): void
}

/** What a `(req, res)` handler writes, as a body that is pulled chunk by chunk. A chunk counts as written when the next one is asked for. */
export class HandlerBody extends SocketChunks implements AsyncIterableIterator<Chunk, undefined> {
  readonly #owner: BodyOwner
  #ended = false
  #failure: { readonly error: unknown } | undefined
  #waiting: { resolve: (step: Step) => void; reject: (error: unknown) => void } | undefined

  constructor(owner: BodyOwner) {
    super()
    this.#owner = owner
  }

  /** Whether the handler has ended the response. */
  get ended(): boolean {
    return this.#ended
  }

  override done(): void {
    super.done()
    this.#owner.taken()
  }

  /** The handler has ended the response: what is there is all. */
  end(): void {
    this.#ended = true
  }

  /** The iteration ends in the error, after what was written before. */
  fail(error: unknown): void {
    this.#failure = { error }
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  /** Gives whoever waits what has come. */
  wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    const step = this.#step()
    if (step === undefined) return
    this.#waiting = undefined
    waiting.resolve(step)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step> {
    try {
      const step = this.#step()
      if (step !== undefined) return Promise.resolve(step)
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  return(): Promise<Step> {
    this.#owner.leave()
    return Promise.resolve({ done: true, value: undefined })
  }

  close(): void {
    this.#owner.leave()
  }

  #step(): Step | undefined {
    for (;;) {
      const value = this.take()
      if (value !== undefined) return { done: false, value }
      if (this.#failure !== undefined) throw this.#failure.error
      // Taking what was written lets Node write more, or tell that all is.
      if (this.waiting) this.done()
      else if (this.#ended) return { done: true, value: undefined }
      else return undefined
    }
  }
}
