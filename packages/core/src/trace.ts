/**
 * What happens to a request on its way, for the development server: which layers it passes, which rules match, why none does.
 *
 * The threat: what a trace tells (names of rules and functions, texts that were refused) is not for clients. A request has one only inside of
 * {@link traced}, which is for development; without it nothing is noted, and a stack pays for one look at a flag.
 *
 * @module
 */
import type { HTTPError } from './http-error.ts'
import { withoutJoint } from './joint.ts'
import { layerOf } from './outline.ts'
import type { Application, Body, Environ, StartResponse } from './protocol.ts'
import { tracing } from './tracing.ts'

/** The most layers, and the most rules, that are noted of one request. */
export const TRACE_LIMIT = 100

/** A rule that matched. */
export interface TracedRule {
  readonly pattern: string
  /** The methods it answers; absent when it answers every method. */
  readonly methods?: readonly string[]
  readonly host?: string
  readonly name?: string
}

/** Clause 2, `stapel.context.trace`: there in development alone; layers and routers add to it. */
export interface Trace {
  /** The names of the layers that were called, the outermost first, and of the application inside them. */
  readonly layers: string[]
  /** The rules that matched, that of the outer router first. */
  readonly rules: TracedRule[]
  /** Says why the last router that had no rule had none: `toString()` for people, `toJSON()` for programs. */
  explain?: () => { toString(): string; toJSON(): unknown }
  /** Answers in place of the error of a router that has no rule, where the development server likes to. */
  readonly refuse?: Refuse
}

/** Answers for an error, at once or later; `undefined` leaves it to the error itself. */
export type Refuse = (
  error: HTTPError,
  trace: Trace,
  environ: Environ,
  startResponse: StartResponse,
) => Body | Promise<Body> | undefined

export interface TracedOptions {
  /** What answers in place of the error of a router that has no rule. @default the error itself */
  refuse?: Refuse
}

/**
 * Gives each request a trace; for development, around all of a stack.
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
export function traced(app: Application, { refuse }: TracedOptions = {}): Application {
  tracing.note = noteCall
  return function traced(environ, startResponse) {
    const trace: Trace = { layers: [], rules: [], ...(refuse && { refuse }) }
    environ['stapel.context'].trace = trace
    noteCall(environ, app)
    return app(environ, startResponse)
  }
}

/** The trace of a request; `undefined` in production, at the cost of one look at a flag. */
export function traceOf(environ: Environ): Trace | undefined {
  return tracing.note === undefined ? undefined : environ['stapel.context']?.trace
}

function noteCall(environ: Environ, given: Application): void {
  const layers = environ['stapel.context']?.trace?.layers
  if (layers === undefined || layers.length >= TRACE_LIMIT) return
  const app = withoutJoint(given)
  layers.push(layerOf.get(app)?.name ?? (app.name || 'anonymous'))
}
