import type { IncomingMessage, ServerResponse } from 'node:http'
import { HTTPError } from '../http-error.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Body, Chunk, Environ, HeaderList, StartResponse, Status, Write } from '../protocol.ts'
import { reportTo } from '../report.ts'
import { type BodyOwner, HandlerBody } from './handler-body.ts'
import { parseInformationalHead } from './informational-head.ts'
import type { ConnectionContext } from './node-connection.ts'
import { aborted, NodeInput } from './node-input.ts'
import { createRequest } from './node-request.ts'
import { createResponse, emitClose, hasBody, tellDrain } from './node-response.ts'
import { AdapterSocket } from './node-socket.ts'
import type { WrittenChunk } from './socket-chunks.ts'

/**
 * One request to a `(req, res)` handler and the answer that it writes, given out as an application's answer: a single chunk where the
 * handler ended the response with one, otherwise a body whose chunks are pulled one by one as they were written.
 *
 * Node's stream machinery in {@link AdapterSocket} keeps the back pressure: a chunk counts as written when the next one is asked for.
 */
export class NodeAnswer implements BodyOwner {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly input: NodeInput
  readonly #environ: Environ
  readonly #startResponse: StartResponse
  readonly #socket: AdapterSocket
  #write: Write | undefined
  /** Whether a body of one chunk may be given as that chunk, whose length a gateway tells. */
  #measurable = true
  readonly #body = new HandlerBody(this)
  #flushing = false
  /** Set when nobody wants the answer any more: the client has gone, or a layer replaced the body. */
  #left = false
  /** Set when the response is complete and Node has told so. */
  #complete = false
  #inputError: unknown
  #settled: Settled | undefined
  #awaitAnswer: { resolve: (body: Body) => void; reject: (error: unknown) => void } | undefined

  constructor(environ: Environ, startResponse: StartResponse) {
    this.#environ = environ
    this.#startResponse = startResponse
    this.#socket = new AdapterSocket(environ, this)
    this.req = createRequest(environ, this.#socket)
    this.res = createResponse(this.req, this.#socket, this)
    this.input = new NodeInput(environ, this.req, (error) => this.#inputFailed(error))
    this.res.on('finish', this.#finished)
    this.res.on('prefinish', this.#end)
  }

  /** Calls the handler; the answer comes at once where the handler ended the response before it returned. */
  run(handle: (req: IncomingMessage, res: ServerResponse) => unknown): Body | Promise<Body> {
    try {
      const returned = handle(this.req, this.res)
      if (isThenable(returned)) returned.then(undefined, (error) => this.fail(error))
    } catch (error) {
      this.fail(error)
    }
    const settled = this.#settled
    if (settled !== undefined) {
      if ('error' in settled) throw settled.error
      return settled.body
    }
    this.#watchClient()
    return new Promise((resolve, reject) => {
      this.#awaitAnswer = { resolve, reject }
    })
  }

  /** The handler has failed, outside of the response; before the answer began, so does the application. */
  fail(error: unknown): void {
    if (this.#left) {
      reportTo(this.#environ)(error)
      return
    }
    if (this.#settled === undefined) {
      this.#settle({ error })
    } else if (this.#body.ended) {
      reportTo(this.#environ)(error)
      return
    } else {
      this.#body.fail(error)
    }
    this.#left = true
    this.#socket.destroy()
  }

  /** The head is final. `measurable` says whether a length may be told of a body that has none. */
  start(status: Status, headers: HeaderList, measurable: boolean): void {
    if (this.#left) return
    if (status < '2') {
      this.#answerInformational(status, headers)
      return
    }
    this.#measurable = measurable
    if (!this.res.shouldKeepAlive && this.req.httpVersion === '1.1') this.closeConnection()
    this.#write = this.#startResponse(status, headers)
  }

  closeConnection(): void {
    this.#context.closeConnection?.()
  }

  /** Takes what Node writes to the socket; `written` asks for more. */
  take(chunks: readonly WrittenChunk[], written: () => void): void {
    if (this.#write === undefined && !this.#left) {
      // Before the head of the answer only informational answers are written, each with its own head.
      for (const { chunk } of chunks) {
        const { code, headers } = parseInformationalHead(String(chunk))
        this.#context.inform?.(code, headers)
      }
      written()
      return
    }
    this.#body.put(chunks, written)
    if (this.#left) this.#body.done()
    else if (this.#settled !== undefined) this.#body.wake()
    else this.#flushSoon()
  }

  /** The socket was destroyed: by us, because nobody wants the answer, or by the handler, which cuts the connection. */
  closed(error: Error | null): void {
    if (!this.#left) {
      this.#left = true
      this.#cut(error)
    }
    if (!this.#complete && !this.req.destroyed) this.req.destroy(aborted())
  }

  taken(): void {
    if (!this.#socket.writableNeedDrain) tellDrain(this.res)
  }

  leave(): void {
    if (this.#left || (this.#body.ended && !this.#body.waiting)) return
    this.#left = true
    // An answer without content is complete without its body, and its handler may end it in its own time.
    if (!hasBody(this.res)) this.#body.done()
    else this.#socket.destroy()
  }

  get #context(): ConnectionContext {
    return this.#environ['stapel.context']
  }

  /** Called by Node when the response was ended and all of it was handed to the socket. */
  readonly #end = (): void => {
    this.#body.end()
    if (this.#left) return
    if (this.#settled !== undefined) {
      this.#body.wake()
      return
    }
    const whole = this.#whole()
    if (whole === undefined) {
      // Sent at once, the headers go out without a length, which a gateway would tell of an empty body.
      if (this.#body.size === 0) void this.#write?.('')
      this.#settle({ body: this.#body })
      return
    }
    this.#settle({ body: whole })
    this.#left = true
    // The answer is out of our hands; Node tells its listeners as it does when the bytes are in the kernel's.
    if (this.#body.waiting) process.nextTick(() => this.#body.done())
  }

  /** The body, where it is a single chunk or none. */
  #whole(): Chunk | undefined {
    if (!this.#measurable && hasBody(this.res)) return undefined
    return this.#socket.writableLength > this.#body.size ? undefined : this.#body.only()
  }

  /** After this tick, unless the response ends in it: what ends at once is given whole. */
  #flushSoon(): void {
    if (this.#flushing) return
    this.#flushing = true
    process.nextTick(() => {
      if (this.#settled !== undefined || this.#left) return
      try {
        if (this.#body.empty) {
          // Nothing but the headers was written: they are sent at once (clause 3.2).
          void this.#write?.('')
        }
        this.#settle({ body: this.#body })
      } catch (error) {
        this.fail(error)
      }
    })
  }

  #settle(settled: Settled): void {
    this.#settled = settled
    const waiting = this.#awaitAnswer
    if (waiting === undefined) return
    if ('error' in settled) waiting.reject(settled.error)
    else waiting.resolve(settled.body)
  }

  #watchClient(): void {
    const context = this.#context
    if (context.onGone !== undefined) context.onGone(this.#gone)
    else if (context.signal.aborted) this.#gone()
    else context.signal.addEventListener('abort', this.#gone, { once: true })
  }

  readonly #gone = (): void => {
    if (this.#left) return
    this.#left = true
    if (this.#settled === undefined) this.#settle({ error: new ClientDisconnected() })
    this.#socket.destroy()
  }

  /** Reading the body has failed. A framework that listens may answer; for another one the application fails. */
  #inputFailed(error: unknown): void {
    if (error instanceof ClientDisconnected) {
      this.#gone()
    } else if (this.req.listenerCount('error') > 0) {
      this.#inputError = error
      // Fastify knows an error's status by this name alone, and answers 400 where it has none.
      if (error instanceof HTTPError) Object.assign(error, { statusCode: error.status })
      // body-parser pauses at an error, then reads on to be rid of the rest, and answers when the request is at its end.
      this.req.once('resume', () => this.input.end())
      this.req.emit('error', error)
    } else {
      this.fail(error)
    }
  }

  /** The handler cuts the connection, or a stream does that could not be read. */
  #cut(error: Error | null): void {
    const context = this.#context
    const failure = error ?? aborted()
    let thrown: unknown = failure
    if (this.#write !== undefined && !this.#body.empty) {
      // What was written before goes out before the connection is cut.
      this.#body.fail(failure)
      if (this.#settled === undefined) this.#settle({ body: this.#body })
      return
    }
    if (error === null || error !== this.#inputError) {
      context.abortConnection?.()
      if (context.abortConnection !== undefined) {
        thrown = new ClientDisconnected(undefined, { cause: failure })
      }
    }
    if (this.#settled === undefined) {
      this.#settle({ error: thrown })
    } else {
      this.#body.fail(thrown)
    }
  }

  /** A final status below 200 is nothing that startResponse takes; the gateway may send it itself. */
  #answerInformational(status: Status, headers: HeaderList): void {
    const context = this.#context
    if (context.answerInformational === undefined) {
      this.#startResponse(status, headers)
      return
    }
    this.#left = true
    context.answerInformational(Number(status.slice(0, 3)), status.slice(4), headers, () =>
      this.#settle({ error: new ClientDisconnected() }),
    )
  }

  /** The response is complete: what Node's server does then. */
  readonly #finished = (): void => {
    const { req, res } = this
    this.#left = true
    this.#complete = true
    if (res.socket !== null) res.detachSocket(this.#socket as never)
    process.nextTick(emitClose, res)
    if (req.readableFlowing === null && (req.listenerCount('close') > 0 || req.listenerCount('end') > 0)) {
      // The gateway discards what was not read; nobody here is waiting for it.
      req.complete = true
      req.resume()
    }
    if (this.#socket.listenerCount('close') > 0) this.#socket.destroy()
    else this.#socket.setTimeout(0)
  }
}

type Settled = { readonly body: Body } | { readonly error: unknown }

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'
}
