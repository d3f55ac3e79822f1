import type { IncomingMessage } from 'node:http'

/**
 * Gives a request without a body a stream that has ended, as Node does itself from 24.10 on when a server asks for it with
 * `optimizeEmptyRequests`: it never emits `end` or `close`, and `readableEnded` is true.
 *
 * Without it, Node resumes, ends and destroys the stream over four ticks after every answer: a fifth of the instructions of a small
 * request, measured on Node 20. Only for servers of our own, where nobody else listens to the request.
 */
export function endEmptyRequest(req: IncomingMessage): void {
  if (req.readableEnded) return
  const request = req as unknown as { _dumped: boolean; _readableState: StreamState }
  request._dumped = true
  const state = request._readableState
  state.ended = true
  state.endEmitted = true
  state.destroyed = true
  state.closed = true
  state.closeEmitted = true
}

/** What Node's own `IncomingMessage` sets for such a request, by the same names from Node 20 to 26. */
interface StreamState {
  ended: boolean
  endEmitted: boolean
  destroyed: boolean
  closed: boolean
  closeEmitted: boolean
}
