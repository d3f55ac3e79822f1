import { BadRequest, type Environ, UnsupportedMediaType } from '@stapel/core'
import { type MediaType, parseMediaType, valuesOf } from '@stapel/core/http'
import { type FormLimits, formLimits } from './form-limits.ts'
import type { MultipartReader } from './multipart.ts'
import type { UploadFolder } from './upload-folder.ts'

/** The form of one request: read once, with the temporary files that belong to it. */
export class RequestForm {
  /** The form, or why there is none; the same promise for everyone who asks. */
  readonly data: Promise<FormData>
  readonly #environ: Environ
  readonly #limits: Readonly<FormLimits>
  #reader: MultipartReader | undefined
  #folder: UploadFolder | undefined
  #closed: Promise<void> | undefined

  constructor(environ: Environ, limits: Partial<FormLimits> | undefined) {
    this.#environ = environ
    this.#limits = formLimits(limits)
    this.data = this.#read()
    // Whoever asked hears of the failure; if nobody waits any more, it must not end the process.
    this.data.catch(() => {})
  }

  /** Ends the reading where it still goes on, then removes the temporary files. Their `File`s cannot be read any more. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #read(): Promise<FormData> {
    const type = parseMediaType(this.#environ.CONTENT_TYPE ?? '')
    if (type?.essence === 'multipart/form-data') return this.#readMultipart(boundaryOf(type))
    if (type?.essence === 'application/x-www-form-urlencoded') return this.#readUrlencoded()
    throw new UnsupportedMediaType(
      'The content of the request is no form; expected multipart/form-data or application/x-www-form-urlencoded.',
    )
  }

  async #readUrlencoded(): Promise<FormData> {
    const [bytes, { readUrlencoded }] = await Promise.all([
      this.#environ['stapel.context'].read({ limit: this.#limits.fields }),
      import('./urlencoded.ts'),
    ])
    return readUrlencoded(bytes, this.#limits)
  }

  async #readMultipart(boundary: string): Promise<FormData> {
    const [{ MultipartReader }, { UploadFolder }] = await Promise.all([
      import('./multipart.ts'),
      import('./upload-folder.ts'),
    ])
    if (this.#closed !== undefined) throw ended()
    const folder = new UploadFolder()
    this.#reader = new MultipartReader(boundary, this.#limits, folder)
    this.#folder = folder
    try {
      const form = await this.#reader.read(this.#environ['wsgi.input'])
      if (folder.used) this.#closeWhenClientGone()
      return form
    } catch (error) {
      await folder.remove()
      throw error
    }
  }

  #closeWhenClientGone(): void {
    const { signal } = this.#environ['stapel.context']
    const close = (): void => {
      this.close().catch(() => {})
    }
    if (signal.aborted) close()
    else signal.addEventListener('abort', close, { once: true })
  }

  async #close(): Promise<void> {
    this.#reader?.fail(ended())
    if (this.#reader === undefined && this.#folder === undefined) return
    await this.data.catch(() => {})
    await this.#folder?.remove()
  }
}

/** RFC 2046 section 5.1.1 allows 70 characters; two boundaries would be read differently by two parsers. */
function boundaryOf(type: MediaType): string {
  const boundaries = valuesOf(type.parameters, 'boundary')
  const boundary = boundaries[0]
  if (boundaries.length !== 1 || boundary === undefined || !boundaryPattern.test(boundary)) {
    throw new BadRequest('The multipart content of the request has no valid boundary.')
  }
  return boundary
}

const boundaryPattern = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/

function ended(): Error {
  return new Error('The request has ended; its form is not read any more.')
}
