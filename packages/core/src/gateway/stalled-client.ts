import type { ServerResponse } from 'node:http'

/**
 * Cuts off a client that has stopped taking its answer.
 *
 * The threat: a client that asks for much and reads nothing keeps a body open, with its file or its database cursor, for as long as it
 * likes, and it costs the client nothing. Watched is only the time in which an answer waits for its client, never that in which an
 * application thinks. A client that takes a byte now and then is not stopped.
 *
 * @module
 */
export class StalledClient {
  readonly #res: ServerResponse
  readonly #milliseconds: number
  #listening = false
  /** The timeout that the connection had before. */
  #before = 0

  /** `milliseconds` of 0 watch nothing. */
  constructor(res: ServerResponse, milliseconds: number) {
    this.#res = res
    this.#milliseconds = milliseconds
  }

  /** The answer waits for its client from now on. */
  watch(): void {
    if (this.#milliseconds === 0) return
    const res = this.#res
    if (!this.#listening) {
      this.#listening = true
      this.#before = res.socket?.timeout ?? 0
      res.on('timeout', () => res.destroy())
    }
    res.setTimeout(this.#milliseconds)
  }

  /** The client has taken something. */
  rest(): void {
    if (this.#listening) this.#res.setTimeout(this.#before)
  }
}
