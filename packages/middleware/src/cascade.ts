/**
 * Asks applications in turn, and hands on the first answer that is one.
 *
 * The threat: what an application that was passed over leaves behind. An open file of its body, a user or a path that it put into environ for the next to
 * believe, half a request body that the next takes for the whole. So bodies are given up at once, each application gets a copy of environ, and one
 * that has begun to read `wsgi.input` has the last word. What is not stopped: whatever else an application does before it answers 404 is done.
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
  isHTTPError,
  isPromise,
  type Outlined,
  outline,
  outlineSymbol,
  parseStatus,
  reportTo,
  type StartResponse,
  sendAnswer,
} from '@stapel/core'
import { checkOptions, type OptionChecks, show } from './check-options.ts'

export interface CascadeOptions {
  /** The statuses that make it ask the next, from 200 to 999. @default [404, 405] */
  statuses?: readonly number[] | undefined
}

/**
 * An application that hands each request to the first of several, to the next where that answers 404 or 405, and so on; the answer of the
 * last is handed on whatever it is.
 *
 * A thrown `HTTPError` of these statuses counts as an answer; any other error is thrown on. An answer is judged at its commitment (clause 3.2), and not
 * buffered: a stream begins with its first chunk. Each application gets a copy of environ with the same `stapel.context`: a body that one has read by
 * `stapel.context.read` is there for the next. One that has begun to read `wsgi.input` itself has the last word: its answer is handed on, since the next would take the
 * rest of the body for all of it. Synchronous for as long as the applications are.
 *
 * Throws a TypeError for a list that is none or empty, for what is no application, and for options that are wrong.
 *
 * @example
 * ```ts
 * import { type Application, NotFound } from '@stapel/core'
 * import { cascade } from '@stapel/middleware/cascade'
 *
 * const files: Application = (environ) => {
 *   throw new NotFound(`There is no file ${environ.PATH_INFO}.`)
 * }
 * const pages: Application = (_environ, startResponse) => {
 *   startResponse('200 OK', [['Content-Type', 'text/plain']])
 *   return 'A page'
 * }
 *
 * export const app = cascade([files, pages])
 * ```
 */
export function cascade(apps: readonly Application[], options: CascadeOptions = {}): Application {
  checkApplications(apps)
  checkOptions('cascade', options, checks)
  const before = apps.slice(0, -1)
  const last = apps.at(-1) as Application
  const passed: ReadonlySet<number> = new Set(options.statuses ?? [404, 405])

  function ask(i: number, environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
    const app = before[i]
    if (app === undefined) return last({ ...environ }, startResponse)
    const input = new WatchedInput(environ['wsgi.input'])
    const next = (): Body | Promise<Body> => ask(i + 1, environ, startResponse)
    const judge = (answer: Answer): Body | Promise<Body> => {
      const goesOn = passed.has(parseStatus(answer.status).code) && !input.begun
      if (!goesOn) return sendAnswer(answer, environ, startResponse)
      dispose(answer.body, undefined, reportTo(environ))
      return next()
    }
    const fail = (error: unknown): Body | Promise<Body> => {
      if (!isHTTPError(error) || error instanceof ClientDisconnected) throw error
      if (!passed.has(error.status) || input.begun) throw error
      return next()
    }
    let answer: Answer | Promise<Answer>
    try {
      answer = capture(app, { ...environ, 'wsgi.input': input })
    } catch (error) {
      return fail(error)
    }
    return isPromise(answer) ? answer.then(judge, fail) : judge(answer)
  }

  function cascade(environ: Environ, startResponse: StartResponse): Body | Promise<Body> {
    return ask(0, environ, startResponse)
  }
  const all = [...apps]
  const outlined: Outlined = { [outlineSymbol]: () => all.map((app) => outline(app).root) }
  return Object.assign(cascade, outlined)
}

/** A `wsgi.input` that knows whether somebody has begun to read it: what is gone then, nobody else gets. */
class WatchedInput implements AsyncIterable<Uint8Array> {
  begun = false
  readonly #input: AsyncIterable<Uint8Array>

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.begun = true
    return this.#input[Symbol.asyncIterator]()
  }
}

const checks: OptionChecks<CascadeOptions> = {
  statuses: {
    expected: 'a list of at least one status, each an integer from 200 to 999',
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isStatus),
  },
}

function isStatus(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 999
}

function checkApplications(apps: readonly Application[]): void {
  if (!Array.isArray(apps) || apps.length === 0) {
    throw new TypeError(
      `cascade: got ${show(apps)} for the applications; expected a list of at least one, as in [files, pages].`,
    )
  }
  for (const app of apps) {
    if (typeof app !== 'function')
      throw new TypeError(`cascade: got ${show(app)} among the applications; expected a function.`)
  }
}
