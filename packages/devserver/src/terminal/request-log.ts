import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestRecord } from './request-line.ts'

/** Calls `log` when the last byte of an answer has gone, or its connection has. The result is to be called before an answer is cut. */
export function recordRequest(
  req: IncomingMessage,
  res: ServerResponse,
  log: (record: RequestRecord) => void,
): (note: string) => void {
  const start = performance.now()
  let reason = 'client left'
  const method = req.method ?? ''
  // Frameworks rewrite `url` while they route.
  const target = req.url ?? ''
  const count = countBytes(res)
  res.once('close', () => {
    log({
      method,
      target,
      status: res.headersSent ? res.statusCode : 0,
      bytes: count(),
      ms: performance.now() - start,
      note: res.writableFinished ? undefined : reason,
    })
  })
  return (note) => {
    reason = note
  }
}

/** Counts the bytes of the body: the connection's own count has the headers in it. */
function countBytes(res: ServerResponse): () => number {
  let bytes = 0
  const { write, end } = res
  const add = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') {
      bytes += Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
    } else if (chunk instanceof Uint8Array) {
      bytes += chunk.byteLength
    }
  }
  res.write = function (this: ServerResponse, ...args: unknown[]) {
    add(args[0], args[1])
    return Reflect.apply(write, this, args)
  } as ServerResponse['write']
  res.end = function (this: ServerResponse, ...args: unknown[]) {
    add(args[0], args[1])
    return Reflect.apply(end, this, args)
  } as ServerResponse['end']
  return () => bytes
}
