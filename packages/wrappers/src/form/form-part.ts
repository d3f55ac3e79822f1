import { ContentTooLarge, type ReadOptions } from '@stapel/core'
import { Headers } from '../headers.ts'
import { checkLimit } from './form-limits.ts'

/** Where the content of a part comes from: the next piece, `undefined` at its end. */
export type PartSource = () => Promise<Uint8Array | undefined>

/**
 * One field or file of a form, as `Request.parts` gives them: an async iterable of its bytes, read at most once.
 *
 * A file is read from the client while it is iterated; what is not read before the next part is asked for is skipped. Name, file name and
 * type are the client's choice.
 *
 * @example
 * ```ts
 * import { Request, Response } from '@stapel/wrappers'
 *
 * const limits = { total: 5_000_000_000, file: 5_000_000_000 }
 *
 * export const app = Request.application(async (request) => {
 *   const sizes = new Map<string, number>()
 *   for await (const part of request.parts(limits)) {
 *     if (!part.isFile) continue
 *     let size = 0
 *     for await (const bytes of part) size += bytes.byteLength
 *     sizes.set(part.name, size)
 *   }
 *   return Response.json([...sizes])
 * })
 * ```
 */
export class FormPart implements AsyncIterable<Uint8Array> {
  /** The name of the field; may be empty, and occur more than once. */
  readonly name: string
  /** The last segment of the file name that was sent, which may be `''`; `undefined` where none was sent. Never use it as a path. */
  readonly filename: string | undefined
  /** The media type in lower case without parameters; `'text/plain'` when none was sent. */
  readonly type: string
  /** Whether it is a file: it has a file name, or is of type `application/octet-stream`. */
  readonly isFile: boolean
  readonly #headers: readonly (readonly [name: string, value: string])[]
  readonly #source: PartSource
  readonly #value: string | undefined
  #read = false

  /** `value` is the text of a field. */
  constructor(
    head: Pick<FormPart, 'name' | 'filename' | 'type' | 'isFile'> & {
      readonly headers: readonly (readonly [name: string, value: string])[]
    },
    source: PartSource,
    value?: string,
  ) {
    this.name = head.name
    this.filename = head.filename
    this.type = head.type
    this.isFile = head.isFile
    this.#headers = head.headers
    this.#source = source
    this.#value = value
  }

  /** The headers of the part as they were sent, text as latin-1; a list of their own. None for a field of a urlencoded form. */
  get headers(): Headers {
    return new Headers(this.#headers.map(([name, value]) => [name, value]))
  }

  /**
   * The content in pieces as they arrive. Rejects with what went wrong in the form, as `Request.parts` does; with a TypeError when it was read
   * before, or the next part has been asked for. Leaving early skips the rest.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#read) throw new TypeError('This part of the form was read before; keep what you need of it.')
    this.#read = true
    return iterate(this.#source)
  }

  /** The whole content; besides what iterating rejects with: `ContentTooLarge` above `limit` (1 MiB). */
  async bytes({ limit = 1_048_576 }: ReadOptions = {}): Promise<Uint8Array> {
    checkLimit('limit', limit)
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of this) {
      size += piece.byteLength
      if (size > limit) throw new ContentTooLarge(`A part of the form is larger than ${limit} bytes.`)
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }

  /**
   * The whole content as text: a field by the charset of its type, a file as UTF-8, invalid bytes as U+FFFD. Rejects as {@link bytes} does. The
   * text of a field may be asked for again.
   */
  async text(options?: ReadOptions): Promise<string> {
    return this.#value ?? new TextDecoder().decode(await this.bytes(options))
  }
}

async function* iterate(source: PartSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (let piece = await source(); piece !== undefined; piece = await source()) yield piece
}
