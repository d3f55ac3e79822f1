import type { ConnectionContext } from '../adapter/node-connection.ts'
import type { ReadOptions } from '../protocol.ts'
import type { Trace } from '../trace.ts'
import { clientGone } from './client-gone.ts'
import type { FetchInput } from './fetch-input.ts'

/** What Workers and their kin give as the last argument. */
export interface Lifetime {
  waitUntil(promise: Promise<unknown>): void
}

/** `stapel.context` of the fetch gateway: the signal is made when it is asked for, and aborts only before the answer is complete. */
export class FetchContext implements ConnectionContext {
  trace: Trace | undefined = undefined
  readonly #request: Request
  readonly #input: FetchInput
  #controller: AbortController | undefined
  /** The gateway's own, called when the client has gone while a body is under way. */
  #watcher: (() => void) | undefined
  #listeners: (() => void)[] | undefined
  #listener: (() => void) | undefined
  #over = false
  #gone = false
  readonly #lifetime: Lifetime | undefined

  /** `lifetime` is what the host gave to say how long a request is worked on, if it did. */
  constructor(request: Request, input: FetchInput, lifetime?: Lifetime) {
    this.#request = request
    this.#input = input
    this.#lifetime = lifetime
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

  /**
   * Asks the host not to end the work on the request before the function that this gives is called; `undefined` where it cannot be asked. Workers
   * stop soon after the client has gone, whatever a generator still has to release.
   */
  hold(): (() => void) | undefined {
    if (this.#lifetime === undefined) return undefined
    let release: (() => void) | undefined
    this.#lifetime.waitUntil(
      new Promise<void>((resolve) => {
        release = resolve
      }),
    )
    return release
  }

  get gone(): boolean {
    if (!this.#over && this.#request.signal?.aborted === true) this.clientGone()
    return this.#gone
  }

  onGone(listener: () => void): void {
    if (this.#over) {
      if (this.#gone) listener()
      return
    }
    this.#listeners ??= []
    this.#listeners.push(listener)
    this.#listen()
  }

  /** Sets what is called last when the client has gone, at once where it has. */
  watch(watcher: () => void): void {
    if (this.#gone) {
      watcher()
      return
    }
    this.#watcher = watcher
    this.#listen()
  }

  /** The client has gone: aborts the signal, then tells who listens, then the gateway. */
  clientGone(): void {
    if (this.#over) return
    const watcher = this.#watcher
    const listeners = this.#listeners
    this.complete()
    this.#gone = true
    this.#controller?.abort(clientGone())
    try {
      if (listeners !== undefined) for (const listener of listeners) listener()
    } finally {
      watcher?.()
    }
  }

  /** The answer is complete, as far as the gateway can know. */
  complete(): void {
    this.#over = true
    this.#watcher = undefined
    this.#listeners = undefined
    if (this.#listener !== undefined) this.#request.signal.removeEventListener('abort', this.#listener)
    this.#listener = undefined
  }

  #listen(): void {
    if (this.#over || this.#listener !== undefined) return
    const { signal } = this.#request
    // Not every host gives one.
    if (!signal) return
    if (signal.aborted) {
      this.clientGone()
    } else {
      const listener = (): void => this.clientGone()
      this.#listener = listener
      signal.addEventListener('abort', listener, { once: true })
    }
  }
}
