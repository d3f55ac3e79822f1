import { type ChunkIterator, describe, dispose, isChunk, isPromise, iterate } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'
import type { Call } from './validate-call.ts'
import type { ValidatedResponse } from './validate-response.ts'

/** Checks a chunk or a list, which are handed on as they are; a list gets a `close()` where an inner body is still being closed. */
export function plainBody(call: Call, response: ValidatedResponse, body: Body): Body {
  const chunks: readonly unknown[] = isChunk(body) ? [body] : (body as readonly Chunk[])
  call.state = 'plain'
  try {
    for (const chunk of chunks) response.take(chunk)
    response.end()
  } catch (error) {
    throw call.failed(error)
  }
  const closing = call.settle()
  if (closing === undefined) return body
  // Reported in any case; who calls close() also gets it.
  closing.catch(() => {})
  return Object.assign([...(chunks as readonly Chunk[])], { close: () => closing })
}

/** A body whose every step is checked; synchronous where the original is (clause 4). */
export class ValidatedBody {
  /** What is handed on. */
  readonly body: Body
  readonly #call: Call
  readonly #response: ValidatedResponse
  readonly #source: Body
  #iterator: ChunkIterator | undefined
  #pulling = false
  #given = false

  constructor(call: Call, response: ValidatedResponse, source: Body) {
    this.#call = call
    this.#response = response
    this.#source = source
    call.state = 'unread'
    const close = (): void | Promise<void> => this.#close()
    this.body =
      Symbol.asyncIterator in Object(source)
        ? { [Symbol.asyncIterator]: () => this.#asynchronous(), close }
        : { [Symbol.iterator]: () => this.#synchronous(), close }
  }

  #synchronous(): Iterator<Chunk> {
    const iterator = this.#begin() as Iterator<Chunk>
    return {
      next: () => {
        this.#before()
        this.#pulling = true
        let step: IteratorResult<Chunk>
        try {
          step = iterator.next()
        } catch (error) {
          throw this.#threw(error)
        } finally {
          this.#pulling = false
        }
        return this.#after(step)
      },
      return: () => {
        if (this.#mayReturn()) iterator.return?.()
        return { done: true, value: undefined }
      },
    }
  }

  #asynchronous(): AsyncIterator<Chunk> {
    const iterator = this.#begin() as AsyncIterator<Chunk>
    return {
      next: async () => {
        this.#before()
        this.#pulling = true
        let step: IteratorResult<Chunk>
        try {
          step = await iterator.next()
        } catch (error) {
          throw this.#threw(error)
        } finally {
          this.#pulling = false
        }
        return this.#after(step)
      },
      return: async () => {
        if (this.#mayReturn()) {
          this.#call.returning = iterator.return?.()
          await this.#call.returning
        }
        return { done: true, value: undefined }
      },
    }
  }

  #begin(): ChunkIterator {
    const call = this.#call
    // Clause 4.1: a body is iterated once.
    if (this.#iterator !== undefined)
      throw call.outer('4.1', `Iterated the body of ${call.name} a second time.`)
    if (call.closed) throw call.outer('4.2', `Iterated the body of ${call.name} after its close().`)
    try {
      this.#iterator = iterate(this.#source)
    } catch (error) {
      throw this.#threw(error)
    }
    call.state = 'reading'
    return this.#iterator
  }

  #before(): void {
    const call = this.#call
    // Clauses 4.1 and 4.3: the next chunk is pulled when there is room for it, never while another is under way.
    if (this.#pulling) {
      throw call.outer('4.3', `Called next() on the body of ${call.name} while an earlier call was pending.`)
    }
    if (call.state === 'ended')
      throw call.outer('4.2', `Called next() on the body of ${call.name} after its end.`)
    if (call.state === 'returned' || call.closed) {
      throw call.outer('4.2', `Called next() on the body of ${call.name} after return() or close().`)
    }
    if (this.#given) this.#response.commit()
  }

  #after(step: IteratorResult<Chunk>): IteratorResult<Chunk> {
    const call = this.#call
    // Given up while the step was under way: what comes of it is nobody's.
    if (call.state === 'returned') return step
    try {
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
      throw this.#threw(error)
    }
    if (step.done) call.state = 'ended'
    return step
  }

  /** An iterator that throws has ended; what the application caught before comes first. */
  #threw(error: unknown): unknown {
    if (this.#call.state !== 'returned') this.#call.state = 'ended'
    try {
      this.#call.surface()
    } catch (held) {
      return held
    }
    return error
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

  #mayReturn(): boolean {
    const call = this.#call
    // Clause 4.2: return() if iteration had begun and not ended, once.
    if (call.state === 'returned')
      throw call.outer('4.2', `Called return() on the body of ${call.name} a second time.`)
    if (call.state === 'ended') return false
    call.state = 'returned'
    return true
  }

  /** Clause 4.2: close() once, after return() where the iteration was left early. */
  #close(): void | Promise<void> {
    const call = this.#call
    if (call.closed) throw call.outer('4.2', `Called close() on the body of ${call.name} a second time.`)
    call.closed = true
    const unfinished = call.state === 'reading'
    const pending = this.#pulling
    if (unfinished) {
      this.#giveUp()
      call.state = 'returned'
    }
    const closing = this.#closeSource()
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

  async #settleLater(closing: unknown): Promise<void> {
    await Promise.allSettled([this.#call.returning])
    await closing
    return this.#call.settle()
  }

  #closeSource(): unknown {
    const source = this.#source as Closeable & { destroy?: unknown; cancel?: unknown }
    if (this.#call.state === 'unread') {
      this.#call.state = 'returned'
      if (typeof source.destroy === 'function' || typeof source.cancel === 'function') {
        dispose(this.#source, undefined, (error) => this.#call.report(error))
        return undefined
      }
    }
    return source.close?.()
  }
}
