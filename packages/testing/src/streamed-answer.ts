import { type HeaderList, parseStatus, type Status } from '@stapel/core'
import { Headers } from '@stapel/wrappers'
import type { AnswerReader } from './exchange.ts'

/**
 * What a client gets of an answer whose body it has not read yet: the head, and the chunks, each when it is asked for.
 *
 * Chunks are pulled from the application one for one as they are read here, as by a gateway whose client has no room for more. An
 * application that fails half way makes the next chunk reject. Leaving the loop is the client leaving: `stapel.context.signal` aborts
 * and the body is disposed of.
 */
export class StreamedAnswer implements AsyncIterable<Uint8Array> {
  readonly status: number
  /** What follows the status code; may be empty. */
  readonly reason: string
  readonly headers: Headers
  readonly #stream: AnswerStream
  readonly #log: readonly string[]

  constructor(status: Status, headers: HeaderList, stream: AnswerStream, log: readonly string[]) {
    const { code, reason } = parseStatus(status)
    this.status = code
    this.reason = reason
    this.headers = new Headers(headers)
    this.#stream = stream
    this.#log = log
  }

  /** What was written to `wsgi.errors` until now. */
  get errors(): string {
    return this.#log.join('')
  }

  /** The chunks without the empty ones; may be asked for once. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => this.#stream.next(),
      return: async () => {
        await this.leave()
        return { done: true, value: undefined }
      },
    }
  }

  /** The client leaves; settles when the application has been told and its body disposed of. After the end it does nothing. */
  leave(): Promise<void> {
    return this.#stream.leave()
  }
}

/** The way of an answer from the gateway in memory to the one who reads it. */
export class AnswerStream implements AnswerReader {
  /** Settles with the commitment; rejects when the application fails before. */
  readonly started: Promise<readonly [status: Status, headers: HeaderList]>
  readonly #leaving: AbortController = new AbortController()
  #start: (head: readonly [Status, HeaderList]) => void = () => {}
  #refuse: (error: unknown) => void = () => {}
  readonly #chunks: Uint8Array[] = []
  /** Called when there is room for more. */
  #waiting: (() => void)[] = []
  #wake: (() => void) | undefined
  #exchanging: Promise<void> = Promise.resolve()
  #ended = false
  #failure: { error: unknown } | undefined

  constructor() {
    this.started = new Promise((resolve, reject) => {
      this.#start = resolve
      this.#refuse = reject
    })
  }

  /** Aborts when the client leaves. */
  get left(): AbortSignal {
    return this.#leaving.signal
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
      if (this.#failure !== undefined && !this.left.aborted) throw this.#failure.error
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
