import { type ChunkIterator, closeBody, concat, isChunk, iterate, leave, toBytes } from './body.ts'
import type { ContentPiece } from './http/byte-ranges.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * A body that sends these pieces instead of the whole: texts as they are, ranges as they are found in `body`, ascending and without
 * overlap as `selectByteRanges` gives them.
 *
 * One chunk is cut at once. Anything else is read through, as far as the last range reaches: what lies before a range is read and
 * dropped. It takes `body` over: disposing of the one disposes of the other. Reading throws a {@link ProtocolError} (4.5) when `body` ends
 * before a range does.
 */
export function selectPieces(body: Body, pieces: readonly ContentPiece[]): Body {
  return isChunk(body) ? cut(toBytes(body), pieces) : new SelectedBody(body, pieces)
}

function cut(bytes: Uint8Array, pieces: readonly ContentPiece[]): Uint8Array {
  return concat(
    pieces.map((piece) => {
      if (typeof piece === 'string') return toBytes(piece)
      if (piece.last >= bytes.byteLength) throw tooShort(bytes.byteLength, piece.last)
      return bytes.subarray(piece.first, piece.last + 1)
    }),
  )
}

class SelectedBody implements AsyncIterable<Chunk>, Closeable {
  readonly #body: Body
  readonly #pieces: readonly ContentPiece[]
  #iterator: ChunkIterator | undefined
  /** Whether the iterator is not to be called any more. */
  #over = false
  #closed = false

  constructor(body: Body, pieces: readonly ContentPiece[]) {
    this.#body = body
    this.#pieces = pieces
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, undefined> {
    const iterator = iterate(this.#body)
    this.#iterator = iterator
    /** What was read and not looked at, and where in the whole it begins. */
    let rest: Uint8Array = nothing
    let offset = 0
    try {
      for (const piece of this.#pieces) {
        if (typeof piece === 'string') yield piece
        else {
          while (offset <= piece.last) {
            if (rest.byteLength === 0) rest = await this.#pull(iterator, offset, piece.last)
            const begin = Math.max(0, piece.first - offset)
            const end = Math.min(piece.last + 1 - offset, rest.byteLength)
            const chunk = rest.subarray(begin, end)
            rest = rest.subarray(end)
            offset += end
            if (chunk.byteLength > 0) yield chunk
          }
        }
      }
    } finally {
      this.#leave()
    }
  }

  close(): void | Promise<void> {
    if (this.#closed) return undefined
    this.#closed = true
    if (this.#iterator === undefined) return closeBody(this.#body)
    // Not only by the generator, which answers late where it awaits a chunk.
    this.#leave()
    return (this.#body as Closeable).close?.()
  }

  async #pull(iterator: ChunkIterator, offset: number, last: number): Promise<Uint8Array> {
    let step: IteratorResult<Chunk>
    try {
      step = await iterator.next()
    } catch (error) {
      this.#over = true
      throw error
    }
    if (!step.done) return toBytes(step.value)
    this.#over = true
    throw tooShort(offset, last)
  }

  #leave(): void {
    if (this.#over) return
    this.#over = true
    leave(this.#body, this.#iterator, () => {})
  }
}

const nothing = new Uint8Array(0)

function tooShort(size: number, last: number): ProtocolError {
  return new ProtocolError(
    '4.5',
    `The body ended after ${size} bytes, before the byte ${last} of a range; expected the size that was announced.`,
  )
}
