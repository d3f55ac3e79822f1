/**
 * `wsgi.file_wrapper` of the Node gateway.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import { describe } from '../body.ts'
import { FileTruncated } from '../file-truncated.ts'
import type { FileWrapper, FileWrapperOptions, OpenFile } from '../file-wrapper.ts'
import type { Closeable } from '../protocol.ts'
import { BufferPool } from './buffer-pool.ts'

/**
 * So many bytes are read at a time: 512 KiB. Each read costs a way to the thread pool and back, and a wait for the client: twice as many of half
 * the size took a third more of the processor (10 MiB to each of 64 clients, Node 20).
 */
export const CHUNK_SIZE = 524_288
/** The most bytes that may be asked for at a time: 16 MiB. */
const CHUNK_SIZE_LIMIT = 16_777_216

/** See {@link FileWrapper}. */
export const fileWrapper: FileWrapper = (source, options) => new FileBody(source, options)

/** Where the bytes of one answer are, as far as a pool has to know. */
export interface Outlet {
  /** Bytes that were handed over and have not left the process. */
  readonly writableLength: number
  readonly writableFinished: boolean
  once(event: 'finish', listener: () => void): unknown
}

/** A file, or a range of one, as a body; see {@link FileWrapper}. */
export class FileBody implements AsyncIterable<Uint8Array>, Closeable {
  readonly #file: OpenFile
  readonly #start: number
  readonly #end: number
  readonly #chunkSize: number
  #closing: Promise<void> | undefined

  constructor(
    file: OpenFile,
    { start = 0, end = Number.POSITIVE_INFINITY, chunkSize = CHUNK_SIZE }: FileWrapperOptions = {},
  ) {
    if (typeof file?.read !== 'function' || typeof file.close !== 'function') {
      throw new TypeError(
        `Got ${describe(file)} for a file; expected one that is open, as in: await open(path) of node:fs/promises.`,
      )
    }
    checkInteger('start', start, 0, Number.MAX_SAFE_INTEGER)
    if (end !== Number.POSITIVE_INFINITY) checkInteger('end', end, start, Number.MAX_SAFE_INTEGER)
    checkInteger('chunkSize', chunkSize, 1, CHUNK_SIZE_LIMIT)
    this.#file = file
    this.#start = start
    this.#end = end
    this.#chunkSize = chunkSize
  }

  /** Each chunk has memory of its own: whoever reads it may keep it. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this.#read(
      (size) => Buffer.allocUnsafeSlow(size),
      () => {},
    )
  }

  /**
   * The chunks in buffers of the pool. Each is good until the next one is asked for and what was handed to `outlet` has left: for a
   * gateway that only hands them on.
   */
  pooled(outlet: Outlet): AsyncIterator<Uint8Array, undefined> {
    if (this.#chunkSize > pool.size) return this[Symbol.asyncIterator]()
    let used: Buffer[] = []
    const giveBack = (): void => {
      for (const buffer of used) pool.give(buffer)
      used = []
    }
    return this.#read(
      (size) => {
        if (outlet.writableLength === 0) giveBack()
        const buffer = pool.take()
        used.push(buffer)
        return buffer.subarray(0, size)
      },
      () => {
        // The last chunk may still be on its way. Where the connection breaks off before, its buffer is not used again: a write that is
        // under way would send what is read into it for somebody else.
        if (used.length > 0) outlet.once('finish', () => outlet.writableFinished && giveBack())
      },
    )
  }

  close(): Promise<void> {
    this.#closing ??= this.#file.close()
    return this.#closing
  }

  async *#read(
    bufferOf: (size: number) => Buffer,
    done: () => void,
  ): AsyncGenerator<Uint8Array, undefined, undefined> {
    const end = this.#end
    try {
      for (let position = this.#start; position < end; ) {
        const buffer = bufferOf(Math.min(this.#chunkSize, end - position))
        const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) {
          if (end !== Number.POSITIVE_INFINITY) throw new FileTruncated(end - position)
          break
        }
        position += bytesRead
        yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
      }
    } finally {
      done()
      await this.close()
    }
    return undefined
  }
}

/** At most 32 MiB that nobody uses, of which the system gives only what was ever in use at the same time. */
const pool = new BufferPool(CHUNK_SIZE, 64)

function checkInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(`Got ${String(value)} for ${name}; expected an integer from ${least} to ${most}.`)
  }
}
