import type { IncomingMessage } from 'node:http'
import type { Environ } from '../protocol.ts'

/** Feeds `wsgi.input` to the request that a framework reads, as fast as it reads. */
export class NodeInput {
  readonly #environ: Environ
  readonly #req: IncomingMessage
  #iterator: AsyncIterator<Uint8Array> | undefined
  #reading = false

  readonly #failed: (error: unknown) => void

  /** `failed` gets what reading the input throws. */
  constructor(environ: Environ, req: IncomingMessage, failed: (error: unknown) => void) {
    this.#environ = environ
    this.#req = req
    this.#failed = failed
  }

  /** The request has room for more. */
  resume(): void {
    if (this.#reading) return
    this.#reading = true
    // A request without a body is complete from the start; only its end has to be told.
    if (this.#req.complete) this.#req.push(null)
    else void this.#read()
  }

  /** There is no more: also after a failure, for whom reads on in spite of it. */
  end(): void {
    this.#req.complete = true
    this.#req.push(null)
  }

  async #read(): Promise<void> {
    const req = this.#req
    try {
      this.#iterator ??= this.#environ['wsgi.input'][Symbol.asyncIterator]()
      for (;;) {
        const step = await this.#iterator.next()
        if (req.destroyed) return
        if (step.done) return this.end()
        if (!req.push(step.value)) break
      }
      this.#reading = false
    } catch (error) {
      this.#failed(error)
    }
  }
}

/** The error that Node's server gives a request whose client has gone. */
export function aborted(): Error {
  return Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
}
