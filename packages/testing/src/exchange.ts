/**
 * A gateway in memory (clauses 3 to 5): one request, one answer, nothing on the wire.
 *
 * It is stricter than a gateway with a socket: where that one can only log and close the connection, this one rejects, so that a test sees
 * what is wrong.
 *
 * @module
 */
import {
  type Application,
  type Body,
  type Chunk,
  type ChunkIterator,
  type Closeable,
  checkHeaders,
  dispose,
  type Environ,
  formatError,
  type HeaderList,
  InternalServerError,
  isChunk,
  isHTTPError,
  iterate,
  ProtocolError,
  parseStatus,
  reportTo,
  type StartResponse,
  type Status,
  toBytes,
  type Write,
} from '@stapel/core'
import { isEmptyStatus } from '@stapel/core/http'

/** What an application answered: headers as the gateway sends them, chunks without the empty ones. */
export interface Exchanged {
  /** The last that startResponse got. */
  readonly status: Status
  /** With the `Content-Length` that a gateway computes. */
  readonly headers: HeaderList
  /** What was sent; each has memory of its own. */
  readonly chunks: readonly Uint8Array[]
}

/**
 * Calls an application and reads its answer whole. An HTTPError that is thrown before the commitment becomes the answer; any other error
 * rejects, as does one that is thrown while the body is read. When `left` aborts, the body is disposed of and the call rejects with the reason.
 */
export async function exchange(app: Application, environ: Environ, left?: AbortSignal): Promise<Exchanged> {
  const chunks: Uint8Array[] = []
  let answer: Omit<Exchanged, 'chunks'> | undefined
  const client: AnswerReader = {
    start: (status, headers) => {
      answer = { status, headers }
    },
    take: (chunk) => void chunks.push(chunk),
  }
  await exchangeWith(client, app, environ, left)
  return { ...(answer as Exchanged), chunks }
}

/** Who gets an answer piece by piece. */
export interface AnswerReader {
  /** The answer is committed. */
  start(status: Status, headers: HeaderList): void
  /** A chunk with content; a promise settles when there is room for more. */
  take(chunk: Uint8Array): void | Promise<void>
}

/** What becomes of failures. */
export interface ExchangeOptions {
  /** Whether an error that is no HTTPError rejects; otherwise it is logged and answered with 500, as any gateway does. @default true */
  rejectErrors?: boolean | undefined
}

/** As {@link exchange}, for a client that reads while the application answers; settles when the body was closed. */
export function exchangeWith(
  client: AnswerReader,
  app: Application,
  environ: Environ,
  left?: AbortSignal,
  options: ExchangeOptions = {},
): Promise<void> {
  return new Exchange(client, environ, left, options).run(app)
}

class Exchange {
  readonly #client: AnswerReader
  readonly #environ: Environ
  readonly #left: AbortSignal | undefined
  readonly #rejectErrors: boolean
  #status: Status | undefined
  #headers: HeaderList = []
  #committed = false
  #size = 0

  constructor(
    client: AnswerReader,
    environ: Environ,
    left: AbortSignal | undefined,
    options: ExchangeOptions,
  ) {
    this.#rejectErrors = options.rejectErrors ?? true
    this.#client = client
    this.#environ = environ
    this.#left = left
  }

  async run(app: Application): Promise<void> {
    try {
      await this.#send(await this.#call(app))
    } catch (error) {
      if (this.#left?.aborted) throw this.#left.reason
      if (this.#committed || (this.#rejectErrors && !isHTTPError(error))) throw error
      const answer = isHTTPError(error) ? error : new InternalServerError(undefined, { cause: error })
      if (answer.status >= 500) this.#environ['wsgi.errors'].write(`${formatError(error)}\n`)
      await this.#send(answer.respond(this.#environ, this.#startResponse))
    }
  }

  readonly #startResponse: StartResponse = (status, headers, error) => {
    if (this.#status !== undefined && error === undefined) {
      throw new ProtocolError(
        '3.3',
        'startResponse was called a second time without an error; call it once, or hand on the error.',
      )
    }
    if (this.#committed) throw error
    parseStatus(status)
    checkHeaders(headers)
    this.#status = status
    this.#headers = headers.map(([name, value]) => [name, value])
    return this.#write
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk))
      throw new ProtocolError('3.5', `Got ${typeof chunk} for write; expected a string or a Uint8Array.`)
    if (!this.#committed) this.#commit()
    return this.#take(chunk)
  }

  async #call(app: Application): Promise<Body> {
    const result = Promise.resolve(app(this.#environ, this.#startResponse))
    return this.#unlessLeft(result, (body) => dispose(body, undefined, reportTo(this.#environ)))
  }

  async #send(body: Body): Promise<void> {
    let iterator: ChunkIterator | undefined
    let ended = false
    try {
      if (!this.#holdsBack()) {
        iterator = iterate(body)
        ended = await this.#readAll(iterator, body)
      }
    } catch (error) {
      await this.#giveUp(body, iterator).catch(reportTo(this.#environ))
      throw error
    }
    if (ended) await (body as Closeable).close?.()
    else await this.#giveUp(body, iterator)
    if (this.#status === undefined) {
      throw new ProtocolError(
        '3.1',
        'The application answered without calling startResponse; call it before the end of the body.',
      )
    }
    if (!this.#committed) this.#commit(body)
    this.#checkLength()
  }

  /** The head is sent; with it the length that the gateway computes, where nothing was written before the body. */
  #commit(body?: Body): void {
    this.#committed = true
    if (body !== undefined && this.#declared() === undefined) this.#addLength(body)
    this.#client.start(this.#status as Status, this.#headers)
  }

  /** Whether the end was reached; otherwise the answer has no content and the rest is not wanted. */
  async #readAll(iterator: ChunkIterator, body: Body): Promise<boolean> {
    for (;;) {
      const step = await this.#unlessLeft(Promise.resolve(iterator.next()))
      if (this.#holdsBack() && !step.done) return false
      if (step.done) return true
      if (!isChunk(step.value)) {
        throw new ProtocolError(
          '1',
          `The body gave ${String(step.value)}; expected a string or a Uint8Array.`,
        )
      }
      if (step.value.length === 0) continue
      const taking = this.#takeFirst(step.value, body)
      if (taking !== undefined) await this.#unlessLeft(taking)
    }
  }

  #takeFirst(chunk: Chunk, body: Body): void | Promise<void> {
    if (this.#status === undefined) {
      throw new ProtocolError('3.1', 'The first chunk came before startResponse was called; call it first.')
    }
    if (!this.#committed) this.#commit(body)
    return this.#take(chunk)
  }

  #take(chunk: Chunk): void | Promise<void> {
    if (this.#holdsBack()) return undefined
    const bytes = toBytes(chunk)
    if (bytes.byteLength === 0) return undefined
    this.#size += bytes.byteLength
    const declared = this.#declared()
    if (declared !== undefined && this.#size > declared) {
      throw new ProtocolError('4.5', `The body is longer than its Content-Length of ${declared} bytes.`)
    }
    // The application may use its buffer again; `slice` of a Node Buffer would be a view of it.
    return this.#client.take(new Uint8Array(bytes))
  }

  /** Clause 4.4: nothing is sent, and nothing is pulled, once this is known. */
  #holdsBack(): boolean {
    if (this.#status === undefined) return false
    return this.#environ.REQUEST_METHOD === 'HEAD' || isEmptyStatus(parseStatus(this.#status).code)
  }

  #declared(): number | undefined {
    const field = this.#headers.find(([name]) => name.toLowerCase() === 'content-length')
    return field === undefined ? undefined : Number(field[1])
  }

  #checkLength(): void {
    const declared = this.#declared()
    if (declared !== undefined && !this.#holdsBack() && this.#size !== declared) {
      throw new ProtocolError(
        '4.5',
        `The body has ${this.#size} bytes, which is not its Content-Length of ${declared}.`,
      )
    }
  }

  /** Clause 4.5: computed for one chunk or a list; never for 204, 205, 304, nor from an empty body for HEAD. */
  #addLength(body: Body): void {
    if (isEmptyStatus(parseStatus(this.#status as Status).code)) return
    if (!isChunk(body) && !Array.isArray(body)) return
    const chunks: readonly Chunk[] = isChunk(body) ? [body] : (body as readonly Chunk[])
    const size = chunks.reduce((sum, chunk) => sum + toBytes(chunk).byteLength, 0)
    if (size === 0 && this.#environ.REQUEST_METHOD === 'HEAD') return
    this.#headers.push(['Content-Length', String(size)])
  }

  /** As core's `dispose`, but it waits for `close()` and hands on its failure, unless the client has left. */
  async #giveUp(body: Body, iterator: ChunkIterator | undefined): Promise<void> {
    const report = reportTo(this.#environ)
    const source = Object(body) as Closeable & { destroy?: unknown }
    if (this.#left?.aborted || typeof source.close !== 'function' || typeof source.destroy === 'function') {
      dispose(body, iterator, report)
      return
    }
    if (iterator?.return !== undefined) {
      Promise.resolve(iterator.return()).catch(report)
    }
    await source.close()
  }

  async #unlessLeft<T>(result: Promise<T>, late: (value: T) => void = () => {}): Promise<T> {
    const left = this.#left
    if (left === undefined) return result
    let leave: (() => void) | undefined
    let gone = false
    const leaving = new Promise<never>((_, reject) => {
      leave = () => {
        gone = true
        reject(left.reason)
      }
      if (left.aborted) leave()
      else left.addEventListener('abort', leave, { once: true })
    })
    result.then(
      (value) => {
        if (gone) late(value)
      },
      (error) => {
        if (gone) reportTo(this.#environ)(error)
      },
    )
    try {
      return await Promise.race([leaving, result])
    } finally {
      if (leave !== undefined) left.removeEventListener('abort', leave)
    }
  }
}
