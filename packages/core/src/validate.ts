/**
 * The protocol as checks. Each message names the clause of `docs/protocol.md` that was broken and the layer that broke it.
 *
 * @module
 */
import { describe, expectedBody, isChunk, isPromise } from './body.ts'
import { layerOf } from './outline.ts'
import type { Application, Body, Environ, StartResponse } from './protocol.ts'
import { plainBody, ValidatedBody } from './validate-body.ts'
import { Call } from './validate-call.ts'
import { checkEnviron } from './validate-environ.ts'
import { validateErrors, validateInput } from './validate-input.ts'
import { ValidatedResponse } from './validate-response.ts'

export interface ValidateOptions {
  /** What messages call the application. @default its function name */
  name?: string
}

/**
 * An application that checks clauses 2 to 5 on both sides: what the gateway, or the layer outside, hands in and does with the answer, and
 * what the application does. Put one around every layer to learn which one is at fault.
 *
 * A violation throws a {@link ProtocolError} at the place where it happens. Where an application catches it, it is thrown again when its answer
 * is handed on, read or closed. A body of an inner validated application that a layer neither read to its end nor disposed of is thrown
 * from `close()` of the layer's own body, and written to `wsgi.errors`.
 *
 * Nothing becomes asynchronous by it: synchronous applications answer without a promise, chunks and lists stay what they are. The application gets
 * a copy of environ. Throws a TypeError when `app` is no function.
 *
 * @example
 * ```ts
 * import { stack, validate } from '@stapel/core'
 *
 * export const app = stack(
 *   function hello(_environ, startResponse) {
 *     startResponse('200 OK', [['Content-Type', 'text/plain']])
 *     return 'Hello'
 *   },
 *   validate,
 * )
 * ```
 */
export function validate(app: Application, options: ValidateOptions = {}): Application {
  if (typeof app !== 'function') {
    throw new TypeError(
      `Got ${describe(app)} for the application to validate; expected an application, which is a function.`,
    )
  }
  const name = options.name ?? (app.name || 'the application')
  function validated(...given: unknown[]): Body | Promise<Body> {
    return run(app, name, given)
  }
  Object.defineProperty(validated, 'name', { value: app.name, configurable: true })
  layerOf.set(validated, { name: 'validate', inner: app })
  return validated
}

function run(app: Application, name: string, given: readonly unknown[]): Body | Promise<Body> {
  const call = new Call(name, given[0])
  // Clause 1: an application is called with environ and startResponse.
  if (given.length !== 2 || typeof given[1] !== 'function') {
    throw call.outer(
      '1',
      `Got ${given.length} arguments, of which the second is ${describe(given[1])}; expected environ and startResponse.`,
    )
  }
  checkEnviron(given[0], call)
  const environ = given[0] as Environ
  const response = new ValidatedResponse(call, given[1] as StartResponse, environ.REQUEST_METHOD)
  const handed: Environ = {
    ...environ,
    'wsgi.input': validateInput(environ['wsgi.input'], call),
    'wsgi.errors': validateErrors(environ['wsgi.errors'], call),
  }
  call.enclose(handed)
  let result: Body | Promise<Body>
  try {
    result = app(handed, response.startResponse)
  } catch (error) {
    throw call.failed(error)
  }
  if (!isPromise(result)) return handOn(call, response, result)
  return result.then(
    (body) => handOn(call, response, body),
    (error) => {
      throw call.failed(error)
    },
  )
}

function handOn(call: Call, response: ValidatedResponse, body: Body): Body {
  // Clause 1: a chunk, a list, or another iterable of chunks.
  if (isChunk(body) || Array.isArray(body)) return plainBody(call, response, body)
  const kinds = Object(body) as Partial<Record<symbol, unknown>>
  if (typeof kinds[Symbol.asyncIterator] !== 'function' && typeof kinds[Symbol.iterator] !== 'function') {
    throw call.failed(call.app('1', `Returned ${describe(body)} for a body; ${expectedBody}`))
  }
  return new ValidatedBody(call, response, body).body
}
