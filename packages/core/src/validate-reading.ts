import { type ChunkIterator, describe, dispose, isPromise, iterate } from './body.ts'
import type { Body, Chunk } from './protocol.ts'
import type { Call } from './validate-call.ts'
import type { ValidatedResponse } from './validate-response.ts'

/** The iteration of one body, from its start to its `close()`. */
export class Reading {
  readonly #call: Call
  readonly #response: ValidatedResponse
  readonly #source: Body
  readonly #closeSource: (() => unknown) | undefined
  #iterator: ChunkIterator | undefined
  #given = false

  constructor(call: Call, response: ValidatedResponse, source: Body) {
    this.#call = call
    this.#response = response
    this.#source = source
    this.#closeSource = closeOf(call, source)
  }

  begin(): ChunkIterator {
    const call = this.#call
    // Clause 4.1: a body is iterated once.
    if (this.#iterator !== undefined)
      throw call.outer('4.1', `Iterated the body of ${call.name} a second time.`)
    if (call.closed) throw call.outer('4.2', `Iterated the body of ${call.name} after its close().`)
    try {
      this.#iterator = iterate(this.#source)
    } catch (error) {
      throw this.threw(error)
    }
    call.state = 'reading'
    return this.#iterator
  }

  /** A step is asked for. */
  before(): void {
    const call = this.#call
    // Clauses 4.1 and 4.3: the next chunk is pulled when there is room for it, never while another is under way.
    if (call.pulling) {
      throw call.outer('4.3', `Called next() on the body of ${call.name} while an earlier call was pending.`)
    }
    if (call.state === 'ended')
      throw call.outer('4.2', `Called next() on the body of ${call.name} after its end.`)
    if (call.state === 'returned' || call.closed) {
      throw call.outer('4.2', `Called next() on the body of ${call.name} after return() or close().`)
    }
    // Clause 4.4: a gateway does not read on for HEAD, 204, 205 and 304; a layer may, which hashes the body for its ETag.
    if (call.byGateway && this.#response.bodiless) {
      throw call.outer('4.4', `Called next() on the body of ${call.name}, of which nothing is sent.`)
    }
    const { parent } = call
    if (parent !== undefined) this.#checkAhead(parent)
    call.ahead = 0
    call.pulling = true
    if (this.#given) this.#response.commit()
  }

  /** Clause 4.3: a layer that nobody has asked for a chunk holds one at most. */
  #checkAhead(parent: Call): void {
    if (parent.pulling || (parent.state !== 'unread' && parent.state !== 'reading')) return
    if (parent.ahead > 0) {
      const { name } = this.#call
      throw this.#call.outer(
        '4.3',
        `Read ahead: called next() on the body of ${name} a second time while nobody asked for a chunk of its own.`,
      )
    }
    parent.ahead++
  }

  /** A step has come. */
  after(step: IteratorResult<Chunk>): IteratorResult<Chunk> {
    const call = this.#call
    call.pulling = false
    // Given up while the step was under way: what comes of it is nobody's.
    if (call.state === 'returned') return step
    try {
      // Clause 1: the body is an iterable.
      if (typeof step !== 'object' || step === null) {
        throw call.app(
          '1',
          `The iterator of the body gave ${describe(step)} for a step; expected { done, value }.`,
        )
      }
      if (step.done) this.#response.end()
      else if (this.#response.take(step.value)) this.#given = true
      call.surface()
    } catch (error) {
      if (!step?.done) this.#giveUp()
      throw this.threw(error)
    }
    if (step.done) call.state = 'ended'
    return step
  }

  /** An iterator that throws has ended; what the application caught before comes first. */
  threw(error: unknown): unknown {
    this.#call.pulling = false
    if (this.#call.state !== 'returned') this.#call.state = 'ended'
    try {
      this.#call.surface()
    } catch (held) {
      return held
    }
    return error
  }

  /** Whether return() is to reach the application. */
  mayReturn(): boolean {
    const call = this.#call
    // Clause 4.2: return() if iteration had begun and not ended, once.
    if (call.state === 'returned')
      throw call.outer('4.2', `Called return() on the body of ${call.name} a second time.`)
    if (call.state === 'ended') return false
    call.state = 'returned'
    return true
  }

  /** Keeps what return() of the application gives, for whoever waits until it has settled. */
  returning<T>(result: Promise<T> | undefined): Promise<T> | undefined {
    this.#call.returning = result
    return result
  }

  /** Clause 4.2: close() once, after return() where the iteration was left early. */
  close(): void | Promise<void> {
    const call = this.#call
    if (call.closed) throw call.outer('4.2', `Called close() on the body of ${call.name} a second time.`)
    call.closed = true
    const unfinished = call.state === 'reading'
    const pending = call.pulling
    if (unfinished) {
      this.#giveUp()
      call.state = 'returned'
    }
    const closing = this.#closeUnread()
    if (unfinished) {
      if (isPromise(closing)) closing.catch((error) => call.report(error))
      throw call.outer(
        '4.2',
        `Called close() on the body of ${call.name} without return(), half way through it.`,
      )
    }
    if (call.returning === undefined && !isPromise(closing)) return call.settle()
    const settled = this.#settleLater(closing)
    if (!pending) return settled
    // The application waits for something and answers return() late: nobody is to wait for it, and what it drops is logged.
    settled.catch(() => {})
    return undefined
  }

  /** The validator itself ends the iteration: the application must not be left half way. */
  #giveUp(): void {
    try {
      const returning: unknown = this.#iterator?.return?.()
      if (isPromise(returning)) {
        this.#call.returning = returning
        returning.catch((error) => this.#call.report(error))
      }
    } catch (error) {
      this.#call.report(error)
    }
  }

  async #settleLater(closing: unknown): Promise<void> {
    await Promise.allSettled([this.#call.returning])
    await closing
    return this.#call.settle()
  }

  #closeUnread(): unknown {
    const source = this.#source as { destroy?: unknown; cancel?: unknown }
    if (this.#call.state === 'unread') {
      this.#call.state = 'returned'
      if (typeof source.destroy === 'function' || typeof source.cancel === 'function') {
        dispose(this.#source, undefined, (error) => this.#call.report(error))
        return undefined
      }
    }
    return this.#closeSource?.()
  }
}

/** `close()` of what an application returned. */
export function closeOf(call: Call, body: Body | readonly Chunk[]): (() => unknown) | undefined {
  const { close } = body as { close?: unknown }
  if (close === undefined || close === null) return undefined
  // Clause 1: a body has a close() or none.
  if (typeof close !== 'function') {
    throw call.failed(
      call.app('1', `Returned a body whose close is ${describe(close)}; expected a function.`),
    )
  }
  return () => close.call(body)
}
