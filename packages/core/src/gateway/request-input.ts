import type { IncomingMessage } from 'node:http'
import type { ReadOptions } from '../protocol.ts'
import { limitOf, partlyRead, replay, tooLarge, within } from '../whole-body.ts'
import { collectBody } from './collect-body.ts'
import { chunksOf, type RequestChunks } from './request-chunks.ts'

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
  /** Made when an iteration first asks for a chunk. */
  #chunks: RequestChunks | undefined

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
        this.#chunks?.rest()
        return ended
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

  #next(): Promise<IteratorResult<Uint8Array>> {
    if (!this.hasBody) return Promise.resolve(ended)
    this.#chunks ??= chunksOf(this.#req, this.#owned)
    return this.#chunks.next()
  }

  #begin(): void {
    this.#begun = true
    this.invite()
  }
}

const ended: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })

const empty = new Uint8Array(0)
