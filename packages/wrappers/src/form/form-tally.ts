import { ContentTooLarge } from '@stapel/core'
import type { FormLimits } from './form-limits.ts'

/** Counts what a form holds as it arrives; throws {@link ContentTooLarge} for what is one too many or too large, before it is kept. */
export class FormTally {
  readonly #limits: Readonly<FormLimits>
  #parts = 0
  #files = 0
  #fields = 0
  /** The bytes of the field or file that is being read. */
  #size = 0

  constructor(limits: Readonly<FormLimits>) {
    this.#limits = limits
  }

  /** A field or file begins; its name is not known yet. */
  addPart(): void {
    if (++this.#parts > this.#limits.parts) throw tooMany('parts', this.#limits.parts)
  }

  addField(name: string): void {
    const bytes = this.#checkName(name)
    this.#size = 0
    this.#addToFields(bytes)
  }

  /** Bytes of the field that was added last. */
  addToField(bytes: number): void {
    const { field } = this.#limits
    this.#size += bytes
    if (this.#size > field) throw new ContentTooLarge(`The form has a field of more than ${field} bytes.`)
    this.#addToFields(bytes)
  }

  addFile(name: string): void {
    this.#checkName(name)
    this.#size = 0
    if (++this.#files > this.#limits.files) throw tooMany('files', this.#limits.files)
  }

  /** Bytes of the file that was added last. */
  addToFile(bytes: number): void {
    const { file } = this.#limits
    this.#size += bytes
    if (this.#size > file) throw new ContentTooLarge(`The form has a file of more than ${file} bytes.`)
  }

  #checkName(name: string): number {
    const limit = this.#limits.name
    const bytes = Buffer.byteLength(name)
    if (bytes > limit) throw new ContentTooLarge(`The form has a name of more than ${limit} bytes.`)
    return bytes
  }

  #addToFields(bytes: number): void {
    const { fields } = this.#limits
    this.#fields += bytes
    if (this.#fields > fields) throw new ContentTooLarge(`The form has more than ${fields} bytes of fields.`)
  }
}

function tooMany(what: string, limit: number): ContentTooLarge {
  return new ContentTooLarge(`The form has more than ${limit} ${what}.`)
}
