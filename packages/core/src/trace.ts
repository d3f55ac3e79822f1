/**
 * What happens to a request on its way, for the development server: which layers it passes, which rules match, why none does.
 *
 * The threat: what a trace tells (names of rules and functions, texts that were refused) is not for clients. A request has one only inside of
 * {@link traced}, which is for development; without it nothing is noted, and a stack pays for one look at a flag.
 *
 * @module
 */
import { isPromise } from './body.ts'
import { callable, checkOptions, type OptionChecks } from './check-options.ts'
import type { HTTPError } from './http-error.ts'
import { withoutJoint } from './joint.ts'
import { layerOf } from './outline.ts'
import type { Application, Body, Environ, StartResponse } from './protocol.ts'
import { tracing } from './tracing.ts'

/** The most layers, and the most rules, that are noted of one request. */
export const TRACE_LIMIT = 100

/** A rule that matched. */
export interface TracedRule {
  /** The pattern of its path. */
  readonly pattern: string
  /** The methods it answers; absent when it answers every method. */
  readonly methods?: readonly string[] | undefined
  /** The pattern of its host; absent when it answers on every host. */
  readonly host?: string | undefined
  /** What its URLs are built by; absent for none. */
  readonly name?: string | undefined
  /** What it took from the path. */
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

/** Clause 2, `stapel.context.trace`: there in development alone; layers and routers add to it. */
export interface Trace {
  /** The names of the layers that were called, the outermost first, and of the application inside them. */
  readonly layers: string[]
  /**
   * How long each of `layers` took, in milliseconds, with what lies inside of it: until it gave its body, or the last chunk where that is a
   * generator. `undefined` for one that has given nothing yet.
   */
  readonly times: (number | undefined)[]
  /** The last error that came out of a layer, and the number of the innermost of `layers` that it came out of. */
  thrown?: { readonly error: unknown; readonly layer: number }
  /** The rules that matched, that of the outer router first. */
  readonly rules: TracedRule[]
  /** Says why the last router that had no rule had none: `toString()` for people, `toJSON()` for programs. */
  explain?: () => { toString(): string; toJSON(): unknown }
  /** Answers in place of the error of a router that has no rule, where the development server likes to. */
  readonly refuse?: Refuse
  /** Is told of an error before it is written to `wsgi.errors`, which it is not where this gives `true`, as it is shown already. */
  readonly failed?: (error: unknown) => boolean
}

/** Answers for an error, at once or later; `undefined` leaves it to the error itself. */
export type Refuse = (
  error: HTTPError,
  trace: Trace,
  environ: Environ,
  startResponse: StartResponse,
) => Body | Promise<Body> | undefined

/** What is done with what goes wrong in a traced request. */
export interface TracedOptions {
  /** What answers in place of the error of a router that has no rule. @default the error itself */
  refuse?: Refuse | undefined
  /** Is told of each error that would be written to `wsgi.errors`, and gives whether it shows it instead. @default all are written */
  failed?: ((error: unknown, trace: Trace, environ: Environ) => boolean) | undefined
}

/**
 * Gives each request a trace; for development, around all of a stack. A request of a gateway that makes no `stapel.context` has none. Throws a
 * TypeError for an unknown option, and for one that is no function.
 *
 * @example
 * ```ts
 * import { type Application, traced } from '@stapel/core'
 *
 * export function logged(app: Application): Application {
 *   const inner = traced(app)
 *   return (environ, startResponse) =>
 *     inner(environ, (status, headers, error) => {
 *       environ['wsgi.errors'].write(`${environ['stapel.context'].trace?.layers.join(' > ')}\n`)
 *       return startResponse(status, headers, error)
 *     })
 * }
 * ```
 */
export function traced(app: Application, options: TracedOptions = {}): Application {
  checkOptions(options, checks, 'traced()')
  const { refuse, failed } = options
  tracing.call = callTraced
  return function traced(environ, startResponse) {
    const context = environ['stapel.context'] as Environ['stapel.context'] | undefined
    if (context === undefined) return app(environ, startResponse)
    const trace: Trace = {
      layers: [],
      times: [],
      rules: [],
      ...(refuse && { refuse }),
      ...(failed && { failed: (error) => failed(error, trace, environ) }),
    }
    context.trace = trace
    return callTraced(app, app, environ, startResponse)
  }
}

const checks: OptionChecks<TracedOptions> = { refuse: callable, failed: callable }

/** The trace of a request; `undefined` in production, at the cost of one look at a flag. */
export function traceOf(environ: Environ): Trace | undefined {
  return tracing.call === undefined ? undefined : environ['stapel.context']?.trace
}

function callTraced(
  layer: Application,
  call: Application,
  environ: Environ,
  startResponse: StartResponse,
): Body | Promise<Body> {
  const trace = environ['stapel.context']?.trace
  if (trace === undefined || trace.layers.length >= TRACE_LIMIT) return call(environ, startResponse)
  const note = new Note(trace, layer)
  try {
    const result = call(environ, startResponse)
    if (!isPromise<Body>(result)) return note.answered(result)
    // Attached before anyone else can, so that the body is noted before it is read.
    result.then(
      (body) => note.answered(body),
      (error) => note.threw(error),
    )
    return result
  } catch (error) {
    note.threw(error)
    throw error
  }
}

/** What is noted of one call of a layer. */
class Note {
  readonly #trace: Trace
  readonly #index: number
  readonly #start: number = performance.now()

  constructor(trace: Trace, layer: Application) {
    this.#trace = trace
    this.#index = trace.layers.length
    trace.layers.push(nameOf(layer))
    trace.times.push(undefined)
  }

  answered(body: Body): Body {
    this.#time()
    if (isGenerator(body)) this.#follow(body)
    return body
  }

  threw(error: unknown): void {
    this.#time()
    const { thrown } = this.#trace
    if (thrown !== undefined && Object.is(thrown.error, error)) return
    this.#trace.thrown = { error, layer: this.#index }
  }

  #time(): void {
    this.#trace.times[this.#index] = performance.now() - this.#start
  }

  /** A generator does its work while it is read. It stays the object that it is: what layers outside know it by is not lost. */
  #follow(generator: Generator<unknown> | AsyncGenerator<unknown>): void {
    const { next } = generator
    const threw = (error: unknown): void => this.threw(error)
    const time = (): void => this.#time()
    Object.defineProperty(generator, 'next', {
      configurable: true,
      value(this: unknown, ...args: []): unknown {
        try {
          const step = Reflect.apply(next, this, args) as unknown
          if (isPromise(step)) step.then(time, threw)
          else time()
          return step
        } catch (error) {
          threw(error)
          throw error
        }
      },
    })
  }
}

function nameOf(given: Application): string {
  const app = withoutJoint(given)
  return layerOf.get(app)?.name ?? (app.name || 'anonymous')
}

function isGenerator(body: unknown): body is Generator<unknown> | AsyncGenerator<unknown> {
  const tag = (body as { [Symbol.toStringTag]?: unknown } | null)?.[Symbol.toStringTag]
  return (tag === 'Generator' || tag === 'AsyncGenerator') && Object.isExtensible(body)
}
