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

  /** The content as JSON; throws a SyntaxError that shows the beginning of anything else, and of what was logged. */
  json<T = unknown>(): T {
    return parseContent(this.text(), this) as T
  }

  /** As that of every answer, with the beginning of the content and of what was logged. */
  override toString(): string {
    const logged = this.errors === '' ? '' : `\n\nwsgi.errors:\n${beginning(this.errors, 2000)}`
    return `${super.toString()}\n\n${beginning(this.text(), 2000)}${logged}`
  }
}

/** The content of an answer as JSON; the error shows what else it is, and the log, which says why it is an error page. */
export function parseContent(
  text: string,
  { status, errors }: { readonly status: number; readonly errors: string },
): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const logged = errors === '' ? '' : ` Logged was: ${beginning(errors, 1000)}`
    throw new SyntaxError(
      `Got ${status} with ${JSON.stringify(beginning(text, 200))}; expected JSON.${logged}`,
      { cause },
    )
  }
}

function beginning(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}
