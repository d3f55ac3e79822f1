import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type ChunkIterator,
  describe,
  dispose,
  expectedBody,
  isChunk,
  isPromise,
  iterate,
  release,
} from '../body.ts'
import { contentLengthOf, flattenHeaders, parseStatus } from '../head.ts'
import { isHTTPError } from '../http-error.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application, Body, Chunk, Environ, HeaderList, Status, Write } from '../protocol.ts'
import { ProtocolError } from '../protocol-error.ts'
import { reportTo } from '../report.ts'
import { discard, KEEP_ALIVE_LIMIT } from './discard.ts'
import type { RequestContext } from './request-context.ts'

/** What the gateway knows of a request besides its environ. */
export interface ExchangeInit {
  readonly environ: Environ
  readonly context: RequestContext
  /** Whether a body was announced, so that some of it may be left unread. */
  readonly hasBody: boolean
  /** Whether the client still waits for `100 Continue`. */
  readonly awaitsContinue: () => boolean
  /** Called when the rest of a body was given up: the connection ends. */
  readonly abandon: () => void
}

/** One request and its answer: calls the application and carries out clauses 3 to 6 on a Node response. */
export class Exchange {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #init: ExchangeInit
  #code = 0
  #reason = ''
  #headers: string[] = []
  #committed = false
  #ended = false
  #failing = false
  /** Whether bytes may follow the headers: not for HEAD, 204, 205 and 304. */
  #bodiless = false
  /** `Content-Length` as declared; -1 without one. */
  #declared = -1
  #sent = 0
  #wake: (() => void) | undefined

  constructor(req: IncomingMessage, res: ServerResponse, init: ExchangeInit) {
    this.#req = req
    this.#res = res
    this.#init = init
  }

  run(app: Application): void {
    let result: Body | Promise<Body>
    try {
      result = app(this.#init.environ, this.startResponse)
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

  readonly startResponse = (status: Status, headers: HeaderList, error?: unknown): Write => {
    if (this.#committed)
      throw error ?? new ProtocolError('3.3', 'startResponse was called after the answer had begun.')
    if (this.#code !== 0 && error === undefined) {
      throw new ProtocolError(
        '3.3',
        'startResponse was called a second time without an error; call it once, or hand on the error.',
      )
    }
    const parts = parseStatus(status)
    this.#headers = flattenHeaders(headers)
    this.#code = parts.code
    this.#reason = parts.reason
    return this.#write
  }

  /** Answers what was thrown (clause 5); never throws itself. */
  fail(error: unknown): void {
    if (this.#res.destroyed) {
      if (!(error instanceof ClientDisconnected)) this.#report(error)
      return
    }
    const answerable = isHTTPError(error)
    if (!answerable || error.status >= 500 || this.#committed) this.#report(error)
    if (this.#committed) {
      this.#res.destroy()
      return
    }
    if (this.#failing) {
      this.#plain()
      return
    }
    this.#failing = true
    if (!answerable) {
      this.#plain()
      return
    }
    try {
      this.#send(error.respond(this.#init.environ, this.startResponse))
    } catch (failure) {
      this.fail(failure)
    }
  }

  readonly #write: Write = (chunk) => {
    if (!isChunk(chunk))
      throw new ProtocolError('1', `Got ${describe(chunk)} for write; expected a string or a Uint8Array.`)
    if (this.#res.destroyed) return
    if (this.#ended) throw new ProtocolError('3.5', 'write was called after the end of the body.')
    if (!this.#committed) this.#commit(-1)
    if (this.#bodiless) return
    if (chunk.length === 0) this.#res.flushHeaders()
    else if (!this.#push(chunk)) return this.#drained()
  }

  #send(body: Body): void {
    try {
      if (isChunk(body)) this.#sendWhole(body)
      else if (Array.isArray(body) && this.#isSmallText(body)) this.#sendWhole(body.join(''))
      else this.#stream(body)
    } catch (error) {
      this.fail(error)
    }
  }

  /** A list of strings that is worth joining: one write instead of several. */
  #isSmallText(list: readonly unknown[] & { close?: unknown }): boolean {
    if (list.length > 64 || list.close !== undefined) return false
    let size = 0
    for (const chunk of list) {
      if (typeof chunk !== 'string') return false
      size += chunk.length
    }
    return size <= 16_384
  }

  #sendWhole(chunk: Chunk): void {
    const res = this.#res
    if (res.destroyed) return
    this.#checkStarted()
    if (this.#committed) {
      if (chunk.length > 0 && !this.#bodiless) this.#push(chunk)
      this.#finish()
      return
    }
    const size = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
    this.#commit(size)
    if (this.#bodiless || size === 0) {
      this.#finish()
    } else if (size === this.#declared) {
      this.#sent = size
      this.#end(chunk)
    } else {
      this.#push(chunk)
      this.#finish()
    }
  }

  async #stream(body: Body): Promise<void> {
    const res = this.#res
    let iterator: ChunkIterator
    let disposed = false
    const giveUp = (): void => {
      if (disposed) return
      disposed = true
      dispose(body, iterator, this.#report)
    }
    const onClose = (): void => {
      this.#init.context.clientGone()
      giveUp()
      this.#wake?.()
    }
    try {
      if (res.destroyed) {
        dispose(body, undefined, this.#report)
        return
      }
      try {
        iterator = iterate(body)
      } catch (cause) {
        throw new ProtocolError('1', `The application returned ${describe(body)}; ${expectedBody}`, { cause })
      }
      res.once('close', onClose)
      const size = Array.isArray(body) ? sizeOf(body) : -1
      for (;;) {
        if (this.#isHead() && this.#code !== 0) {
          // Clause 4.4: the headers are known, nobody needs the rest.
          giveUp()
          break
        }
        const next = iterator.next()
        const step = isPromise<IteratorResult<Chunk>>(next) ? await next : next
        if (disposed) return
        if (step.done) {
          disposed = true
          release(body, this.#report)
          break
        }
        const chunk = step.value
        if (!isChunk(chunk)) {
          giveUp()
          throw new ProtocolError(
            '1',
            `The body gave ${describe(chunk)}; expected chunks that are strings or Uint8Arrays.`,
          )
        }
        if (chunk.length === 0) continue
        if (!this.#committed) {
          if (this.#code === 0) giveUp()
          this.#checkStarted()
          this.#commit(size)
        }
        if (this.#bodiless) {
          giveUp()
          break
        }
        const roomLeft = this.#push(chunk)
        if (this.#declared !== -1 && this.#sent > this.#declared) {
          giveUp()
          break
        }
        if (!roomLeft) await this.#drained()
        if (disposed) return
      }
      this.#checkStarted()
      if (!this.#committed) this.#commit(size === -1 ? 0 : size)
      res.off('close', onClose)
      this.#finish()
    } catch (error) {
      res.off('close', onClose)
      if (!disposed) {
        // What was thrown came out of the iterator, which is at its end.
        disposed = true
        release(body, this.#report)
      }
      this.fail(error)
    }
  }

  /** Sends the headers; `size` is the number of bytes of the whole body, -1 where nobody knows it. */
  #commit(size: number): void {
    this.#checkStarted()
    const headers = this.#headers
    const head = this.#isHead()
    this.#committed = true
    this.#bodiless = head || this.#code === 204 || this.#code === 205 || this.#code === 304
    this.#declared = contentLengthOf(headers)
    if (this.#declared === -1) {
      if (
        size >= 0 &&
        (head ? size > 0 : !this.#bodiless) &&
        this.#code !== 204 &&
        this.#code !== 205 &&
        this.#code !== 304
      ) {
        headers.push('Content-Length', String(size))
        this.#declared = size
      }
    } else if (this.#code === 204 || this.#code === 205) {
      // RFC 9110 section 8.6: not in a 204; a 205 could only say 0.
      removeHeader(headers, 'content-length')
    }
    if (this.#init.hasBody && this.#leavesUnread()) headers.push('Connection', 'close')
    writeHead(this.#res, this.#code, this.#reason, headers)
  }

  /** Hands a chunk to the connection, cut at the declared length; `false` when the client has no room for more. */
  #push(chunk: Chunk): boolean {
    if (this.#declared === -1) return this.#res.write(chunk)
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const left = this.#declared - this.#sent
    this.#sent += bytes.byteLength
    if (bytes.byteLength <= left) return this.#res.write(bytes)
    this.#report(
      new ProtocolError(
        '4.5',
        `The body is longer than its Content-Length of ${this.#declared}; it was cut there.`,
      ),
    )
    return left === 0 || this.#res.write(bytes.subarray(0, left))
  }

  #finish(): void {
    if (!this.#bodiless && this.#declared > this.#sent) {
      this.#report(
        new ProtocolError(
          '4.5',
          `The body ended after ${this.#sent} bytes, its Content-Length is ${this.#declared}; the connection is closed.`,
        ),
      )
      this.#ended = true
      // Clause 4.5: what there is goes out, then the client sees a message cut short.
      this.#res.write('', () => this.#res.destroy())
      return
    }
    this.#end(undefined)
  }

  #end(chunk: Chunk | undefined): void {
    this.#ended = true
    const res = this.#res
    if (!this.#init.hasBody || this.#req.complete) {
      res.end(chunk)
      return
    }
    if (res.shouldKeepAlive && !this.#leavesUnread()) {
      res.end(chunk)
      discard(this.#req, (reusable) => {
        if (!reusable) this.#abandon()
      })
      return
    }
    // Node closes the connection as soon as this answer ends, and a client that still sends would see a reset instead of its answer: the
    // bytes go out now, the end follows when the client has stopped.
    if (chunk === undefined) res.flushHeaders()
    else res.write(chunk)
    discard(this.#req, () => {
      res.end()
      this.#abandon()
    })
  }

  #abandon(): void {
    this.#init.abandon()
    this.#req.socket.destroySoon()
  }

  /** Whether so much of the body is left that the connection will be closed. */
  #leavesUnread(): boolean {
    if (this.#req.complete) return false
    return this.#init.awaitsContinue() || Number(this.#req.headers['content-length'] ?? 0) > KEEP_ALIVE_LIMIT
  }

  #drained(): Promise<void> {
    const res = this.#res
    if (res.destroyed) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        res.off('drain', done)
        res.off('close', done)
        resolve()
      }
      res.on('drain', done)
      res.on('close', done)
    })
  }

  #plain(): void {
    try {
      this.#code = 0
      this.startResponse('500 Internal Server Error', [['Content-Type', 'text/plain; charset=utf-8']])
      this.#sendWhole('Internal Server Error\n')
    } catch (error) {
      this.#report(error)
      this.#res.destroy()
    }
  }

  #checkStarted(): void {
    if (this.#code === 0) {
      throw new ProtocolError(
        '3.1',
        'The application answered without calling startResponse; call it before the first chunk.',
      )
    }
  }

  #isHead(): boolean {
    return this.#req.method === 'HEAD'
  }

  readonly #report = (error: unknown): void => {
    const { environ } = this.#init
    reportTo(environ)(error)
  }
}

function sizeOf(list: readonly Chunk[]): number {
  let size = 0
  for (const chunk of list) {
    if (!isChunk(chunk)) return -1
    size += typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
  }
  return size
}

function removeHeader(flat: string[], name: string): void {
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    if ((flat[i] as string).toLowerCase() === name) flat.splice(i, 2)
  }
}

/** In somebody else's server headers may be set already, which Node merges wrongly with repeats; ours replace them, cookies add up. */
function writeHead(res: ServerResponse, code: number, reason: string, headers: string[]): void {
  if (res.getHeaderNames().length === 0) {
    res.writeHead(code, reason, headers)
    return
  }
  const values = new Map<string, string[]>()
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    if (name.toLowerCase() === 'set-cookie') res.appendHeader(name, value)
    else values.set(name, [...(values.get(name) ?? []), value])
  }
  for (const [name, list] of values) res.setHeader(name, list.length === 1 ? (list[0] as string) : list)
  res.writeHead(code, reason)
}
