import type { Context, ReadOptions } from '../protocol.ts'
import type { FetchInput } from './fetch-input.ts'

/** `stapel.context` of the fetch gateway: the signal is made when it is asked for, and aborts only before the answer is complete. */
export class FetchContext implements Context {
  trace: unknown = undefined
  readonly #request: Request
  readonly #input: FetchInput
  #controller: AbortController | undefined
  /** Called when the client has gone, while a body is under way. */
  #onGone: (() => void) | undefined
  #listening = false
  #over = false

  constructor(request: Request, input: FetchInput) {
    this.#request = request
    this.#input = input
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      this.#listen()
    }
    return this.#controller.signal
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.#input.read(options)
  }

  /** Sets what is called when the client has gone, at once where it has. */
  watch(onGone: () => void): void {
    this.#onGone = onGone
    this.#listen()
  }

  /** The client has gone: aborts the signal, then tells who watches. */
  readonly clientGone = (): void => {
    if (this.#over) return
    const onGone = this.#onGone
    this.complete()
    this.#controller?.abort(gone())
    onGone?.()
  }

  /** The answer is complete, as far as the gateway can know. */
  complete(): void {
    this.#over = true
    this.#onGone = undefined
    if (this.#listening) this.#request.signal.removeEventListener('abort', this.clientGone)
    this.#listening = false
  }

  #listen(): void {
    const { signal } = this.#request
    // Not every host gives one.
    if (this.#over || this.#listening || !signal) return
    if (signal.aborted) {
      this.clientGone()
    } else {
      this.#listening = true
      signal.addEventListener('abort', this.clientGone, { once: true })
    }
  }
}

function gone(): DOMException {
  return new DOMException('The client has gone.', 'AbortError')
}
