import type { Chunk } from './protocol.ts'
import { writtenAfterEnd } from './violations.ts'

/**
 * What an application sends through `write` (clause 3.5), in its order, until somebody takes it.
 *
 * `write` gives a promise that settles when its chunk was taken, which is all the back pressure there can be: an application that
 * does not await it fills the queue.
 */
export class WrittenChunks {
  /** Called after each chunk that comes in. */
  onWrite: (() => void) | undefined
  #waiting: { chunk: Chunk; taken: () => void }[] = []
  #used = false
  #over: 'ended' | 'dropped' | undefined

  /** Whether anything was ever written. */
  get used(): boolean {
    return this.#used
  }

  /** Adds a chunk; one that nobody will read is dropped. Throws a `ProtocolError` after the end of the body. */
  write(chunk: Chunk): Promise<void> {
    if (this.#over === 'ended') throw writtenAfterEnd()
    if (this.#over === 'dropped') return Promise.resolve()
    this.#used = true
    return new Promise((resolve) => {
      this.#waiting.push({ chunk, taken: resolve })
      this.onWrite?.()
    })
  }

  /** The next chunk, whose writer goes on; `undefined` when there is none. */
  take(): Chunk | undefined {
    const next = this.#waiting.shift()
    next?.taken()
    return next?.chunk
  }

  /** The body has ended: what is written from now on has no place. */
  end(): void {
    this.#over ??= 'ended'
  }

  /** Nobody reads any more: waiting writers go on. */
  drop(): void {
    this.#over ??= 'dropped'
    for (const { taken } of this.#waiting.splice(0)) taken()
  }
}
