import type { Turn } from './turn.ts'

/** So many requests wait for the application at most; more are answered 503. */
export const WAITING_LIMIT = 1_000
/** So long a request waits at most, in milliseconds; then it is answered 503. */
export const WAITING_TIMEOUT_MS = 30_000

export interface WaitingRequestsOptions {
  /** Who would answer now; `undefined` where the request is to wait. */
  readonly now: () => Turn | undefined
  /** After so many milliseconds `now` may give a turn without a word from {@link WaitingRequests.release}; `Infinity` where it does not. */
  readonly patience: () => number
}

/** The requests that wait for an application, of which there are at most {@link WAITING_LIMIT}. */
export class WaitingRequests {
  readonly #options: WaitingRequestsOptions
  readonly #settles = new Set<(turn: Turn) => void>()

  constructor(options: WaitingRequestsOptions) {
    this.#options = options
  }

  /** Waits for a turn, at most {@link WAITING_TIMEOUT_MS}; `signal` ends the wait of a client that left. */
  wait(signal?: AbortSignal): Turn | Promise<Turn> {
    if (this.#settles.size >= WAITING_LIMIT) {
      return { by: 'nobody', reason: 'Too many requests wait for the application to start.' }
    }
    return new Promise((resolve) => {
      const settle = (turn: Turn): void => {
        clearTimeout(timer)
        this.#settles.delete(settle)
        resolve(turn)
      }
      const since = performance.now()
      let timer: NodeJS.Timeout | undefined
      const look = (): void => {
        const left = since + WAITING_TIMEOUT_MS - performance.now()
        const turn = this.#options.now()
        if (turn !== undefined) settle(turn)
        else if (left <= 0) settle({ by: 'nobody', reason: 'The application is still starting.' })
        // A timer may come a fraction of a millisecond early.
        else timer = setTimeout(look, Math.min(left, this.#options.patience()) + 1)
      }
      this.#settles.add(settle)
      look()
      signal?.addEventListener('abort', () => settle({ by: 'nobody', reason: 'The client has gone.' }), {
        once: true,
      })
    })
  }

  /** Ends every wait with this turn. */
  release(turn: Turn): void {
    for (const settle of this.#settles) settle(turn)
  }
}
