import { Stream } from 'node:stream'
import { describe } from '../body.ts'

type WriteCallback = (error?: Error | null) => void

/** What was written, until it was taken. */
export interface Written {
  readonly chunk: string | Uint8Array
  readonly encoding: BufferEncoding
  readonly callback: WriteCallback | undefined
}

/** So many bytes, or characters, may wait before a writer is told to wait: 16 KiB. */
export const SOCKET_HIGH_WATER_MARK = 16_384

/**
 * The writable half of a socket, as Node's own response and programs use it: everything that was written is handed over in one batch, and
 * the next batch when that one was taken.
 *
 * It is no `Duplex`: the constructor of Node's `WritableState` stores a closure that V8 puts into old space, which from Node 22 on keeps every
 * request alive until a full collection. An Express application in a stack was half as fast with it.
 */
export abstract class WrittenSocket extends Stream {
  destroyed = false
  closed = false
  errored: Error | null = null
  /** The number of bytes, or characters, that were written and not taken. */
  writableLength = 0
  writableNeedDrain = false
  writableEnded = false
  writableFinished = false
  /** While it is above 0, nothing is handed over. */
  corked = 0
  #waiting: Written[] = []
  #given: Written[] | undefined
  #handing = false

  /** Takes a batch; `taken` asks for the next one. */
  protected abstract take(batch: readonly Written[], taken: () => void): void

  /** The socket was destroyed. */
  protected abstract left(error: Error | null): void

  get writable(): boolean {
    return !this.destroyed && !this.writableEnded
  }

  get writableHighWaterMark(): number {
    return SOCKET_HIGH_WATER_MARK
  }

  get writableCorked(): number {
    return this.corked
  }

  /** Node's response sets `corked` on it to send what it holds back. */
  get _writableState(): { corked: number } {
    return this
  }

  write(
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback,
  ): boolean {
    if (typeof encoding === 'function') return this.write(chunk, undefined, encoding)
    if (typeof chunk !== 'string' && !(chunk instanceof Uint8Array)) {
      throw Object.assign(
        new TypeError(`Got ${describe(chunk)} for the chunk; expected a string or a Uint8Array.`),
        { code: 'ERR_INVALID_ARG_TYPE' },
      )
    }
    if (!this.writable) {
      if (callback) process.nextTick(callback, notWritable(this.destroyed))
      return false
    }
    this.writableLength += chunk.length
    this.#waiting.push({ chunk, encoding: encoding ?? 'utf8', callback })
    const room = this.writableLength < SOCKET_HIGH_WATER_MARK
    if (!room) this.writableNeedDrain = true
    this.#handOver()
    return room
  }

  cork(): void {
    this.corked++
  }

  uncork(): void {
    if (this.corked === 0) return
    this.corked--
    this.#handOver()
  }

  /** Closes when everything was taken. */
  end(
    chunk?: string | Uint8Array | WriteCallback | null,
    encoding?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): this {
    if (typeof chunk === 'function') return this.end(null, undefined, chunk)
    if (typeof encoding === 'function') return this.end(chunk, undefined, encoding)
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding)
    if (callback) this.once('finish', callback)
    if (this.writableEnded || this.destroyed) return this
    this.corked = 0
    this.#handOver()
    this.writableEnded = true
    this.#finishMaybe()
    return this
  }

  destroy(error?: Error | null): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.errored = error ?? null
    const told = this.errored !== null && this.listenerCount('error') > 0
    this.left(this.errored)
    process.nextTick(() => {
      for (const { callback } of [...(this.#given ?? []), ...this.#waiting]) callback?.(notWritable(true))
      this.#given = undefined
      this.#waiting = []
      this.closed = true
      // An error event without a listener would end the process.
      if (told) this.emit('error', this.errored)
      // As on a `net.Socket`, whether an error closed it.
      this.emit('close', this.errored !== null)
    })
    return this
  }

  /** Closes when everything was taken, as on a `net.Socket`. */
  destroySoon(): void {
    this.end()
  }

  #handOver(): void {
    if (this.#handing) return
    this.#handing = true
    while (this.corked === 0 && this.#given === undefined && this.#waiting.length > 0 && !this.destroyed) {
      const batch = this.#waiting
      this.#given = batch
      this.#waiting = []
      this.take(batch, this.#taken)
    }
    this.#handing = false
  }

  readonly #taken = (): void => {
    const given = this.#given
    if (given === undefined || this.destroyed) return
    this.#given = undefined
    for (const { chunk } of given) this.writableLength -= chunk.length
    if (this.#handing) {
      // Who writes is told afterwards, not while the write is under way.
      process.nextTick(() => this.#tell(given))
      return
    }
    this.#handOver()
    this.#tell(given)
  }

  #tell(given: readonly Written[]): void {
    if (this.writableNeedDrain && this.writableLength === 0 && this.writable) {
      this.writableNeedDrain = false
      this.emit('drain')
    }
    for (const { callback } of given) callback?.(null)
    if (this.writableEnded) this.#finishMaybe()
  }

  #finishMaybe(): void {
    if (this.writableFinished || this.destroyed || this.#given !== undefined || this.#waiting.length > 0)
      return
    this.writableFinished = true
    // On the next tick, as a gateway sends what it has taken before the connection is cut.
    process.nextTick(() => {
      if (this.destroyed) return
      this.emit('finish')
      this.destroy()
    })
  }
}

function notWritable(destroyed: boolean): Error {
  return destroyed
    ? Object.assign(new Error('Cannot call write after a stream was destroyed'), {
        code: 'ERR_STREAM_DESTROYED',
      })
    : Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
}
