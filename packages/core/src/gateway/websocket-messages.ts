/** Messages that have arrived and were not read, and those who wait for one. */
export class MessageQueue {
  readonly #messages: (string | Uint8Array)[] = []
  readonly #waiting: ((step: Step) => void)[] = []
  readonly #full: (full: boolean) => void
  #bytes = 0
  #isFull = false
  #ended = false

  /** `full` is told `true` when no more is to be read from the client, `false` when there is room again. */
  constructor(full: (full: boolean) => void) {
    this.#full = full
  }

  get isFull(): boolean {
    return this.#isFull
  }

  push(message: string | Uint8Array): void {
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting({ done: false, value: message })
      return
    }
    this.#messages.push(message)
    this.#bytes += message.length
    this.#check()
  }

  /** What has arrived can still be read; then the iteration ends. */
  end(): void {
    this.#ended = true
    for (const waiting of this.#waiting.splice(0)) waiting(done)
  }

  next(): Promise<Step> {
    const message = this.#messages.shift()
    if (message !== undefined) {
      this.#bytes -= message.length
      this.#check()
      return Promise.resolve({ done: false, value: message })
    }
    if (this.#ended) return Promise.resolve(done)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #check(): void {
    const isFull = this.#messages.length >= QUEUE_LIMIT || this.#bytes >= QUEUE_SIZE
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    this.#full(isFull)
  }
}

/** So many messages may wait to be read; then the client has to wait. */
export const QUEUE_LIMIT = 64
/** So many bytes (of text: UTF-16 units) of messages may wait to be read, beyond one message: 64 KiB. */
export const QUEUE_SIZE = 65_536

type Step = IteratorResult<string | Uint8Array, undefined>

const done: Step = { done: true, value: undefined }
