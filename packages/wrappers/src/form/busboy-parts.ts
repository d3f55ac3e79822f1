/// <reference path="./busboy.d.ts" />
import { BadRequest } from '@stapel/core'
import busboy, { type Parser } from 'busboy'
import type { PartHead } from './part-head.ts'

/**
 * busboy's reading of a form that it gets part by part, fields whole and files without their content: that goes past it, as it is long
 * and its end is known already. It takes what is written at once, so that its answer is there when a write returns.
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
    this.#write([headersOf(head), ...content, this.#delimiter])
    if (this.#fields !== 1) throw malformed()
    if (this.#value === undefined) throw new BadRequest('A field of the form is in an unknown charset.')
    return this.#value
  }

  /** Looks at the headers of a file. */
  file(head: PartHead): void {
    this.#write([headersOf(head), this.#delimiter])
  }

  /** Nothing more will be written. */
  close(): void {
    this.#parser.destroy()
  }

  #write(bytes: readonly Uint8Array[]): void {
    this.#parser.write(Buffer.concat(bytes))
    if (this.#error !== undefined) throw malformed(this.#error)
  }
}

function malformed(cause?: unknown): BadRequest {
  return new BadRequest('The multipart content of the request is malformed.', { cause })
}

/** The headers as they were sent; but of a field nothing that would make it a file to busboy, as `filename*` does. */
function headersOf({ headers, isFile }: PartHead): Buffer {
  let text = '\r\n'
  for (const [name, value] of headers) {
    const plain = !isFile && name.toLowerCase() === 'content-disposition'
    text += plain ? 'Content-Disposition: form-data; name="a"\r\n' : `${name}: ${value}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}
