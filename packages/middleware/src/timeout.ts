/**
 * Answers 503 where the application takes too long.
 *
 * The threat: a request that waits for something that never comes holds its connection, its memory and its place in a queue, and its client
 * goes on waiting. Here the client gets an answer, and the application is told by its signal that nobody wants its own. What is not stopped:
 * a loop that never gives control back, for no timer runs then, and work that does not listen to the signal.
 *
 * @module
 */
import {
  type Answer,
  type Application,
  type Body,
  ClientDisconnected,
  capture,
  dispose,
  type Environ,
  isPromise,
  type Middleware,
  reportTo,
  type StartResponse,
} from '@stapel/core'
import { checkOptions, integer, type OptionCheck, type OptionChecks, show } from './check-options.ts'
import { compileExcept, type Except, exceptCheck } from './except.ts'
import { Refusal } from './refusal.ts'
import { TimedBody } from './timeout-body.ts'
import { AbortableInput, TimedContext } from './timeout-context.ts'

export type { Except } from './except.ts'

export interface TimeoutOptions {
  /**
   * What becomes of a body that is under way when the time is over: `'leave'` sends it to its end, `'cut'` ends the connection, so that the client
   * sees a broken message.
   *
   * @default 'leave'
   */
  body?: 'leave' | 'cut' | undefined
  /** `Retry-After` of the 503, in seconds. @default none */
  retryAfter?: number | undefined
  /** Requests that may take as long as they like, such as uploads. @default none */
  except?: Except | undefined
}

/** The longest time that timers of all hosts keep: 2147483647 ms, nearly 25 days. */
export const TIMEOUT_LIMIT = 2_147_483_647

/** The 503 of an application that took too long. */
export class TimedOut extends Refusal {
  static {
    TimedOut.prototype.name = 'TimedOut'
  }
}

/**
 * Throws a {@link TimedOut}, which answers 503, when the application has not begun its answer, with its first non-empty chunk, within `ms`
 * milliseconds.
 *
 * The application gets a `stapel.context` of its own, whose signal aborts then (with the error as its reason) as well as when the client
 * leaves; what it waits for in `wsgi.input` and in `stapel.context.read` rejects, its body is disposed of, also one that it returns later. What it
 * throws later is logged. A WebSocket that was accepted has no limit. Throws a TypeError for what is no time and for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { timeout } from '@stapel/middleware/timeout'
 *
 * export const app = stack(async (environ, startResponse) => {
 *   const answer = await fetch('https://example.org/', { signal: environ['stapel.context'].signal })
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return await answer.text()
 * }, timeout(5000))
 * ```
 */
export function timeout(ms: number, options: TimeoutOptions = {}): Middleware {
  if (!time.accepts(ms))
    throw new TypeError(`timeout: got ${show(ms)} for the time; expected ${time.expected}.`)
  checkOptions('timeout', options, checks)
  const { body = 'leave', retryAfter } = options
  const isExcepted = compileExcept('timeout', options.except)
  const timing: Timing = {
    ms,
    cuts: body === 'cut',
    makeError: () =>
      new TimedOut(undefined, {
        message: `The application took longer than ${ms} ms.`,
        ...(retryAfter === undefined ? undefined : { retryAfter }),
      }),
  }

  return function timeout(app: Application): Application {
    return function timeout(environ: Environ, startResponse: StartResponse) {
      return isExcepted(environ)
        ? app(environ, startResponse)
        : new TimedCall(timing, environ, startResponse).run(app)
    }
  }
}

const time: OptionCheck = integer(1, TIMEOUT_LIMIT, 'milliseconds')

const checks: OptionChecks<TimeoutOptions> = {
  body: { expected: "'leave' or 'cut'", accepts: (value) => value === 'leave' || value === 'cut' },
  retryAfter: integer(0, 31_536_000, 'seconds'),
  except: exceptCheck,
}

interface Timing {
  readonly ms: number
  readonly cuts: boolean
  readonly makeError: () => TimedOut
}

/** One request that has to be answered in time. */
class TimedCall {
  readonly #timing: Timing
  readonly #environ: Environ
  readonly #startResponse: StartResponse
  readonly #context: TimedContext
  readonly #report: (error: unknown) => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #onExpiry: ((error: TimedOut) => void) | undefined
  #expired = false
  #accepted = false

  constructor(timing: Timing, environ: Environ, startResponse: StartResponse) {
    this.#timing = timing
    this.#environ = environ
    this.#startResponse = startResponse
    this.#context = new TimedContext(environ['stapel.context'])
    this.#report = reportTo(environ)
  }

  run(app: Application): Body | Promise<Body> {
    const answer = capture(app, this.#narrowedEnviron())
    // What is there already needs no timer, but for a body that may take its time.
    if (!isPromise(answer)) return this.#hand(answer)
    if (!this.#accepted) this.#startTimer()
    return new Promise<Body>((resolve, reject) => {
      this.#onExpiry = reject
      answer
        .then(
          (settled) => {
            if (this.#expired) dispose(settled.body, undefined, this.#report)
            else resolve(this.#hand(settled))
          },
          (error) => {
            if (this.#expired) this.#tooLate(error)
            else throw error
          },
        )
        .catch((error) => {
          this.#stop()
          reject(error)
        })
    })
  }

  #narrowedEnviron(): Environ {
    const environ = this.#environ
    const copy: Environ = {
      ...environ,
      'wsgi.input': new AbortableInput(environ['wsgi.input'], this.#context),
      'stapel.context': this.#context,
    }
    const upgrade = environ['wsgi.websocket']
    if (upgrade !== undefined) {
      copy['wsgi.websocket'] = {
        protocols: upgrade.protocols,
        accept: (options) => {
          this.#accepted = true
          this.#stop()
          return upgrade.accept(options)
        },
      }
    }
    return copy
  }

  #hand({ status, headers, body, error }: Answer): Body {
    try {
      this.#startResponse(status, headers, error)
    } catch (failure) {
      this.#stop()
      dispose(body, undefined, this.#report)
      throw failure
    }
    if (!this.#timing.cuts || typeof body === 'string' || body instanceof Uint8Array || Array.isArray(body)) {
      this.#stop()
      return body
    }
    this.#onExpiry = undefined
    if (this.#timer === undefined && !this.#accepted) this.#startTimer()
    return new TimedBody(body, this.#context, () => this.#stop(), this.#report)
  }

  #startTimer(): void {
    this.#timer = setTimeout(() => {
      this.#expired = true
      const error = this.#timing.makeError()
      // First the answer: whoever hears of the abort shall not be able to answer in its place.
      this.#onExpiry?.(error)
      this.#context.expire(error)
    }, this.#timing.ms)
  }

  #stop(): void {
    clearTimeout(this.#timer)
  }

  /** What fails because it was aborted has nothing to tell. */
  #tooLate(error: unknown): void {
    const aborted = error === this.#context.expired || (error as Error | undefined)?.name === 'AbortError'
    if (!aborted && !(error instanceof ClientDisconnected)) this.#report(error)
  }
}
