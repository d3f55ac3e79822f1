import { Buffer } from 'node:buffer'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { formatTokens, parseTokens } from '../http/token-list.ts'
import type { NodeServer } from './close-server.ts'

/** Whether a request for another protocol asks for a WebSocket, in a way that could be accepted (RFC 6455 section 4.1). */
export function asksForWebSocket(req: IncomingMessage): boolean {
  const { headers } = req
  return (
    req.method === 'GET' &&
    req.httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0
  )
}

/**
 * Serves a request that came with an `upgrade` event as an ordinary one (RFC 9110 section 7.8): the connection goes back to the server, with the
 * request before what follows it, less the option of `Connection` that asks for the upgrade. Nobody may have written to it or read from it.
 */
export function serveAsRequest(
  server: NodeServer,
  req: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
): void {
  if (socket !== req.socket) {
    answerLast(server, req)
    return
  }
  const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    const name = req.rawHeaders[i] as string
    const value = req.rawHeaders[i + 1] as string
    if (name.toLowerCase() !== 'connection') lines.push(`${name}: ${value}`)
    else lines.push(`${name}: ${withoutUpgrade(value)}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
}

/** From Node 26 on, a body of the request is still the parser's, which cannot go back to requests: this one is the last of its connection. */
function answerLast(server: NodeServer, req: IncomingMessage): void {
  const res = new ServerResponse(req)
  const { socket } = req
  res.shouldKeepAlive = false
  res.assignSocket(socket)
  res.on('finish', () => socket.destroySoon())
  socket.on('drain', () => res.emit('drain'))
  server.emit('request', req, res)
}

function withoutUpgrade(value: string): string {
  return formatTokens(parseTokens(value).filter((option) => option.toLowerCase() !== 'upgrade'))
}
