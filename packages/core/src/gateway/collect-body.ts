import type { IncomingMessage } from 'node:http'
import { concat } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import { tooLarge } from '../whole-body.ts'
import { isUntouched, takeFromParser } from './parser-body.ts'

/**
 * Reads a body of which nothing was read to its end. Rejects with `ContentTooLarge` at the first chunk that goes beyond `limit` bytes, and leaves
 * the rest; with `ClientDisconnected` when the client leaves. `owned` says that the server is ours, and nobody else listens to the request.
 */
export function collectBody(req: IncomingMessage, limit: number, owned: boolean): Promise<Uint8Array> {
  return owned && isUntouched(req) ? fromParser(req, limit) : fromEvents(req, limit)
}

function fromParser(req: IncomingMessage, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    takeFromParser(
      req,
      (chunk) => {
        size += chunk.byteLength
        if (size <= limit) chunks.push(chunk)
        else reject(tooLarge(limit))
        // Of a body that is too large the parser gives no more, until the gateway discards the rest.
        return size <= limit
      },
      () => {
        if (size <= limit) resolve(concat(chunks, size))
      },
    )
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
