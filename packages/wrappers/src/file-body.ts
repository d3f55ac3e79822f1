import {
  type Body,
  type Chunk,
  type Closeable,
  FilePieces,
  type FileWrapper,
  iterate,
  type OpenFile,
} from '@stapel/core'
import type { ContentPiece } from '@stapel/core/http'
import type { SeekableBody } from './seekable-body.ts'

/** An open file as a body, which owns it; sent by the gateway's `wsgi.file_wrapper` where it has one. */
export class FileBody implements SeekableBody {
  readonly size: number
  readonly #file: OpenFile
  readonly #wrapper: FileWrapper | undefined
  /** Whether another body owns the file, or it is closed. */
  #gone = false
  /** What an iteration of this body reads. */
  #read: Closeable | undefined

  constructor(file: OpenFile, size: number, wrapper: FileWrapper | undefined) {
    this.size = size
    this.#file = file
    this.#wrapper = wrapper
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    const whole = this.whole()
    this.#read = whole as Closeable
    return iterate(whole) as AsyncIterator<Chunk>
  }

  /** All of it, as the gateway sends it best. */
  whole(): Body {
    return this.select(this.size === 0 ? [] : [{ first: 0, last: this.size - 1 }])
  }

  select(pieces: readonly ContentPiece[]): Body {
    const body = this.#wrap(pieces) ?? new FilePieces(this.#file, pieces)
    this.#gone = true
    return body
  }

  async close(): Promise<void> {
    if (this.#read !== undefined) return this.#read.close?.()
    if (this.#gone) return
    this.#gone = true
    await this.#file.close()
  }

  /** The gateway's body, where it has one and there is one range to send. */
  #wrap([only, ...others]: readonly ContentPiece[]): Body | undefined {
    if (typeof only !== 'object' || others.length > 0) return undefined
    return this.#wrapper?.(this.#file, { start: only.first, end: only.last + 1 })
  }
}
