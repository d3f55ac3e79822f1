import { ServiceUnavailable } from '@stapel/core'

/**
 * Runs work of which each piece takes much memory or processor time, a few at a time; the rest waits in order.
 *
 * Throws a `ServiceUnavailable` when `limit` pieces wait already.
 */
export class WorkQueue {
  readonly #concurrency: number
  readonly #limit: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(concurrency: number, limit: number) {
    this.#concurrency = concurrency
    this.#limit = limit
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) await this.#turn()
    else this.#running++
    try {
      return await work()
    } finally {
      // The place goes to the next one at once, so that nobody overtakes it.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#limit) {
      throw new ServiceUnavailable(undefined, {
        message: `${this.#limit} pieces of work wait already.`,
        retryAfter: 1,
      })
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}
