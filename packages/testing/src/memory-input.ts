import { type Chunk, ClientDisconnected, type ReadOptions, toBytes, wholeBody } from '@stapel/core'

/**
 * A request body in memory as `wsgi.input` (clause 6) and as bytes.
 *
 * It ends at the declared length; a body that is shorter than that throws `ClientDisconnected`, as a connection cut in the middle does.
 */
export class MemoryInput implements AsyncIterable<Uint8Array> {
  readonly #source: Iterable<Chunk> | AsyncIterable<Chunk>
  readonly #length: number | undefined
  readonly #left: AbortSignal | undefined
  #chunks: Iterator<Chunk> | AsyncIterator<Chunk> | undefined
  #whole: Promise<Uint8Array> | undefined
  #given = 0
  #ended = false

  /** `length` is what the client declared, in bytes; `left` aborts when it leaves. */
  constructor(
    source: Iterable<Chunk> | AsyncIterable<Chunk>,
    length: number | undefined,
    left: AbortSignal | undefined,
  ) {
    this.#source = source
    this.#length = length
    this.#left = left
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#whole !== undefined) return wholeBody.replay(this.#whole)
    this.#begin()
    return { next: () => this.#next(), return: async () => ({ done: true, value: undefined }) }
  }

  /** The whole body; read once and kept, also a failure. Throws a RangeError for a limit that is no number of bytes. */
  read(options?: ReadOptions): Promise<Uint8Array> {
    const limit = wholeBody.limitOf(options)
    if (this.#whole !== undefined) return wholeBody.within(this.#whole, limit)
    if (this.#chunks !== undefined) return Promise.reject(wholeBody.partlyRead())
    if (this.#length !== undefined && this.#length > limit) return Promise.reject(wholeBody.tooLarge(limit))
    this.#whole = wholeBody.readToEnd(() => {
      this.#begin()
      return this.#next()
    }, limit)
    return this.#whole
  }

  /** The request is over: a source that was begun and not read to its end is left, without waiting for it. */
  close(): void {
    const chunks = this.#chunks
    if (chunks === undefined || this.#ended) return
    this.#ended = true
    const leave = async (): Promise<unknown> => chunks.return?.()
    leave().catch(() => {})
  }

  #begin(): void {
    if (this.#chunks !== undefined) return
    const source = this.#source
    this.#chunks = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#ended) return { done: true, value: undefined }
    const chunks = this.#chunks as AsyncIterator<Chunk>
    const step = await unlessLeft(Promise.resolve(chunks.next()), this.#left)
    const length = this.#length ?? Number.POSITIVE_INFINITY
    if (step.done) {
      this.#ended = true
      if (this.#length !== undefined && this.#given < length) throw new ClientDisconnected()
      return { done: true, value: undefined }
    }
    const value = toBytes(step.value).subarray(0, length - this.#given)
    this.#given += value.byteLength
    if (this.#given >= length) this.#ended = true
    if (value.byteLength === 0) return this.#next()
    return { done: false, value }
  }
}

async function unlessLeft<T>(result: Promise<T>, left: AbortSignal | undefined): Promise<T> {
  if (left === undefined) return result
  if (left.aborted) {
    result.catch(() => {})
    throw new ClientDisconnected()
  }
  let leave: (() => void) | undefined
  const gone = new Promise<never>((_, reject) => {
    leave = () => reject(new ClientDisconnected())
    left.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([result, gone])
  } finally {
    if (leave !== undefined) left.removeEventListener('abort', leave)
  }
}
