import type { IncomingMessage } from 'node:http'
import { concat } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { ReadOptions } from '../protocol.ts'
import { limitOf, partlyRead, replay, tooLarge, within } from '../whole-body.ts'

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
  #invite: (() => void) | undefined
  #whole: Promise<Uint8Array> | undefined
  #begun = false

  /** `invite` sends `100 Continue`; it is called before the first read, once. */
  constructor(req: IncomingMessage, hasBody: boolean, invite: (() => void) | undefined) {
    this.#req = req
    this.hasBody = hasBody
    this.#invite = invite
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    if (this.#whole !== undefined) return replay(this.#whole)
    this.#begin()
    return { next: () => this.#next(), return: async () => ({ done: true, value: undefined }) }
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
    this.#whole = this.hasBody ? readEvents(req, limit) : Promise.resolve(empty)
    return this.#whole
  }

  #begin(): void {
    this.#begun = true
    this.invite()
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const req = this.#req
    for (;;) {
      if (!this.hasBody) return { done: true, value: undefined }
      // A request of HTTP/2 that was reset ends like one that is complete.
      if (req.readableEnded && !req.aborted) return { done: true, value: undefined }
      if (req.readableAborted || req.aborted || req.errored || (req.destroyed && !req.readableEnded))
        throw new ClientDisconnected()
      const chunk: Uint8Array | null = req.read()
      if (chunk !== null) return { done: false, value: chunk }
      await nextEvent(req)
    }
  }
}

const empty = new Uint8Array(0)

/** Events instead of `for await`: a small body arrives with one promise instead of several. */
function readEvents(req: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      req.off('data', onData)
      req.pause()
      reject(tooLarge(limit))
    }
    const onClose = (): void => {
      // It also comes after the end, when all is settled and an error would be made for nobody.
      if (!req.readableEnded) reject(new ClientDisconnected())
    }
    if (req.destroyed) {
      onClose()
      return
    }
    req.on('data', onData)
    req.on('end', () => {
      // A request of HTTP/2 that was reset ends like one that is complete.
      if (req.aborted) reject(new ClientDisconnected())
      else resolve(chunks.length === 0 ? empty : concat(chunks, size))
    })
    req.on('close', onClose)
  })
}

function nextEvent(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['readable', 'end', 'close', 'error']) req.off(event, done)
      resolve()
    }
    for (const event of ['readable', 'end', 'close', 'error']) req.on(event, done)
  })
}
