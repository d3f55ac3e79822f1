import type { Environ, ErrorLog } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import { reportTo } from './report.ts'

/**
 * What became of the body that a call gave: `none` yet, `plain` (a chunk or a list, which nobody has to dispose of), `unread`, `reading`,
 * `ended` (also with an error), `returned` (given up).
 */
export type BodyState = 'none' | 'plain' | 'unread' | 'reading' | 'ended' | 'returned'

/** One call of one validated application: who is at fault for what, and what became of the bodies that it got from those inside. */
export class Call {
  /** The application, in messages. */
  readonly name: string
  /** Whoever called it, in messages. */
  readonly outside: string
  state: BodyState = 'none'
  /** Whether `close()` of the body was called. */
  closed = false
  /** Settles when an asynchronous `return()` of the body has. */
  returning: Promise<unknown> | undefined
  /** Whether the answer is complete or was given up: nothing that follows belongs to the request. */
  over = false

  readonly #parent: Call | undefined
  readonly #children: Call[] = []
  readonly #environ: Environ | undefined
  /** The first violation (or error, clause 3.3) that was thrown into the application and has not come out of it yet. */
  #held: { error: unknown } | undefined

  /** `environ` is what the caller handed in, which may be anything. */
  constructor(name: string, environ: unknown) {
    this.name = name
    this.outside = `the gateway or the layer outside ${name}`
    if (typeof environ !== 'object' || environ === null) return
    this.#environ = environ as Environ
    this.#parent = parentOf(this.#environ)
    if (this.#parent !== undefined) this.#parent.#children.push(this)
  }

  /** Notes that calls with this environ come from inside of this one. */
  enclose(environ: Environ): void {
    enclosing.set(environ['wsgi.errors'], this)
    if (this.#parent === undefined) {
      outermost.set(environ['stapel.context'], { call: this, log: this.#environ?.['wsgi.errors'] })
    }
  }

  /** A violation by the application, to be thrown; comes out at the end where the application catches it. */
  app(clause: string, message: string, cause?: unknown): ProtocolError {
    const error = new ProtocolError(clause, message, options(this.name, cause))
    this.hold(error)
    return error
  }

  /** A violation by the caller, to be thrown; comes out of the next validator outside where the caller catches it. */
  outer(clause: string, message: string, cause?: unknown): ProtocolError {
    const error = new ProtocolError(clause, message, options(this.outside, cause))
    if (this.#parent !== undefined) this.#parent.hold(error)
    else this.report(error)
    return error
  }

  /** Keeps an error that is thrown into the application; after the end, when nobody would see it any more, it is logged. */
  hold(error: unknown): void {
    if (this.over) this.report(error)
    else this.#held ??= { error }
  }

  /** Throws what the application has caught. */
  surface(): void {
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) throw held.error
  }

  /** The application has failed: gives what to throw, which is what it caught before, the body that it dropped, or its error. */
  failed(error: unknown): unknown {
    this.over = true
    const held = this.#held
    this.#held = undefined
    if (held !== undefined) return held.error
    const dropped = this.#dropped(error)
    if (dropped !== undefined) return dropped
    this.#closedLater()?.catch(() => {})
    return error
  }

  /**
   * The answer is complete or was given up: throws what the application has caught, and a violation for each inner body that it holds
   * on to. A promise only where an inner body is still being closed.
   */
  settle(): void | Promise<void> {
    this.over = true
    this.surface()
    const dropped = this.#dropped()
    if (dropped !== undefined) throw dropped
    return this.#closedLater()
  }

  /** Writes to `wsgi.errors` of the caller. */
  report(error: unknown): void {
    if (this.#environ !== undefined) reportTo(this.#environ)(error)
  }

  /** Clause 4.2: whoever stops using a body disposes of it. */
  #dropped(cause?: unknown): ProtocolError | undefined {
    const dropped = this.#children.find((child) => child.state === 'unread' || child.state === 'reading')
    if (dropped === undefined) return undefined
    const error = new ProtocolError(
      '4.2',
      `The body of ${dropped.name} was neither read to its end nor disposed of; call dispose() on a body that is not handed on.`,
      options(this.name, cause),
    )
    this.report(error)
    return error
  }

  /** Clause 4.2: `close()` follows the end and `return()`, at once or when that has settled. */
  #closedLater(): Promise<void> | undefined {
    const open = this.#unclosed()
    return open.length === 0 ? undefined : this.#checkClosed(open)
  }

  async #checkClosed(open: readonly Call[]): Promise<void> {
    await Promise.allSettled(open.map((child) => child.returning))
    // Layers between may have a step or two left after that; all of them are taken before the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve))
    const child = this.#unclosed()[0]
    if (child === undefined) return
    const error = new ProtocolError(
      '4.2',
      `The body of ${child.name} was ${child.state === 'ended' ? 'read to its end' : 'given up'}, but its close() was not called.`,
      options(this.name, undefined),
    )
    this.report(error)
    throw error
  }

  #unclosed(): readonly Call[] {
    return this.#children.filter(
      (child) => !child.closed && (child.state === 'ended' || child.state === 'returned'),
    )
  }
}

// Which call made a log: the log is handed on by every layer, also by one that narrows the context.
const enclosing = new WeakMap<ErrorLog, Call>()
// For layers that put a log of their own in its place.
const outermost = new WeakMap<object, { call: Call; log: unknown }>()

function parentOf(environ: Environ): Call | undefined {
  const log: unknown = environ['wsgi.errors']
  const enclosed = isObject(log) ? enclosing.get(log as ErrorLog) : undefined
  if (enclosed !== undefined) return enclosed
  const context: unknown = environ['stapel.context']
  const root = isObject(context) ? outermost.get(context) : undefined
  // Another call with the same log stands beside the outermost one, not inside it.
  return root === undefined || root.call.over || root.log === log ? undefined : root.call
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function options(layer: string, cause: unknown): { layer: string; cause?: unknown } {
  return cause === undefined ? { layer } : { layer, cause }
}
