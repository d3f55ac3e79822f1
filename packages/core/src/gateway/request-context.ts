import type { ServerResponse } from 'node:http'
import type { Context, ReadOptions } from '../protocol.ts'
import type { RequestInput } from './request-input.ts'

/** `stapel.context` of the Node gateway: everything costly is made when it is asked for. */
export class RequestContext implements Context {
  trace: unknown = undefined
  readonly input: RequestInput
  readonly #res: ServerResponse
  #controller: AbortController | undefined

  constructor(res: ServerResponse, input: RequestInput) {
    this.#res = res
    this.input = input
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      const res = this.#res
      const onClose = (): void => this.clientGone()
      if (res.closed || res.destroyed) onClose()
      else res.once('close', onClose)
    }
    return this.#controller.signal
  }

  /** The connection has closed: aborts the signal, where there is one and the answer is not complete. */
  clientGone(): void {
    if (!this.#res.writableFinished)
      this.#controller?.abort(new DOMException('The client has gone.', 'AbortError'))
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.input.read(options)
  }
}
