/// <reference path="./busboy.d.ts" />
import { BadRequest } from '@stapel/core'
import busboy, { type Parser } from 'busboy'
import type { PartHead } from './part-head.ts'

/**
 * busboy's reading of the fields of a multipart form that say more of themselves than their name, as a charset. What is a field with nothing but a
 * name, or a file, needs no second reading: see docs/decisions/multipart.md. busboy takes what is written at once, so that its answer is
 * there when a write returns.
 */
export class BusboyParts {
  readonly #parser: Parser
  readonly #delimiter: Buffer
  #value: string | undefined
  #fields = 0
  #error: unknown

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#parser = busboy({
      headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
      // Counted before, by FormTally; busboy would cut at the limit and say so only in a flag.
      limits: { fieldSize: Number.POSITIVE_INFINITY },
    })
    this.#parser
      .on('field', (_name, value) => {
        this.#fields++
        this.#value = value
      })
      .on('error', (error) => {
        this.#error = error
      })
      .write(this.#delimiter)
  }

  /** The text of a field, decoded by the charset of its type; throws {@link BadRequest} for an unknown one. */
  field(head: PartHead, content: readonly Uint8Array[]): string {
    this.#fields = 0
    this.#value = undefined
    this.#parser.write(Buffer.concat([headersOf(head), ...content, this.#delimiter]))
    if (this.#error !== undefined || this.#fields !== 1) {
      throw new BadRequest('The multipart content of the request is malformed.', { cause: this.#error })
    }
    if (this.#value === undefined) throw new BadRequest('A field of the form is in an unknown charset.')
    return this.#value
  }

  /** Nothing more will be written. */
  close(): void {
    // So that it makes no error of a form that has no end.
    if (this.#error === undefined) this.#parser.write('--')
    this.#parser.destroy()
  }
}

/** The headers as they were sent; but nothing that would make a file of the field to busboy, as `filename*` does. */
function headersOf({ headers }: PartHead): Buffer {
  let text = '\r\n'
  for (const [name, value] of headers) {
    const plain = name.toLowerCase() === 'content-disposition'
    text += plain ? 'Content-Disposition: form-data; name="a"\r\n' : `${name}: ${value}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}
