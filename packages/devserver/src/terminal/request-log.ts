import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestRecord } from './request-line.ts'
import type { ExchangeHeads, MessageHead } from './trace-lines.ts'

/**
 * Calls `log` when the last byte of an answer has gone, or its connection has. The result is to be called before an answer is cut, and with `true`
 * for what is to be said of an answer that ends well.
 */
export function recordRequest(
  req: IncomingMessage,
  res: ServerResponse,
  log: (record: RequestRecord) => void,
): (note: string, always?: boolean) => void {
  const start = performance.now()
  let reason = 'client left'
  let remark: string | undefined
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
      note: res.writableFinished ? remark : reason,
      heads: () => headsOf(req, res, `${method} ${target}`),
    })
  })
  return (note, always = false) => {
    if (always) remark = note
    else reason = note
  }
}

function headsOf(req: IncomingMessage, res: ServerResponse, start: string): ExchangeHeads {
  const { rawHeaders } = req
  const headers: [string, string][] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    headers.push([rawHeaders[i] as string, rawHeaders[i + 1] as string])
  }
  return {
    request: { line: `${start} HTTP/${req.httpVersion}`, headers },
    answer: res.headersSent ? answerHead(req, res) : undefined,
  }
}

function answerHead(req: IncomingMessage, res: ServerResponse): MessageHead {
  // The head as Node sent it: what `writeHead` was given, and what Node added, is to be had nowhere else. HTTP/2 has none.
  const sent = (res as ServerResponse & { _header?: string | null })._header
  if (typeof sent !== 'string') {
    const fields = Object.entries(res.getHeaders()).map(([name, value]) => [name, String(value)] as const)
    return { line: `HTTP/${req.httpVersion} ${res.statusCode}`, headers: fields }
  }
  const [line = '', ...fields] = sent.trimEnd().split('\r\n')
  const headers = fields.map((field) => {
    const colon = field.indexOf(': ')
    return [field.slice(0, colon), field.slice(colon + 2)] as const
  })
  return { line, headers }
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
