import { describe, dispose, isPromise } from './body.ts'
import { type Answer, capture } from './capture.ts'
import type { Application, Body, Environ, Middleware, StartResponse } from './protocol.ts'
import { reportTo } from './report.ts'
import { sendAnswer } from './send-answer.ts'

/**
 * Changes an answer: returns the same or another one, or a promise of it. It disposes of a body that it does not hand on; when it
 * throws, that is done for it (twice does no harm).
 */
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
    throw new TypeError(`Got ${describe(edit)} for the edit; expected a function.`)
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
  const giveUp = (body: Body, error: unknown): never => {
    dispose(body, undefined, reportTo(environ))
    throw error
  }
  // From here on the body is that of the edited answer; the edit has disposed of another one.
  const send = (edited: Answer): Body => {
    if (!isAnswer(edited)) {
      const message = `Got ${describe(edited)} from the edit; expected an answer, { status, headers, body }.`
      return giveUp(answer.body, new TypeError(message))
    }
    return sendAnswer(edited, environ, startResponse)
  }
  let edited: Answer | Promise<Answer>
  try {
    edited = edit(answer, environ)
  } catch (error) {
    return giveUp(answer.body, error)
  }
  return isPromise(edited) ? edited.then(send, (error) => giveUp(answer.body, error)) : send(edited)
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'status' in value && 'body' in value
}

function named<T extends object>(name: string, value: T): T {
  return Object.defineProperty(value, 'name', { value: name || 'transform', configurable: true })
}
