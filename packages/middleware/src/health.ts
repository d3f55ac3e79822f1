/**
 * Tells orchestrators and monitors whether the application can do its work.
 *
 * The threat: an address that anybody may ask, and that asks the database each time, is a way to overload the database; one that shows what
 * failed tells strangers how the inside is built. Here checks run at most once at a time and once in a while, however many ask, and strangers
 * get one word. What is not stopped: anybody may know that word; a check that never ends keeps what it holds, but for its signal.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Environ,
  MethodNotAllowed,
  type Middleware,
  reportTo,
  type StartResponse,
} from '@stapel/core'
import { normalizePath } from '@stapel/core/http'
import { callback, checkOptions, integer, type OptionChecks, show } from './check-options.ts'
import { type HealthCheck, HealthChecks, type HealthReport } from './health-checks.ts'

export type { HealthCheck, HealthReport, HealthResult } from './health-checks.ts'

export interface HealthOptions {
  /** What is checked, by name; all at the same time. @default {}, which passes for as long as the process answers */
  checks?: Readonly<Record<string, HealthCheck>> | undefined
  /** How long a check may take, in milliseconds; then it has failed and its signal aborts. @default 2000 */
  timeout?: number | undefined
  /** For how long a report answers all who ask, in milliseconds from its end. @default 1000 */
  cache?: number | undefined
  /**
   * Whether an answer tells what each check found: its name, time and error; or a function that says so of a request.
   *
   * @default false
   */
  details?: boolean | ((environ: Environ) => boolean) | undefined
  /** The clock: milliseconds that never go back. @default performance.now */
  now?: (() => number) | undefined
}

/**
 * Answers GET and HEAD for one path: 200 and `{"status":"pass"}` where all checks pass, 503 and `{"status":"fail"}` where one does not; other
 * methods get a 405. Everything else goes to the application inside, as it came.
 *
 * The path is compared with `PATH_INFO`, in normal form. A check that has not ended is not called again: it fails until it has. The log gets a
 * line when a check begins to fail and when it passes again. Throws a TypeError for what is no path and for options that are wrong.
 *
 * @example
 * ```ts
 * import { stack } from '@stapel/core'
 * import { breaker } from '@stapel/middleware/breaker'
 * import { health } from '@stapel/middleware/health'
 *
 * const guard = breaker()
 *
 * export const app = stack(
 *   (_environ, startResponse) => {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return 'Hello'
 *   },
 *   health('/healthz', {
 *     checks: {
 *       application: guard,
 *       async upstream(signal) {
 *         return (await fetch('https://example.org/', { signal })).ok
 *       },
 *     },
 *     details: ({ REMOTE_ADDR }) => REMOTE_ADDR === '127.0.0.1',
 *   }),
 *   guard,
 * )
 * ```
 */
export function health(path: string, options: HealthOptions = {}): Middleware {
  const address = parsePath(path)
  checkOptions('health', options, optionChecks)
  const { details = false } = options
  const checks = new HealthChecks(options.checks ?? {}, {
    timeout: options.timeout ?? 2000,
    cache: options.cache ?? 1000,
    now: options.now ?? (() => performance.now()),
  })

  function isTold(environ: Environ): boolean {
    if (typeof details === 'boolean') return details
    try {
      return details(environ) === true
    } catch (error) {
      reportTo(environ)(error)
      return false
    }
  }

  async function answer(environ: Environ, startResponse: StartResponse): Promise<Body> {
    const report = await checks.report((text) => environ['wsgi.errors'].write(text))
    startResponse(report.status === 'pass' ? '200 OK' : '503 Service Unavailable', [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
    ])
    const shown: HealthReport | { status: string } = isTold(environ) ? report : { status: report.status }
    return `${JSON.stringify(shown)}\n`
  }

  return function health(app: Application): Application {
    return function health(environ: Environ, startResponse: StartResponse) {
      if (environ.PATH_INFO !== address) return app(environ, startResponse)
      const method = environ.REQUEST_METHOD
      return method === 'GET' || method === 'HEAD'
        ? answer(environ, startResponse)
        : new MethodNotAllowed(['GET', 'HEAD']).respond(environ, startResponse)
    }
  }
}

function parsePath(path: unknown): string {
  const address = typeof path === 'string' && /^\/[^?#]*$/.test(path) ? normalizePath(path) : undefined
  if (address !== undefined) return address
  throw new TypeError(
    `health: got ${show(path)} for the path; expected one that begins with /, as in '/healthz'.`,
  )
}

const optionChecks: OptionChecks<HealthOptions> = {
  checks: {
    expected: 'an object of functions, or of what has a state, by name',
    accepts: (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every(
        (check) =>
          typeof check === 'function' || typeof (check as { state?: unknown } | null)?.state === 'string',
      ),
  },
  timeout: integer(1, 2_147_483_647, 'milliseconds'),
  cache: integer(0, 86_400_000, 'milliseconds'),
  details: {
    expected: 'true, false, or a function that gets environ and gives one of them',
    accepts: (value) => typeof value === 'boolean' || typeof value === 'function',
  },
  now: callback('a function that gives milliseconds'),
}
