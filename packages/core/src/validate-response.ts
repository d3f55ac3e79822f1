import { describe, isChunk, isPromise, toBytes } from './body.ts'
import { checkHeaders, parseStatus } from './head.ts'
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
    if (call.over || call.state === 'ended') return this.#late()
    // Clause 3.3: again only with an error.
    if (this.#write !== undefined && error === undefined) {
      throw call.app(
        '3.3',
        'Called startResponse a second time without an error; call it once, or hand on the error.',
      )
    }
    this.#checkHead(status, headers)
    if (this.#committed) this.#replaceTooLate(status, headers, error)
    // Read before the list is handed on, since the layers outside may change it.
    const declared = this.#contentLength(headers)
    const write: unknown =
      error === undefined ? this.#outer(status, headers) : this.#outer(status, headers, error)
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
    if (Object.isFrozen(headers)) {
      throw this.#call.app('1', 'Gave a frozen list of headers; expected one that other layers may change.')
    }
  }

  /** Clause 3.3: after the commitment, startResponse with an error throws that error. */
  #replaceTooLate(status: Status, headers: HeaderList, error: unknown): never {
    try {
      this.#outer(status, headers, error)
    } catch (thrown) {
      this.#call.hold(thrown)
      throw thrown
    }
    throw this.#call.outer(
      '3.3',
      'Its startResponse took an error after the answer was committed; expected that it throws that error.',
      error,
    )
  }

  #contentLength(headers: HeaderList): number | undefined {
    const values = headers
      .filter(([name]) => name.toLowerCase() === 'content-length')
      .map(([, value]) => value)
    const value = values[0]
    if (value === undefined) return undefined
    // Clause 4.5: one number (RFC 9110 section 8.6).
    if (values.length > 1 || !/^[0-9]{1,15}$/.test(value)) {
      throw this.#call.app(
        '4.5',
        `Got the Content-Length ${values.join(', ')}; expected one number of bytes.`,
      )
    }
    return Number(value)
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
    this.#size += toBytes(chunk).byteLength
    const declared = this.#declared
    // Clause 4.5: more bytes than Content-Length.
    if (declared !== undefined && !this.#holdsBack() && this.#size > declared) {
      throw this.#call.app('4.5', `The body has more bytes than its Content-Length of ${declared}.`)
    }
  }

  /** Clause 4.4: whatever the body holds, nothing of it is sent. */
  #holdsBack(): boolean {
    return this.#method === 'HEAD' || this.#empty
  }

  /** Clause 3.2: the end of the body commits. An application whose body was given up cannot know, and is left alone. */
  #late(): Write {
    if (this.#call.state === 'returned') return () => {}
    throw this.#call.app('3.2', 'Called startResponse or write after its answer was complete.')
  }
}
