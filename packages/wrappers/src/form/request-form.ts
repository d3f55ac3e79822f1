import { BadRequest, ContentTooLarge, type Environ, UnsupportedMediaType } from '@stapel/core'
import { type MediaType, parseMediaType, valuesOf } from '@stapel/core/http'
import { coded, isCoded } from '../request-body.ts'
import { type FormLimits, type FormLimitsInit, formLimits } from './form-limits.ts'
import { FormPart } from './form-part.ts'
import type { MultipartReader } from './multipart.ts'
import type { MultipartParts } from './multipart-parts.ts'

/** The form of one request: read once, whole or part by part, with the temporary files that belong to it. */
export class RequestForm {
  readonly #environ: Environ
  #data: Promise<FormData> | undefined
  #streamed = false
  #reader: MultipartReader | MultipartParts | undefined
  #closed: Promise<void> | undefined

  constructor(environ: Environ) {
    this.#environ = environ
  }

  /** The form, or why there is none; the same promise for everyone who asks. */
  data(limits: FormLimitsInit | undefined): Promise<FormData> {
    if (this.#streamed)
      return Promise.reject(new TypeError('The form is read by parts(); use one of the two.'))
    if (this.#data === undefined) {
      this.#data = this.#read(formLimits(limits))
      // Whoever asked hears of the failure; if nobody waits any more, it must not end the process.
      this.#data.catch(() => {})
    }
    return this.#data
  }

  /** The parts of the form; may be asked for once. */
  parts(limits: FormLimitsInit | undefined): AsyncGenerator<FormPart, void, undefined> {
    if (this.#data !== undefined || this.#streamed) {
      throw new TypeError('The form was read before, by formData() or parts(); read it once.')
    }
    const checked = formLimits(limits)
    this.#streamed = true
    return this.#parts(checked)
  }

  /** Ends the reading where it still goes on, then removes the temporary files. Their `File`s cannot be read any more. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #read(limits: Readonly<FormLimits>): Promise<FormData> {
    const boundary = this.#boundary()
    if (boundary !== undefined) return this.#readMultipart(boundary, limits)
    const form = new FormData()
    for (const [name, value] of await this.#readUrlencoded(limits)) form.append(name, value)
    return form
  }

  async *#parts(limits: Readonly<FormLimits>): AsyncGenerator<FormPart, void, undefined> {
    const boundary = this.#boundary()
    if (boundary === undefined) {
      for (const [name, value] of await this.#readUrlencoded(limits)) yield fieldOf(name, value)
      return
    }
    partsModule ??= await import('./multipart-parts.ts')
    if (this.#closed !== undefined) throw ended()
    this.#checkLength(limits)
    const reader = new partsModule.MultipartParts(this.#environ['wsgi.input'], boundary, limits)
    this.#reader = reader
    yield* reader.read()
  }

  /** That of a multipart form, `undefined` for a urlencoded one; throws for what is no form, or none that can be read. */
  #boundary(): string | undefined {
    if (isCoded(this.#environ)) throw coded()
    const type = parseMediaType(this.#environ.CONTENT_TYPE ?? '')
    if (type?.essence === 'multipart/form-data') return boundaryOf(type)
    if (type?.essence === 'application/x-www-form-urlencoded') return undefined
    throw new UnsupportedMediaType(
      'The content of the request is no form; expected multipart/form-data or application/x-www-form-urlencoded.',
    )
  }

  /** Refuses what is too long by its own word without reading it, so that a client that waits for `100 Continue` never sends it. */
  #checkLength({ total }: Readonly<FormLimits>): void {
    if (Number(this.#environ.CONTENT_LENGTH ?? 0) > total) {
      throw new ContentTooLarge(`The content of the request is larger than ${total} bytes.`)
    }
  }

  async #readUrlencoded(limits: Readonly<FormLimits>): Promise<(readonly [name: string, value: string])[]> {
    const bytes = await this.#environ['stapel.context'].read({ limit: limits.fields })
    urlencodedModule ??= await import('./urlencoded.ts')
    return urlencodedModule.readUrlencoded(bytes, limits)
  }

  async #readMultipart(boundary: string, limits: Readonly<FormLimits>): Promise<FormData> {
    multipartModule ??= await import('./multipart.ts')
    if (this.#closed !== undefined) throw ended()
    this.#checkLength(limits)
    const reader = new multipartModule.MultipartReader(this.#environ['wsgi.input'], boundary, limits)
    this.#reader = reader
    try {
      const form = await reader.read()
      if (reader.files.used) this.#closeWhenClientGone()
      return form
    } catch (error) {
      await reader.files.remove()
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
    const reader = this.#reader
    if (reader === undefined) return
    if (!reader.ended) reader.fail(ended())
    if (this.#data === undefined) return
    await this.#data.catch(() => {})
    await (reader as MultipartReader).files.remove()
  }
}

// An import that is evaluated again costs more than to read a small form.
let multipartModule: typeof import('./multipart.ts') | undefined
let partsModule: typeof import('./multipart-parts.ts') | undefined
let urlencodedModule: typeof import('./urlencoded.ts') | undefined

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

/** A field of a urlencoded form as a part. */
function fieldOf(name: string, value: string): FormPart {
  const pieces = value === '' ? [] : [new TextEncoder().encode(value)]
  const head = { name, filename: undefined, type: 'text/plain', isFile: false, headers: [] }
  return new FormPart(head, async () => pieces.pop(), value)
}

function ended(): Error {
  return new Error('The request has ended; its form is not read any more.')
}
