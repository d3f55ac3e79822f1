import type { Body, Chunk, Closeable } from '@stapel/core'
import type { ContentPiece } from '@stapel/core/http'

/**
 * A body whose size is known and that can be read at any place: a file, a Blob, an object of a store that takes ranges. A response with
 * one is sent with its length, and `makeConditional` reads no more of it than the request asks for.
 */
export interface SeekableBody extends AsyncIterable<Chunk>, Closeable {
  /** In bytes. */
  readonly size: number
  /** A body of these pieces, which takes this one over: texts as they are, ranges ascending and without overlap. */
  select(pieces: readonly ContentPiece[]): Body
}

/** Whether a body can be read at any place. */
export function isSeekable(body: unknown): body is SeekableBody {
  return typeof (body as Partial<SeekableBody> | null)?.select === 'function'
}

/** A Blob as a body; a `File` is one. */
export class BlobBody implements SeekableBody {
  readonly #blob: Blob

  constructor(blob: Blob) {
    this.#blob = blob
  }

  get size(): number {
    return this.#blob.size
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return stream(this.#blob)
  }

  select(pieces: readonly ContentPiece[]): Body {
    return selectFrom(this.#blob, pieces)
  }
}

async function* stream(blob: Blob): AsyncGenerator<Chunk, void, undefined> {
  yield* blob.stream()
}

async function* selectFrom(
  blob: Blob,
  pieces: readonly ContentPiece[],
): AsyncGenerator<Chunk, void, undefined> {
  for (const piece of pieces) {
    if (typeof piece === 'string') yield piece
    else yield* blob.slice(piece.first, piece.last + 1).stream()
  }
}
