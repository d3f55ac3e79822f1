import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { describe } from '../body.ts'
import { adaptHttp2, streamOf } from '../gateway/http2-response.ts'
import { hopByHopHeaders } from '../http/field.ts'
import { statusLine } from '../http/status.ts'
import type { Body, HeaderList, StartResponse } from '../protocol.ts'
import type { FollowedResponse } from './connect-response.ts'
import { chunkOf, FollowedBody } from './followed-body.ts'
import { headPairs } from './head-pairs.ts'
import type { WriteCallback } from './written-body.ts'

/** What is replaced on the object, and put back by {@link ConnectHttp2Response.restore}. */
const replaced = [
  'writeHead',
  'write',
  'end',
  'flushHeaders',
  'setHeader',
  'appendHeader',
  'removeHeader',
  'headersSent',
  'writableEnded',
  'finished',
] as const
type Replaced = (typeof replaced)[number]

/**
 * As `ConnectResponse`, over the compatibility API of Node for HTTP/2, where a head is a list of headers and never a text: the object that
 * handlers hold writes into a body, and `outer`, which inherits from it, is the way to the stream.
 */
export class ConnectHttp2Response implements FollowedResponse {
  readonly outer: ServerResponse
  /** Emits `drain` when all that was written was taken, for a response of this kind that lies inside. */
  readonly room: EventEmitter = new EventEmitter()
  readonly #res: Http2ServerResponse & Headed
  readonly #own: ReadonlyMap<Replaced, PropertyDescriptor>
  readonly #status: number
  readonly #headers: Readonly<Record<string, unknown>>
  readonly #outside: ConnectHttp2Response | undefined
  readonly #hasBody: boolean
  readonly #body: FollowedBody
  /** The methods that change headers, as they were before. */
  readonly #change: Pick<Headed, 'setHeader' | 'appendHeader' | 'removeHeader'>
  #startResponse: StartResponse | undefined
  /** Whether the handlers have made their head final, and whether they have ended. */
  #started = false
  #ended = false
  /** Whether the answer has begun to go out, and whether it has to its end. */
  #committed = false
  #sent = false

  constructor(req: IncomingMessage, response: Http2ServerResponse, stallTimeout: number) {
    const res = response as Http2ServerResponse & Headed
    this.#res = res
    this.#own = ownOf(res)
    this.#status = res.statusCode
    this.#headers = { ...res.getHeaders() }
    this.#outside = inside.get(res)
    this.#hasBody = req.method !== 'HEAD'
    const { setHeader, appendHeader, removeHeader } = res
    this.#change = { setHeader, appendHeader, removeHeader }
    this.#body = new FollowedBody(
      () => {
        this.room.emit('drain')
        if (!this.#ended) res.emit('drain')
      },
      () => true,
    )
    this.outer = this.#createOuter(req, stallTimeout)
  }

  get flushed(): boolean {
    return this.#body.flushed
  }

  run(startResponse: StartResponse, next: () => void): Body | Promise<Body> {
    this.#startResponse = startResponse
    this.#divert()
    return this.#body.follow(this.#res as unknown as EventEmitter, next)
  }

  restore(): void {
    const res = this.#res
    if (this.#outside === undefined) inside.delete(res)
    else inside.set(res, this.#outside)
    for (const name of replaced) {
      const own = this.#own.get(name)
      if (own === undefined) Reflect.deleteProperty(res, name)
      else Object.defineProperty(res, name, own)
    }
    this.#body.close()
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    for (const [name, value] of Object.entries(this.#headers)) res.setHeader(name, value as string)
    res.statusCode = this.#status
  }

  #divert(): void {
    inside.set(this.#res, this)
    const { setHeader, appendHeader, removeHeader } = this.#change
    define(this.#res, {
      writeHead: this.#writeHead,
      write: this.#writeChunk,
      end: this.#end,
      flushHeaders: this.#flush,
      setHeader: (...args: unknown[]) => this.#changeHead(setHeader, args),
      appendHeader: (...args: unknown[]) => this.#changeHead(appendHeader, args),
      removeHeader: (...args: unknown[]) => this.#changeHead(removeHeader, args),
    })
    show(this.#res, {
      headersSent: () => this.#started,
      writableEnded: () => this.#ended,
      finished: () => this.#ended,
    })
  }

  #changeHead(change: (...args: never[]) => unknown, args: unknown[]): unknown {
    if (this.#started) throw headIsSent()
    return Reflect.apply(change, this.#res, args)
  }

  readonly #writeHead = (status: number, reason?: unknown, given?: unknown): Http2ServerResponse => {
    const res = this.#res
    if (this.#started) throw headIsSent()
    const headers = given ?? (typeof reason === 'object' ? reason : undefined)
    // Not those of the object itself, which may be the methods of a response that lies inside.
    const { setHeader, appendHeader } = this.#change
    for (const [name, value, first] of headPairs(headers)) {
      Reflect.apply(first ? setHeader : appendHeader, res, [name, value as string])
    }
    res.statusCode = status
    this.#start()
    return res
  }

  #start(): void {
    const res = this.#res
    this.#started = true
    const headers: HeaderList = []
    for (const [name, value] of Object.entries(res.getHeaders())) {
      if (hopByHopHeaders.has(name)) continue
      for (const item of Array.isArray(value) ? value : [value]) headers.push([name, String(item)])
    }
    if (!this.#body.left) this.#body.begin(this.#startResponse?.(statusLine(res.statusCode), headers))
  }

  readonly #writeChunk = (
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback,
  ): boolean => {
    const written = typeof encoding === 'function' ? encoding : callback
    if (this.#ended || this.#res.stream.destroyed) {
      if (written !== undefined) process.nextTick(written, writtenAfterEnd())
      return false
    }
    const content = checkedChunk(chunk, encoding)
    if (!this.#started) this.#start()
    if (!this.#hasBody) {
      if (written !== undefined) process.nextTick(written)
      return true
    }
    return this.#body.writeOn(content, written)
  }

  readonly #end = (
    chunk?: unknown,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback,
  ): Http2ServerResponse => {
    const res = this.#res
    if (typeof chunk === 'function') return this.#end(undefined, undefined, chunk as WriteCallback)
    const done = typeof encoding === 'function' ? encoding : callback
    if (this.#ended || res.stream.destroyed) {
      if (done !== undefined) process.nextTick(done)
      return res
    }
    if (done !== undefined) res.once('finish', done)
    const content = chunk === undefined || chunk === null ? '' : checkedChunk(chunk, encoding)
    if (!this.#started) this.#start()
    if (this.#hasBody && content.length > 0) this.#body.write(content, undefined)
    this.#ended = true
    this.#body.end()
    return res
  }

  readonly #flush = (): void => {
    if (!this.#started) this.#start()
    this.#body.flush()
  }

  #createOuter(req: IncomingMessage, stallTimeout: number): ServerResponse {
    const res = this.#res
    const { writeHead, write, end, flushHeaders } = res
    const outer = Object.create(res) as ServerResponse
    // Node's methods find each other on what they are called on; those of a response outside do not ask.
    define(outer, {
      ...this.#change,
      writeHead: (...args: unknown[]) => {
        this.#committed = true
        // What the handlers set is in the answer already.
        for (const name of res.getHeaderNames()) Reflect.apply(this.#change.removeHeader, res, [name])
        Reflect.apply(writeHead, outer, args)
        return outer
      },
      write: (...args: unknown[]) => Reflect.apply(write, outer, args),
      end: (...args: unknown[]) => {
        this.#sent = true
        Reflect.apply(end, outer, args)
        return outer
      },
      flushHeaders: () => Reflect.apply(flushHeaders, outer, []),
      getHeaderNames: () => [],
    })
    show(outer, {
      headersSent: () => this.#committed,
      writableEnded: () => this.#sent,
      finished: () => this.#sent,
    })
    const room = this.#outside?.room ?? streamOf(req)
    for (const name of ['on', 'once', 'off'] as const) {
      const listen = (event: string, listener: () => void): ServerResponse => {
        const emitter: EventEmitter = event === 'drain' ? room : (res as unknown as EventEmitter)
        emitter[name](event, listener)
        return outer
      }
      define(outer, { [name]: listen })
    }
    adaptHttp2(req, outer, stallTimeout)
    return outer
  }
}

/** What Node has, and its types have not, or in another way. */
interface Headed {
  flushHeaders(): void
  setHeader(name: string, value: string | readonly string[]): void
  appendHeader(name: string, value: string | readonly string[]): void
  removeHeader(name: string): void
}

/** Whose handlers a response belongs to. */
const inside = new WeakMap<object, ConnectHttp2Response>()

function ownOf(res: object): Map<Replaced, PropertyDescriptor> {
  const own = new Map<Replaced, PropertyDescriptor>()
  for (const name of replaced) {
    const descriptor = Object.getOwnPropertyDescriptor(res, name)
    if (descriptor !== undefined) own.set(name, descriptor)
  }
  return own
}

function define(target: object, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true })
  }
}

function show(target: object, getters: Partial<Record<Replaced, () => boolean>>): void {
  for (const [name, get] of Object.entries(getters)) {
    Object.defineProperty(target, name, { get, configurable: true })
  }
}

function checkedChunk(
  chunk: unknown,
  encoding: BufferEncoding | WriteCallback | null | undefined,
): string | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunkOf(chunk, encoding)
  throw Object.assign(
    new TypeError(`Got ${describe(chunk)} for the chunk; expected a string or a Uint8Array.`),
    { code: 'ERR_INVALID_ARG_TYPE' },
  )
}

function headIsSent(): Error {
  return Object.assign(new Error('The headers were sent already.'), { code: 'ERR_HTTP2_HEADERS_SENT' })
}

function writtenAfterEnd(): Error {
  return Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
}
