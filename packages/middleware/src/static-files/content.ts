import {
  type Body,
  concat,
  FilePieces,
  FileTruncated,
  type FileWrapper,
  type OpenFile,
  ServiceUnavailable,
  selectPieces,
  toBytes,
} from '@stapel/core'
import type { ContentPiece, PartialContent } from '@stapel/core/http'

/** Where the content of an answer comes from. */
export interface Content {
  /** All of it, or the parts that a range selects; asked for once. */
  take(selected: PartialContent | 'whole'): Body | Promise<Body>
}

/** What has at most so many bytes is read before the answer begins, so that head and content go out together: 64 KiB. */
export const WHOLE_READ_SIZE = 65_536

/** Content that is in memory. */
export class KeptContent implements Content {
  /** Nobody may change them. */
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  take(selected: PartialContent | 'whole'): Body {
    return selected === 'whole' ? this.bytes : selectPieces(this.bytes, selected.pieces)
  }
}

/** Content of an open file; what is large is sent by the gateway's `wsgi.file_wrapper` where it has one. */
export class FileContent implements Content {
  readonly #file: OpenFile
  readonly #size: number
  readonly #wrapper: FileWrapper | undefined
  /** The body that owns the file, where one does. */
  #stream: (Body & { close?(): void | Promise<void> }) | undefined

  /** `size` is that of the file in bytes. */
  constructor(file: OpenFile, size: number, wrapper: FileWrapper | undefined) {
    this.#file = file
    this.#size = size
    this.#wrapper = wrapper
  }

  take(selected: PartialContent | 'whole'): Body | Promise<Body> {
    const whole = selected === 'whole'
    const length = whole ? this.#size : selected.contentLength
    const pieces = whole ? [{ first: 0, last: this.#size - 1 }] : selected.pieces
    if (length <= WHOLE_READ_SIZE) return this.#readPieces(pieces)
    const [only, ...others] = pieces
    if (typeof only === 'object' && others.length === 0)
      this.#stream = this.#wrapper?.(this.#file, { start: only.first, end: only.last + 1 })
    this.#stream ??= new FilePieces(this.#file, pieces)
    return this.#stream
  }

  /** Bytes of the file. Throws {@link ServiceUnavailable} where it has become too short to have them. */
  async read(start: number, length: number): Promise<Uint8Array> {
    // Memory of its own: neither filled with zeros first nor a part of Node's pool, which a small chunk that is kept would keep whole.
    const bytes = Buffer.allocUnsafeSlow(length)
    for (let filled = 0; filled < length; ) {
      const { bytesRead } = await this.#file.read(bytes, filled, length - filled, start + filled)
      if (bytesRead === 0) {
        throw new ServiceUnavailable('The file is being changed; try again.', {
          cause: new FileTruncated(length - filled),
          retryAfter: 1,
        })
      }
      filled += bytesRead
    }
    return bytes
  }

  async #readPieces(pieces: readonly ContentPiece[]): Promise<Uint8Array> {
    const read: Uint8Array[] = []
    for (const piece of pieces) {
      const isText = typeof piece === 'string'
      read.push(isText ? toBytes(piece) : await this.read(piece.first, piece.last + 1 - piece.first))
    }
    return read.length === 1 ? (read[0] as Uint8Array) : concat(read)
  }

  /** Closes the file, unless `sent` is the body that owns it from now on. */
  async close(sent: Body | undefined): Promise<void> {
    if (this.#stream === undefined) await this.#file.close()
    else if (this.#stream !== sent) await this.#stream.close?.()
  }
}
