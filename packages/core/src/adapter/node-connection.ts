import type { Context, HeaderList } from '../protocol.ts'

/**
 * What the `stapel.context` of a gateway may offer besides the protocol. `fromNode` uses what it finds, since a framework may ask for it
 * of its connection; where it is missing, the connection is the gateway's own affair.
 */
export interface ConnectionContext extends Context {
  /** Closes the connection when this answer is complete: what `Connection: close` asks for. */
  closeConnection?(): void
  /** Cuts the connection at once: what `res.destroy()` asks for. */
  abortConnection?(): void
  /** Sends an informational answer (RFC 9110 section 15.2): 100, 102, 103. */
  inform?(code: number, headers: HeaderList): void
  /** Ends the exchange with an informational status, which the protocol does not know as an answer; `done` is called when it is over. */
  answerInformational?(code: number, reason: string, headers: HeaderList, done: () => void): void
  /** The peer's address as the host writes it, where `REMOTE_ADDR` has it in another form. */
  readonly peerAddress?: string | undefined
  /** The `http.Server` that the request came to, on which a framework may listen for `upgrade` and `close`. */
  readonly server?: unknown
  /** Whether the client has gone before the answer was complete; as the signal tells, without making one. */
  readonly gone?: boolean | undefined
  /** Calls the listener when the client has gone before the answer was complete; as the signal does, at a fraction of its cost. */
  onGone?(listener: () => void): void
}
