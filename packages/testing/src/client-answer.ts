import { concat } from '@stapel/core'
import { Answer, type AnswerHead } from './answer.ts'

/** What a client got, read whole. */
export class ClientAnswer extends Answer {
  /** The content in the pieces in which the application gave it, without empty ones. */
  readonly chunks: readonly Uint8Array[]
  /** What was written to `wsgi.errors`; empty over HTTP, where the log stays with the server. */
  readonly errors: string

  constructor(head: AnswerHead, chunks: readonly Uint8Array[], errors: string) {
    super(head)
    this.chunks = chunks
    this.errors = errors
    this.body = chunks
  }

  /** The content as one piece. */
  bytes(): Uint8Array {
    return concat(this.chunks)
  }

  /** The content as UTF-8. */
  text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes())
  }

  /** The content as JSON; throws a SyntaxError that shows the beginning of anything else. */
  json<T = unknown>(): T {
    const text = this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
      throw new SyntaxError(`Got ${this.status} with ${JSON.stringify(shown)}; expected JSON.`, { cause })
    }
  }
}
