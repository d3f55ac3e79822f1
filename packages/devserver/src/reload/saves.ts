/** So long after a change the application is started, in milliseconds, so that several saves cause one start. */
export const DEBOUNCE_MS = 30
/** Saves that go on and on put it off by no more than this, in milliseconds. */
export const DEBOUNCE_LIMIT_MS = 500
/**
 * A start that a save made useless doubles the limit for the next one, and quadruples the time after a change, up to these, in milliseconds, until an
 * application is ready: what saves in a storm, as a checkout or a generator does, gets one start at its end and few before.
 */
export const STORM_DEBOUNCE_MS = 500
export const STORM_LIMIT_MS = 2_000

/** Gathers saves that belong together: tells of them at once, when there is some quiet or when they have gone on for long. */
export class Saves {
  readonly #settled: (files: readonly string[]) => void
  readonly #files = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #firstAt = 0
  /** The starts, since an application was ready, that a save made useless. */
  #wasted = 0

  /** `settled` gets the files that were saved, each once; none where a restart was asked for without a save. */
  constructor(settled: (files: readonly string[]) => void) {
    this.#settled = settled
  }

  /** A file was saved, or a restart asked for; `wasted` where an application was being started, and that was in vain. */
  add(path: string | undefined, wasted: boolean): void {
    if (this.#files.size === 0) this.#firstAt = performance.now()
    if (path !== undefined) this.#files.add(path)
    if (wasted) this.#wasted++
    clearTimeout(this.#timer)
    const limit = Math.min(DEBOUNCE_LIMIT_MS * 2 ** this.#wasted, STORM_LIMIT_MS)
    const left = limit - (performance.now() - this.#firstAt)
    const wait = Math.min(DEBOUNCE_MS * 4 ** this.#wasted, STORM_DEBOUNCE_MS, left)
    this.#timer = setTimeout(() => this.#settle(), Math.max(0, wait))
  }

  /** Whether there are some that were not told of yet. */
  get pending(): boolean {
    return this.#timer !== undefined
  }

  /** An application is ready: what is saved from now on is no part of a storm. */
  calm(): void {
    this.#wasted = 0
  }

  /** Tells of nothing any more. */
  close(): void {
    clearTimeout(this.#timer)
  }

  #settle(): void {
    this.#timer = undefined
    const files = [...this.#files]
    this.#files.clear()
    this.#settled(files)
  }
}
