import { closingIterator } from '../body-source.ts'
import type { Body, Chunk, Closeable } from '../protocol.ts'

type Step = ReadableStreamReadResult<Uint8Array>

/**
 * The stream of a fetch `Response` as a body: pulled chunk by chunk, cancelled when it is given up. Not every host can iterate a stream
 * itself.
 */
export class FetchBody implements AsyncIterable<Chunk>, Closeable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  /** Steps that were asked for already. */
  #pulled: Promise<Step>[] = []
  #over = false

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader()
  }

  /**
   * The only chunk, where the stream has ended after one as soon as it was read, so that the gateway can tell its length; otherwise the body
   * itself. A Response of a text has such a stream. It waits for the first chunk, unless the signal aborts, and for {@link TURNS} turns of the microtask queue, not longer.
   */
  async orWhole(signal: AbortSignal): Promise<Body> {
    const first = this.#read()
    this.#pulled.push(first)
    // The gateway has no body to give up yet.
    const leave = (): void => this.close()
    signal.addEventListener('abort', leave, { once: true })
    const step = await first.catch(() => undefined)
    signal.removeEventListener('abort', leave)
    // A failure, or an empty stream, is found again when the body is iterated.
    if (step === undefined || step.done) return this
    let second: Step | undefined
    const next = this.#read()
    this.#pulled.push(next)
    next.then(
      (arrived) => {
        second = arrived
      },
      () => {},
    )
    for (let turn = 0; turn < TURNS && second === undefined; turn++) await undefined
    if (second?.done !== true) return this
    this.#over = true
    return step.value
  }

  [Symbol.asyncIterator](): AsyncIterator<Chunk> {
    return closingIterator(
      () => this.#next(),
      () => this.close(),
    )
  }

  /** Cancels what was not read. */
  close(): void {
    if (this.#over) return
    this.#over = true
    this.#reader.cancel().catch(ignore)
  }

  async #next(): Promise<IteratorResult<Chunk>> {
    if (this.#over && this.#pulled.length === 0) return done
    try {
      const step = await (this.#pulled.shift() ?? this.#read())
      if (!step.done) return step
      this.#over = true
      return done
    } catch (error) {
      this.#over = true
      throw error
    }
  }

  #read(): Promise<Step> {
    return this.#reader.read()
  }
}

/** A stream of one chunk ends so many turns after it on Node; a stream that takes longer has more to come, or does not know yet. */
const TURNS = 8

const done: IteratorResult<Chunk> = { done: true, value: undefined }

function ignore(): void {}
