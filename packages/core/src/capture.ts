/**
 * An application's answer as a value, for middleware that has to see the status or the body before it decides.
 *
 * @module
 */
import {
  type ChunkIterator,
  describe,
  dispose,
  expectedBody,
  isChunk,
  isPromise,
  iterate,
  release,
} from './body.ts'
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
import { WrittenBody } from './written-body.ts'

/** What an application answers. `body` is unread but for what came before its first non-empty chunk, which it gives again. */
export interface Answer {
  status: Status
  headers: HeaderList
  body: Body
}

/**
 * Calls an application and gives its answer at the moment of its commitment (clause 3.2): with the first non-empty chunk, the end
 * of the body, or any `write`. Until then it may still replace status and headers.
 *
 * Returns a promise only where the application made one necessary, so that a stack over a synchronous application stays so; `await`
 * takes both. Throws, or rejects with, what the application throws before the commitment; what it throws later comes out of `body`.
 * Whoever gets the answer returns its body, reads it to its end, or calls `dispose` on it.
 */
export function capture(app: Application, environ: Environ): Answer | Promise<Answer> {
  return new Capture(environ).run(app)
}

class Capture {
  readonly #environ: Environ
  #status: Status | undefined
  #headers: HeaderList = []
  #committed = false
  #written: WrittenBody | undefined
  #settle: ((answer: Answer) => void) | undefined

  constructor(environ: Environ) {
    this.#environ = environ
  }

  run(app: Application): Answer | Promise<Answer> {
    const result = app(this.#environ, this.#startResponse)
    if (!isPromise(result)) return this.#answer(result)
    if (this.#written !== undefined) return this.#early(result)
    return new Promise<Answer>((resolve, reject) => {
      this.#settle = () => resolve(this.#early(result))
      result
        .then((body) => {
          if (this.#written === undefined) resolve(this.#answer(body))
        })
        .catch((error) => {
          // An early answer carries the failure in its body.
          if (this.#written === undefined) reject(error)
        })
    })
  }

  readonly #startResponse: StartResponse = (status, headers, error) => {
    if (this.#status !== undefined && error === undefined) {
      throw new ProtocolError(
        '3.3',
        'startResponse was called a second time without an error; call it once, or hand on the error.',
      )
    }
    if (this.#committed)
      throw error ?? new ProtocolError('3.3', 'startResponse was called after the answer had begun.')
    parseStatus(status)
    checkHeaders(headers)
    this.#status = status
    this.#headers = headers
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk))
      throw new ProtocolError('1', `Got ${describe(chunk)} for write; expected a string or a Uint8Array.`)
    this.#committed = true
    if (this.#written === undefined) {
      this.#written = new WrittenBody(reportTo(this.#environ))
      const done = this.#written.write(chunk)
      this.#settle?.({ status: this.#status as Status, headers: this.#headers, body: '' })
      return done
    }
    return this.#written.write(chunk)
  }

  /** The application wrote before its promise settled: the answer goes out, the rest of it follows. */
  #early(result: Promise<Body>): Answer {
    const written = this.#written as WrittenBody
    result.then(
      (body) => written.finish(body),
      (error) => written.fail(error),
    )
    return this.#commit(written)
  }

  #answer(body: Body): Answer | Promise<Answer> {
    if (this.#written !== undefined) {
      this.#written.finish(body)
      return this.#commit(this.#written)
    }
    if (isChunk(body) || Array.isArray(body)) return this.#commit(body)
    let iterator: ChunkIterator
    try {
      iterator = iterate(body)
    } catch (error) {
      throw new ProtocolError('1', `The application returned ${describe(body)}; ${expectedBody}`, {
        cause: error,
      })
    }
    return this.#pull(body, iterator)
  }

  /** Iterates until the commitment; synchronous for as long as the iterator is. */
  #pull(body: Body, iterator: ChunkIterator): Answer | Promise<Answer> {
    for (;;) {
      let step: IteratorResult<Chunk> | Promise<IteratorResult<Chunk>>
      try {
        step = iterator.next()
      } catch (error) {
        release(body, reportTo(this.#environ))
        throw error
      }
      if (isPromise(step)) return this.#pullLater(body, iterator, step)
      const answer = this.#step(body, iterator, step)
      if (answer !== undefined) return answer
    }
  }

  async #pullLater(
    body: Body,
    iterator: ChunkIterator,
    first: Promise<IteratorResult<Chunk>>,
  ): Promise<Answer> {
    // The gateway has no body to dispose of yet: a client that leaves now would leave a generator waiting for ever.
    const { signal } = this.#environ['stapel.context']
    let leave: (() => void) | undefined
    const gone = new Promise<never>((_, reject) => {
      leave = () => {
        dispose(body, iterator, reportTo(this.#environ))
        reject(new ClientDisconnected())
      }
      if (signal.aborted) leave()
      else signal.addEventListener('abort', leave, { once: true })
    })
    gone.catch(() => {})
    let pending: IteratorResult<Chunk> | Promise<IteratorResult<Chunk>> = first
    try {
      for (;;) {
        const step: IteratorResult<Chunk> = await Promise.race([pending, gone])
        const answer = this.#step(body, iterator, step)
        if (answer !== undefined) return answer
        pending = iterator.next()
      }
    } catch (error) {
      if (!signal.aborted) release(body, reportTo(this.#environ))
      throw error
    } finally {
      if (leave !== undefined) signal.removeEventListener('abort', leave)
    }
  }

  #step(body: Body, iterator: ChunkIterator, step: IteratorResult<Chunk>): Answer | undefined {
    if (this.#written !== undefined) {
      // `write` from inside an iteration: what was written goes first, what was pulled follows.
      this.#written.finish(resume(body, iterator, step))
      return this.#commit(this.#written)
    }
    if (!step.done && !isChunk(step.value)) {
      dispose(body, iterator, reportTo(this.#environ))
      throw new ProtocolError(
        '1',
        `The body gave ${describe(step.value)}; expected chunks that are strings or Uint8Arrays.`,
      )
    }
    if (!step.done && step.value.length === 0) return undefined
    return this.#commit(resume(body, iterator, step))
  }

  #commit(body: Body): Answer {
    if (this.#status === undefined) {
      dispose(body, undefined, reportTo(this.#environ))
      throw new ProtocolError(
        '3.1',
        'The application answered without calling startResponse; call it before the first chunk.',
      )
    }
    this.#committed = true
    return { status: this.#status, headers: this.#headers, body }
  }
}
