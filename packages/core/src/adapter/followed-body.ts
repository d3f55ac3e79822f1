import { Buffer } from 'node:buffer'
import type { EventEmitter } from 'node:events'
import { ClientDisconnected } from '../http-errors.ts'
import type { Body, Chunk, Write } from '../protocol.ts'
import { type WriteCallback, WrittenBody } from './written-body.ts'

/**
 * What the handlers that follow in a framework write, as the body that an application answers with: one chunk, where they end the response before
 * they return or in the same tick, otherwise what they write as they write it.
 */
export class FollowedBody extends WrittenBody {
  /** Whether the handlers asked for the headers before there was a body. */
  flushed = false
  readonly #isMeasurable: () => boolean
  #send: Write | undefined
  #complete = false
  #settling = false
  #settled: Body | undefined
  #resolve: ((body: Body) => void) | undefined

  /**
   * `drained` is called when everything that waited was taken; `isMeasurable` says whether a body of one chunk may be given as that chunk, whose
   * length a gateway tells.
   */
  constructor(drained: () => void, isMeasurable: () => boolean) {
    super(drained)
    this.#isMeasurable = isMeasurable
  }

  /** Calls what follows, and gives the body; rejects where the response closes before there is one. */
  follow(response: EventEmitter, next: () => void): Body | Promise<Body> {
    next()
    if (this.#settled !== undefined) return this.#settled
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      response.once('close', () => reject(new ClientDisconnected()))
    })
  }

  /** The head is final; `send` is what startResponse gave for it. */
  begin(send: Write | undefined): void {
    this.#send = send
  }

  /** Writes a chunk that is not the last one; `false` when the writer should wait. */
  writeOn(chunk: Chunk, written: WriteCallback | undefined): boolean {
    const room = this.write(chunk, written)
    if (chunk.length === 0) this.flushed = true
    this.#settleSoon()
    return room
  }

  /** The headers are to be sent, whenever a body comes. */
  flush(): void {
    this.flushed = true
    this.#settleSoon()
  }

  override end(): void {
    this.#complete = true
    super.end()
    this.#settle()
  }

  /** After this tick, unless the response ends in it: what ends at once is given whole. */
  #settleSoon(): void {
    if (this.#settling) return
    this.#settling = true
    process.nextTick(() => this.#settle())
  }

  #settle(): void {
    if (this.#settled !== undefined) return
    const { chunks } = this
    const whole = this.#complete && chunks.length < 2 && this.#isMeasurable()
    if (chunks.length === 0 && this.#complete && !whole) this.flushed = true
    // Nothing but the headers was written: they are sent at once (clause 3.2).
    if (chunks.length === 0 && this.flushed && !whole) void this.#send?.('')
    this.#settled = whole ? (chunks[0] ?? '') : this
    this.#resolve?.(this.#settled)
  }
}

/** What Node's `write` takes, as a chunk of a body. */
export function chunkOf(
  chunk: string | Uint8Array,
  encoding: BufferEncoding | WriteCallback | null | undefined,
): Chunk {
  if (typeof chunk !== 'string' || typeof encoding !== 'string' || /^utf-?8$/i.test(encoding)) return chunk
  return Buffer.from(chunk, encoding)
}
