import type { HeaderList, Status } from '@stapel/core'
import type { AnswerReader } from './exchange.ts'

/** The way of an answer from the gateway in memory to the one who reads it. */
export class AnswerStream implements AnswerReader {
  /** Settles with the commitment; rejects when the application fails before. */
  readonly started: Promise<readonly [status: Status, headers: HeaderList]>
  readonly #leaving: AbortController
  #start: (head: readonly [Status, HeaderList]) => void = () => {}
  #refuse: (error: unknown) => void = () => {}
  readonly #chunks: Uint8Array[] = []
  /** Called when there is room for more. */
  #waiting: (() => void)[] = []
  #wake: (() => void) | undefined
  #exchanging: Promise<void> = Promise.resolve()
  #ended = false
  #failure: { error: unknown } | undefined

  /** `leaving` is aborted when the reader leaves. */
  constructor(leaving: AbortController) {
    this.#leaving = leaving
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve
      this.#refuse = reject
    })
  }

  start(status: Status, headers: HeaderList): void {
    this.#start([status, headers])
  }

  take(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk)
    this.#wake?.()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Ends with the exchange that it reads. */
  follow(exchanging: Promise<void>): void {
    this.#exchanging = exchanging.then(
      () => this.#end(),
      (error) => {
        this.#failure = { error }
        this.#refuse(error)
        this.#end()
      },
    )
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return { done: false, value: chunk }
      if (this.#failure !== undefined && !this.#leaving.signal.aborted) throw this.#failure.error
      if (this.#ended) return { done: true, value: undefined }
      this.#makeRoom()
      if (this.#chunks.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }

  leave(): Promise<void> {
    if (!this.#ended) this.#leaving.abort(new DOMException('The client has gone.', 'AbortError'))
    return this.#exchanging
  }

  #makeRoom(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const goOn of waiting) goOn()
  }

  #end(): void {
    this.#ended = true
    this.#wake?.()
  }
}
