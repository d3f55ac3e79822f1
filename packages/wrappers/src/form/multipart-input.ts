/**
 * Reads a multipart body and tells its parts.
 *
 * The threat: a parser that waits for what never comes, or fails where nobody listens. Whatever goes wrong, in the input, in the
 * bytes, at a limit or elsewhere in the request, {@link MultipartInput.next} rejects with it, also while it waits; and the input is left.
 *
 * @module
 */
import { ContentTooLarge } from '@stapel/core'
import { ballast } from './ballast.ts'
import { BusboyParts } from './busboy-parts.ts'
import type { FormLimits } from './form-limits.ts'
import { FormTally } from './form-tally.ts'
import { MultipartGuard } from './multipart-guard.ts'
import type { PartHead } from './part-head.ts'
import { Pieces } from './pieces.ts'

/** Who gets fields and files, in their order. What it throws fails the reading. */
export interface FormListener {
  /** A whole field, its text and its bytes. */
  field(head: PartHead, value: string, content: readonly Uint8Array[]): void
  /** A file begins. */
  file(head: PartHead): void
  /** A piece of the file; not empty, and part of the memory that the input gave. */
  content(bytes: Buffer): void
  /** The file has ended. */
  fileEnd(): void
}

/** A multipart body, read at the pace of who calls {@link next}. */
export class MultipartInput {
  readonly #limits: Readonly<FormLimits>
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #guard: MultipartGuard
  readonly #parts: CountedParts
  #total = 0
  #failure: { readonly error: unknown } | undefined
  #reject: ((error: unknown) => void) | undefined
  #ended = false

  constructor(
    input: AsyncIterable<Uint8Array>,
    boundary: string,
    limits: Readonly<FormLimits>,
    listener: FormListener,
  ) {
    this.#limits = limits
    this.#iterator = input[Symbol.asyncIterator]()
    const tally = new FormTally(limits)
    this.#parts = new CountedParts(boundary, tally, listener)
    this.#guard = new MultipartGuard(boundary, limits, tally, this.#parts)
  }

  /** Whether nothing more will be read. */
  get ended(): boolean {
    return this.#ended
  }

  /** Reads a chunk and tells what is in it; `false` at the end of the body. After a rejection it may not be called again. */
  async next(): Promise<boolean> {
    try {
      const { done, value } = await this.#pull()
      if (done) {
        this.#guard.end()
        this.#leave()
        return false
      }
      this.#total += value.byteLength
      if (this.#total > this.#limits.total) {
        throw new ContentTooLarge(`The content of the request is larger than ${this.#limits.total} bytes.`)
      }
      ballast.add(value.byteLength)
      this.#guard.push(value)
      return true
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** Gives up: {@link next} rejects with `error`, unless it did before. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#reject?.(error)
    this.#leave()
  }

  #pull(): Promise<IteratorResult<Uint8Array>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.error)
        return
      }
      this.#reject = reject
      this.#iterator.next().then(resolve, reject)
    })
  }

  #leave(): void {
    if (this.#ended) return
    this.#ended = true
    this.#parts.close()
    // Not awaited: the input may be waiting for a client that sends nothing more.
    this.#iterator.return?.()?.then(undefined, () => {})
  }
}

/** Counts parts, and keeps fields until they are whole. */
class CountedParts {
  readonly #boundary: string
  readonly #tally: FormTally
  readonly #listener: FormListener
  readonly #pieces = new Pieces()
  #busboy: BusboyParts | undefined
  #head: PartHead | undefined

  constructor(boundary: string, tally: FormTally, listener: FormListener) {
    this.#boundary = boundary
    this.#tally = tally
    this.#listener = listener
  }

  begin(head: PartHead): void {
    this.#head = head
    if (head.isFile) {
      this.#tally.addFile(head.name)
      this.#listener.file(head)
    } else {
      this.#tally.addField(head.name)
    }
  }

  content(bytes: Buffer): void {
    if (this.#head?.isFile) {
      this.#tally.addToFile(bytes.length)
      this.#listener.content(bytes)
    } else {
      this.#tally.addToField(bytes.length)
      this.#pieces.add(bytes)
    }
  }

  end(): void {
    const head = this.#head as PartHead
    if (head.isFile) {
      this.#listener.fileEnd()
    } else {
      const content = this.#pieces.take()
      this.#listener.field(head, this.#textOf(head, content), content)
    }
  }

  close(): void {
    this.#busboy?.close()
  }

  #textOf(head: PartHead, content: readonly Buffer[]): string {
    // Content-Disposition alone: UTF-8 (RFC 7578 section 5.1.2), as all browsers send it.
    if (head.headers.length === 1)
      return content.length === 1 ? String(content[0]) : String(Buffer.concat(content))
    this.#busboy ??= new BusboyParts(this.#boundary)
    return this.#busboy.field(head, content)
  }
}
