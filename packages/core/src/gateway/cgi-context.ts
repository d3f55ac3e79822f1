import type { Writable } from 'node:stream'
import type { Context, ReadOptions } from '../protocol.ts'
import type { Trace } from '../trace.ts'
import type { CgiInput } from './cgi-input.ts'
import { clientGone } from './client-gone.ts'

/** `stapel.context` of the CGI gateway. The client has gone when the server no longer reads the answer; the first write after that tells. */
export class CgiContext implements Context {
  trace: Trace | undefined = undefined
  readonly #input: CgiInput
  #controller: AbortController | undefined
  #gone = false
  #onGone: (() => void) | undefined

  constructor(output: Writable, input: CgiInput) {
    this.#input = input
    const leave = (): void => {
      this.#gone = true
      this.#controller?.abort(clientGone())
      this.#onGone?.()
    }
    output.on('error', leave)
    output.once('close', leave)
  }

  /** Whether nobody reads the answer any more. */
  get gone(): boolean {
    return this.#gone
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#gone) this.#controller.abort(clientGone())
    return this.#controller.signal
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.#input.read(options)
  }

  /** Sets what is called when the client has gone. */
  watch(onGone: (() => void) | undefined): void {
    this.#onGone = onGone
  }
}
