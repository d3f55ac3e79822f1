import type { ReadOptions } from '@stapel/core'
import { NarrowedContext } from './narrowed-context.ts'

/** A `stapel.context` whose signal aborts also when the time is over, and with it what is being read. */
export class TimedContext extends NarrowedContext {
  #controller: AbortController | undefined
  #expired: Error | undefined
  // Not one promise that all are raced with: it would keep something of each until the request is over.
  #waiting: Set<(error: Error) => void> | undefined

  /** The error that ended the time; `undefined` until then. */
  get expired(): Error | undefined {
    return this.#expired
  }

  override get signal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = new AbortController()
      this.#controller = controller
      const { signal } = this.outer
      if (this.#expired !== undefined) controller.abort(this.#expired)
      else if (signal.aborted) controller.abort(signal.reason)
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true })
    }
    return this.#controller.signal
  }

  // As the signal, both tell of the time as well: who wants to be called has to ask the signal.
  override get gone(): boolean | undefined {
    return this.#expired === undefined ? this.outer.gone : true
  }

  override get onGone(): undefined {
    return undefined
  }

  override read(options?: ReadOptions): Promise<Uint8Array> {
    return this.unlessExpired(this.outer.read(options))
  }

  /** The time is over. */
  expire(error: Error): void {
    this.#expired = error
    for (const reject of this.#waiting ?? []) reject(error)
    this.#waiting = undefined
    this.#controller?.abort(error)
  }

  /** The same promise, which rejects when the time is over before. */
  unlessExpired<T>(promise: Promise<T>): Promise<T> {
    this.#waiting ??= new Set()
    const waiting = this.#waiting
    return new Promise((resolve, reject) => {
      waiting.add(reject)
      if (this.#expired !== undefined) reject(this.#expired)
      promise.then(
        (value) => {
          waiting.delete(reject)
          resolve(value)
        },
        (error) => {
          waiting.delete(reject)
          reject(error)
        },
      )
    })
  }
}

/** `wsgi.input` whose reader does not wait beyond the time, and gets nothing more after it. */
export class AbortableInput implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>
  readonly #context: TimedContext

  constructor(input: AsyncIterable<Uint8Array>, context: TimedContext) {
    this.#input = input
    this.#context = context
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const reader = this.#input[Symbol.asyncIterator]()
    const context = this.#context
    let left = false
    const leave = async (): Promise<void> => {
      if (left) return
      left = true
      await reader.return?.()
    }
    return {
      async next() {
        try {
          if (context.expired !== undefined) throw context.expired
          return await context.unlessExpired(reader.next())
        } catch (error) {
          // Not awaited: what still comes in is left to the gateway (clause 6).
          if (context.expired !== undefined) leave().catch(() => {})
          throw error
        }
      },
      async return() {
        await leave()
        return { done: true, value: undefined }
      },
    }
  }
}
