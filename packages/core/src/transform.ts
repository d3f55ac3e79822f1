import { dispose, isPromise } from './body.ts'
import { type Answer, capture } from './capture.ts'
import type { Application, Body, Environ, Middleware, StartResponse } from './protocol.ts'
import { reportTo } from './report.ts'

/** Changes an answer: returns the same or another one, or a promise of it. Whoever drops the body disposes of it. */
export type AnswerEdit = (answer: Answer, environ: Environ) => Answer | Promise<Answer>

/**
 * A middleware of a function that changes answers. Answers that come without a promise are handed on without one; the body is not
 * read beyond its first chunk.
 *
 * @example
 * ```ts
 * import { transform } from '@stapel/core'
 *
 * export const noStore = transform(function noStore(answer) {
 *   return { ...answer, headers: [...answer.headers, ['Cache-Control', 'no-store']] }
 * })
 * ```
 */
export function transform(edit: AnswerEdit): Middleware {
  if (typeof edit !== 'function')
    throw new TypeError(`Got ${String(edit)} for the edit; expected a function.`)
  const middleware: Middleware = (app) => named(edit.name, transformApplication(app, edit))
  return named(edit.name, middleware)
}

function transformApplication(app: Application, edit: AnswerEdit): Application {
  return (environ, startResponse) => {
    const answer = capture(app, environ)
    return isPromise(answer)
      ? answer.then((captured) => finish(captured, environ, startResponse, edit))
      : finish(answer, environ, startResponse, edit)
  }
}

function finish(
  answer: Answer,
  environ: Environ,
  startResponse: StartResponse,
  edit: AnswerEdit,
): Body | Promise<Body> {
  const giveUp = (error: unknown): never => {
    dispose(answer.body, undefined, reportTo(environ))
    throw error
  }
  let edited: Answer | Promise<Answer>
  try {
    edited = edit(answer, environ)
    if (!isPromise(edited)) startResponse(edited.status, edited.headers)
  } catch (error) {
    return giveUp(error)
  }
  if (!isPromise(edited)) return edited.body
  return edited
    .then((settled) => {
      startResponse(settled.status, settled.headers)
      return settled.body
    })
    .catch(giveUp)
}

function named<T extends object>(name: string, value: T): T {
  return Object.defineProperty(value, 'name', { value: name || 'transform', configurable: true })
}
