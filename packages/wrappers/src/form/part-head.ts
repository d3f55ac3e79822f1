/**
 * The headers of one part of a form (RFC 7578 section 4).
 *
 * The threat: headers that two parsers read differently, so that one of them sees another name, another file name or no part at all:
 * folded lines, a second `Content-Disposition`, `filename*` beside `filename`, controls in a value. Each is an error here, or read in one
 * way only. What a name says is not judged: it is still the client's choice, and no path.
 *
 * @module
 */
import { BadRequest, ContentTooLarge } from '@stapel/core'
import {
  essenceOf,
  isFieldValue,
  isToken,
  type Parameter,
  parseMediaType,
  parseParameters,
  valuesOf,
} from '@stapel/core/http'
import type { FormLimits } from './form-limits.ts'
import { KnownHeads } from './known-heads.ts'

/** What the headers of a part say. */
export interface PartHead {
  readonly name: string
  /** The last segment of the file name; `undefined` where none was sent. */
  readonly filename: string | undefined
  /** The media type in lower case without parameters; `'text/plain'` where none or no valid one was sent. */
  readonly type: string
  /** Whether it is a file: it has a file name, or is of type `application/octet-stream`. */
  readonly isFile: boolean
  /** Names as they were sent, values as latin-1; in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Reads the headers of one part, whatever the pieces they come in. */
export class PartHeadReader {
  readonly #dashBoundary: string
  readonly #limits: Readonly<FormLimits>
  readonly #headers: (readonly [name: string, value: string])[] = []
  #line = ''
  #bytes = 0
  /** All of the head, where it is short enough to be known; `''` otherwise. */
  #text = ''
  #head: PartHead | undefined

  constructor(dashBoundary: string, limits: Readonly<FormLimits>) {
    this.#dashBoundary = dashBoundary
    this.#limits = limits
  }

  /** `undefined` until all headers have been read. */
  get head(): PartHead | undefined {
    return this.#head
  }

  /** Takes one line, or what there is of it, or a whole head that is known, from `at` on; gives the offset after it. */
  push(chunk: Buffer, at: number): number {
    if (this.#bytes === 0 && this.#isKnown(chunk, at)) return at + this.#bytes
    const lineFeed = chunk.indexOf(0x0a, at)
    const end = lineFeed === -1 ? chunk.length : lineFeed + 1
    const { partHeaders } = this.#limits
    this.#bytes += end - at
    if (this.#bytes > partHeaders) {
      throw new ContentTooLarge(`A part of the form has more than ${partHeaders} bytes of headers.`)
    }
    this.#line += chunk.toString('latin1', at, end)
    if (lineFeed === -1) return end
    const line = this.#line
    this.#line = ''
    if (!line.endsWith('\r\n')) {
      throw new BadRequest('A header of a part of the form does not end with CR LF.')
    }
    if (line.length === 2) this.#end()
    else this.#add(line.slice(0, -2))
    return end
  }

  /** Looks at a head from its first byte on. */
  #isKnown(chunk: Buffer, at: number): boolean {
    const end = chunk.indexOf(HEAD_END, at)
    const bytes = end + HEAD_END.length - at
    const { partHeaders, partHeaderLines } = this.#limits
    if (end === -1 || end - at > knownHeads.longest || bytes > partHeaders || partHeaderLines < 1)
      return false
    this.#text = chunk.toString('latin1', at, end)
    this.#head = knownHeads.get(this.#text)
    if (this.#head === undefined) return false
    this.#bytes = bytes
    return true
  }

  #end(): void {
    const head = headOf(this.#headers)
    this.#head = head
    if (this.#text !== '') knownHeads.add(this.#text, head)
  }

  #add(line: string): void {
    const { partHeaderLines } = this.#limits
    if (this.#headers.length === partHeaderLines) {
      throw new ContentTooLarge(`A part of the form has more than ${partHeaderLines} headers.`)
    }
    if (line.startsWith(' ') || line.startsWith('\t')) {
      throw new BadRequest('A part of the form has a folded header.')
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    if (!isToken(name) || !isFieldValue(line) || line.startsWith(this.#dashBoundary)) {
      throw new BadRequest('A part of the form has a malformed header.')
    }
    this.#headers.push([name, line.slice(colon + 1).replace(/^[ \t]+/, '')])
  }
}

const HEAD_END = Buffer.from('\r\n\r\n')

/** Some 100 kB at most. */
const knownHeads = new KnownHeads(256, 96)

function headOf(headers: readonly (readonly [name: string, value: string])[]): PartHead {
  let disposition: string | undefined
  let contentType: string | undefined
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-disposition') disposition = once(lower, disposition, value)
    else if (lower === 'content-type') contentType = once(lower, contentType, value)
  }
  const parameters = disposition === undefined ? [] : dispositionParameters(disposition)
  const names = valuesOf(parameters, 'name')
  // RFC 7578 section 4.2 rules `filename*` out; whoever sends it beside `filename` gets the latter.
  const filenames = valuesOf(parameters, 'filename')
  if (names.length !== 1 || filenames.length > 1) {
    throw new BadRequest('A part of the form lacks a valid Content-Disposition with one name.')
  }
  const filename = filenames[0]
  const type = (contentType === undefined ? undefined : parseMediaType(contentType)?.essence) ?? 'text/plain'
  return {
    name: decode(names[0] as string),
    filename: filename === undefined ? undefined : lastSegment(decode(filename)),
    type,
    isFile: filename !== undefined || type === 'application/octet-stream',
    headers,
  }
}

/** The value, unless there was one before. */
function once(name: string, before: string | undefined, value: string): string {
  if (before !== undefined) throw new BadRequest(`A part of the form has more than one ${name} header.`)
  return value
}

function dispositionParameters(disposition: string): readonly Parameter[] {
  const semicolon = disposition.indexOf(';')
  if (semicolon === -1 || essenceOf(disposition) !== 'form-data') return []
  return parseParameters(disposition, semicolon, { literalBackslash: true }) ?? []
}

/** Header text is UTF-8 in forms, and browsers escape exactly these three (the HTML standard, multipart/form-data encoding). */
function decode(latin1: string): string {
  if (!mayNeedDecoding.test(latin1)) return latin1
  return Buffer.from(latin1, 'latin1')
    .toString('utf8')
    .replace(/%(?:0A|0D|22)/gi, (escaped) => String.fromCharCode(Number.parseInt(escaped.slice(1), 16)))
}

const mayNeedDecoding = /[%\x80-\xff]/

/** Old browsers send the whole path. The rest is still the client's choice: never use it as a path. */
function lastSegment(filename: string): string {
  const segment = filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
  return segment === '.' || segment === '..' ? '' : segment
}
