import { describe, isChunk, isPromise, toBytes } from './body.ts'
import { checkHeaders, parseStatus } from './head.ts'
import { parseContentLength } from './http/content-length.ts'
import { isEmptyStatus } from './http/status.ts'
import type { Chunk, HeaderList, StartResponse, Status, Write } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Call } from './validate-call.ts'

/** startResponse and write as the application gets them, and what is known of the answer by them (clause 3). */
export class ValidatedResponse {
  readonly #call: Call
  readonly #outer: StartResponse
  readonly #method: string
  #write: Write | undefined
  #committed = false
  #declared: number | undefined
  #empty = false
  #size = 0

  constructor(call: Call, outer: StartResponse, method: string) {
    this.#call = call
    this.#outer = outer
    this.#method = method
  }

  /** Whether startResponse was called for an answer without content: nobody needs the body (clause 4.4). */
  get bodiless(): boolean {
    return this.#write !== undefined && this.#holdsBack()
  }

  readonly startResponse: StartResponse = (...given) => {
    const call = this.#call
    const [status, headers, error] = given
    // Clause 3: status, headers, and an error or nothing.
    if (given.length < 2 || given.length > 3) {
      throw call.app(
        '3',
        `Called startResponse with ${given.length} arguments; expected status, headers and at most an error.`,
      )
    }
    if (call.over || call.state === 'ended') return this.#late(error)
    // Clause 3.3: again only with an error.
    if (this.#write !== undefined && error === undefined) {
      throw call.app(
        '3.3',
        'Called startResponse a second time without an error; call it once, or hand on the error.',
      )
    }
    const { passing } = call
    // Clause 7: a layer hands on what startResponse was called with.
    if (passing !== undefined && error === undefined) {
      throw call.app('7', `Called startResponse without the error that came from ${passing.by}; hand it on.`)
    }
    this.#checkHead(status, headers)
    call.environ?.handOut()
    if (this.#committed) this.#replaceTooLate(status, headers, error)
    // Read before the list is handed on, since the layers outside may change it.
    const declared = this.#contentLength(headers)
    const write: unknown =
      error === undefined ? this.#outer(status, headers) : this.#pass(status, headers, error, false)
    // Clause 3.5: it returns write.
    if (typeof write !== 'function') {
      throw call.outer('3.5', `Its startResponse returned ${describe(write)}; expected the function write.`)
    }
    this.#write = write as Write
    this.#empty = isEmptyStatus(parseStatus(status).code)
    this.#declared = declared
    return this.#checkedWrite
  }

  /** Whoever pulls again has got a non-empty chunk, or the application has written: nothing can be replaced any more (clause 3.2). */
  commit(): void {
    this.#committed = true
  }

  /** Checks and counts a chunk of the body; gives whether it has content. Throws what is to be thrown into the reader. */
  take(chunk: unknown): boolean {
    // Clause 1: chunks are strings and bytes.
    if (!isChunk(chunk)) {
      throw this.#call.app(
        '1',
        `The body gave ${describe(chunk)}; expected chunks that are strings or Uint8Arrays.`,
      )
    }
    if (chunk.length === 0) return false
    // Clause 3.1: called before the first non-empty chunk.
    if (this.#write === undefined) {
      throw this.#call.app('3.1', 'Gave a chunk before it called startResponse; call it first.')
    }
    this.#count(chunk)
    return true
  }

  /** Checks what can be known at the end of the body only. */
  end(): void {
    const declared = this.#declared
    // Clause 3.1: not calling it is an error.
    if (this.#write === undefined) {
      throw this.#call.app(
        '3.1',
        'Answered without calling startResponse; call it before the end of the body.',
      )
    }
    // Clause 4.5: fewer bytes than Content-Length.
    if (declared !== undefined && !this.#holdsBack() && this.#size < declared) {
      throw this.#call.app(
        '4.5',
        `The body has ${this.#size} bytes, fewer than its Content-Length of ${declared}.`,
      )
    }
  }

  #checkHead(status: Status, headers: HeaderList): void {
    try {
      // Clause 3.4: the form of the status, names and values; no hop-by-hop headers.
      parseStatus(status)
      checkHeaders(headers)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      throw this.#call.app(error.clause, error.message.replace(/ \(protocol [\d.]+\)$/, ''))
    }
    // Clause 1: a plain mutable list, which the layers outside may change.
    if (!Object.isExtensible(headers) || headers.some(Object.isFrozen)) {
      throw this.#call.app('1', 'Gave a frozen list of headers; expected one that other layers may change.')
    }
  }

  /** Calls with an error, and lets the layer outside be watched while it hands the error on. */
  #pass(status: Status, headers: HeaderList, error: unknown, late: boolean): unknown {
    const { parent } = this.#call
    if (parent === undefined) return this.#outer(status, headers, error)
    const before = parent.passing
    parent.passing = { by: this.#call.name, late }
    try {
      return this.#outer(status, headers, error)
    } finally {
      parent.passing = before
    }
  }

  /** Clause 3.3: after the commitment, startResponse with an error throws that error. */
  #replaceTooLate(status: Status, headers: HeaderList, error: unknown): never {
    const call = this.#call
    let did = 'took an error'
    try {
      this.#pass(status, headers, error, true)
    } catch (thrown) {
      // A validator outside has found a fault of its own.
      if (thrown === error || thrown instanceof ProtocolError) {
        call.hold(thrown)
        throw thrown
      }
      did = `threw ${describe(thrown)} for an error`
    }
    throw call.outer(
      '3.3',
      `Its startResponse ${did} after the answer was committed; expected that it throws that error.`,
      error,
    )
  }

  #contentLength(headers: HeaderList): number | undefined {
    let declared: string | undefined
    for (const [name, value] of headers) {
      if (name.length !== 14 || name.toLowerCase() !== 'content-length') continue
      // Clause 4.5: one number (RFC 9110 section 8.6).
      if (declared !== undefined || parseContentLength(value) === undefined) {
        const got = declared === undefined ? value : `${declared}, ${value}`
        throw this.#call.app('4.5', `Got the Content-Length ${got}; expected one number of bytes.`)
      }
      declared = value
    }
    return declared === undefined ? undefined : Number(declared)
  }

  readonly #checkedWrite: Write = (...given) => {
    const call = this.#call
    const chunk = given[0]
    // Clause 3.5: one chunk.
    if (given.length !== 1 || !isChunk(chunk)) {
      throw call.app('3.5', `Called write with ${describe(chunk)}; expected one string or Uint8Array.`)
    }
    if (call.over || call.state === 'ended') {
      this.#late()
      return undefined
    }
    if (chunk.length > 0) this.#count(chunk)
    const result: unknown = (this.#write as Write)(chunk)
    this.#committed = true
    if (result !== undefined && !isPromise(result)) {
      throw call.outer('3.5', `Its write returned ${describe(result)}; expected nothing or a promise.`)
    }
    return result as void | Promise<void>
  }

  #count(chunk: Chunk): void {
    const declared = this.#declared
    if (declared === undefined || this.#holdsBack()) return
    this.#size += byteLength(chunk)
    // Clause 4.5: more bytes than Content-Length.
    if (this.#size > declared) {
      throw this.#call.app('4.5', `The body has more bytes than its Content-Length of ${declared}.`)
    }
  }

  /** Clause 4.4: whatever the body holds, nothing of it is sent. */
  #holdsBack(): boolean {
    return this.#method === 'HEAD' || this.#empty
  }

  /** Clause 3.2: the end of the body commits. An application whose body was given up cannot know, and is left alone. */
  #late(error?: unknown): Write {
    if (this.#call.state !== 'returned') {
      throw this.#call.app('3.2', 'Called startResponse or write after its answer was complete.')
    }
    // Clause 3.3: it throws that error after the commitment, also when nobody reads any more.
    if (error !== undefined && (this.#committed || this.#call.passing?.late)) throw error
    return () => {}
  }
}

/** The bytes of a chunk in UTF-8, counted without an encoder for the short strings that most are. */
function byteLength(chunk: Chunk): number {
  if (typeof chunk !== 'string' || chunk.length > 1024) return toBytes(chunk).byteLength
  for (let i = 0; i < chunk.length; i++) {
    if (chunk.charCodeAt(i) > 127) return toBytes(chunk).byteLength
  }
  return chunk.length
}
