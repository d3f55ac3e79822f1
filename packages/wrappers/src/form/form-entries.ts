import { ContentTooLarge } from '@stapel/core'
import type { FormLimits } from './form-limits.ts'
import { tooMany } from './multipart-guard.ts'

/** The entries of a form in their order while files are still being written; counts fields, files and bytes. */
export class FormEntries {
  readonly #limits: Readonly<FormLimits>
  readonly #entries: { readonly name: string; readonly value: string | Promise<File> }[] = []
  #files = 0
  #fieldBytes = 0

  constructor(limits: Readonly<FormLimits>) {
    this.#limits = limits
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.length
  }

  /** Adds a field; throws {@link ContentTooLarge} where it is one too many or too large. */
  addField(name: string, value: string): void {
    const { field, fields, name: nameLimit } = this.#limits
    const nameBytes = Buffer.byteLength(name)
    const valueBytes = Buffer.byteLength(value)
    if (nameBytes > nameLimit)
      throw new ContentTooLarge(`The form has a name of more than ${nameLimit} bytes.`)
    if (valueBytes > field) throw new ContentTooLarge(`The form has a field of more than ${field} bytes.`)
    this.#fieldBytes += nameBytes + valueBytes
    if (this.#fieldBytes > fields)
      throw new ContentTooLarge(`The form has more than ${fields} bytes of fields.`)
    this.#add(name, value)
  }

  /** Counts a file before it is read; throws {@link ContentTooLarge} where it is one too many. */
  countFile(): void {
    if (++this.#files > this.#limits.files) throw tooMany('files', this.#limits.files)
  }

  addFile(name: string, file: Promise<File>): void {
    this.#add(name, file)
  }

  /** When all files are written or have failed. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#entries.map((entry) => entry.value))
  }

  async toFormData(): Promise<FormData> {
    const form = new FormData()
    for (const entry of this.#entries) {
      const value = await entry.value
      if (typeof value === 'string') form.append(entry.name, value)
      else form.append(entry.name, value)
    }
    return form
  }

  #add(name: string, value: string | Promise<File>): void {
    if (this.#entries.length === this.#limits.parts) throw tooMany('parts', this.#limits.parts)
    this.#entries.push({ name, value })
  }
}
