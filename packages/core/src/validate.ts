/**
 * The protocol as checks. Each message names the clause of `docs/protocol.md` that was broken and the layer that broke it.
 *
 * @module
 */
import { describe, expectedInstead, isChunk, isPromise } from './body.ts'
import { checkApplication } from './check-application.ts'
import { checkOptions, flag, type OptionChecks, text } from './check-options.ts'
import { withoutJoint } from './joint.ts'
import { layerOf } from './outline.ts'
import type { Application, Body, Chunk, Environ, StartResponse } from './protocol.ts'
import { plainBody, validatedBody } from './validate-body.ts'
import { Call, type Subject } from './validate-call.ts'
import { checkEnviron } from './validate-environ.ts'
import { checkGateway } from './validate-gateway.ts'
import { validateErrors, validateInput } from './validate-input.ts'
import { ValidatedResponse } from './validate-response.ts'
import { ValidatedEnviron } from './validated-environ.ts'
import { validations } from './validation-link.ts'

/** What {@link validate} checks, and what it calls it. */
export interface ValidateOptions {
  /** What messages call the application. @default the name of the layer or function */
  name?: string | undefined
  /** Whether the layers of the stacks inside are checked one by one as well. @default true */
  layers?: boolean | undefined
  /**
   * Whether a gateway calls the application, and no layer does. It is then named in messages, and what only gateways have to keep is
   * checked, too: one environ and one context a request, its path against `REQUEST_URI` (clause 2), and that nothing is read of a body that is
   * not sent (clause 4.4).
   *
   * @default false
   */
  gateway?: boolean | undefined
}

/**
 * An application that checks clauses 1 to 7 on both sides: what the gateway, or the layer outside, hands in and does with the answer, and
 * what the application does. It is a middleware: named first in a {@link stack}, or put around a finished one, it also stands between each
 * two layers, so that a message names the one at fault.
 *
 * A violation throws a {@link ProtocolError} at the place where it happens. Where an application catches it, it is thrown again when its answer
 * is handed on, read or closed. A body of an inner validated application that a layer neither read to its end nor disposed of is thrown
 * from `close()` of the layer's own body, and written to `wsgi.errors`.
 *
 * Nothing becomes asynchronous by it: synchronous applications answer without a promise, chunks and lists stay what they are. The application gets
 * a copy of environ, and what it changes there is changed in the original when control comes back. Throws a TypeError when `app` is no
 * function and for an unknown option.
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
  checkApplication(app)
  checkOptions(options, checks, 'validate()')
  validations.made = true
  const inner = withoutJoint(app)
  const subject: Subject = {
    app: inner,
    name: options.name ?? nameOf(inner),
    gateway: options.gateway ?? false,
    between: options.layers === false ? asItIs : validatedOnce,
  }
  function validated(...given: unknown[]): Body | Promise<Body> {
    return run(subject, given)
  }
  Object.defineProperty(validated, 'name', { value: inner.name, configurable: true })
  layerOf.set(validated, { name: 'validate', inner })
  names.set(validated, subject.name)
  return validated
}

const checks: OptionChecks<ValidateOptions> = { name: text, layers: flag, gateway: flag }

/** What messages call the validated applications. */
const names = new WeakMap<Application, string>()

function nameOf(app: Application): string {
  const known = names.get(app)
  if (known !== undefined) return known
  const layer = layerOf.get(app)
  if (layer === undefined) return app.name || 'the application'
  return layer.name === 'anonymous' ? `the layer around ${nameOf(layer.inner)}` : layer.name
}

const betweens = new WeakMap<Application, Application>()

/** The same application inside a validator, which is made when it is first called. */
function validatedOnce(app: Application): Application {
  let validated = names.has(app) ? app : betweens.get(app)
  if (validated === undefined) {
    validated = validate(app)
    betweens.set(app, validated)
  }
  return validated
}

function asItIs(app: Application): Application {
  return app
}

function run(subject: Subject, given: readonly unknown[]): Body | Promise<Body> {
  const call = new Call(subject, given[0])
  // Clause 1: an application is called with environ and startResponse.
  if (given.length !== 2 || typeof given[1] !== 'function') {
    throw call.outer(
      '1',
      `Got ${given.length} arguments, of which the second is ${describe(given[1])}; expected environ and startResponse.`,
    )
  }
  const extensions = checkEnviron(given[0], call)
  const environ = given[0] as Environ
  if (call.byGateway) checkGateway(environ, call)
  const response = new ValidatedResponse(call, given[1] as StartResponse, environ.REQUEST_METHOD)
  const replaced = {
    'wsgi.input': validateInput(environ, call),
    'wsgi.errors': validateErrors(environ['wsgi.errors'], call),
  }
  call.environ = new ValidatedEnviron(environ, replaced, extensions, call)
  let result: Body | Promise<Body>
  try {
    result = subject.app(call.environ.handed, response.startResponse)
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
  if (isChunk(body) || Array.isArray(body)) {
    return plainBody(call, response, body as Chunk | readonly Chunk[])
  }
  const kinds = Object(body) as Partial<Record<symbol, unknown>>
  if (typeof kinds[Symbol.asyncIterator] !== 'function' && typeof kinds[Symbol.iterator] !== 'function') {
    throw call.failed(call.app('1', `Returned ${describe(body)} for a body; ${expectedInstead(body)}`))
  }
  call.environ?.handOut()
  return validatedBody(call, response, body)
}
