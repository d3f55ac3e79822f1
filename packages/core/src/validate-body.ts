import { isChunk, isPromise } from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'
import type { Call } from './validate-call.ts'
import { watchDrop } from './validate-drop.ts'
import { closeOf, Reading } from './validate-reading.ts'
import type { ValidatedResponse } from './validate-response.ts'

/** Checks a chunk or a list, which are handed on as they are; a list gets a `close()` where it has one, or an inner body is still being closed. */
export function plainBody(call: Call, response: ValidatedResponse, body: Chunk | readonly Chunk[]): Body {
  const close = isChunk(body) ? undefined : closeOf(call, body)
  call.state = 'plain'
  try {
    if (isChunk(body)) response.take(body)
    else for (const chunk of body) response.take(chunk)
    response.end()
  } catch (error) {
    throw call.failed(error)
  }
  const closing = call.settle()
  if (close === undefined && !isPromise(closing)) return body as Body
  const list = isChunk(body) ? [body] : [...body]
  return Object.assign(list, { close: closeOnce(call, close, closing) })
}

/** A body whose every step is checked; synchronous where the original is (clause 4). */
export function validatedBody(call: Call, response: ValidatedResponse, source: Body): Body {
  const reading = new Reading(call, response, source)
  call.state = 'unread'
  const body =
    Symbol.asyncIterator in Object(source) ? new AsynchronousBody(reading) : new SynchronousBody(reading)
  if (call.byGateway) watchDrop(body, call)
  return body
}

class SynchronousBody implements Iterable<Chunk>, Closeable {
  readonly #reading: Reading

  constructor(reading: Reading) {
    this.#reading = reading
  }

  [Symbol.iterator](): Iterator<Chunk> {
    return new SynchronousReader(this.#reading, this.#reading.begin() as Iterator<Chunk>)
  }

  close(): void | Promise<void> {
    return this.#reading.close()
  }
}

class AsynchronousBody implements AsyncIterable<Chunk>, Closeable {
  readonly #reading: Reading

  constructor(reading: Reading) {
    this.#reading = reading
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return new AsynchronousReader(this.#reading, this.#reading.begin() as AsyncIterator<Chunk>)
  }

  close(): void | Promise<void> {
    return this.#reading.close()
  }
}

class SynchronousReader implements Iterator<Chunk> {
  readonly #reading: Reading
  readonly #iterator: Iterator<Chunk>

  constructor(reading: Reading, iterator: Iterator<Chunk>) {
    this.#reading = reading
    this.#iterator = iterator
  }

  next(): IteratorResult<Chunk> {
    this.#reading.before()
    let step: IteratorResult<Chunk>
    try {
      step = this.#iterator.next()
    } catch (error) {
      throw this.#reading.threw(error)
    }
    return this.#reading.after(step)
  }

  return(): IteratorResult<Chunk> {
    if (this.#reading.mayReturn()) this.#iterator.return?.()
    return { done: true, value: undefined }
  }
}

class AsynchronousReader implements AsyncIterator<Chunk> {
  readonly #reading: Reading
  readonly #iterator: AsyncIterator<Chunk>
  // Made once, not for every chunk.
  readonly #gave: (step: IteratorResult<Chunk>) => IteratorResult<Chunk>
  readonly #threw: (error: unknown) => never

  constructor(reading: Reading, iterator: AsyncIterator<Chunk>) {
    this.#reading = reading
    this.#iterator = iterator
    const gave = (step: IteratorResult<Chunk>): IteratorResult<Chunk> => reading.after(step)
    const threw = (error: unknown): never => {
      throw reading.threw(error)
    }
    this.#gave = gave
    this.#threw = threw
  }

  next(): Promise<IteratorResult<Chunk>> {
    try {
      this.#reading.before()
    } catch (error) {
      return Promise.reject(error)
    }
    let step: Promise<IteratorResult<Chunk>>
    try {
      step = this.#iterator.next()
    } catch (error) {
      return Promise.reject(this.#reading.threw(error))
    }
    return Promise.resolve(step).then(this.#gave, this.#threw)
  }

  async return(): Promise<IteratorResult<Chunk>> {
    if (this.#reading.mayReturn()) await this.#reading.returning(this.#iterator.return?.())
    return { done: true, value: undefined }
  }
}

/** `close()` of a list: that of the application's own, which is called once (clause 4.2), or of an inner body that is still being closed. */
function closeOnce(
  call: Call,
  close: (() => unknown) | undefined,
  closing: void | Promise<void>,
): () => void | Promise<void> {
  // Reported in any case; who calls close() also gets it.
  if (isPromise(closing)) closing.catch(() => {})
  if (close === undefined) return () => closing
  call.state = 'ended'
  const both = async (result: unknown): Promise<void> => {
    await result
    await closing
  }
  return () => {
    if (call.closed) throw call.outer('4.2', `Called close() on the body of ${call.name} a second time.`)
    call.closed = true
    const result = close()
    return isPromise(result) || isPromise(closing) ? both(result) : undefined
  }
}
