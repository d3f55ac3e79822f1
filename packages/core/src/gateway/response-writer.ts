import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { toBytes } from '../body.ts'
import { contentLengthOf } from '../head.ts'
import type { Chunk, Environ } from '../protocol.ts'
import { reportTo } from '../report.ts'
import { tooLong, tooShort } from '../violations.ts'
import { endAnswer, leavesUnread } from './end-answer.ts'
import type { Connection } from './environ.ts'
import { isHttp2 } from './http2-response.ts'
import type { RequestInput } from './request-input.ts'
import { StalledClient } from './stalled-client.ts'

/** Puts one answer on the wire: framing (clauses 4.4 and 4.5), back pressure, and what is left of the request's body (clause 6). */
export class ResponseWriter {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #connection: Connection
  readonly #input: RequestInput
  readonly #environ: Environ
  /** `Content-Length` as declared; -1 without one. */
  #declared = -1
  #sent = 0
  /** Made when the answer first waits for its client. */
  #stalled: StalledClient | undefined
  /** Whether the headers are out. */
  committed = false
  /** Whether the end was sent. */
  ended = false
  /** Whether no bytes may follow the headers: HEAD, 204, 205 and 304. */
  bodiless = false

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    connection: Connection,
    input: RequestInput,
    environ: Environ,
  ) {
    this.#req = req
    this.#res = res
    this.#connection = connection
    this.#input = input
    this.#environ = environ
  }

  /** Whether more was handed over than the declared length. */
  get overrun(): boolean {
    return this.#declared !== -1 && this.#sent > this.#declared
  }

  /** Sends the headers; `size` is the number of bytes of the whole body, -1 where nobody knows it. */
  commit(code: number, reason: string, headers: string[], size: number): void {
    const head = this.#req.method === 'HEAD'
    const empty = code === 204 || code === 205 || code === 304
    this.committed = true
    this.bodiless = head || empty
    this.#declared = contentLengthOf(headers)
    if (this.#declared === -1) {
      // Not from an empty body for HEAD: the application may have left it out, and GET has one (clause 4.5).
      if (size >= (head ? 1 : 0) && !empty) {
        headers.push('Content-Length', String(size))
        this.#declared = size
      }
    } else if (code === 204 || (code === 205 && this.#declared !== 0)) {
      // RFC 9110 section 8.6: not in a 204; a 205 can only say 0.
      removeContentLength(headers)
    }
    const { server } = this.#connection
    if (server.closing || (this.#input.hasBody && leavesUnread(this.#req, this.#input.awaitsContinue)))
      headers.push('Connection', 'close')
    if (server.owned) this.#res.writeHead(code, reason, headers)
    else mergeHead(this.#res, code, reason, headers)
  }

  /** Sends the headers, where they were held back. */
  flush(): void {
    this.#res.flushHeaders()
  }

  /** Sends the only chunk, whose size is `size` bytes, and ends the answer. */
  whole(chunk: Chunk, size: number): void {
    if (this.bodiless || size === 0) {
      this.finish()
    } else if (size === this.#declared) {
      this.#sent = size
      this.#end(chunk, typeof chunk === 'string' && size === chunk.length)
    } else {
      this.push(chunk)
      this.finish()
    }
  }

  /** Hands a chunk to the connection, cut at the declared length; `false` when the client has no room for more. */
  push(chunk: Chunk): boolean {
    if (this.#declared === -1) return this.#write(chunk)
    const size = sizeOf(chunk)
    const left = this.#declared - this.#sent
    this.#sent += size
    if (size <= left) return this.#write(chunk)
    reportTo(this.#environ)(tooLong(this.#declared))
    return left <= 0 || this.#res.write(toBytes(chunk).subarray(0, left))
  }

  /** Settles when the client has room again, or has gone. */
  drained(): Promise<void> {
    const res = this.#res
    if (res.destroyed) return Promise.resolve()
    const stalled = this.#watch()
    return new Promise((resolve) => {
      const done = (): void => {
        stalled.rest()
        res.off('drain', done)
        res.off('close', done)
        resolve()
      }
      res.on('drain', done)
      res.on('close', done)
    })
  }

  /** The body is at its end. */
  finish(): void {
    if (this.bodiless || this.#declared <= this.#sent) {
      this.#end(undefined, false)
      return
    }
    this.ended = true
    reportTo(this.#environ)(tooShort(this.#sent, this.#declared))
    // What there is goes out, then the client sees a message cut short.
    this.#res.flushHeaders()
    this.#res.write('', () => this.#res.destroy())
  }

  #watch(): StalledClient {
    this.#stalled ??= new StalledClient(this.#res, this.#connection.server.stallTimeout)
    this.#stalled.watch()
    return this.#stalled
  }

  #write(chunk: Chunk): boolean {
    if (typeof chunk !== 'string') return this.#res.write(chunk)
    return isAscii(chunk) ? this.#res.write(chunk, 'latin1') : this.#res.write(Buffer.from(chunk))
  }

  /**
   * `ascii` says that a chunk is a string of ASCII. Node sends the headers in the encoding of a string that goes out with them: latin-1,
   * which is what clause 3.4 says of them and cheaper than UTF-8, does for both; other strings go as bytes of their own.
   */
  #end(text: Chunk | undefined, ascii: boolean): void {
    const chunk = typeof text === 'string' && !ascii ? Buffer.from(text) : text
    this.ended = true
    const res = this.#res
    if (this.#connection.server.closing && !isHttp2(this.#req)) {
      // The headers may have gone out before the server began to stop.
      res.once('finish', () => this.#req.socket.destroySoon())
    }
    if (!this.#input.hasBody || this.#req.complete) res.end(chunk, 'latin1')
    else endAnswer(this.#req, res, this.#connection, { chunk, awaitsContinue: this.#input.awaitsContinue })
    // A small answer goes out at once; of a large one much may wait for its client. Mostly the system takes 100 kB at once, too, and to watch
    // a socket costs a third of a request.
    if (this.#stalled !== undefined || (chunk !== undefined && chunk.length > res.writableHighWaterMark)) {
      const waits = res.writableLength > 0 || isHttp2(this.#req)
      if (waits && !res.destroyed && !res.writableFinished) this.#watch()
    }
  }
}

/** The number of bytes of a chunk. */
export function sizeOf(chunk: Chunk): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}

function removeContentLength(flat: string[]): void {
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    if ((flat[i] as string).toLowerCase() === 'content-length') flat.splice(i, 2)
  }
}

/** In somebody else's server headers may be set already: ours replace them, cookies add up. Node would lose repeats. */
function mergeHead(res: ServerResponse, code: number, reason: string, headers: string[]): void {
  if (res.getHeaderNames().length === 0) {
    res.writeHead(code, reason, headers)
    return
  }
  const values = new Map<string, string[]>()
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    if (name.toLowerCase() === 'set-cookie') res.appendHeader(name, value)
    else values.set(name.toLowerCase(), [...(values.get(name.toLowerCase()) ?? []), value])
  }
  for (const [name, list] of values) res.setHeader(name, list.length === 1 ? (list[0] as string) : list)
  res.writeHead(code, reason)
}
