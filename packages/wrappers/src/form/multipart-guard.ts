/**
 * Takes the bytes of a multipart body apart (RFC 2046 section 5.1, RFC 7578) and refuses what is ambiguous.
 *
 * The threat: parsers forgive what only an attacker or a broken client sends, and differ in how: text between a boundary and its line
 * end, a boundary right after the headers, a body that just stops. Here each of those is an error, and what precedes the first boundary is
 * bounded. What a part contains is not looked at; a boundary is searched for natively, and what lies between two is handed on as it
 * came, without a copy.
 *
 * @module
 */
import { BadRequest } from '@stapel/core'
import type { FormLimits } from './form-limits.ts'
import type { FormTally } from './form-tally.ts'
import { type PartHead, PartHeadReader } from './part-head.ts'

/** Who gets the parts, in their order. What it throws comes out of {@link MultipartGuard.push}. */
export interface PartListener {
  /** The headers of a part are complete. */
  begin(head: PartHead): void
  /** A piece of the content of the part; not empty, and part of the memory that was pushed. */
  content(bytes: Buffer): void
  /** The boundary after the part has come. */
  end(): void
}

type State = 'preamble' | 'delimiter' | 'headers' | 'start' | 'content' | 'epilogue'

/** Throws from {@link MultipartGuard.push} or {@link MultipartGuard.end} as soon as a body is broken or over a limit. */
export class MultipartGuard {
  readonly #limits: Readonly<FormLimits>
  readonly #tally: FormTally
  readonly #listener: PartListener
  readonly #dashBoundary: string
  /** CR LF, two dashes and the boundary; its first byte occurs in it only there. */
  readonly #needle: Buffer
  #state: State = 'preamble'
  /** How many bytes at the end of the last chunk begin a boundary; a body may begin with one, without the line end before it. */
  #matched = 2
  #preamble = -2
  /** The byte after a boundary, of the two that tell what it is; 0 before it has come. */
  #afterDelimiter = 0
  #headers: PartHeadReader

  constructor(boundary: string, limits: Readonly<FormLimits>, tally: FormTally, listener: PartListener) {
    this.#limits = limits
    this.#tally = tally
    this.#listener = listener
    this.#dashBoundary = `--${boundary}`
    this.#needle = Buffer.from(`\r\n--${boundary}`, 'latin1')
    this.#headers = new PartHeadReader(this.#dashBoundary, limits)
  }

  push(bytes: Uint8Array): void {
    const chunk =
      bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
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
      case 'delimiter':
        return this.#endDelimiter(chunk, at)
      case 'headers':
        return this.#readHeaders(chunk, at)
      case 'start':
        return this.#startContent(chunk, at)
      default:
        return this.#toDelimiter(chunk, at)
    }
  }

  /** Gives what precedes the next boundary; the offset after it, or the end of the chunk. */
  #toDelimiter(chunk: Buffer, at: number): number {
    const needle = this.#needle
    const matched = this.#matched
    if (matched > 0) {
      const length = Math.min(needle.length - matched, chunk.length - at)
      if (needle.compare(chunk, at, at + length, matched, matched + length) === 0) {
        this.#matched += length
        if (this.#matched === needle.length) this.#endContent()
        return at + length
      }
      this.#matched = 0
      this.#give(needle.subarray(0, matched))
    }
    const found = chunk.indexOf(needle, at)
    if (found !== -1) {
      if (found > at) this.#give(chunk.subarray(at, found))
      this.#endContent()
      return found + needle.length
    }
    this.#matched = matchedAtEnd(chunk, at, needle)
    const end = chunk.length - this.#matched
    if (end > at) this.#give(chunk.subarray(at, end))
    return chunk.length
  }

  #give(bytes: Buffer): void {
    if (this.#state === 'content') {
      this.#listener.content(bytes)
      return
    }
    this.#preamble += bytes.length
    if (this.#preamble > this.#limits.preamble) {
      throw new BadRequest(
        `The multipart content of the request has more than ${this.#limits.preamble} bytes before its first boundary.`,
      )
    }
  }

  #endContent(): void {
    if (this.#state === 'content') this.#listener.end()
    this.#matched = 0
    this.#state = 'delimiter'
    this.#afterDelimiter = 0
  }

  /** A boundary goes on with a line end, the last one with `--`. Spaces between, which RFC 2046 allows, no client sends. */
  #endDelimiter(chunk: Buffer, at: number): number {
    const first = this.#afterDelimiter
    const byte = chunk[at] as number
    if (first === 0 && (byte === CR || byte === DASH)) {
      this.#afterDelimiter = byte
    } else if (first === CR && byte === LF) {
      this.#tally.addPart()
      this.#headers = new PartHeadReader(this.#dashBoundary, this.#limits)
      this.#state = 'headers'
    } else if (first === DASH && byte === DASH) {
      this.#state = 'epilogue'
    } else {
      throw new BadRequest('The multipart content of the request has a boundary that is no line of its own.')
    }
    return at + 1
  }

  #readHeaders(chunk: Buffer, at: number): number {
    const end = this.#headers.push(chunk, at)
    const { head } = this.#headers
    if (head !== undefined) {
      this.#state = 'start'
      this.#listener.begin(head)
    }
    return end
  }

  /** Parsers disagree on whether the line end of the headers may be the one that begins a boundary, so none may follow them. */
  #startContent(chunk: Buffer, at: number): number {
    const needle = this.#needle
    let end = at
    // Without the line end that begins the needle.
    while (end < chunk.length && chunk[end] === needle[LINE_END + this.#matched]) {
      end++
      if (++this.#matched === needle.length - LINE_END) {
        throw new BadRequest('A part of the form has no line end between its headers and the next boundary.')
      }
    }
    if (end === chunk.length) return end
    this.#state = 'content'
    if (this.#matched > 0) this.#give(needle.subarray(LINE_END, LINE_END + this.#matched))
    this.#matched = 0
    return end
  }
}

const LF = 0x0a
const CR = 0x0d
const DASH = 0x2d
/** The bytes of CR LF, with which a needle begins. */
const LINE_END = 2

/** How many bytes at the end of a chunk begin a needle whose first byte, CR, occurs in it only once. */
function matchedAtEnd(chunk: Buffer, from: number, needle: Buffer): number {
  const first = Math.max(from, chunk.length - needle.length + 1)
  for (let at = chunk.length - 1; at >= first; at--) {
    if (chunk[at] !== CR) continue
    const length = chunk.length - at
    return chunk.compare(needle, 0, length, at) === 0 ? length : 0
  }
  return 0
}
