import { type Body, type Chunk, FilePieces, type FileWrapper, iterate, type OpenFile } from '@stapel/core'
import type { ContentPiece } from '@stapel/core/http'
import type { SeekableBody } from './seekable-body.ts'

/** An open file as a body, which owns it; sent by the gateway's `wsgi.file_wrapper` where it has one. */
export class FileBody implements SeekableBody {
  readonly size: number
  readonly #file: OpenFile
  readonly #wrapper: FileWrapper | undefined
  /** Whether another body owns the file, or it is closed. */
  #gone = false

  constructor(file: OpenFile, size: number, wrapper: FileWrapper | undefined) {
    this.size = size
    this.#file = file
    this.#wrapper = wrapper
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return iterate(this.whole()) as AsyncIterator<Chunk>
  }

  /** All of it, as the gateway sends it best. */
  whole(): Body {
    return this.select(this.size === 0 ? [] : [{ first: 0, last: this.size - 1 }])
  }

  select(pieces: readonly ContentPiece[]): Body {
    const [only, ...others] = pieces
    const wrapped = this.#wrapper !== undefined && typeof only === 'object' && others.length === 0
    const body = wrapped
      ? this.#wrapper?.(this.#file, { start: only.first, end: only.last + 1 })
      : new FilePieces(this.#file, pieces)
    this.#gone = true
    return body as Body
  }

  async close(): Promise<void> {
    if (this.#gone) return
    this.#gone = true
    await this.#file.close()
  }
}
