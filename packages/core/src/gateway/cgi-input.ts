import type { Readable } from 'node:stream'
import { parseContentLength } from '../http/content-length.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { ReadOptions } from '../protocol.ts'
import { limitOf, partlyRead, readToEnd, replay, tooLarge, within } from '../whole-body.ts'
import type { Variables } from './cgi-environ.ts'

/**
 * Standard input as `wsgi.input`: it ends at `CONTENT_LENGTH`, since a server need not close it there (RFC 3875 section 4.2); without a length it
 * is empty, unless the server says that it hands on a chunked body.
 */
export class CgiInput implements AsyncIterable<Uint8Array> {
  readonly #source: Readable
  readonly #declared: number
  #left: number
  #iterator: AsyncIterator<Uint8Array> | undefined
  #whole: Promise<Uint8Array> | undefined

  constructor(source: Readable, variables: Variables) {
    this.#source = source
    this.#declared = parseContentLength(variables.CONTENT_LENGTH ?? '') ?? -1
    this.#left = this.#declared
    if (this.#left === -1) this.#left = variables.HTTP_TRANSFER_ENCODING ? Number.POSITIVE_INFINITY : 0
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
    if (this.#iterator !== undefined) return Promise.reject(partlyRead())
    if (this.#declared > limit) return Promise.reject(tooLarge(limit))
    this.#begin()
    this.#whole = readToEnd(() => this.#next(), limit)
    return this.#whole
  }

  #begin(): void {
    this.#iterator ??= this.#source[Symbol.asyncIterator]()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#left === 0) return done
    let step: IteratorResult<Uint8Array>
    try {
      step = await (this.#iterator as AsyncIterator<Uint8Array>).next()
    } catch (cause) {
      throw new ClientDisconnected(undefined, { cause })
    }
    if (step.done) {
      const short = this.#left !== Number.POSITIVE_INFINITY
      this.#left = 0
      if (short) throw new ClientDisconnected()
      return done
    }
    const value = step.value.byteLength > this.#left ? step.value.subarray(0, this.#left) : step.value
    this.#left -= value.byteLength
    return { done: false, value }
  }
}

const done: IteratorResult<Uint8Array> = { done: true, value: undefined }
