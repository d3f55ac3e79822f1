import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ChunkIterator, dispose, isChunk, isPromise, iterate, release } from '../body.ts'
import { flattenHeaders, parseStatus } from '../head.ts'
import { isEmptyStatus } from '../http/status.ts'
import { isHTTPError } from '../http-error.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application, Body, Chunk, Environ, HeaderList, Status, Write } from '../protocol.ts'
import { reportTo } from '../report.ts'
import { badChunk, checkRestart, noHead, writtenAfterEnd } from '../violations.ts'
import type { Connection } from './environ.ts'
import { FileBody } from './file-body.ts'
import type { RequestContext } from './request-context.ts'
import { ResponseWriter, sizeOf } from './response-writer.ts'

/** One request and its answer: calls the application and carries out clauses 3 to 5. */
export class Exchange {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #context: RequestContext
  readonly #environ: Environ
  readonly #writer: ResponseWriter
  /** 0 until startResponse was called. */
  #code = 0
  #reason = ''
  #headers: string[] = []
  #failing = false

  /** `environ` of a request that is refused needs only what an error page reads. */
  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    connection: Connection,
    context: RequestContext,
    environ: Environ,
  ) {
    this.#req = req
    this.#res = res
    this.#context = context
    this.#environ = environ
    this.#writer = new ResponseWriter(req, res, connection, context.input, environ)
  }

  run(app: Application): void {
    let result: Body | Promise<Body>
    try {
      result = app(this.#environ, this.#startResponse)
    } catch (error) {
      this.fail(error)
      return
    }
    if (isPromise(result)) {
      result.then(
        (body) => this.#send(body),
        (error) => this.fail(error),
      )
    } else {
      this.#send(result)
    }
  }

  /**
   * Answers what was thrown (clause 5); never throws itself. Of a refusal, which no application has seen, an HTTPError is not logged whatever its
   * status: with a version or a coding that is not supported, a client could fill the log.
   */
  fail(error: unknown, isRefusal = false): void {
    if (this.#res.destroyed) {
      if (!(error instanceof ClientDisconnected)) this.#report(error)
      return
    }
    const { committed } = this.#writer
    const answer = isHTTPError(error) ? error : undefined
    if (answer === undefined || (answer.status >= 500 && !isRefusal) || committed) this.#report(error)
    if (committed) {
      // On the next tick, so that what was written until now goes out before the connection is cut.
      process.nextTick(() => this.#res.destroy())
    } else if (answer === undefined || this.#failing) {
      this.#answerPlain()
    } else {
      this.#failing = true
      try {
        this.#send(answer.respond(this.#environ, this.#startResponse))
      } catch (failure) {
        this.fail(failure)
      }
    }
  }

  readonly #startResponse = (status: Status, headers: HeaderList, error?: unknown): Write => {
    checkRestart(this.#writer.committed, this.#code !== 0, error)
    const parts = parseStatus(status)
    this.#headers = flattenHeaders(headers)
    this.#code = parts.code
    this.#reason = parts.reason
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    const writer = this.#writer
    if (!isChunk(chunk)) throw badChunk('write got', chunk)
    if (this.#res.destroyed) return
    if (writer.ended) throw writtenAfterEnd()
    if (!writer.committed) this.#commit(-1)
    if (writer.bodiless) return
    if (chunk.length === 0) writer.flush()
    else if (!writer.push(chunk)) return writer.drained()
  }

  #send(body: Body): void {
    try {
      const whole = Array.isArray(body) ? smallChunk(body) : undefined
      if (isChunk(body)) this.#sendWhole(body)
      else if (whole !== undefined) this.#sendList(body, whole)
      else void this.#stream(body)
    } catch (error) {
      this.fail(error)
    }
  }

  /** A list that a layer watches costs a stream's promises otherwise: 5 µs. */
  #sendList(body: Body, whole: Chunk): void {
    try {
      this.#sendWhole(whole)
    } finally {
      release(body, (error) => this.#report(error))
    }
  }

  #sendWhole(chunk: Chunk): void {
    const writer = this.#writer
    if (this.#res.destroyed) return
    if (writer.committed) {
      if (chunk.length > 0 && !writer.bodiless) writer.push(chunk)
      writer.finish()
      return
    }
    const size = sizeOf(chunk)
    this.#commit(size)
    writer.whole(chunk, size)
  }

  async #stream(body: Body): Promise<void> {
    const res = this.#res
    const writer = this.#writer
    if (res.destroyed) {
      dispose(body, undefined, (error) => this.#report(error))
      return
    }
    let iterator: ChunkIterator | undefined
    let settled = false
    const giveUp = (): void => {
      if (settled) return
      settled = true
      dispose(body, iterator, (error) => this.#report(error))
    }
    const ended = (): void => {
      if (settled) return
      settled = true
      release(body, (error) => this.#report(error))
    }
    const onClose = (): void => {
      this.#context.clientGone()
      giveUp()
    }
    res.once('close', onClose)
    try {
      iterator = body instanceof FileBody ? body.pooled(res) : iterate(body)
      const size = Array.isArray(body) ? sizeOfList(body) : -1
      let complete = false
      // Clause 4.4: once the headers are known, nobody needs a body that is not sent.
      while (this.#code === 0 || !(this.#req.method === 'HEAD' || isEmptyStatus(this.#code))) {
        let step: IteratorResult<Chunk>
        try {
          const next = iterator.next()
          step = isPromise<IteratorResult<Chunk>>(next) ? await next : next
        } catch (error) {
          ended()
          throw error
        }
        if (settled) return
        if (step.done) {
          complete = true
          break
        }
        const chunk = step.value
        if (!isChunk(chunk)) throw badChunk('The body gave', chunk)
        if (chunk.length === 0) continue
        if (!writer.committed) this.#commit(size)
        if (writer.bodiless) break
        const roomLeft = writer.push(chunk)
        if (writer.overrun) break
        if (!roomLeft) await writer.drained()
        if (settled) return
      }
      if (complete) ended()
      else giveUp()
      res.off('close', onClose)
      if (!writer.committed) this.#commit(complete && size === -1 ? 0 : size)
      writer.finish()
    } catch (error) {
      res.off('close', onClose)
      giveUp()
      this.fail(error)
    }
  }

  #commit(size: number): void {
    if (this.#code === 0) throw noHead()
    this.#writer.commit(this.#code, this.#reason, this.#headers, size)
  }

  #answerPlain(): void {
    try {
      this.#code = 0
      this.#startResponse('500 Internal Server Error', [['Content-Type', 'text/plain; charset=utf-8']])
      this.#sendWhole('Internal Server Error\n')
    } catch (error) {
      this.#report(error)
      this.#res.destroy()
    }
  }

  #report(error: unknown): void {
    reportTo(this.#environ)(error)
  }
}

function sizeOfList(list: readonly unknown[]): number {
  let size = 0
  for (const chunk of list) {
    if (!isChunk(chunk)) return -1
    size += sizeOf(chunk)
  }
  return size
}

/** A small list as one chunk, which is one write instead of several and needs no promise; `undefined` for any other. */
function smallChunk(list: readonly unknown[]): Chunk | undefined {
  const [first] = list
  if (list.length === 1 && isChunk(first)) return first.length <= SMALL ? first : undefined
  if (list.length > 64) return undefined
  let text = ''
  for (const chunk of list) {
    if (typeof chunk !== 'string') return undefined
    text += chunk
  }
  return text.length <= SMALL ? text : undefined
}

/** What the connection takes at once, in characters or bytes: more may have to wait for the client. */
const SMALL = 16_384
