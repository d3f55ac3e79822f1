import type { Duplex } from 'node:stream'
import { isToken } from '../http/field.ts'

/** So long a client has to take its answer and to close, in milliseconds. */
const LINGER_TIMEOUT = 5_000

/** Answers what Node's parser refused, where an answer can still be sent; a listener for `clientError`. */
export function answerClientError(error: ParserError, socket: Duplex): void {
  // Bytes after the head of an answer would be taken for its body.
  const answer = (socket as AnsweringSocket)._httpMessage
  const isParserError = /^(?:HPE_|ERR_HTTP_)/.test(error.code ?? '')
  // Anything else is a connection that broke off, or a TLS handshake that failed.
  if (!isParserError || !socket.writable || answer?.headersSent) {
    socket.destroy()
    return
  }
  const status = statusOf(error)
  const body = `${status}\n`
  socket.on('error', ignore)
  // Node has given up reading: a client that keeps its side open would keep the connection.
  const linger = setTimeout(() => socket.destroy(), LINGER_TIMEOUT).unref()
  socket.once('close', () => clearTimeout(linger))
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

interface ParserError extends Error {
  code?: string
  rawPacket?: Uint8Array
  /** How many bytes of the packet are before the one that was refused. */
  bytesParsed?: number
}

/** Where Node keeps the answer that a connection is busy with. */
interface AnsweringSocket extends Duplex {
  _httpMessage?: { headersSent: boolean; destroy(): void } | null
}

function statusOf(error: ParserError): string {
  // The parser says the same of a method that it does not know and of a line that is no request line. It stops at the first byte that no
  // method has there; judging by that byte alone gives the same answer however the bytes came in pieces.
  if (error.code === 'HPE_INVALID_METHOD') {
    const byte = error.rawPacket?.[error.bytesParsed ?? 0]
    return byte !== undefined && isToken(String.fromCharCode(byte))
      ? '501 Not Implemented'
      : '400 Bad Request'
  }
  return parserErrors.get(error.code ?? '') ?? '400 Bad Request'
}

const parserErrors = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Content Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
])

function ignore(): void {}
