import { concat, type HeaderList, parseStatus, type Status } from '@stapel/core'
import { Headers } from '@stapel/wrappers'

/** What a client got, read whole. */
export class ClientAnswer {
  readonly status: number
  /** What follows the status code; may be empty. */
  readonly reason: string
  readonly headers: Headers
  /** The content in the pieces in which the application gave it, without empty ones. */
  readonly chunks: readonly Uint8Array[]
  /** What was written to `wsgi.errors`. */
  readonly errors: string

  constructor(status: Status, headers: HeaderList, chunks: readonly Uint8Array[], errors: string) {
    const { code, reason } = parseStatus(status)
    this.status = code
    this.reason = reason
    this.headers = new Headers(headers)
    this.chunks = chunks
    this.errors = errors
  }

  /** The content as one piece. */
  bytes(): Uint8Array {
    return concat(this.chunks)
  }

  /** The content as UTF-8. */
  text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes())
  }

  /** The content as JSON; throws a SyntaxError for anything else. */
  json(): unknown {
    return JSON.parse(this.text())
  }
}
