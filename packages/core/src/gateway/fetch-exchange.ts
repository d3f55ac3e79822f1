import { type ChunkIterator, dispose, isChunk, isPromise, iterate, release } from '../body.ts'
import { contentLengthOf, flattenHeaders, parseStatus, type StatusParts } from '../head.ts'
import { isEmptyStatus } from '../http/status.ts'
import { isHTTPError } from '../http-error.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application, Body, Chunk, Environ, HeaderList, Status, Write } from '../protocol.ts'
import { ProtocolError } from '../protocol-error.ts'
import { reportTo } from '../report.ts'
import { badChunk, checkRestart, noHead, writtenAfterEnd } from '../violations.ts'
import { byteLengthOf, type Content, contentOf, createResponse, joined, removeField } from './fetch-answer.ts'
import type { FetchContext } from './fetch-context.ts'
import { FetchStream } from './fetch-stream.ts'

type Step = IteratorResult<Chunk>

/** One request and its answer on a fetch host: calls the application and carries out clauses 3 to 5. */
export class FetchExchange {
  readonly #head: boolean
  readonly #context: FetchContext
  readonly #environ: Environ
  #status: StatusParts | undefined
  /** Names and values in one list. */
  #headers: string[] | undefined
  /** `Content-Length` as the application gave it; -1 without one. */
  #declared = -1
  #failing = false
  /** Made at the commitment. */
  #response: Response | undefined
  /** Where the chunks go once the answer has begun; `undefined` for one without content or of one piece. */
  #stream: FetchStream | undefined
  #resolve: ((response: Response) => void) | undefined

  /** `environ` of a request that is refused needs only what an error page reads. */
  constructor(method: string, context: FetchContext, environ: Environ) {
    this.#head = method === 'HEAD'
    this.#context = context
    this.#environ = environ
  }

  /** The answer of an application, at its commitment. Never rejects. */
  run(app: Application): Promise<Response> {
    let result: Body | Promise<Body>
    try {
      result = app(this.#environ, this.#startResponse)
    } catch (error) {
      return this.refuse(error)
    }
    if (isPromise(result)) {
      result.then(
        (body) => this.#answer(body),
        (error) => this.#fail(error),
      )
    } else {
      this.#answer(result)
    }
    return this.#settled()
  }

  /** The answer to a request that no application sees, or that it failed at once. */
  refuse(error: unknown): Promise<Response> {
    this.#fail(error)
    return this.#settled()
  }

  #settled(): Promise<Response> {
    if (this.#response !== undefined) return Promise.resolve(this.#response)
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  readonly #startResponse = (status: Status, headers: HeaderList, error?: unknown): Write => {
    checkRestart(this.#response !== undefined, this.#status !== undefined, error)
    const parts = parseStatus(status)
    if (parts.code > 599) {
      throw new ProtocolError('3.4', `Got the status ${status}; a fetch host can send 200 to 599 only.`)
    }
    const flat = flattenHeaders(headers)
    this.#headers = flat
    this.#declared = contentLengthOf(flat)
    this.#status = parts
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk)) throw badChunk('write got', chunk)
    if (this.#response === undefined) {
      if (this.#bodiless) this.#respond(null, -1)
      else this.#begin()
    }
    const stream = this.#stream
    if (stream !== undefined) return stream.write(chunk)
    if (!this.#bodiless) throw writtenAfterEnd()
  }

  /** Clause 4.4: whether no bytes will be sent, as far as is known. */
  get #bodiless(): boolean {
    const status = this.#status
    return status !== undefined && (this.#head || isEmptyStatus(status.code))
  }

  #answer(body: Body): void {
    try {
      if (this.#stream !== undefined) this.#stream.follow(body)
      else if (this.#response !== undefined) dispose(body, undefined, this.#report)
      else if (isChunk(body)) this.#sendWhole(body)
      else if (Array.isArray(body)) this.#sendList(body)
      else this.#sendIterable(body)
    } catch (error) {
      this.#fail(error)
    }
  }

  #sendWhole(chunk: Chunk): void {
    if (this.#declared !== -1 && this.#declared !== byteLengthOf(chunk) && !this.#bodiless) {
      // Too long or too short: the stream cuts it, or ends in an error.
      this.#begin().follow(chunk)
      return
    }
    this.#respond(chunk.length === 0 ? null : chunk, this.#head ? byteLengthOf(chunk) : 0)
    this.#context.complete()
  }

  #sendList(list: readonly Chunk[]): void {
    let size = 0
    for (const chunk of list) {
      if (!isChunk(chunk)) {
        dispose(list as Body, undefined, this.#report)
        throw badChunk('The body gave', chunk)
      }
      size += byteLengthOf(chunk)
    }
    if (this.#status !== undefined && !this.#bodiless && size > JOIN_LIMIT) {
      this.#begin(size).follow(list as Body)
      return
    }
    release(list as Body, this.#report)
    this.#sendWhole(joined(list))
  }

  /** Pulls until the commitment; synchronous for as long as the iterator is. */
  #sendIterable(body: Body): void {
    let iterator: ChunkIterator | undefined
    // Clause 4.4: once the head is known, nobody needs the body.
    while (!this.#bodiless) {
      let next: Step | Promise<Step>
      try {
        iterator ??= iterate(body)
        next = iterator.next()
      } catch (error) {
        release(body, this.#report)
        throw error
      }
      if (isPromise<Step>(next)) {
        this.#awaitStep(body, iterator, next)
        return
      }
      if (this.#take(body, iterator, next)) return
    }
    this.#giveUp(body, iterator)
  }

  #awaitStep(body: Body, iterator: ChunkIterator, first: Promise<Step>): void {
    let over = false
    const proceed = (step: Step): void => {
      if (over) return
      try {
        if (this.#take(body, iterator, step)) over = true
        else if (this.#bodiless) {
          over = true
          this.#giveUp(body, iterator)
        } else {
          Promise.resolve(iterator.next()).then(proceed, failed)
        }
      } catch (error) {
        over = true
        this.#fail(error)
      }
    }
    const failed = (error: unknown): void => {
      if (over) return
      over = true
      release(body, this.#report)
      this.#fail(error)
    }
    // A generator that waits when the client leaves would wait for ever.
    this.#context.watch(() => {
      if (over || this.#stream !== undefined) return
      over = true
      dispose(body, iterator, this.#report)
      this.#fail(new ClientDisconnected())
    })
    first.then(proceed, failed)
  }

  /** Whether the step was the commitment: the end, the first chunk, or one beside which something was written. */
  #take(body: Body, iterator: ChunkIterator, step: Step): boolean {
    if (this.#stream !== undefined) {
      this.#stream.follow(body, iterator, step)
      return true
    }
    if (step.done) {
      release(body, this.#report)
      if (this.#response === undefined) this.#sendWhole('')
      return true
    }
    if (!isChunk(step.value)) {
      dispose(body, iterator, this.#report)
      throw badChunk('The body gave', step.value)
    }
    if (step.value.length === 0 || this.#bodiless) return false
    if (this.#status === undefined) {
      dispose(body, iterator, this.#report)
      throw noHead()
    }
    this.#begin().follow(body, iterator, step)
    return true
  }

  #giveUp(body: Body, iterator: ChunkIterator | undefined): void {
    dispose(body, iterator, this.#report)
    if (this.#response === undefined) this.#respond(null, -1)
    this.#context.complete()
  }

  /** Begins an answer in pieces; `size` is the number of its bytes, -1 where nobody knows it. */
  #begin(size = -1): FetchStream {
    const declared = this.#declared
    const stream = new FetchStream(declared === -1 ? size : declared, this.#context, this.#report)
    this.#stream = stream
    this.#respond(stream.readable, size)
    return stream
  }

  /**
   * Makes the Response, which is the commitment; `size` is the number of bytes of the whole body, -1 where nobody knows it. The host computes
   * the `Content-Length` of a body in one piece.
   */
  #respond(content: Content, size: number): void {
    if (this.#status === undefined) throw noHead()
    const { code } = this.#status
    const flat = this.#headers as string[]
    const body = this.#bodiless ? null : contentOf(content, flat)
    // RFC 9110 section 8.6: no length in a 204; a 205 could only say 0.
    if (code === 204 || code === 205) removeField(flat, 'content-length')
    else if (this.#declared === -1 && code !== 304 && size > 0 && (this.#head || this.#stream !== undefined))
      flat.push('Content-Length', String(size))
    const response = createResponse(this.#status, flat, body)
    this.#response = response
    this.#resolve?.(response)
  }

  /** Answers what was thrown (clause 5); never throws itself. */
  #fail(error: unknown): void {
    if (this.#stream !== undefined) {
      this.#stream.fail(error)
      return
    }
    const answer = isHTTPError(error) ? error : undefined
    if (answer === undefined || answer.status >= 500 || this.#response !== undefined) this.#report(error)
    if (this.#response !== undefined) return
    if (answer === undefined || this.#failing) {
      this.#answerPlain()
      return
    }
    this.#failing = true
    try {
      this.#answer(answer.respond(this.#environ, this.#startResponse))
    } catch (failure) {
      this.#fail(failure)
    }
  }

  #answerPlain(): void {
    this.#status = undefined
    this.#startResponse('500 Internal Server Error', [['Content-Type', 'text/plain; charset=utf-8']])
    this.#sendWhole('Internal Server Error\n')
  }

  /** Made when it is needed: most answers never do. */
  get #report(): (error: unknown) => void {
    return reportTo(this.#environ)
  }
}

/** A list of up to so many bytes goes out as one piece: 64 KiB. */
const JOIN_LIMIT = 65_536
