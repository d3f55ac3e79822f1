/**
 * Reads a multipart form whole.
 *
 * The threat: a form that never settles, fails where nobody listens, or leaves files behind. Here it settles once, whatever went wrong
 * first, and only when no file is being written any more.
 *
 * @module
 */
import type { FormLimits } from './form-limits.ts'
import { type FormListener, MultipartInput } from './multipart-input.ts'
import type { PartHead } from './part-head.ts'
import { TemporaryFiles } from './temporary-files.ts'
import { UploadedFile, type UploadTarget } from './uploaded-file.ts'

/** One reading of a multipart body into `FormData`. */
export class MultipartReader implements FormListener {
  /** The temporary files that the form needed; for who ends the request to remove. */
  readonly files: TemporaryFiles
  readonly #target: UploadTarget
  readonly #input: MultipartInput
  readonly #entries: { readonly name: string; readonly value: string | File | Promise<File> }[] = []
  #name = ''
  #upload: UploadedFile | undefined
  /** What must settle before more is read. */
  #waits: Promise<unknown>[] = []

  constructor(
    input: AsyncIterable<Uint8Array>,
    boundary: string,
    limits: Readonly<FormLimits>,
    files: TemporaryFiles = new TemporaryFiles(),
  ) {
    this.files = files
    this.#target = { limits, files, memory: { bytes: 0 } }
    this.#input = new MultipartInput(input, boundary, limits, this)
  }

  /** Reads the input to its end; rejects with what went wrong first, once no file is open any more. */
  async read(): Promise<FormData> {
    try {
      while (await this.#input.next()) if (this.#waits.length > 0) await this.#settle()
      return await this.#toFormData()
    } catch (error) {
      this.#input.fail(error)
      await Promise.allSettled([...this.#waits, this.#upload?.abort()])
      throw error
    }
  }

  /** Whether nothing more will be read. */
  get ended(): boolean {
    return this.#input.ended
  }

  /** Gives up: what is being read rejects with `error`, unless it failed before. */
  fail(error: unknown): void {
    this.#input.fail(error)
  }

  field({ name }: PartHead, value: string): void {
    this.#entries.push({ name, value })
  }

  file({ name, filename, type }: PartHead): void {
    this.#name = name
    this.#upload = new UploadedFile(filename ?? 'blob', type, this.#target)
  }

  content(bytes: Buffer): void {
    const behind = this.#upload?.add(bytes)
    if (behind !== undefined) this.#waits.push(behind)
  }

  fileEnd(): void {
    const value = (this.#upload as UploadedFile).finish()
    this.#upload = undefined
    if (value instanceof Promise) this.#waits.push(value)
    this.#entries.push({ name: this.#name, value })
  }

  async #settle(): Promise<void> {
    const waits = this.#waits
    await Promise.all(waits)
    this.#waits = []
  }

  async #toFormData(): Promise<FormData> {
    const form = new FormData()
    for (const { name, value } of this.#entries) {
      if (typeof value === 'string') form.append(name, value)
      else form.append(name, await value)
    }
    return form
  }
}
