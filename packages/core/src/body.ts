import type { Body, Chunk, Closeable } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'

/** The iterator of a body, synchronous or not. */
export type ChunkIterator = Iterator<Chunk> | AsyncIterator<Chunk>

/** Whether a value has a `then`, so that the caller goes on without a promise where there is none. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function'
}

/** Whether a body is a single chunk: a string or bytes. */
export function isChunk(body: unknown): body is Chunk {
  return typeof body === 'string' || body instanceof Uint8Array
}

/**
 * Starts the iteration of a body (clause 4.1: once); a single chunk is an iteration of one step. Throws a {@link ProtocolError} (1) for
 * what is no body.
 */
export function iterate(body: Body): ChunkIterator {
  if (isChunk(body)) return [body].values()
  const source = body as { [Symbol.asyncIterator]?(): ChunkIterator; [Symbol.iterator]?(): ChunkIterator }
  const start = source?.[Symbol.asyncIterator] ?? source?.[Symbol.iterator]
  if (typeof start === 'function') return start.call(source)
  throw new ProtocolError('1', `Got ${describe(body)} for a body; ${expectedInstead(body)}`)
}

/**
 * Gives up a body that will not be read to its end (clause 4.2): calls `return()` of the iterator where iteration had begun, without
 * waiting for it, then `close()` of the body. A Node stream is destroyed, a `ReadableStream` cancelled.
 *
 * Whoever got a body and neither returns it nor reads it to its end calls this, once. Failures go to `report`.
 */
export function dispose(
  body: Body,
  iterator?: ChunkIterator,
  report: (error: unknown) => void = ignore,
): void {
  leave(body, iterator, report)
  release(body, report)
}

/** As {@link dispose}, for a `close()` that stands in front of another: gives what that gives, and throws what it throws. */
export function closeBody(
  body: Body,
  iterator?: ChunkIterator,
  report: (error: unknown) => void = ignore,
): void | Promise<void> {
  leave(body, iterator, report)
  return (body as Closeable | undefined)?.close?.()
}

/** Ends an iteration half way, or gives up a stream that was not iterated; `close()` is left to the caller. */
export function leave(
  body: Body,
  iterator: ChunkIterator | undefined,
  report: (error: unknown) => void,
): void {
  if (isChunk(body)) return
  try {
    if (iterator !== undefined) watch(iterator.return?.(), report)
    else discard(body as Discardable, report)
  } catch (error) {
    report(error)
  }
}

/** Calls `close()` of a body that was read to its end, where it has one; failures go to `report`. */
export function release(body: Body, report: (error: unknown) => void = ignore): void {
  try {
    watch((body as Closeable | undefined)?.close?.(), report)
  } catch (error) {
    report(error)
  }
}

/**
 * The same chunks, and `onClose` called once when nobody reads them any more, after `close()` of the body itself. `close()` gives a promise
 * only where one of the two does.
 */
export function withClose(body: Body, onClose: () => void | Promise<void>): Body {
  let begun = false
  let closed = false
  const start = (): ChunkIterator => {
    begun = true
    return iterate(body)
  }
  const close = (): void | Promise<void> => {
    if (closed) return undefined
    closed = true
    let closing: void | Promise<void>
    try {
      closing = begun ? (body as Closeable).close?.() : closeBody(body)
    } catch (error) {
      return rethrowAfter(onClose(), error)
    }
    return isPromise(closing) ? closing.finally(onClose) : onClose()
  }
  if (!isChunk(body) && Symbol.asyncIterator in body) {
    return { [Symbol.asyncIterator]: () => start() as AsyncIterator<Chunk>, close }
  }
  return { [Symbol.iterator]: () => start() as Iterator<Chunk>, close }
}

/**
 * Reads a body to its end as bytes and closes it.
 *
 * For tests and for small answers: it holds everything in memory. Rejects with a RangeError beyond `limit` bytes (default 16 MiB), and for a
 * limit that is no number of bytes.
 */
export async function collect(body: Body, limit: number = 16_777_216): Promise<Uint8Array> {
  // A NaN compares false with everything, and would be no limit.
  if (!(limit >= 0)) {
    dispose(body)
    throw new RangeError(`Got ${String(limit)} for the limit; expected a number of bytes, or Infinity.`)
  }
  const iterator = iterate(body)
  const chunks: Uint8Array[] = []
  let size = 0
  let reading = false
  try {
    for (;;) {
      // What throws has ended its iteration itself.
      reading = false
      const step = await iterator.next()
      if (step.done) break
      reading = true
      const bytes = toBytes(step.value)
      size += bytes.byteLength
      if (size > limit)
        throw new RangeError(`Got a body of more than ${limit} bytes; raise the limit to read it.`)
      chunks.push(bytes)
    }
  } finally {
    if (reading) dispose(body, iterator)
    else release(body)
  }
  return concat(chunks, size)
}

/** A chunk as bytes; a string becomes UTF-8. */
export function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}

/** Several pieces as one; `size` is their total where it is known. */
export function concat(
  chunks: readonly Uint8Array[],
  size: number = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
): Uint8Array {
  const first = chunks[0]
  if (chunks.length === 1 && first !== undefined) return first
  const bytes = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** What a value is, for the message of an error. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`
  return `an object of class ${value.constructor?.name ?? 'null'}`
}

/** What may be returned as a body, for the message of an error; and what makes one of a handler that was given for an application. */
export function expectedInstead(body: unknown): string {
  const expected = 'expected a string, a Uint8Array, or an iterable or async iterable of those.'
  if (typeof body === 'function') {
    return `${expected} A middleware that takes options is called when the stack is made, as in stack(app, etag()).`
  }
  const given = body as { respond?: unknown; constructor?: { name?: unknown } } | null | undefined
  const isAnswer = typeof given?.respond === 'function' || given?.constructor?.name === 'Response'
  return isAnswer
    ? `${expected} A function that takes a request and gives a Response becomes an application by Request.application(…) of @stapel/wrappers.`
    : expected
}

const encoder = new TextEncoder()

type Discardable = Partial<{
  on(event: 'error', listener: () => void): void
  destroy(): void
  cancel(): Promise<void>
}>

function discard(body: Discardable, report: (error: unknown) => void): void {
  if (typeof body.destroy === 'function' && typeof body.on === 'function') {
    // A stream that is destroyed while it opens reports that as an error event, which without a listener ends the process.
    body.on('error', ignore)
    body.destroy()
  } else if (typeof body.cancel === 'function') {
    watch(body.cancel(), report)
  }
}

async function rethrowLater(waiting: Promise<void>, error: unknown): Promise<never> {
  await waiting
  throw error
}

function rethrowAfter(waiting: void | Promise<void>, error: unknown): Promise<never> {
  if (isPromise(waiting)) return rethrowLater(waiting, error)
  throw error
}

function watch(result: unknown, report: (error: unknown) => void): void {
  if (isPromise(result)) result.then(undefined, report)
}

function ignore(): void {}
