/**
 * Answers 503 at once while the application inside keeps failing.
 *
 * The threat: an application that waits for a database which is away holds every request until it gives up, and each new one makes it worse,
 * also for what it fails on. Once too many requests have failed, none is let in for a while; then one is, and its outcome decides. What is not
 * stopped: an application that is slow and does not fail (put `timeout` inside, whose refusals count), and failures after the first bytes,
 * which are not seen. Where a client can make requests fail at will, it can open the breaker for everybody: 4xx do not count.
 *
 * @module
 */
import {
  type Answer,
  type Application,
  type Body,
  ClientDisconnected,
  capture,
  type Environ,
  isPromise,
  type Middleware,
  parseStatus,
  reportTo,
  type StartResponse,
  sendAnswer,
  toHTTPError,
} from '@stapel/core'
import { type BreakerState, Circuit, type Outcome } from './breaker-circuit.ts'
import { callback, checkOptions, integer, type OptionChecks } from './check-options.ts'
import { Refusal } from './refusal.ts'

export type { BreakerState } from './breaker-circuit.ts'

export interface BreakerOptions {
  /** How many requests have to fail within the window. @default 10 */
  failures?: number | undefined
  /** Which share of the requests of the window has to fail, above 0 and up to 1. @default 0.5 */
  ratio?: number | undefined
  /** For how long a request counts, in milliseconds; forgotten in tenths. @default 10000 */
  window?: number | undefined
  /** For how long none passes, in milliseconds. It is also how long a request that passes while half open is waited for. @default 10000 */
  cooldown?: number | undefined
  /** How many requests, one after the other, have to succeed before all pass again. @default 1 */
  probes?: number | undefined
  /**
   * Whether an answer is a failure: its status (500 for what is thrown and no `HTTPError`), and the error where there is one.
   *
   * @default statuses of 500 and above but for 501
   */
  isFailure?: ((status: number, error: unknown) => boolean) | undefined
  /** Is told when the state changes. @default nobody */
  onChange?: ((state: BreakerState, previous: BreakerState) => void) | undefined
  /** The clock: milliseconds that never go back. @default performance.now */
  now?: (() => number) | undefined
}

/** A middleware that tells its state, to a health check for instance. */
export type Breaker = Middleware & {
  /** What it does with the next request. */
  readonly state: BreakerState
  /** Whole seconds until a request may pass; 0 while closed. */
  readonly retryAfter: number
  /** Closes it, and forgets what it counted. */
  reset(): void
}

/** The 503 of an open breaker, with `Retry-After`. */
export class BreakerOpen extends Refusal {
  static {
    BreakerOpen.prototype.name = 'BreakerOpen'
  }
}

/**
 * Stops calling an application that keeps failing: opens when enough requests within the window have failed, and answers 503 with
 * `Retry-After` at once; after the cooldown it is half open and lets one request pass, whose outcome closes it or opens it again.
 *
 * A request is judged at its commitment, by its status or by what it throws; requests that began before the breaker opened, and clients
 * that leave, decide nothing. All applications that one breaker is put around share its state. Refusals are not logged.
 * `errorPages` and `unavailable` outside show their page for them. Throws a TypeError for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { breaker } from '@stapel/middleware/breaker'
 * import { health } from '@stapel/middleware/health'
 * import { unavailable } from '@stapel/middleware/unavailable'
 *
 * const guard = breaker({ failures: 20, cooldown: 5000 })
 *
 * export const app = stack(
 *   () => {
 *     throw new Error('The database is away')
 *   },
 *   health('/healthz', { checks: { application: guard } }),
 *   unavailable(),
 *   guard,
 * )
 * ```
 */
export function breaker(options: BreakerOptions = {}): Breaker {
  checkOptions('breaker', options, checks)
  const { isFailure = isServerFailure } = options
  // What onChange threw, until there is a log to tell it to.
  const unreported: unknown[] = []
  const circuit = new Circuit({
    failures: options.failures ?? 10,
    ratio: options.ratio ?? 0.5,
    window: options.window ?? 10_000,
    cooldown: options.cooldown ?? 10_000,
    probes: options.probes ?? 1,
    now: options.now ?? (() => performance.now()),
    onChange(state, previous) {
      try {
        options.onChange?.(state, previous)
      } catch (error) {
        unreported.push(error)
      }
    },
  })

  function judge(status: number, error: unknown): Outcome {
    if (error instanceof ClientDisconnected) return undefined
    return isFailure(status, error) ? 'failure' : 'success'
  }

  /** The callbacks are those of an application: one that fails must not cost a request its answer. */
  function record(ticket: number, status: number, error: unknown, environ: Environ): void {
    let outcome: Outcome
    try {
      outcome = judge(status, error)
    } catch (failure) {
      reportTo(environ)(failure)
      outcome = isServerFailure(status) ? 'failure' : 'success'
    }
    circuit.record(ticket, outcome)
    for (const failure of unreported.splice(0)) reportTo(environ)(failure)
  }

  function layer(app: Application): Application {
    return function breaker(environ: Environ, startResponse: StartResponse) {
      const ticket = circuit.admit()
      if (ticket === undefined) {
        return new BreakerOpen(undefined, { retryAfter: circuit.retryAfter }).respond(environ, startResponse)
      }
      const failed = (error: unknown): never => {
        record(ticket, toHTTPError(error).status, error, environ)
        throw error
      }
      const succeeded = (answer: Answer): Body => {
        record(ticket, parseStatus(answer.status).code, answer.error, environ)
        return sendAnswer(answer, environ, startResponse)
      }
      let answer: Answer | Promise<Answer>
      try {
        answer = capture(app, environ)
      } catch (error) {
        return failed(error)
      }
      return isPromise(answer) ? answer.then(succeeded, failed) : succeeded(answer)
    }
  }
  return Object.defineProperties(layer, {
    name: { value: 'breaker' },
    state: { get: () => circuit.state, enumerable: true },
    retryAfter: { get: () => circuit.retryAfter, enumerable: true },
    reset: { value: () => circuit.reset() },
  }) as Breaker
}

function isServerFailure(status: number): boolean {
  return status >= 500 && status !== 501
}

const milliseconds = integer(1, 86_400_000, 'milliseconds')

const checks: OptionChecks<BreakerOptions> = {
  failures: integer(1, 1_000_000, 'a number of requests'),
  ratio: {
    expected: 'a share above 0 and up to 1',
    accepts: (value) => typeof value === 'number' && value > 0 && value <= 1,
  },
  window: milliseconds,
  cooldown: milliseconds,
  probes: integer(1, 1_000_000, 'a number of requests'),
  isFailure: callback('a function that gets status and error, and gives true for a failure'),
  onChange: callback('a function that gets the state and the one before'),
  now: callback('a function that gives milliseconds'),
}
