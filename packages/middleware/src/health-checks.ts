import { formatError } from '@stapel/core'
import type { BreakerState } from './breaker-circuit.ts'

/**
 * A function that throws, rejects or gives `false` where something is wrong, and that stops waiting when its signal aborts; or what has a state, as
 * a breaker has, which is wrong while it is `'open'`.
 */
export type HealthCheck = ((signal: AbortSignal) => unknown) | { readonly state: BreakerState }

/** What a check found. */
export interface HealthResult {
  readonly status: 'pass' | 'fail'
  /** How long it took, in whole milliseconds. */
  readonly time: number
  /** The state of what has one. */
  readonly state?: BreakerState
  /** What was thrown, without its stack. */
  readonly error?: string
}

/** What all checks found. */
export interface HealthReport {
  readonly status: 'pass' | 'fail'
  readonly checks: Readonly<Record<string, HealthResult>>
}

export interface HealthChecksOptions {
  readonly timeout: number
  readonly cache: number
  readonly now: () => number
}

/** Runs checks: each once at a time, and all of them once for everybody who asks within a while. */
export class HealthChecks {
  readonly #checks: readonly (readonly [name: string, check: HealthCheck])[]
  readonly #options: HealthChecksOptions
  /** Checks that have not come back, also of earlier runs: a call that hangs is not joined by another one at every run. */
  readonly #running: Set<string> = new Set()
  readonly #failing: Set<string> = new Set()
  #report: Promise<HealthReport> | undefined
  #endedAt = Number.NaN

  constructor(checks: Readonly<Record<string, HealthCheck>>, options: HealthChecksOptions) {
    this.#checks = Object.entries(checks)
    this.#options = options
  }

  /** The last report where it is young enough or not yet complete, otherwise a new one. `log` is told when a check begins to fail or to pass. */
  report(log: (text: string) => void): Promise<HealthReport> {
    const { cache, now } = this.#options
    if (this.#report !== undefined && (Number.isNaN(this.#endedAt) || now() - this.#endedAt < cache)) {
      return this.#report
    }
    this.#endedAt = Number.NaN
    this.#report = this.#run(log).finally(() => {
      this.#endedAt = now()
    })
    return this.#report
  }

  async #run(log: (text: string) => void): Promise<HealthReport> {
    const results = await Promise.all(
      this.#checks.map(async ([name, check]) => [name, await this.#check(name, check, log)] as const),
    )
    const status = results.every(([, result]) => result.status === 'pass') ? 'pass' : 'fail'
    return { status, checks: Object.fromEntries(results) }
  }

  async #check(name: string, check: HealthCheck, log: (text: string) => void): Promise<HealthResult> {
    const { now } = this.#options
    const begun = now()
    const state = stateOf(check)
    let failure: { readonly error: unknown } | undefined
    if (state !== undefined) {
      if (state === 'open') failure = { error: new Error('The breaker is open.') }
    } else {
      try {
        await this.#call(name, check as (signal: AbortSignal) => unknown)
      } catch (error) {
        failure = { error }
      }
    }
    this.#tell(name, failure, log)
    return {
      status: failure === undefined ? 'pass' : 'fail',
      time: Math.round(now() - begun),
      ...(state === undefined ? undefined : { state }),
      ...(failure === undefined ? undefined : { error: shortly(failure.error) }),
    }
  }

  async #call(name: string, check: (signal: AbortSignal) => unknown): Promise<void> {
    if (this.#running.has(name)) throw new Error('The check before this one has not ended.')
    const { timeout } = this.#options
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`The check took longer than ${timeout} ms.`)
        // First the outcome: the check may answer to the abort in its own way.
        reject(error)
        controller.abort(error)
      }, timeout)
    })
    this.#running.add(name)
    const call = (async () => check(controller.signal))().finally(() => this.#running.delete(name))
    try {
      if ((await Promise.race([late, call])) === false) throw new Error('The check gave false.')
    } finally {
      clearTimeout(timer)
    }
  }

  /** One line for each change: an orchestrator asks every few seconds, and the log is not to say the same each time. */
  #tell(name: string, failure: { readonly error: unknown } | undefined, log: (text: string) => void): void {
    if (failure !== undefined && !this.#failing.has(name)) {
      this.#failing.add(name)
      log(`health: ${name} fails: ${formatError(failure.error)}\n`)
    } else if (failure === undefined && this.#failing.delete(name)) {
      log(`health: ${name} passes again.\n`)
    }
  }
}

/** A breaker is a function, too. */
function stateOf(check: HealthCheck): BreakerState | undefined {
  return 'state' in check ? check.state : undefined
}

function shortly(error: unknown): string {
  try {
    return String(error).slice(0, 500)
  } catch {
    return 'A value that cannot be shown was thrown.'
  }
}
