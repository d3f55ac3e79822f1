import type { FileHandle } from 'node:fs/promises'
import type { Closeable } from '@stapel/core'

/** The most bytes that one read asks for, and that are held of a file at any time. */
export const READ_SIZE = 65_536

/** A file got shorter while it was sent: the length that was announced cannot be kept. */
export class FileTruncated extends Error {
  static {
    FileTruncated.prototype.name = 'FileTruncated'
  }
  readonly code = 'ERR_STAPEL_FILE_TRUNCATED'

  constructor(missing: number) {
    super(`The file got shorter while it was sent: ${missing} bytes are missing.`)
  }
}

/**
 * The bytes of an open file from `start`, `length` of them, as a body: each chunk is read when it is asked for, none is kept.
 *
 * It owns the handle and closes it at the end, at an error, when the iteration is left, and in `close()`. Throws {@link FileTruncated} when
 * the file ends early.
 */
export class FileBody implements AsyncIterable<Uint8Array>, Closeable {
  readonly #handle: FileHandle
  readonly #start: number
  readonly #length: number
  #closing: Promise<void> | undefined

  constructor(handle: FileHandle, start: number, length: number) {
    this.#handle = handle
    this.#start = start
    this.#length = length
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const end = this.#start + this.#length
    try {
      for (let position = this.#start; position < end; ) {
        // A chunk may wait in a socket's queue while the next one is read, so each has memory of its own.
        const buffer = Buffer.allocUnsafeSlow(Math.min(READ_SIZE, end - position))
        const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, position)
        if (bytesRead === 0) throw new FileTruncated(end - position)
        position += bytesRead
        yield bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead)
      }
    } finally {
      await this.close()
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#handle.close()
    return this.#closing
  }
}

/** The bytes of an open file from `start`, `length` of them, in one piece; the handle stays open. Throws {@link FileTruncated}. */
export async function readPiece(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled)
    if (bytesRead === 0) throw new FileTruncated(length - filled)
    filled += bytesRead
  }
  return buffer
}
