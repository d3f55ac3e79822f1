import { layerOf } from './outline.ts'
import type { Application, Environ } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import { reportTo } from './report.ts'
import type { ValidatedEnviron } from './validated-environ.ts'
import { type Validation, validationOf } from './validation-link.ts'

/** What a validated application is, the same for all its calls. */
export interface Subject {
  readonly app: Application
  /** What messages call it. */
  readonly name: string
  /** Whether it is called by a gateway and by no layer. */
  readonly gateway: boolean
  /** What stacks inside are to call in place of one of their applications. */
  readonly between: (app: Application) => Application
}

/**
 * What became of the body that a call gave: `none` yet, `plain` (a chunk or a list, which nobody has to dispose of), `unread`, `reading`,
 * `ended` (also with an error), `returned` (given up).
 */
export type BodyState = 'none' | 'plain' | 'unread' | 'reading' | 'ended' | 'returned'

/** One call of one validated application: who is at fault for what, and what became of the bodies that it got from those inside. */
export class Call implements Validation {
  state: BodyState = 'none'
  /** Whether `close()` of the body was called. */
  closed = false
  /** Whether a step of the body is under way. */
  pulling = false
  /** How often an inner body was pulled since nobody asked for a step of this one. */
  ahead = 0
  /** Settles when an asynchronous `return()` of the body has. */
  returning: Promise<unknown> | undefined = undefined
  /** Whether the answer is complete or was given up: nothing that follows belongs to the request. */
  over = false
  /** While an application inside calls startResponse with an error: which one, and whether it was committed before. */
  passing: { readonly by: string; readonly late: boolean } | undefined = undefined
  /** Set when environ was checked. */
  environ: ValidatedEnviron | undefined = undefined
  /** The call inside of which this one was made. */
  readonly parent: Call | undefined

  readonly #subject: Subject
  /** What the caller handed in, which may be anything. */
  readonly #given: unknown
  #children: Call[] | undefined = undefined
  /** The first violation (or error, clause 3.3) that was thrown into the application and has not come out of it yet. */
  #held: { error: unknown } | undefined = undefined

  constructor(subject: Subject, environ: unknown) {
    this.#subject = subject
    this.#given = environ
    const parent = validationOf(environ as Environ)
    this.parent = parent instanceof Call ? parent : undefined
    if (this.parent === undefined) return
    this.parent.#children ??= []
    this.parent.#children.push(this)
  }

  /** The application, in messages. */
  get name(): string {
    return this.#subject.name
  }

  /** Whether whoever calls is the gateway for certain. */
  get byGateway(): boolean {
    return this.#subject.gateway && this.parent === undefined
  }

  /** Whoever called the application, in messages. */
  get outside(): string {
    if (this.byGateway) return 'the gateway'
    const { parent, name } = this
    if (parent === undefined) return `the gateway or the layer outside ${name}`
    const inner = layerOf.get(parent.#subject.app)?.inner
    // Every layer of a stack is validated: nothing stands between the two.
    return inner === this.#subject.app ? parent.name : `${parent.name} or a layer between it and ${name}`
  }

  between(app: Application): Application {
    return this.#subject.between(app)
  }

  /** A violation by the application, to be thrown; comes out at the end where the application catches it. */
  app(clause: string, message: string, cause?: unknown): ProtocolError {
    const error = new ProtocolError(clause, message, { layer: this.name, cause })
    this.hold(error)
    return error
  }

  /** A violation by the caller, to be thrown; comes out of the next validator outside where the caller catches it. */
  outer(clause: string, message: string, cause?: unknown): ProtocolError {
    const error = new ProtocolError(clause, message, { layer: this.outside, cause })
    if (this.parent !== undefined) this.parent.hold(error)
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
    if (held === undefined) return
    this.#held = undefined
    throw held.error
  }

  /** The application has failed: gives what to throw, which is what it caught before, the body that it dropped, or its error. */
  failed(error: unknown): unknown {
    this.over = true
    this.environ?.handOut()
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
    this.environ?.handOut()
    this.surface()
    const dropped = this.#dropped()
    if (dropped !== undefined) throw dropped
    return this.#closedLater()
  }

  /** Writes to `wsgi.errors` of the caller. */
  report(error: unknown): void {
    reportTo(this.#given as Environ)(error)
  }

  /** Clause 4.2: whoever stops using a body disposes of it. */
  #dropped(cause?: unknown): ProtocolError | undefined {
    const dropped = this.#children?.find((child) => child.state === 'unread' || child.state === 'reading')
    if (dropped === undefined) return undefined
    const error = new ProtocolError(
      '4.2',
      `The body of ${dropped.name} was neither read to its end nor disposed of; call dispose() on a body that is not handed on.`,
      { layer: this.name, cause },
    )
    this.report(error)
    return error
  }

  /** Clause 4.2: `close()` follows the end and `return()`, at once or when that has settled. */
  #closedLater(): Promise<void> | undefined {
    const open = this.#children?.filter(isUnclosed)
    return open === undefined || open.length === 0 ? undefined : this.#checkClosed(open)
  }

  async #checkClosed(open: readonly Call[]): Promise<void> {
    await Promise.allSettled(open.map((child) => child.returning))
    // Layers between may have a step or two left after that; all of them are taken before the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve))
    const child = open.find(isUnclosed)
    if (child === undefined) return
    const error = new ProtocolError(
      '4.2',
      `The body of ${child.name} was ${child.state === 'ended' ? 'read to its end' : 'given up'}, but its close() was not called.`,
      { layer: this.name },
    )
    this.report(error)
    throw error
  }
}

function isUnclosed(call: Call): boolean {
  return !call.closed && (call.state === 'ended' || call.state === 'returned')
}
