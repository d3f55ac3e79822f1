/** An application that ends after having been ready for so long, in milliseconds, has lasted: its next end is the first one again. */
export const STEADY_MS = 1_000
/** So often in a row an application that ends soon after its start is started again at once. */
export const QUICK_RESTARTS = 3
/** So long is waited before the next one, in milliseconds; doubled for each that follows. */
export const RESTART_PAUSE_MS = 500
/** So often in a row it is started again by itself. Then a save does, or a request. */
export const RESTART_LIMIT = 7
/** Requests start it from then on, so long after its last end, in milliseconds: whoever asks often does not have it started often. */
export const RESTART_REST_MS = 5_000

/** What follows the end of an application. */
export interface Restart {
  /** Milliseconds until it is started again by itself; `undefined` where it is not. */
  readonly wait: number | undefined
  /**
   * How often it has ended in a row, each time soon after its start; where it is not started again by itself, a save does, and a request. 0 for code
   * that was never ready, which a save has to mend.
   */
  readonly ends: number
}

/** How soon an application that ended is started again. What it ran into may have passed, since its code was ready once; but one that cannot last does not start for ever. */
export class Restarts {
  #ends = 0
  #proven = false

  /** The application is ready, as it is saved now. */
  ready(): void {
    this.#proven = true
  }

  /** It was saved, or a restart was asked for: nothing is known of it. */
  reset(): void {
    this.#proven = false
    this.#ends = 0
  }

  /** What follows the end of an application that was ready for so many milliseconds; 0 for one that never was. */
  after(lasted: number): Restart {
    if (!this.#proven) return { wait: undefined, ends: 0 }
    if (lasted > STEADY_MS) this.#ends = 0
    const ends = ++this.#ends
    const wait = ends <= QUICK_RESTARTS ? 0 : RESTART_PAUSE_MS * 2 ** (ends - QUICK_RESTARTS - 1)
    return { wait: ends <= RESTART_LIMIT ? wait : undefined, ends }
  }
}

/** What a client is told that asks for an application that ended; `undefined` where a save alone starts it again. */
export function restartText({ wait, ends }: Restart): string | undefined {
  if (wait === 0) return 'The application is started again.'
  if (wait !== undefined)
    return `The application ended soon after its start; it is started again within ${wait / 1000} s.`
  if (ends === 0) return undefined
  return `The application ended ${ends} times in a row, each time soon after its start. Saving one of its files starts it again, and so does asking again, ${RESTART_REST_MS / 1000} s after that.`
}
