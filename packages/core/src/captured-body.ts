import { type ChunkIterator, closeBody, dispose, isPromise, iterate, leave } from './body.ts'
import { ClientDisconnected } from './http-errors.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'
import type { WrittenChunks } from './written-chunks.ts'

type Step = IteratorResult<Chunk>

interface Source {
  readonly body: Body
  iterator: ChunkIterator | undefined
}

/**
 * The rest of an answer whose head is known, as a body again: what the application writes and what the body that it returned gives, in the
 * order in which it comes. Asynchronous; a synchronous body beside which nothing was written is resumed instead.
 */
export class CapturedBody implements AsyncIterable<Chunk>, Closeable {
  readonly #written: WrittenChunks
  readonly #report: (error: unknown) => void
  /** What the application returned; `undefined` until it has. */
  #source: Source | undefined
  #pulling = false
  /** Pulled, and not given yet. */
  #step: Step | undefined
  #failure: { error: unknown } | undefined
  /** Whether the iterator of the source is not to be called any more. */
  #sourceOver = false
  #over = false
  #closed = false
  #wake: (() => void) | undefined

  /** `report` gets failures that come when nobody reads any more. */
  constructor(written: WrittenChunks, report: (error: unknown) => void) {
    this.#written = written
    this.#report = report
    const onWrite = (): void => this.#wake?.()
    written.onWrite = onWrite
  }

  /** The application has returned its body; where the iteration of it has begun, with the step that was pulled or is awaited. */
  follow(body: Body, iterator?: ChunkIterator, step?: Step | Promise<Step>): this {
    if (this.#closed) {
      dispose(body, iterator, this.#report)
      return this
    }
    this.#source = { body, iterator }
    if (isPromise(step)) this.#await(step)
    else if (step !== undefined) this.#arrived(step)
    this.#wake?.()
    return this
  }

  /** The application has failed: the reader gets the error once it has read what was written. */
  fail(error: unknown): this {
    if (!this.#over) this.#failure = { error }
    // An application that is told so when the client has gone has nothing to report.
    else if (!(error instanceof ClientDisconnected)) this.#report(error)
    this.#wake?.()
    return this
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.#giveUp()
        return done
      },
    }
  }

  /** Gives up what was not read, and closes what the application returned; once. */
  close(): void | Promise<void> {
    if (this.#closed) return undefined
    this.#closed = true
    this.#giveUp()
    const source = this.#source
    if (source === undefined) return undefined
    if (source.iterator === undefined) return closeBody(source.body, undefined, this.#report)
    return (source.body as Closeable).close?.()
  }

  async #next(): Promise<Step> {
    for (;;) {
      if (this.#over) return done
      const chunk = this.#written.take()
      if (chunk !== undefined) return { done: false, value: chunk }
      if (this.#step !== undefined) return this.#give(this.#step)
      if (this.#failure !== undefined) {
        this.#end()
        throw this.#failure.error
      }
      if (this.#source === undefined || this.#pulling) await this.#news()
      else this.#pull(this.#source)
    }
  }

  #give(step: Step): Step {
    this.#step = undefined
    if (step.done) this.#end()
    return step
  }

  #pull(source: Source): void {
    try {
      source.iterator ??= iterate(source.body)
      const step = source.iterator.next()
      if (isPromise<Step>(step)) this.#await(step)
      else this.#arrived(step)
    } catch (error) {
      this.#sourceOver = true
      this.fail(error)
    }
  }

  #await(step: Promise<Step>): void {
    this.#pulling = true
    step.then(
      (arrived) => {
        this.#pulling = false
        this.#arrived(arrived)
        this.#wake?.()
      },
      (error) => {
        this.#pulling = false
        this.#sourceOver = true
        this.fail(error)
      },
    )
  }

  #arrived(step: Step): void {
    this.#step = step
    if (step.done) this.#sourceOver = true
  }

  /** Settles when something was written or pulled, or the application has returned or failed. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wake = undefined
        resolve()
      }
      this.#wake = wake
    })
  }

  #end(): void {
    this.#over = true
    this.#written.end()
  }

  /** Clause 4.2: `return()` if the iteration had begun and not ended. */
  #giveUp(): void {
    if (this.#over) return
    this.#over = true
    this.#written.drop()
    const source = this.#source
    if (source?.iterator !== undefined && !this.#sourceOver) leave(source.body, source.iterator, this.#report)
    this.#wake?.()
  }
}

const done: Step = { done: true, value: undefined }
