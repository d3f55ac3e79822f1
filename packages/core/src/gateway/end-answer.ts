import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ConnectionMark, discard, KEEP_ALIVE_LIMIT } from './discard.ts'
import { endHttp2, isHttp2 } from './http2-response.ts'

/** How {@link endAnswer} ends an answer. */
export interface EndOptions {
  /** The last chunk. */
  chunk?: string | Uint8Array | undefined
  /** Whether the client waits for `100 Continue` before it sends its body. @default false */
  awaitsContinue?: boolean | undefined
}

/**
 * Ends an answer to a request whose body may not have been read, so that the answer arrives and what follows on the connection is either a
 * request or nothing (clause 6). Of a string, every character is sent as one byte (latin-1).
 *
 * Up to 64 KiB of the body are discarded and the connection kept; otherwise the connection is marked in `connection`, and closed when the client
 * has stopped sending, after 16 MiB, 30 s, or 5 s without a byte. A handler does not answer requests of a connection that is marked: they
 * are the rest of a body.
 */
export function endAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  connection: ConnectionMark,
  { chunk, awaitsContinue = false }: EndOptions = {},
): void {
  if (req.complete) {
    res.end(chunk, 'latin1')
    return
  }
  if (isHttp2(req)) {
    endHttp2(req, res, chunk)
    return
  }
  const { socket } = req
  const giveUp = (): void => {
    connection.closing = true
    socket.destroySoon()
  }
  if (res.shouldKeepAlive && !leavesUnread(req, awaitsContinue)) {
    discard(req, connection, (reusable) => {
      if (!reusable) giveUp()
    })
    res.end(chunk, 'latin1')
    return
  }
  // Node closes the connection as soon as this answer ends, and a client that still sends would see a reset instead of its answer: the
  // bytes go out now, the end follows when the client has stopped.
  if (chunk === undefined) res.flushHeaders()
  else res.write(chunk, 'latin1')
  discard(req, connection, () => {
    res.end()
    giveUp()
  })
}

/** Whether so much of a body is left that the connection will be closed. */
export function leavesUnread(req: IncomingMessage, awaitsContinue: boolean): boolean {
  if (req.complete) return false
  return awaitsContinue || Number(req.headers['content-length'] ?? 0) > KEEP_ALIVE_LIMIT
}
