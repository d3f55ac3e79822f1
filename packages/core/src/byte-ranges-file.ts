import { FileTruncated } from './file-truncated.ts'
import type { OpenFile } from './file-wrapper.ts'
import type { ContentPiece } from './http/byte-ranges.ts'
import type { Chunk, Closeable } from './protocol.ts'

/** The most bytes that {@link FilePieces} reads at a time: 256 KiB. */
export const PIECE_READ_SIZE = 262_144

/**
 * Pieces of an open file as a body: texts as they are, ranges read where they are, so that what lies between is not read.
 *
 * It owns the file, and closes it at the end, at an error, when the iteration is left, and in `close()`. Reading throws a {@link FileTruncated}
 * when the file ends before a range does.
 */
export class FilePieces implements AsyncIterable<Chunk>, Closeable {
  readonly #file: OpenFile
  readonly #pieces: readonly ContentPiece[]
  #closing: Promise<void> | undefined

  constructor(file: OpenFile, pieces: readonly ContentPiece[]) {
    this.#file = file
    this.#pieces = pieces
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, undefined> {
    try {
      for (const piece of this.#pieces) {
        if (typeof piece === 'string') {
          yield piece
          continue
        }
        for (let position = piece.first; position <= piece.last; ) {
          // A chunk may wait in a socket's queue while the next one is read, so each has memory of its own.
          const buffer = new Uint8Array(Math.min(PIECE_READ_SIZE, piece.last + 1 - position))
          const { bytesRead } = await this.#file.read(buffer, 0, buffer.byteLength, position)
          if (bytesRead === 0) throw new FileTruncated(piece.last + 1 - position)
          position += bytesRead
          yield bytesRead === buffer.byteLength ? buffer : buffer.subarray(0, bytesRead)
        }
      }
    } finally {
      await this.close()
    }
  }

  /** Closes the file; the same promise for every call. */
  close(): Promise<void> {
    this.#closing ??= this.#file.close()
    return this.#closing
  }
}
