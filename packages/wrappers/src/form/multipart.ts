/// <reference path="./busboy.d.ts" />
/**
 * Reads a multipart form through busboy.
 *
 * The threat: a parser that waits for what never comes, fails where nobody listens, or leaves files behind. Here a form settles once:
 * the input's end or failure, the parser's, the guard's, a limit, the disk's and the request's end all lead to one `fail`; and it
 * settles only when no file is being written any more.
 *
 * @module
 */
import type { Readable } from 'node:stream'
import { BadRequest, ContentTooLarge } from '@stapel/core'
import busboy, { type Parser } from 'busboy'
import { FormEntries } from './form-entries.ts'
import type { FormLimits } from './form-limits.ts'
import { MultipartGuard, type PartHead } from './multipart-guard.ts'
import type { UploadFolder } from './upload-folder.ts'
import { readUploadedFile, type UploadTarget } from './uploaded-file.ts'

/** One reading of a multipart body. */
export class MultipartReader {
  readonly #limits: Readonly<FormLimits>
  readonly #target: UploadTarget
  readonly #entries: FormEntries
  readonly #guard: MultipartGuard
  readonly #parser: Parser
  /** Parts that the guard has seen and the parser has not given yet. */
  readonly #heads: PartHead[] = []
  #parts = 0
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  #finished = false

  constructor(boundary: string, limits: Readonly<FormLimits>, folder: UploadFolder) {
    this.#limits = limits
    this.#target = { limits, folder, memory: { bytes: 0 } }
    this.#entries = new FormEntries(limits)
    this.#guard = new MultipartGuard(boundary, limits, (part) => {
      this.#parts++
      this.#heads.push(part)
    })
    this.#parser = busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // Above the 64 KiB that a socket gives at once, so that a form without files never waits.
      highWaterMark: 131_072,
      // One more than allowed: busboy cuts at the limit, whether more follows or not.
      limits: { fieldSize: limits.field + 1 },
      preservePath: true,
    })
    this.#parser
      .on('field', (_name, value) => this.#attempt(() => this.#field(value)))
      .on('file', (_name, stream, info) => this.#attempt(() => this.#file(stream, info.mimeType)))
      .on('drain', () => this.#wake?.())
      .on('finish', () => {
        this.#finished = true
        this.#wake?.()
      })
      .on('error', (error) =>
        this.fail(new BadRequest('The multipart content of the request is malformed.', { cause: error })),
      )
  }

  /** Reads the input to its end; rejects with what went wrong first, once no file is open any more. */
  async read(input: AsyncIterable<Uint8Array>): Promise<FormData> {
    try {
      await this.#feed(input)
      await this.#finish()
      return await this.#entries.toFormData()
    } catch (error) {
      this.fail(error)
      await this.#entries.settled()
      throw this.#failure?.error ?? error
    }
  }

  /** Gives up: what is being read rejects with `error`, unless it failed before. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { error }
    this.#parser.destroy()
    this.#wake?.()
  }

  async #feed(input: AsyncIterable<Uint8Array>): Promise<void> {
    let total = 0
    const iterator = input[Symbol.asyncIterator]()
    try {
      for (;;) {
        const step = await this.#next(iterator)
        if (step.done) break
        total += step.value.byteLength
        if (total > this.#limits.total) {
          throw new ContentTooLarge(`The content of the request is larger than ${this.#limits.total} bytes.`)
        }
        this.#guard.push(step.value)
        if (!this.#parser.write(step.value)) await this.#waitFor(() => !this.#parser.writableNeedDrain)
        this.#check()
      }
      this.#guard.end()
    } catch (error) {
      // Not awaited: the input may be waiting for a client that sends nothing more.
      iterator.return?.()?.then(undefined, () => {})
      throw error
    }
  }

  /** The next chunk; a failure elsewhere, as the request's end, does not wait for it. */
  async #next(iterator: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
    let result: IteratorResult<Uint8Array> | undefined
    let inputError: { readonly error: unknown } | undefined
    iterator.next().then(
      (step) => {
        result = step
        this.#wake?.()
      },
      (error) => {
        inputError = { error }
        this.#wake?.()
      },
    )
    await this.#waitFor(() => result !== undefined || inputError !== undefined)
    if (inputError !== undefined) throw inputError.error
    return result as IteratorResult<Uint8Array>
  }

  async #finish(): Promise<void> {
    this.#parser.end()
    await this.#waitFor(() => this.#finished)
    await this.#entries.settled()
    this.#check()
    if (this.#entries.size !== this.#parts) {
      throw new BadRequest('The multipart content of the request is malformed.')
    }
  }

  async #waitFor(condition: () => boolean): Promise<void> {
    while (this.#failure === undefined && !condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#wake = undefined
    this.#check()
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #attempt(action: () => void): void {
    if (this.#failure !== undefined) return
    try {
      action()
    } catch (error) {
      this.fail(error)
    }
  }

  #takeHead(): PartHead {
    const head = this.#heads.shift()
    if (head === undefined) throw new BadRequest('The multipart content of the request is malformed.')
    return head
  }

  #field(value: string | undefined): void {
    const head = this.#takeHead()
    if (value === undefined) throw new BadRequest('A field of the form is in an unknown charset.')
    this.#entries.addField(head.name, value)
  }

  #file(stream: Readable, type: string): void {
    // A stream that nobody reads yet may already fail.
    stream.on('error', () => {})
    const head = this.#takeHead()
    this.#entries.countFile()
    const file = readUploadedFile(stream, head.filename ?? 'blob', type, this.#target)
    file.catch((error) => this.fail(error))
    this.#entries.addFile(head.name, file)
  }
}
