import type { IncomingMessage } from 'node:http'
import { concat } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import { tooLarge } from '../whole-body.ts'
import { endEmptyRequest } from './empty-request.ts'

/**
 * Reads a body of which nothing was read to its end. Rejects with `ContentTooLarge` at the first chunk that goes beyond `limit` bytes, and leaves
 * the rest; with `ClientDisconnected` when the client leaves. `owned` says that the server is ours, and nobody else listens to the request.
 */
export function collectBody(req: IncomingMessage, limit: number, owned: boolean): Promise<Uint8Array> {
  return owned && isUntouched(req) ? fromParser(req, limit) : fromEvents(req, limit)
}

/** Whether all of a body is still to come, from Node's own parser: Bun and Deno have none, HTTP/2 neither. */
function isUntouched(req: IncomingMessage): boolean {
  const { parser } = req.socket as { parser?: { incoming?: unknown } | null }
  if (parser?.incoming !== req || req.complete || req.destroyed) return false
  return req.readableFlowing === null && req.readableLength === 0
}

/**
 * Takes the chunks where the parser hands them over, which is `push` of the request. A small body is one chunk; to let it pass through the stream
 * takes seven ticks and a seventh of all instructions of the request. Whoever begins to read the stream meanwhile, as the gateway does when the
 * answer is complete before the body, gets what follows; where nobody does, the stream ends without telling, as {@link endEmptyRequest} has it.
 */
function fromParser(req: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const pushToStream = req.push
    const chunks: Uint8Array[] = []
    let size = 0
    const push = (chunk: Uint8Array | null): boolean => {
      if (chunk === null) {
        if (size <= limit) resolve(concat(chunks, size))
        if (size <= limit && req.readableFlowing === null && req.listenerCount('end') === 0) {
          endEmptyRequest(req)
          return false
        }
        pushToStream.call(req, null)
        if (req.readableFlowing === null) req.resume()
        return false
      }
      const isOver = size > limit
      size += chunk.byteLength
      if (size <= limit) chunks.push(chunk)
      else if (!isOver) reject(tooLarge(limit))
      // What follows a body that is too large waits in the stream, until the gateway discards it.
      if (isOver || req.readableFlowing !== null) return pushToStream.call(req, chunk)
      return size <= limit
    }
    req.push = push
    req.on('close', () => {
      if (!req.readableEnded) reject(new ClientDisconnected())
    })
  })
}

/** Events instead of `for await`: a small body arrives with one promise instead of several. */
function fromEvents(req: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      req.off('data', onData)
      req.pause()
      reject(tooLarge(limit))
    }
    const onClose = (): void => {
      // It also comes after the end, when all is settled and an error would be made for nobody.
      if (!req.readableEnded) reject(new ClientDisconnected())
    }
    if (req.destroyed) {
      onClose()
      return
    }
    req.on('data', onData)
    req.on('end', () => {
      // A request of HTTP/2 that was reset ends like one that is complete.
      if (req.aborted) reject(new ClientDisconnected())
      else resolve(concat(chunks, size))
    })
    req.on('close', onClose)
  })
}
