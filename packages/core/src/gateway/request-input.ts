import type { IncomingMessage } from 'node:http'
import { ClientDisconnected } from '../http-errors.ts'
import type { ReadOptions } from '../protocol.ts'
import { limitOf, partlyRead, replay, tooLarge, within } from '../whole-body.ts'
import { collectBody } from './collect-body.ts'

/**
 * The body of a Node request as `wsgi.input` (clause 6) and as bytes.
 *
 * Leaving a `for await` early takes nothing with it: another one goes on where it stopped, and the gateway can still discard the rest.
 * After {@link RequestInput.read} the iteration gives the same bytes again, so that a signature check and a parser both get them.
 */
export class RequestInput implements AsyncIterable<Uint8Array> {
  readonly #req: IncomingMessage
  /** Whether a body was announced. */
  readonly hasBody: boolean
  readonly #owned: boolean
  #invite: (() => void) | undefined
  #whole: Promise<Uint8Array> | undefined
  #begun = false
  /** While an iteration waits or goes on. */
  #arrivals: Arrivals | undefined

  /**
   * `invite` sends `100 Continue`; it is called before the first read, once. `owned` says that the server is ours, and nobody else listens to the
   * request.
   */
  constructor(req: IncomingMessage, hasBody: boolean, invite: (() => void) | undefined, owned = false) {
    this.#req = req
    this.hasBody = hasBody
    this.#invite = invite
    this.#owned = owned
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#whole !== undefined) return replay(this.#whole)
    this.#begin()
    return {
      next: () => this.#next(),
      return: async () => {
        this.#rest()
        return { done: true, value: undefined }
      },
    }
  }

  /** Whether the client waits for `100 Continue` before it sends the body. */
  get awaitsContinue(): boolean {
    return this.#invite !== undefined
  }

  /** Sends `100 Continue` where the client waits for it, once. */
  invite(): void {
    this.#invite?.()
    this.#invite = undefined
  }

  /** The whole body; read once and kept, also a failure. */
  read(options?: ReadOptions): Promise<Uint8Array> {
    const limit = limitOf(options)
    const whole = this.#whole
    if (whole === undefined) return this.#readWhole(limit)
    return within(whole, limit)
  }

  #readWhole(limit: number): Promise<Uint8Array> {
    const req = this.#req
    if (this.#begun) return Promise.reject(partlyRead())
    // Too long by its own word: answered without reading, and the next reader may have a higher limit.
    if (Number(req.headers['content-length']) > limit) return Promise.reject(tooLarge(limit))
    this.#begin()
    this.#whole = this.hasBody ? collectBody(req, limit, this.#owned) : Promise.resolve(empty)
    return this.#whole
  }

  #begin(): void {
    this.#begun = true
    this.invite()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const req = this.#req
    for (;;) {
      // A request of HTTP/2 that was reset ends like one that is complete.
      if (!this.hasBody || (req.readableEnded && !req.aborted)) {
        this.#rest()
        return { done: true, value: undefined }
      }
      if (req.readableAborted || req.aborted || req.errored || (req.destroyed && !req.readableEnded)) {
        this.#rest()
        throw new ClientDisconnected()
      }
      const chunk: Uint8Array | null = req.read()
      if (chunk !== null) return { done: false, value: chunk }
      this.#arrivals ??= new Arrivals(req)
      await this.#arrivals.next()
    }
  }

  /** Listens no more; what arrives stays in the request. */
  #rest(): void {
    this.#arrivals?.close()
    this.#arrivals = undefined
  }
}

const empty = new Uint8Array(0)

/** Tells when there is something to look at in a request. */
class Arrivals {
  readonly #req: IncomingMessage
  #arrival: Promise<void> | undefined
  #arrived: (() => void) | undefined

  readonly #wake = (): void => {
    this.#arrived?.()
    this.#arrival = undefined
    this.#arrived = undefined
  }

  constructor(req: IncomingMessage) {
    this.#req = req
    for (const event of ARRIVALS) req.on(event, this.#wake)
  }

  /** Settles at the next event; all who wait are woken by the same one. */
  next(): Promise<void> {
    this.#arrival ??= new Promise((resolve) => {
      this.#arrived = resolve
    })
    return this.#arrival
  }

  close(): void {
    for (const event of ARRIVALS) this.#req.off(event, this.#wake)
    this.#wake()
  }
}

const ARRIVALS = ['readable', 'end', 'close', 'error'] as const
