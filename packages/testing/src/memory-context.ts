import type { Context, ReadOptions, Trace } from '@stapel/core'
import type { MemoryInput } from './memory-input.ts'

/** `stapel.context` without a socket: the signal is made when it is asked for and aborts when `left` does. */
export class MemoryContext implements Context {
  trace: Trace | undefined = undefined
  readonly #input: MemoryInput
  readonly #left: AbortSignal | undefined
  #signal: AbortSignal | undefined

  constructor(input: MemoryInput, left: AbortSignal | undefined) {
    this.#input = input
    this.#left = left
  }

  get signal(): AbortSignal {
    this.#signal ??= follow(this.#left)
    return this.#signal
  }

  /** The same for a client that may leave in another way, too. */
  orLeft(left: AbortSignal): MemoryContext {
    return new MemoryContext(this.#input, AbortSignal.any([left, this.signal]))
  }

  read(options?: ReadOptions): Promise<Uint8Array> {
    return this.#input.read(options)
  }
}

function follow(left: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new DOMException('The client has gone.', 'AbortError'))
  if (left?.aborted) abort()
  else left?.addEventListener('abort', abort, { once: true })
  return controller.signal
}
