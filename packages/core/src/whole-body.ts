/**
 * What the inputs of all gateways have in common when a body is read whole, by `stapel.context.read`.
 *
 * @module
 */
import { concat } from './body.ts'
import { ContentTooLarge } from './http-errors.ts'
import type { ReadOptions } from './protocol.ts'

/** The most bytes that `stapel.context.read` accepts unless it is told otherwise: 1 MiB. */
const READ_LIMIT = 1_048_576

/** The limit of a read in bytes; throws a RangeError for what is no number of bytes. */
export function limitOf(options: ReadOptions | undefined): number {
  const limit = options?.limit ?? READ_LIMIT
  if (!(limit >= 0))
    throw new RangeError(`Got ${limit} for the limit; expected a number of bytes, or Infinity.`)
  return limit
}

/** Reads to the end, chunk by chunk; rejects with {@link tooLarge} at the first chunk that goes beyond `limit` bytes. */
export async function readToEnd(
  next: () => Promise<IteratorResult<Uint8Array>>,
  limit: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const step = await next()
    if (step.done) return concat(chunks, size)
    size += step.value.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(step.value)
  }
}

/** A body that was read before, for a reader with a limit of its own. */
export function within(whole: Promise<Uint8Array>, limit: number): Promise<Uint8Array> {
  return whole.then((bytes) => (bytes.byteLength > limit ? Promise.reject(tooLarge(limit)) : bytes))
}

/** A body that was read whole, iterated: one chunk, or none of an empty one. */
export async function* replay(whole: Promise<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const bytes = await whole
  if (bytes.byteLength > 0) yield bytes
}

/** The answer to a body over a limit. */
export function tooLarge(limit: number): ContentTooLarge {
  return new ContentTooLarge(`The content of the request is larger than ${limit} bytes.`)
}

/** What reading a body whole rejects with when some of it is gone. */
export function partlyRead(): TypeError {
  return new TypeError('The body was partly read from wsgi.input; read it in one way only.')
}
