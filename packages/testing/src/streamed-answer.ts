import { concat } from '@stapel/core'
import { Answer, type AnswerHead } from './answer.ts'
import type { AnswerStream } from './answer-stream.ts'
import { ClientAnswer, parseContent } from './client-answer.ts'

/**
 * What a client gets of an answer whose body it has not read yet: the head, and the chunks, each when it is asked for.
 *
 * Chunks are pulled from the application one for one as they are read here, as by a gateway whose client has no room for more. An
 * application that fails half way makes the next chunk reject. Leaving the loop is the client leaving: `stapel.context.signal` aborts
 * and the body is disposed of.
 */
export class StreamedAnswer extends Answer implements AsyncIterable<Uint8Array> {
  readonly #stream: AnswerStream
  readonly #log: readonly string[]

  constructor(head: AnswerHead, stream: AnswerStream, log: readonly string[]) {
    super(head)
    this.#stream = stream
    this.#log = log
    this.body = { [Symbol.asyncIterator]: () => this[Symbol.asyncIterator](), close: () => this.leave() }
  }

  /** What was written to `wsgi.errors` until now; empty over HTTP, where the log stays with the server. */
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

  /** Reads the rest; rejects where the answer fails half way. */
  async bytes(): Promise<Uint8Array> {
    return concat(await this.#rest())
  }

  /** Reads the rest as UTF-8. */
  async text(): Promise<string> {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.bytes())
  }

  /** Reads the rest as JSON; rejects with a SyntaxError that shows the beginning of anything else. */
  async json<T = unknown>(): Promise<T> {
    return parseContent(await this.text(), this) as T
  }

  /** Reads the rest, as an answer that was read whole. */
  async whole(): Promise<ClientAnswer> {
    const chunks = await this.#rest()
    const { request, history } = this
    const head = {
      status: `${this.status} ${this.reason}`,
      headers: this.headers.toList(),
      request,
      history,
    } as const
    return new ClientAnswer(head, chunks, this.errors)
  }

  /** The client leaves; settles when the application has been told and its body disposed of. After the end it does nothing. */
  leave(): Promise<void> {
    return this.#stream.leave()
  }

  async #rest(): Promise<Uint8Array[]> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this) chunks.push(chunk)
    return chunks
  }
}
