/**
 * Watches the bytes of a multipart body (RFC 2046 section 5.1, RFC 7578) before a parser gets them.
 *
 * The threat: parsers forgive what only an attacker or a broken client sends, and differ in how: text between a boundary and its line
 * end, folded headers, a second `Content-Disposition`, `filename*` beside `filename`; they skip such a part in silence, or allow 16 KiB
 * of headers. Here each of those is an error, the parts are counted, and a name is read in one way only. What a part contains is not
 * looked at. The search for the boundary is native, so that it costs little beside the parsing.
 *
 * @module
 */
import { BadRequest, ContentTooLarge } from '@stapel/core'
import { essenceOf, isToken, parseParameters, valuesOf } from '@stapel/core/http'
import type { FormLimits } from './form-limits.ts'

/** What the headers of a part say. */
export interface PartHead {
  readonly name: string
  /** The last segment of the file name; `undefined` for a field. */
  readonly filename: string | undefined
}

type State = 'preamble' | 'delimiter' | 'headers' | 'content' | 'epilogue'

/** Throws from {@link MultipartGuard.push} or {@link MultipartGuard.end} as soon as a body is broken or over a limit. */
export class MultipartGuard {
  readonly #limits: Readonly<FormLimits>
  readonly #onPart: (part: PartHead) => void
  readonly #dashBoundary: string
  readonly #needle: Buffer
  #state: State = 'preamble'
  /** The end of the last chunk, which may be the start of a boundary; a body may begin with one, without the line end before it. */
  #tail: Buffer = Buffer.from('\r\n')
  #preamble = 0
  #content = 0
  #parts = 0
  #afterDelimiter = ''
  #line = ''
  #headerBytes = 0
  #headerLines = 0
  #disposition: string | undefined

  /** `onPart` is called when the headers of a part are complete, before {@link push} returns. */
  constructor(boundary: string, limits: Readonly<FormLimits>, onPart: (part: PartHead) => void) {
    this.#dashBoundary = `--${boundary}`
    this.#needle = Buffer.from(`\r\n${this.#dashBoundary}`, 'latin1')
    this.#limits = limits
    this.#onPart = onPart
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    while (at < chunk.length && this.#state !== 'epilogue') at = this.#step(chunk, at)
  }

  /** The body has ended. */
  end(): void {
    if (this.#state !== 'epilogue') {
      throw new BadRequest('The multipart content of the request ends before its last boundary.')
    }
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#state) {
      case 'preamble':
        return this.#skipPreamble(chunk, at)
      case 'delimiter':
        return this.#endDelimiter(chunk, at)
      case 'headers':
        return this.#readLine(chunk, at)
      default:
        return this.#skipContent(chunk, at)
    }
  }

  #skipContent(chunk: Buffer, at: number): number {
    const end = this.#findDelimiter(chunk, at)
    this.#content += end - at
    if (this.#state === 'delimiter' && this.#content < this.#needle.length) {
      // Parsers disagree on whether the line end of the headers may be the one that begins the boundary.
      throw new BadRequest('A part of the form has no line end between its headers and the next boundary.')
    }
    return end
  }

  #skipPreamble(chunk: Buffer, at: number): number {
    const end = this.#findDelimiter(chunk, at)
    this.#preamble += end - at
    if (this.#preamble - this.#needle.length > this.#limits.preamble) {
      throw new BadRequest(
        `The multipart content of the request has more than ${this.#limits.preamble} bytes before its first boundary.`,
      )
    }
    return end
  }

  /** The offset after the next boundary, or the end of the chunk. */
  #findDelimiter(chunk: Buffer, at: number): number {
    const needle = this.#needle
    const reach = needle.length - 1
    const tail = this.#tail
    if (tail.length > 0) {
      const seam = Buffer.concat([tail, chunk.subarray(at, at + reach)])
      const found = seam.indexOf(needle)
      if (found !== -1) return this.#foundDelimiter(at + found + needle.length - tail.length)
      if (chunk.length - at < reach) {
        this.#tail = seam.subarray(Math.max(0, seam.length - reach))
        return chunk.length
      }
    }
    const found = chunk.indexOf(needle, at)
    if (found !== -1) return this.#foundDelimiter(found + needle.length)
    this.#tail = Buffer.from(chunk.subarray(Math.max(at, chunk.length - reach)))
    return chunk.length
  }

  #foundDelimiter(end: number): number {
    this.#tail = none
    this.#state = 'delimiter'
    this.#afterDelimiter = ''
    return end
  }

  /** A boundary goes on with a line end, the last one with `--`. Spaces between, which RFC 2046 allows, no client sends. */
  #endDelimiter(chunk: Buffer, at: number): number {
    this.#afterDelimiter += String.fromCharCode(chunk[at] as number)
    const after = this.#afterDelimiter
    if (after === '--') {
      this.#state = 'epilogue'
    } else if (after === '\r\n') {
      this.#beginHeaders()
    } else if (after !== '-' && after !== '\r') {
      throw new BadRequest('The multipart content of the request has a boundary that is no line of its own.')
    }
    return at + 1
  }

  #beginHeaders(): void {
    if (this.#parts === this.#limits.parts) throw tooMany('parts', this.#limits.parts)
    this.#parts++
    this.#state = 'headers'
    this.#line = ''
    this.#headerBytes = 0
    this.#headerLines = 0
    this.#disposition = undefined
  }

  #readLine(chunk: Buffer, at: number): number {
    const lineFeed = chunk.indexOf(0x0a, at)
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1
    this.#headerBytes += end - at
    if (this.#headerBytes > this.#limits.partHeaders) {
      throw new ContentTooLarge(
        `A part of the form has more than ${this.#limits.partHeaders} bytes of headers.`,
      )
    }
    this.#line += chunk.toString('latin1', at, end)
    if (lineFeed === -1) return end
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n'))
      throw new BadRequest('A header of a part of the form does not end with CR LF.')
    if (line === '\r\n') this.#endHeaders()
    else this.#header(line.slice(0, -2))
    return end
  }

  #header(line: string): void {
    if (++this.#headerLines > this.#limits.partHeaderLines) {
      throw new ContentTooLarge(`A part of the form has more than ${this.#limits.partHeaderLines} headers.`)
    }
    if (line.startsWith(' ') || line.startsWith('\t')) {
      throw new BadRequest('A part of the form has a folded header.')
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, colon)
    if (!isToken(name) || colon === -1 || line.startsWith(this.#dashBoundary)) {
      throw new BadRequest('A part of the form has a malformed header.')
    }
    if (name.toLowerCase() !== 'content-disposition') return
    if (this.#disposition !== undefined) {
      throw new BadRequest('A part of the form has more than one Content-Disposition.')
    }
    this.#disposition = line.slice(colon + 1).replace(/^[ \t]+/, '')
  }

  #endHeaders(): void {
    this.#state = 'content'
    this.#tail = Buffer.from('\r\n')
    this.#content = 0
    const part = partHead(this.#disposition)
    if (Buffer.byteLength(part.name) > this.#limits.name) {
      throw new ContentTooLarge(`The form has a name of more than ${this.#limits.name} bytes.`)
    }
    this.#onPart(part)
  }
}

/** What a form with more of something than allowed is answered with. */
export function tooMany(what: string, limit: number): ContentTooLarge {
  return new ContentTooLarge(`The form has more than ${limit} ${what}.`)
}

const none: Buffer = Buffer.alloc(0)

function partHead(disposition: string | undefined): PartHead {
  const semicolon = disposition?.indexOf(';') ?? -1
  const parameters =
    disposition !== undefined && essenceOf(disposition) === 'form-data' && semicolon !== -1
      ? parseParameters(disposition, semicolon, { literalBackslash: true })
      : undefined
  const names = parameters === undefined ? [] : valuesOf(parameters, 'name')
  // RFC 7578 section 4.2 rules `filename*` out; whoever sends it beside `filename` gets the latter.
  const filenames = parameters === undefined ? [] : valuesOf(parameters, 'filename')
  if (names.length !== 1 || filenames.length > 1) {
    throw new BadRequest('A part of the form lacks a valid Content-Disposition with one name.')
  }
  const filename = filenames[0]
  return {
    name: decode(names[0] as string),
    filename: filename === undefined ? undefined : lastSegment(decode(filename)),
  }
}

/** Header text is UTF-8 in forms, and browsers escape exactly these three (the HTML standard, multipart/form-data encoding). */
function decode(latin1: string): string {
  return Buffer.from(latin1, 'latin1')
    .toString('utf8')
    .replace(/%(?:0A|0D|22)/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)))
}

/** Old browsers send the whole path. The rest is still the client's choice: never use it as a path. */
function lastSegment(filename: string): string {
  const segment = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
  return segment === '.' || segment === '..' ? '' : segment
}
