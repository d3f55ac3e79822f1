import { Buffer } from 'node:buffer'
import { EventEmitter } from 'node:events'
import { ServerResponse } from 'node:http'
import type { Body, HeaderList, StartResponse, Status } from '../protocol.ts'
import { chunkOf, FollowedBody } from './followed-body.ts'
import {
  type AnswerResponse,
  divertHead,
  type HeadReceiver,
  headReceiverOf,
  heldHeaders,
  holdHeaders,
  setNeedDrain,
} from './node-response.ts'
import type { WriteCallback } from './written-body.ts'

const methods = ['writeHead', 'write', 'end', 'flushHeaders'] as const
type Method = (typeof methods)[number]

/** A response whose later handlers write into the body of an application, and on which the answer of the layers goes out. */
export interface FollowedResponse {
  /** The way to the connection. */
  readonly outer: ServerResponse
  /** Whether the handlers asked for the headers before there was a body. */
  readonly flushed: boolean
  /** Calls what follows, and gives what it writes: at once where it ends the response before it returns. */
  run(startResponse: StartResponse, next: () => void): Body | Promise<Body>
  /** Takes back everything that was written, so that somebody else may answer. */
  restore(): void
}

/**
 * A response of a framework with two sides: what later handlers write becomes a body, and `outer` is the way to the connection for the answer
 * that the layers make of it. It is one object of Node's, because handlers hold on to it; its events and its place in the connection stay
 * Node's own.
 */
export class ConnectResponse implements HeadReceiver, FollowedResponse {
  readonly outer: ServerResponse
  readonly #res: AnswerResponse
  readonly #body: FollowedBody
  /** What the response had before: methods that others had wrapped, and headers that were set. */
  readonly #given: Pick<ServerResponse, Method>
  readonly #own: readonly Method[]
  readonly #headers: unknown
  readonly #receiver: HeadReceiver | undefined
  readonly #needDrain: PropertyDescriptor | undefined
  /** Emits `drain` when all that was written was taken, for a response of this kind that lies inside. */
  readonly room: EventEmitter = new EventEmitter()
  #startResponse: StartResponse | undefined
  #measurable = true
  /** Whether a handler waits for room in the body; Node would tell of room in the connection instead. */
  #needsDrain = false
  /** Whether the handlers have ended the response, and whether the answer has gone out to its end. */
  #ended = false
  #sent = false
  #committed = false

  constructor(res: ServerResponse) {
    const { writeHead, write, end, flushHeaders } = res
    this.#res = res as AnswerResponse
    this.#given = { writeHead, write, end, flushHeaders }
    this.#own = methods.filter((name) => Object.hasOwn(res, name))
    const headers = heldHeaders(res)
    this.#headers = headers === null ? null : Object.assign(Object.create(null), headers)
    this.#receiver = headReceiverOf(res)
    this.#needDrain = Object.getOwnPropertyDescriptor(res, 'writableNeedDrain')
    this.#body = new FollowedBody(
      () => {
        this.room.emit('drain')
        if (!this.#needsDrain) return
        this.#needsDrain = false
        if (!this.#ended) res.emit('drain')
      },
      () => this.#measurable || !this.#res._hasBody,
    )
    this.outer = this.#createOuter()
  }

  get flushed(): boolean {
    return this.#body.flushed
  }

  run(startResponse: StartResponse, next: () => void): Body | Promise<Body> {
    this.#startResponse = startResponse
    this.#divert()
    return this.#body.follow(this.#res, next)
  }

  start(status: Status, headers: HeaderList, measurable: boolean): void {
    this.#measurable = measurable
    if (!this.#res.shouldKeepAlive) this.closeConnection()
    if (!this.#body.left) this.#body.begin(this.#startResponse?.(status, headers))
  }

  closeConnection(): void {
    this.#res.shouldKeepAlive = false
  }

  restore(): void {
    const res = this.#res
    for (const name of methods) {
      if (this.#own.includes(name)) res[name] = this.#given[name] as never
      else delete (res as Partial<AnswerResponse>)[name]
    }
    if (this.#needDrain === undefined) Reflect.deleteProperty(res, 'writableNeedDrain')
    else Object.defineProperty(res, 'writableNeedDrain', this.#needDrain)
    this.#undivertHead()
    this.#body.close()
    holdHeaders(res, this.#headers)
    res.finished = false
    res.statusCode = 200
    res.statusMessage = undefined as never
  }

  #divert(): void {
    const res = this.#res
    divertHead(res, this)
    // Wrappers that were there before belong to the outside, and see the answer that goes out.
    if (this.#own.includes('writeHead')) res.writeHead = Object.getPrototypeOf(res).writeHead
    res.write = this.#writeChunk as never
    res.end = this.#end as never
    res.flushHeaders = this.#flush
    Object.defineProperty(res, 'writableNeedDrain', {
      get: () => this.#needsDrain && !this.#ended && !res.destroyed,
      configurable: true,
    })
  }

  #undivertHead(): void {
    const res = this.#res
    divertHead(res, this.#receiver)
    res._header = null
    res._headerSent = false
    res._contentLength = null
    res._removedContLen = false
    res.chunkedEncoding = false
    res._hasBody = res.req.method !== 'HEAD'
  }

  readonly #writeChunk = (
    chunk: unknown,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback,
  ): boolean => {
    const res = this.#res
    const written = typeof encoding === 'function' ? encoding : callback
    // What Node refuses, and what comes after the end, is Node's to answer.
    if (!isWritable(chunk) || this.#ended || res.destroyed) {
      return Reflect.apply(ServerResponse.prototype.write, res, [chunk, encoding, callback])
    }
    if (res._header === null) res._implicitHeader()
    if (!res._hasBody) {
      if (written !== undefined) process.nextTick(written)
      return true
    }
    const room = this.#body.writeOn(chunkOf(chunk, encoding), written)
    if (!room) this.#needsDrain = true
    return room
  }

  readonly #end = (
    chunk?: unknown,
    encoding?: BufferEncoding | WriteCallback | null,
    callback?: WriteCallback,
  ): ServerResponse => {
    const res = this.#res
    if (typeof chunk === 'function') return this.#end(undefined, undefined, chunk as WriteCallback)
    const done = typeof encoding === 'function' ? encoding : callback
    if (this.#ended || res.destroyed) {
      return Reflect.apply(ServerResponse.prototype.end, res, [chunk, encoding, callback])
    }
    if (chunk) {
      if (!isWritable(chunk)) return Reflect.apply(ServerResponse.prototype.write, res, [chunk])
      const content = chunkOf(chunk, encoding)
      if (res._header === null) {
        res._contentLength = Buffer.byteLength(content)
        res._implicitHeader()
      }
      if (res._hasBody) this.#body.write(content, undefined)
    } else if (res._header === null) {
      res._contentLength = 0
      res._implicitHeader()
    }
    if (done !== undefined) res.once('finish', done)
    this.#ended = true
    // Node sets it when the answer has gone out to its end, which may have come before.
    res.finished = true
    this.#body.end()
    return res
  }

  readonly #flush = (): void => {
    const res = this.#res
    if (res._header === null) res._implicitHeader()
    this.#body.flush()
  }

  /** The response for whoever sends the answer: Node's own methods, and what Node knows of the connection. */
  #createOuter(): ServerResponse {
    const res = this.#res
    const replaced: Partial<Record<PropertyKey, unknown>> = {
      writeHead: (...args: unknown[]) => {
        this.#commit(() => Reflect.apply(this.#given.writeHead, res, args))
        return this.outer
      },
      write: (...args: unknown[]) => {
        const room = this.#natively(() => Reflect.apply(this.#given.write, res, args) as boolean)
        // A response that waits for its turn in a pipeline has no connection that could tell of room.
        return room || res.socket === null
      },
      end: (...args: unknown[]) => {
        this.#sent = true
        this.#natively(() => Reflect.apply(this.#given.end, res, args))
        res.finished = true
        return this.outer
      },
      flushHeaders: () => this.#natively(() => this.#given.flushHeaders.call(res)),
      // What the handlers set is in the answer already.
      getHeaderNames: () => [],
    }
    for (const name of ['on', 'once', 'off'] as const) {
      const listen = (event: string, listener: () => void): unknown => {
        // On the response, `drain` tells the handlers of room in their body.
        const drained = this.#receiver instanceof ConnectResponse ? this.#receiver.room : res.socket
        const emitter: EventEmitter | null = event === 'drain' ? drained : res
        emitter?.[name](event, listener)
        return this.outer
      }
      replaced[name] = listen
    }
    return new Proxy(res, {
      get: (target, key) => {
        if (key === 'headersSent') return this.#committed
        if (key === 'writableEnded' || key === 'finished') return this.#sent
        if (key === 'writableFinished') return this.#sent && target.writableFinished
        const replacement = replaced[key]
        if (replacement !== undefined) return replacement
        const value = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
      set: (target, key, value) => Reflect.set(target, key, value),
    })
  }

  #commit(writeHead: () => unknown): void {
    const res = this.#res
    this.#committed = true
    this.#undivertHead()
    holdHeaders(res, null)
    this.#natively(writeHead)
  }

  /** Calls a method of Node's, which must not think that the response is over because the handlers have ended it. */
  #natively<T>(call: () => T): T {
    const res = this.#res
    const { finished } = res
    res.finished = false
    try {
      return call()
    } finally {
      if (finished) res.finished = true
      setNeedDrain(res, false)
    }
  }
}

function isWritable(chunk: unknown): chunk is string | Uint8Array {
  return typeof chunk === 'string' || chunk instanceof Uint8Array
}
