import type { IncomingMessage } from 'node:http'
import { ClientDisconnected } from '../http-errors.ts'
import { isUntouched, takeFromParser } from './parser-body.ts'

/** The chunks of a request's body, one after another. */
export interface RequestChunks {
  /** The next chunk; rejects with {@link ClientDisconnected} when the client left. */
  next(): Promise<IteratorResult<Uint8Array>>
  /** Nobody waits for more at present; what arrives is kept, as far as there is room. */
  rest(): void
}

/** The chunks of a request of which nothing was read. `owned` says that the server is ours, and nobody else listens to the request. */
export function chunksOf(req: IncomingMessage, owned: boolean): RequestChunks {
  return owned && isUntouched(req) ? new ParserChunks(req) : new StreamChunks(req)
}

/** Chunks as the parser hands them over. */
class ParserChunks implements RequestChunks {
  readonly #req: IncomingMessage
  readonly #arrival = new Arrival()
  readonly #chunks: Uint8Array[] = []
  /** The bytes of `#chunks`. */
  #size = 0
  #ended = false

  constructor(req: IncomingMessage) {
    this.#req = req
    takeFromParser(
      req,
      (chunk) => this.#add(chunk),
      () => {
        this.#ended = true
        this.#arrival.tell()
      },
    )
    req.on('close', this.#arrival.tell)
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const req = this.#req
    for (;;) {
      if (req.destroyed && !this.#ended) throw new ClientDisconnected()
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) {
        const wasFull = this.#size >= HIGH_WATER
        this.#size -= chunk.byteLength
        if (wasFull && this.#size < HIGH_WATER && !this.#ended) req._read(0)
        return { done: false, value: chunk }
      }
      if (this.#ended) return { done: true, value: undefined }
      await this.#arrival.next()
    }
  }

  rest(): void {}

  #add(chunk: Uint8Array): boolean {
    // The gateway discards what follows; there is no room to be waited for.
    if (this.#req.readableFlowing !== null) return true
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    this.#arrival.tell()
    return this.#size < HIGH_WATER
  }
}

/** So many bytes wait at most for who reads, and the chunk that goes beyond: 64 KiB, as much as a socket gives at once. */
const HIGH_WATER = 65_536

/** Chunks that the stream gives, for requests that others may listen to. */
class StreamChunks implements RequestChunks {
  readonly #req: IncomingMessage
  readonly #arrival = new Arrival()
  #listens = false

  constructor(req: IncomingMessage) {
    this.#req = req
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const req = this.#req
    for (;;) {
      // A request of HTTP/2 that was reset ends like one that is complete.
      if (req.readableEnded && !req.aborted) {
        this.rest()
        return { done: true, value: undefined }
      }
      if (req.readableAborted || req.aborted || req.errored || (req.destroyed && !req.readableEnded)) {
        this.rest()
        throw new ClientDisconnected()
      }
      const chunk: Uint8Array | null = req.read()
      if (chunk !== null) return { done: false, value: chunk }
      this.#listen()
      await this.#arrival.next()
    }
  }

  rest(): void {
    if (!this.#listens) return
    this.#listens = false
    for (const event of EVENTS) this.#req.off(event, this.#arrival.tell)
    // Whoever waits still, in another iteration, listens anew.
    this.#arrival.tell()
  }

  #listen(): void {
    if (this.#listens) return
    this.#listens = true
    for (const event of EVENTS) this.#req.on(event, this.#arrival.tell)
  }
}

const EVENTS = ['readable', 'end', 'close', 'error'] as const

/** What is waited for, by any number of readers at the same time. */
class Arrival {
  #promise: Promise<void> | undefined
  #resolve: (() => void) | undefined

  /** Something has arrived, or nothing will. */
  readonly tell = (): void => {
    this.#resolve?.()
    this.#promise = undefined
    this.#resolve = undefined
  }

  /** Settles when {@link tell} is called next. */
  next(): Promise<void> {
    this.#promise ??= new Promise((resolve) => {
      this.#resolve = resolve
    })
    return this.#promise
  }
}
