import type { IncomingMessage } from 'node:http'
import { endEmptyRequest } from './empty-request.ts'

/** Whether all of a body is still to come, from Node's own parser: Bun and Deno have none, HTTP/2 neither. */
export function isUntouched(req: IncomingMessage): boolean {
  const { parser } = req.socket as { parser?: { incoming?: unknown } | null }
  if (parser?.incoming !== req || req.complete || req.destroyed) return false
  return req.readableFlowing === null && req.readableLength === 0
}

/**
 * Takes the body of an untouched request where the parser hands it over, which is `push` of the request: `onChunk` gets each chunk and says
 * whether there is room for more, `onEnd` is called at the end. When it was `false`, `req._read` has the parser go on.
 *
 * To let a small body pass through the stream takes seven ticks and a seventh of all instructions of its request. Only for servers of our own,
 * where nobody else listens to the request. Whoever begins to read the stream meanwhile, as the gateway does when an answer is complete before
 * the body, gets what follows as well; where nobody does, the stream ends without telling, as {@link endEmptyRequest} has it.
 */
export function takeFromParser(
  req: IncomingMessage,
  onChunk: (chunk: Uint8Array) => boolean,
  onEnd: () => void,
): void {
  const pushToStream = req.push
  // It has a name so that V8 leaves it in the young generation (docs/decisions/speed.md).
  const push = (chunk: Uint8Array | null): boolean => {
    if (chunk !== null) {
      const hasRoom = onChunk(chunk)
      return req.readableFlowing === null ? hasRoom : pushToStream.call(req, chunk)
    }
    onEnd()
    if (req.readableFlowing === null && req.listenerCount('end') === 0) {
      endEmptyRequest(req)
      return false
    }
    pushToStream.call(req, null)
    if (req.readableFlowing === null) req.resume()
    return false
  }
  req.push = push
}
