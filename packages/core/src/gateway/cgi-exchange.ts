import type { Writable } from 'node:stream'
import { type ChunkIterator, dispose, isChunk, iterate, release, toBytes } from '../body.ts'
import { contentLengthOf, flattenHeaders, parseStatus } from '../head.ts'
import { isEmptyStatus } from '../http/status.ts'
import { isHTTPError } from '../http-error.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application, Body, Chunk, Environ, HeaderList, Status, Write } from '../protocol.ts'
import { reportTo } from '../report.ts'
import { badChunk, checkRestart, noHead, tooLong, tooShort, writtenAfterEnd } from '../violations.ts'
import type { CgiContext } from './cgi-context.ts'

/** One request and its answer on the outputs of a process: carries out clauses 3 to 5 and gives the exit code. */
export class CgiExchange {
  readonly #output: Writable
  readonly #context: CgiContext
  readonly #environ: Environ
  #status: Status | undefined
  #headers: string[] = []
  #declared = -1
  #sent = 0
  #committed = false
  #ended = false
  #failed = false

  constructor(output: Writable, context: CgiContext, environ: Environ) {
    this.#output = output
    this.#context = context
    this.#environ = environ
  }

  /** The exit code: 0 when the answer is out, 1 when it was cut short. Never rejects. */
  async run(app: Application): Promise<number> {
    try {
      await this.#send(await app(this.#environ, this.#startResponse))
    } catch (error) {
      await this.#answer(error)
    }
    return this.#flushed()
  }

  /** The answer to a request that no application sees. */
  async refuse(error: unknown): Promise<number> {
    await this.#answer(error)
    return this.#flushed()
  }

  readonly #startResponse = (status: Status, headers: HeaderList, error?: unknown): Write => {
    checkRestart(this.#committed, this.#status !== undefined, error)
    parseStatus(status)
    this.#headers = flattenHeaders(headers)
    this.#declared = contentLengthOf(this.#headers)
    this.#status = status
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk)) throw badChunk('write got', chunk)
    if (this.#ended) throw writtenAfterEnd()
    this.#commit(-1)
    return this.#push(chunk)
  }

  async #send(body: Body): Promise<void> {
    const size = sizeOf(body)
    let iterator: ChunkIterator | undefined
    let over = false
    const giveUp = (): void => {
      if (over) return
      over = true
      dispose(body, iterator, this.#report)
    }
    this.#context.watch(giveUp)
    try {
      // Clause 4.4: once the head is known, nobody needs the body.
      while (!this.#bodiless && !over) {
        let step: IteratorResult<Chunk>
        try {
          iterator ??= iterate(body)
          step = await iterator.next()
        } catch (error) {
          if (!over) release(body, this.#report)
          over = true
          throw error
        }
        if (over) break
        if (step.done) {
          over = true
          release(body, this.#report)
          break
        }
        if (!isChunk(step.value)) throw badChunk('The body gave', step.value)
        if (step.value.length === 0) continue
        this.#commit(size)
        await this.#push(step.value)
        if (this.#declared !== -1 && this.#sent > this.#declared) break
      }
      giveUp()
      this.#commit(size === -1 && !this.#bodiless ? 0 : size)
      this.#end()
    } finally {
      giveUp()
      this.#context.watch(undefined)
    }
  }

  get #bodiless(): boolean {
    if (this.#status === undefined) return false
    return this.#environ.REQUEST_METHOD === 'HEAD' || isEmptyStatus(parseStatus(this.#status).code)
  }

  /** RFC 3875 section 6.3: the status is a header of its own. */
  #commit(size: number): void {
    if (this.#committed) return
    if (this.#status === undefined) throw noHead()
    this.#committed = true
    const { code } = parseStatus(this.#status)
    const head = this.#environ.REQUEST_METHOD === 'HEAD'
    let text = `Status: ${this.#status.trimEnd()}\r\n`
    for (let i = 0; i < this.#headers.length; i += 2) {
      const name = this.#headers[i] as string
      // RFC 9110 section 8.6: not in a 204; a 205 could only say 0.
      if ((code === 204 || code === 205) && name.toLowerCase() === 'content-length') continue
      text += `${name}: ${this.#headers[i + 1]}\r\n`
    }
    if (this.#declared === -1 && size >= (head ? 1 : 0) && !isEmptyStatus(code)) {
      text += `Content-Length: ${size}\r\n`
      this.#declared = size
    }
    this.#output.write(`${text}\r\n`, 'latin1')
  }

  /** Settles when the server has room for more. */
  #push(chunk: Chunk): void | Promise<void> {
    if (this.#bodiless || chunk.length === 0 || this.#context.gone) return undefined
    let bytes = toBytes(chunk)
    const left = this.#declared === -1 ? bytes.byteLength : Math.max(0, this.#declared - this.#sent)
    this.#sent += bytes.byteLength
    if (bytes.byteLength > left) {
      this.#report(tooLong(this.#declared))
      bytes = bytes.subarray(0, left)
    }
    // Each chunk is waited for: a pipe takes bytes at once, and tells later that nobody reads it.
    return new Promise((resolve) => this.#output.write(bytes, () => resolve()))
  }

  #end(): void {
    this.#ended = true
    if (this.#context.gone) this.#failed = true
    if (this.#bodiless || this.#declared <= this.#sent) return
    this.#failed = true
    this.#report(tooShort(this.#sent, this.#declared))
  }

  /** Answers what was thrown (clause 5). */
  async #answer(error: unknown): Promise<void> {
    const answer = isHTTPError(error) ? error : undefined
    const gone = this.#context.gone && error instanceof ClientDisconnected
    if (!gone && (answer === undefined || answer.status >= 500 || this.#committed)) this.#report(error)
    if (this.#committed) {
      this.#failed = true
      return
    }
    try {
      if (answer === undefined) throw error
      await this.#send(answer.respond(this.#environ, this.#startResponse))
    } catch (failure) {
      if (failure !== error) this.#report(failure)
      await this.#answerPlain()
    }
  }

  async #answerPlain(): Promise<void> {
    if (this.#committed) {
      this.#failed = true
      return
    }
    this.#status = undefined
    this.#startResponse('500 Internal Server Error', [['Content-Type', 'text/plain; charset=utf-8']])
    await this.#send('Internal Server Error\n')
  }

  /** Settles when all is handed to the server. */
  #flushed(): Promise<number> {
    return new Promise((resolve) => {
      const done = (): void => resolve(this.#failed || this.#context.gone ? 1 : 0)
      if (this.#context.gone) done()
      else this.#output.write('', done)
    })
  }

  readonly #report = (error: unknown): void => reportTo(this.#environ)(error)
}

/** The bytes of a chunk or a list; -1 for other bodies, whose size nobody knows. */
function sizeOf(body: Body): number {
  if (isChunk(body)) return toBytes(body).byteLength
  if (!Array.isArray(body)) return -1
  let size = 0
  for (const chunk of body as readonly unknown[]) {
    if (!isChunk(chunk)) return -1
    size += toBytes(chunk).byteLength
  }
  return size
}
