/**
 * What a request that fails shows in development.
 *
 * The threat: a page with source code and headers for whoever made the request, and the same in production. Only the development server puts this
 * around an application; `stapel serve` does not. It shows what nobody inside answered: an application with error pages of its own
 * answers as in production.
 *
 * @module
 */
import type { Application, Body, Environ, StartResponse } from '@stapel/core'
import { type Answer, capture, isHTTPError, sendAnswer, type TracedOptions, traced } from '@stapel/core/node'
import type { Failure } from './failure.ts'

/**
 * An application whose errors are told to `failed`, once each and whole, in place of `wsgi.errors`, and whose requests are answered with a page
 * about the error where nothing inside answers it. An `HTTPError` is the application's own answer, and stays that.
 *
 * What this is said with is imported when something fails: it would take a good part of the time that a restart takes.
 */
export function showFailures(
  app: Application,
  failed: (failure: Failure) => void,
  options: Pick<TracedOptions, 'refuse'> = {},
): Application {
  /** What is known of each request, by its context, which all its layers share. */
  const states = new WeakMap<object, State>()

  const inner = traced(app, {
    ...options,
    failed(error, _trace, environ) {
      void tell(error, environ).catch((failure) =>
        environ['wsgi.errors'].write(`${String(error)}\n${String(failure)}\n`),
      )
      return true
    },
  })

  function stateOf(environ: Environ): State {
    const context = environ['stapel.context']
    let state = states.get(context)
    if (state === undefined) {
      state = { told: [], begun: false }
      states.set(context, state)
    }
    return state
  }

  /** Describes an error, and tells it unless it was told already. */
  async function tell(error: unknown, environ: Environ): Promise<Failure> {
    const { told, begun } = stateOf(environ)
    const known = told.some((other) => Object.is(other, error))
    if (!known) told.push(error)
    const { requestFailure } = await import('./request-failure.ts')
    const failure = requestFailure(error, environ, begun)
    if (!known) failed(failure)
    return failure
  }

  async function show(error: unknown, environ: Environ, startResponse: StartResponse): Promise<Body> {
    if (isHTTPError(error)) throw error
    const [failure, { answerFailure }] = await Promise.all([
      tell(error, environ),
      import('./failure-page.ts'),
    ])
    const { headers, body } = answerFailure(failure, environ.HTTP_ACCEPT)
    // Clause 3.3: an error is given when it is not undefined.
    startResponse('500 Internal Server Error', headers, error ?? new Error(failure.title))
    return body
  }

  return function shownFailures(environ, startResponse) {
    const caught = (error: unknown): Promise<Body> => show(error, environ, startResponse)
    const send = (answer: Answer): Body => {
      stateOf(environ).begun = true
      return sendAnswer(answer, environ, startResponse)
    }
    try {
      // Nothing of a body is sent, so that none of it is waited for (clause 4.4).
      if (environ.REQUEST_METHOD === 'HEAD') {
        const body = inner(environ, startResponse)
        return isThenable(body) ? body.then(undefined, caught) : body
      }
      const answer = capture(inner, environ)
      return answer instanceof Promise ? answer.then(send, caught) : send(answer)
    } catch (error) {
      return caught(error)
    }
  }
}

interface State {
  /** The errors that were told. */
  readonly told: unknown[]
  /** Whether the answer has begun, so that no page can take its place. */
  begun: boolean
}

function isThenable(body: Body | Promise<Body>): body is Promise<Body> {
  return typeof body === 'object' && 'then' in body
}
