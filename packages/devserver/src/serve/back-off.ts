/** So long a worker that ended is waited with before another one starts, in milliseconds; doubled for each that does not last. */
export const BACK_OFF_MS = 100
/** It is never longer than this, in milliseconds. */
export const BACK_OFF_LIMIT_MS = 30_000
/** A worker that took requests for so long, in milliseconds, has lasted. */
export const STEADY_MS = 10_000

/** How long to wait before a worker is started again, so that one that cannot last does not take the machine. */
export class BackOff {
  #failures = 0

  /** Milliseconds to wait after a worker that took requests for `lasted` milliseconds; 0 for one that never did. */
  after(lasted: number): number {
    if (lasted >= STEADY_MS) this.#failures = 0
    return Math.min(BACK_OFF_MS * 2 ** this.#failures++, BACK_OFF_LIMIT_MS)
  }
}
