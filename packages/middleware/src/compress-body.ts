import type { Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import {
  type Body,
  type Chunk,
  type ChunkIterator,
  type Closeable,
  closingIterator,
  concat,
  dispose,
  isChunk,
  iterate,
  ProtocolError,
  release,
  toBytes,
} from '@stapel/core'
import { SLICE_SIZE } from './compress-codings.ts'

export interface CompressedBodyInit {
  /** The `Content-Length` that the plain answer had; -1 without one. */
  length: number
  /** Gets failures that come after the body was closed. */
  report: (error: unknown) => void
}

/**
 * A body that is compressed while it is read: each chunk is flushed, and the next one pulled only when the last was taken, so that an event
 * stream stays one and a slow client slows its application down. At most one chunk and {@link SLICE_SIZE} bytes of output are held.
 *
 * The coding's stream is made with the first step, and destroyed at the end, at an error and by `close()`, which also disposes of the
 * plain body. A plain body of another length than its `Content-Length` throws a {@link ProtocolError} (4.5): the client must not take
 * what it got for the whole.
 */
export class CompressedBody implements AsyncIterable<Uint8Array>, Closeable {
  readonly #body: Body
  readonly #createStream: () => Transform
  readonly #init: CompressedBodyInit
  #iterator: ChunkIterator | undefined
  #encoder: Transform | undefined
  /** What is left of a chunk that is larger than a slice. */
  #rest: Uint8Array = empty
  #received = 0
  /** `ended`: the plain body is done with; `left`: so is the reader, who is owed no error. */
  #state: 'open' | 'ended' | 'left' = 'open'

  constructor(body: Body, createStream: () => Transform, init: CompressedBodyInit) {
    this.#body = body
    this.#createStream = createStream
    this.#init = init
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return closingIterator(
      () => this.#next(),
      () => this.close(),
    )
  }

  /** Gives the plain body and the coding's stream up, wherever they stand. */
  close(): void {
    if (this.#state === 'open') this.#giveUp('left')
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#state !== 'open') return done
    try {
      const slice = await this.#pull()
      if (this.#hasLeft()) return done
      if (slice === undefined) return await this.#finish()
      // An empty chunk is passed on: it is the application's way to say that it is still there.
      const value = slice.byteLength === 0 ? slice : await this.#encode(slice)
      return this.#hasLeft() ? done : { done: false, value }
    } catch (error) {
      if (this.#hasLeft()) return done
      throw error
    }
  }

  /** The next slice of the plain body; `undefined` at its end. */
  async #pull(): Promise<Uint8Array | undefined> {
    if (this.#rest.byteLength === 0) {
      const chunk = await this.#pullChunk()
      if (chunk === undefined) return undefined
      this.#rest = toBytes(chunk)
      this.#received += this.#rest.byteLength
      if (this.#init.length !== -1 && this.#received > this.#init.length) {
        this.#giveUp('ended')
        throw this.#mismatch()
      }
    }
    const slice = this.#rest.subarray(0, SLICE_SIZE)
    this.#rest = this.#rest.subarray(slice.byteLength)
    return slice
  }

  async #pullChunk(): Promise<Chunk | undefined> {
    let step: IteratorResult<Chunk>
    try {
      this.#iterator ??= iterate(this.#body)
      step = await this.#iterator.next()
    } catch (error) {
      // It came out of the iterator, which is at its end: only `close()` of the body is left to call.
      this.#end()
      throw error
    }
    if (step.done) return undefined
    if (isChunk(step.value)) return step.value
    if (this.#state === 'open') this.#giveUp('ended')
    throw new ProtocolError(
      '1',
      `The body gave a value of type ${typeof step.value}; expected chunks that are strings or Uint8Arrays.`,
    )
  }

  async #finish(): Promise<IteratorResult<Uint8Array>> {
    if (this.#init.length !== -1 && this.#received < this.#init.length) {
      this.#end()
      throw this.#mismatch()
    }
    const encoder = this.#stream()
    const pieces: Uint8Array[] = []
    encoder.on('data', (piece: Uint8Array) => pieces.push(piece))
    encoder.end()
    await finished(encoder)
    if (this.#hasLeft()) return done
    this.#end()
    return { done: false, value: concat(pieces) }
  }

  #encode(slice: Uint8Array): Promise<Uint8Array> {
    const encoder = this.#stream()
    return new Promise((resolve, reject) => {
      encoder.write(slice, (error) => {
        if (error) reject(error)
        // All of it: without a size, Node 26 gives the first of several buffers, and the encoder waits for room with the rest.
        else resolve(encoder.read(encoder.readableLength) ?? empty)
      })
    })
  }

  #stream(): Transform {
    if (this.#encoder === undefined) {
      this.#encoder = this.#createStream()
      // A failure reaches the reader through the write that it broke; without a listener it would end the process.
      this.#encoder.on('error', () => {})
    }
    return this.#encoder
  }

  #hasLeft(): boolean {
    return this.#state === 'left'
  }

  /** The plain body is at its end. */
  #end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#encoder?.destroy()
    release(this.#body, this.#init.report)
  }

  /** The plain body is not read on. */
  #giveUp(state: 'ended' | 'left'): void {
    this.#state = state
    this.#encoder?.destroy()
    dispose(this.#body, this.#iterator, this.#init.report)
  }

  #mismatch(): ProtocolError {
    return new ProtocolError(
      '4.5',
      `The body has ${this.#received} bytes or more, its Content-Length is ${this.#init.length}.`,
    )
  }
}

const empty = new Uint8Array(0)
const done: IteratorResult<Uint8Array> = { done: true, value: undefined }
