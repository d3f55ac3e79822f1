/**
 * Discards the rest of a request's body that nobody will read, so that the answer arrives and the connection stays usable.
 *
 * The threat: a client that sends without end, or one byte a minute, after it was answered. What is read is bounded in bytes and in time.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Up to so much is discarded and the connection kept: 64 KiB. */
export const KEEP_LIMIT = 65_536
/** So much is read at most, so that a client that sends first and reads then sees its answer: 16 MiB. */
export const DRAIN_LIMIT = 16_777_216
/** So long is read at most, in milliseconds. */
export const DRAIN_TIMEOUT_MS = 30_000
/** So long may no byte arrive, in milliseconds. */
export const DRAIN_IDLE_MS = 5_000

/**
 * Ends an answer, and its connection when too much of the request is left. `invited` is false for a client that asked to be told before it
 * sends the body, and was not: it sends none.
 */
export function finish(req: IncomingMessage, res: ServerResponse, invited: boolean): void {
  if (req.complete || !invited) {
    req.resume()
    res.end()
    return
  }
  const { socket } = req
  if (res.shouldKeepAlive) {
    drain(req, (reusable) => {
      if (!reusable) socket.destroySoon()
    })
    res.end()
    return
  }
  // Node closes the connection with the end of such an answer, and a client that still sends would see a reset instead of it.
  res.flushHeaders()
  drain(req, () => {
    res.end()
    socket.destroySoon()
  })
}

function drain(req: IncomingMessage, done: (reusable: boolean) => void): void {
  let size = 0
  const settle = (reusable: boolean): void => {
    clearTimeout(timeout)
    clearTimeout(idle)
    req.off('data', onData)
    req.off('end', onEnd)
    req.off('close', onClose)
    done(reusable)
  }
  const onData = (chunk: Uint8Array): void => {
    size += chunk.byteLength
    idle.refresh()
    if (size > DRAIN_LIMIT) settle(false)
  }
  const onEnd = (): void => settle(size <= KEEP_LIMIT)
  const onClose = (): void => settle(false)
  const timeout = setTimeout(onClose, DRAIN_TIMEOUT_MS).unref()
  const idle = setTimeout(onClose, DRAIN_IDLE_MS).unref()
  req.on('data', onData)
  req.on('end', onEnd)
  req.on('close', onClose)
  req.resume()
  // Marks the request as read from before its answer ends: Node drops the rest of an untouched one unseen and without a bound.
  req.read(0)
}
