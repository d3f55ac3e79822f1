/**
 * Discards the rest of a request body that the application did not read (clause 6).
 *
 * The threat: a client that sends without end, or one byte a minute, after it was answered. What is read is bounded in bytes and in time; the
 * connection is closed at the bound.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http'

/** Up to so much of an unread body is discarded and the connection kept: 64 KiB. */
export const KEEP_ALIVE_LIMIT = 65_536
/** So much is read at most, so that a client that sends first and reads then sees its answer: 16 MiB. */
export const DISCARD_LIMIT = 16_777_216
/** So long is read at most, in milliseconds. */
export const DISCARD_TIMEOUT_MS = 30_000
/** So long may no byte arrive, in milliseconds. */
export const DISCARD_IDLE_MS = 5_000

/** What is known of a connection. */
export interface ConnectionMark {
  /** Whether what follows on it is no request. */
  closing: boolean
}

/**
 * Reads and drops what is left of a body; `done` is called once, with whether the connection is fit for another request. It is marked as
 * closing as soon as it is not, since the parser may hand out the next request before the end of this one is told.
 */
export function discard(
  req: IncomingMessage,
  connection: ConnectionMark,
  done: (reusable: boolean) => void,
): void {
  let size = 0
  const finish = (reusable: boolean): void => {
    clearTimeout(timeout)
    clearTimeout(idle)
    req.off('data', onData)
    req.off('end', onEnd)
    req.off('close', onClose)
    // The error listener stays: a connection that breaks now must not end the process.
    done(reusable)
  }
  const onData = (chunk: Uint8Array): void => {
    size += chunk.byteLength
    if (size > KEEP_ALIVE_LIMIT) connection.closing = true
    idle.refresh()
    if (size > DISCARD_LIMIT) finish(false)
  }
  const onEnd = (): void => finish(size <= KEEP_ALIVE_LIMIT)
  const onClose = (): void => finish(false)
  const timeout = setTimeout(onClose, DISCARD_TIMEOUT_MS).unref()
  const idle = setTimeout(onClose, DISCARD_IDLE_MS).unref()

  if (req.readableEnded || req.destroyed) {
    // A request that Node saw no body of has an ended and destroyed stream from 24.10 on, see `endEmptyRequest`; its connection lives.
    finish(req.readableEnded && !req.socket.destroyed)
    return
  }
  req.removeAllListeners('readable')
  req.on('data', onData)
  req.on('end', onEnd)
  req.on('close', onClose)
  req.on('error', ignore)
  // Marks the request as read from, before its answer ends: Node would drop the rest of an untouched one unseen and unbounded.
  req.read(0)
  req.resume()
}

function ignore(): void {}
