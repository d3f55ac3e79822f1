import { concat, describe } from '../body.ts'
import { parseContentLength } from '../http/content-length.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { ReadOptions } from '../protocol.ts'
import { limitOf, partlyRead, replay, tooLarge, within } from '../whole-body.ts'

/**
 * The body of a `Request` as `wsgi.input` (clause 6) and as bytes. Nothing of the request's body is touched before the first read.
 *
 * Leaving a `for await` early takes nothing with it: another one goes on where it stopped. After {@link FetchInput.read} the iteration gives
 * the same bytes again, so that a signature check and a parser both get them.
 */
export class FetchInput implements AsyncIterable<Uint8Array> {
  readonly #request: Request
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #whole: Promise<Uint8Array> | undefined
  #begun = false
  #ended = false
  /** What is left of `Content-Length`; Infinity where it was not sent. */
  #left = Number.POSITIVE_INFINITY

  constructor(request: Request) {
    this.#request = request
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#whole !== undefined) return replay(this.#whole)
    this.#begin()
    return { next: () => this.#next(), return: async () => ({ done: true, value: undefined }) }
  }

  /** The whole body; read once and kept, also a failure. Throws a RangeError for a limit that is no number of bytes. */
  read(options?: ReadOptions): Promise<Uint8Array> {
    const limit = limitOf(options)
    if (this.#whole !== undefined) return within(this.#whole, limit)
    if (this.#begun) return Promise.reject(partlyRead())
    // Too long by its own word: answered without reading, and the next reader may have a higher limit.
    if (declaredLength(this.#request) > limit) return Promise.reject(tooLarge(limit))
    this.#whole = this.#readWhole(limit)
    return this.#whole
  }

  async #readWhole(limit: number): Promise<Uint8Array> {
    this.#begin()
    // The host's own way is the fastest, but it has no limit except the length that was declared.
    if (limit === Number.POSITIVE_INFINITY || this.#left <= limit) return this.#readByHost()
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const step = await this.#next()
      if (step.done) return concat(chunks, size)
      size += step.value.byteLength
      if (size > limit) {
        this.#reader?.cancel().catch(ignore)
        throw tooLarge(limit)
      }
      chunks.push(step.value)
    }
  }

  async #readByHost(): Promise<Uint8Array> {
    const left = this.#left
    let bytes: Uint8Array
    try {
      bytes = new Uint8Array(await this.#request.arrayBuffer())
    } catch (cause) {
      throw new ClientDisconnected(undefined, { cause })
    }
    this.#ended = true
    if (left === Number.POSITIVE_INFINITY) return bytes
    if (bytes.byteLength < left) throw new ClientDisconnected()
    return bytes.byteLength > left ? bytes.subarray(0, left) : bytes
  }

  #begin(): void {
    if (this.#begun) return
    if (this.#request.bodyUsed || this.#request.body?.locked) {
      throw new TypeError(
        'Got a Request whose body was read before; hand the application a fresh one, or clone() it first.',
      )
    }
    this.#begun = true
    this.#left = declaredLength(this.#request)
    if (this.#left === -1) this.#left = Number.POSITIVE_INFINITY
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.#ended || this.#request.body === null) return done
      this.#reader ??= this.#request.body.getReader()
      let step: ReadableStreamReadResult<Uint8Array>
      try {
        step = await this.#reader.read()
      } catch (cause) {
        throw new ClientDisconnected(undefined, { cause })
      }
      if (step.done) {
        this.#ended = true
        if (this.#left > 0 && this.#left !== Number.POSITIVE_INFINITY) throw new ClientDisconnected()
        return done
      }
      if (!(step.value instanceof Uint8Array)) {
        throw new TypeError(
          `The body of the Request gave ${describe(step.value)}; expected chunks that are Uint8Arrays.`,
        )
      }
      const value = step.value.byteLength > this.#left ? step.value.subarray(0, this.#left) : step.value
      this.#left -= value.byteLength
      if (this.#left === 0) this.#ended = true
      if (value.byteLength > 0) return { done: false, value }
    }
  }
}

const done: IteratorResult<Uint8Array> = { done: true, value: undefined }

/** -1 where none was sent. */
function declaredLength(request: Request): number {
  return parseContentLength(request.headers.get('content-length') ?? '') ?? -1
}

function ignore(): void {}
