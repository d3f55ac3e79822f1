/**
 * An application's answer as a value, for middleware that has to see the status or the body before it decides.
 *
 * @module
 */
import { type ChunkIterator, describe, dispose, isChunk, isPromise, iterate, release } from './body.ts'
import { CapturedBody } from './captured-body.ts'
import { checkHeaders, parseStatus } from './head.ts'
import { ClientDisconnected } from './http-errors.ts'
import type {
  Application,
  Body,
  Chunk,
  Environ,
  HeaderList,
  StartResponse,
  Status,
  Write,
} from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import { reportTo } from './report.ts'
import { resume } from './resumed-body.ts'
import { badChunk, checkRestart, noHead } from './violations.ts'
import { WrittenChunks } from './written-chunks.ts'

/** What an application answers. `body` is unread but for what came before its first non-empty chunk, which it gives again. */
export interface Answer {
  /** As startResponse got it. */
  status: Status
  /** The list that startResponse got, to be changed at will. */
  headers: HeaderList
  /** What is sent; to be returned, read to its end or disposed of. */
  body: Body
  /** What startResponse was told that this answers: an `HTTPError` hands itself on (clause 3.3); `undefined` for no error. */
  error?: unknown
}

/**
 * Calls an application and gives its answer at the moment of its commitment (clause 3.2): with the first non-empty chunk, the end
 * of the body, or any `write`. Until then it may still replace status and headers.
 *
 * Returns a promise only where the application made one necessary, so that a stack over a synchronous application stays so; `await`
 * takes both. Throws, or rejects with, what the application throws before the commitment; what it throws later comes out of `body`.
 * Rejects with `ClientDisconnected` when the client leaves while the first chunk is awaited. Whoever gets the answer returns its
 * body, reads it to its end, or calls `dispose` on it.
 */
export function capture(app: Application, environ: Environ): Answer | Promise<Answer> {
  return new Capture(environ).run(app)
}

type Step = IteratorResult<Chunk>

class Capture {
  readonly #environ: Environ
  readonly #report: (error: unknown) => void
  readonly #written: WrittenChunks = new WrittenChunks()
  #status: Status | undefined
  #headers: HeaderList = []
  #error: unknown
  #committed = false

  constructor(environ: Environ) {
    this.#environ = environ
    this.#report = reportTo(environ)
  }

  run(app: Application): Answer | Promise<Answer> {
    let result: Body | Promise<Body>
    try {
      result = app(this.#environ, this.#startResponse)
    } catch (error) {
      return this.#fail(error)
    }
    return isPromise(result) ? this.#settle(result) : this.#answer(result)
  }

  readonly #startResponse: StartResponse = (status, headers, error) => {
    checkRestart(this.#committed, this.#status !== undefined, error)
    parseStatus(status)
    checkHeaders(headers)
    this.#status = status
    this.#headers = headers
    this.#error = error
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk))
      throw new ProtocolError('3.5', `Got ${describe(chunk)} for write; expected a string or a Uint8Array.`)
    this.#committed = true
    return this.#written.write(chunk)
  }

  /** The application answers later; a `write` until then commits, and the rest follows. */
  #settle(result: Promise<Body>): Answer | Promise<Answer> {
    const early = (): Answer => {
      const captured = this.#captured()
      result.then(
        (body) => captured.follow(body),
        (error) => captured.fail(error),
      )
      return this.#commit(captured)
    }
    if (this.#written.used) return early()
    return new Promise<Answer>((resolve, reject) => {
      const onWrite = (): void => resolve(early())
      this.#written.onWrite = onWrite
      result
        .then(
          (body) => {
            if (this.#written.used) return
            this.#written.onWrite = undefined
            resolve(this.#answer(body))
          },
          (error) => {
            if (!this.#written.used) resolve(this.#fail(error))
          },
        )
        .catch(reject)
    })
  }

  #answer(body: Body): Answer | Promise<Answer> {
    if (this.#written.used) return this.#commit(this.#captured().follow(body))
    if (isChunk(body) || Array.isArray(body)) {
      this.#written.end()
      return this.#commit(body)
    }
    let iterator: ChunkIterator
    try {
      iterator = iterate(body)
    } catch (error) {
      return this.#fail(error, body)
    }
    return this.#pull(body, iterator)
  }

  /** Iterates until the commitment; synchronous for as long as the iterator is. */
  #pull(body: Body, iterator: ChunkIterator): Answer | Promise<Answer> {
    for (;;) {
      let step: Step | Promise<Step>
      try {
        step = iterator.next()
      } catch (error) {
        return this.#fail(error, body)
      }
      if (this.#written.used) return this.#commit(this.#captured().follow(body, iterator, step))
      if (isPromise<Step>(step)) return this.#pullLater(body, iterator, step)
      if (this.#isFirst(body, iterator, step)) {
        return this.#commit(resume(body, iterator as Iterator<Chunk>, step, this.#written))
      }
    }
  }

  async #pullLater(body: Body, iterator: ChunkIterator, first: Promise<Step>): Promise<Answer> {
    // The gateway has no body to dispose of yet: a client that leaves now would leave a generator waiting for ever.
    const { signal } = this.#environ['stapel.context']
    let left = false
    let leave = (): void => {}
    const interrupted = new Promise<undefined>((resolve, reject) => {
      const onWrite = (): void => resolve(undefined)
      this.#written.onWrite = onWrite
      leave = () => {
        left = true
        this.#written.drop()
        dispose(body, iterator, this.#report)
        reject(new ClientDisconnected())
      }
    })
    interrupted.catch(() => {})
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
    let pending: Step | Promise<Step> = first
    try {
      for (;;) {
        let step: Step | undefined
        try {
          step = await Promise.race([interrupted, pending])
        } catch (error) {
          if (left) throw error
          return this.#fail(error, body)
        }
        if (left) throw new ClientDisconnected()
        if (this.#written.used || step === undefined) {
          return this.#commit(this.#captured().follow(body, iterator, step ?? pending))
        }
        if (this.#isFirst(body, iterator, step)) {
          return this.#commit(this.#captured().follow(body, iterator, step))
        }
        try {
          pending = iterator.next()
        } catch (error) {
          return this.#fail(error, body)
        }
      }
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  /** Whether a step commits; gives up the body for one that is no chunk. */
  #isFirst(body: Body, iterator: ChunkIterator, step: Step): boolean {
    if (step.done) return true
    if (isChunk(step.value)) return step.value.length > 0
    this.#written.drop()
    dispose(body, iterator, this.#report)
    throw badChunk('The body gave', step.value)
  }

  /** The application, or the iteration of its body, has failed: after a `write`, that comes out of the answer. */
  #fail(error: unknown, body?: Body): Answer {
    if (body !== undefined) release(body, this.#report)
    if (this.#written.used) return this.#commit(this.#captured().fail(error))
    this.#written.drop()
    throw error
  }

  #captured(): CapturedBody {
    return new CapturedBody(this.#written, this.#report)
  }

  #commit(body: Body): Answer {
    if (this.#status === undefined) {
      this.#written.drop()
      dispose(body, undefined, this.#report)
      throw noHead()
    }
    this.#committed = true
    return { status: this.#status, headers: this.#headers, body, error: this.#error }
  }
}
