import { type Context, type ReadOptions, wholeBody } from '@stapel/core'
import type { Decoding } from './decompress-codings.ts'
import { DecodeLimits } from './decompress-limits.ts'
import { decodeStage } from './decompress-stage.ts'
import { NarrowedContext } from './narrowed-context.ts'

/** What a body is decoded with. */
export interface DecodedBodyInit {
  /** As they were applied: the last one is undone first. */
  readonly decodings: readonly Decoding[]
  readonly maxSize: number
  readonly maxRatio: number
}

/**
 * The body of a request without its codings, as `wsgi.input` and as bytes. Nothing is read before it is asked for.
 *
 * Who leaves an iteration leaves the input, and the next one throws: what came before would be missing. After {@link DecodedBody.read} the
 * iteration gives the same bytes again.
 */
export class DecodedBody implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>
  readonly #init: DecodedBodyInit
  #whole: Promise<Uint8Array> | undefined
  #reader: AsyncGenerator<Uint8Array, void, undefined> | undefined
  /** What each further step of an iteration rejects with, so that nobody takes a part for all. */
  #failure: unknown

  constructor(input: AsyncIterable<Uint8Array>, init: DecodedBodyInit) {
    this.#input = input
    this.#init = init
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#whole !== undefined) return wholeBody.replay(this.#whole)
    return {
      next: async () => {
        if (this.#failure !== undefined) throw this.#failure
        this.#reader ??= this.#decode()
        return this.#reader.next().catch((error) => {
          this.#failure = error
          throw error
        })
      },
      return: async () => {
        if (this.#reader !== undefined) {
          this.#failure ??= wholeBody.partlyRead()
          await this.#reader.return()
        }
        return { done: true, value: undefined }
      },
    }
  }

  /** The whole body; read once and kept, also a failure. */
  read(options?: ReadOptions): Promise<Uint8Array> {
    const limit = wholeBody.limitOf(options)
    if (this.#whole !== undefined) return wholeBody.within(this.#whole, limit)
    if (this.#reader !== undefined) return Promise.reject(wholeBody.partlyRead())
    const reader = this.#decode()
    this.#reader = reader
    this.#whole = wholeBody.readToEnd(() => reader.next(), limit).finally(() => reader.return())
    return this.#whole
  }

  #decode(): AsyncGenerator<Uint8Array, void, undefined> {
    const { decodings, maxSize, maxRatio } = this.#init
    const limits = new DecodeLimits(maxSize, maxRatio)
    let source = received(this.#input, limits)
    for (const decoding of decodings.toReversed()) source = decodeStage(source, decoding, limits)
    return source
  }
}

/** `stapel.context` of a request whose body is decoded. */
export class DecodedContext extends NarrowedContext {
  readonly #body: DecodedBody

  constructor(outer: Context, body: DecodedBody) {
    super(outer)
    this.#body = body
  }

  override read(options?: ReadOptions): Promise<Uint8Array> {
    return this.#body.read(options)
  }
}

async function* received(
  input: AsyncIterable<Uint8Array>,
  limits: DecodeLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of input) {
    limits.receive(chunk.byteLength)
    yield chunk
  }
}
