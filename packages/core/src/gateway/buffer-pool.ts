import { Buffer } from 'node:buffer'

/** Large buffers to be used again: to allocate 256 KiB costs as much as to read them from the page cache. */
export class BufferPool {
  /** The bytes of each buffer. */
  readonly size: number
  readonly #limit: number
  readonly #free: Buffer[] = []

  /** Keeps at most `limit` buffers that nobody uses. */
  constructor(size: number, limit: number) {
    this.size = size
    this.#limit = limit
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size)
  }

  /** Nobody may hold on to the buffer any more; one that is not given back is left to the garbage collector. */
  give(buffer: Buffer): void {
    if (this.#free.length < this.#limit) this.#free.push(buffer)
  }
}
