/**
 * Passes a request for a WebSocket on to the application's process, and what is said on it back and forth.
 *
 * A WebSocket is no request in flight: a reload does not wait for it. The old process closes it, and the page connects again.
 *
 * @module
 */
import { type IncomingMessage, request, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { asksForWebSocket, type NodeServer, serveAsRequest } from '@stapel/core/node'
import type { RequestRecord } from '../terminal/request-line.ts'
import { recordRequest } from '../terminal/request-log.ts'
import { relay, requestHeaders, type Upstream } from './proxy.ts'

export interface UpgradeForward {
  readonly server: NodeServer
  /** Where to ask; `undefined` while there is no application, whose absence an ordinary request is told. */
  readonly upstream: (req: IncomingMessage) => Promise<Upstream | undefined>
  readonly log: (record: RequestRecord) => void
}

/** A listener for `upgrade`. */
export function forwardUpgrade(
  options: UpgradeForward,
): (req: IncomingMessage, socket: Duplex, head: Uint8Array) => void {
  return (req, socket, head) => {
    if (!asksForWebSocket(req)) {
      serveAsRequest(options.server, req, socket, head)
      return
    }
    socket.on('error', ignore)
    void options.upstream(req).then((upstream) => {
      if (socket.destroyed) return
      if (upstream === undefined) giveBack(options.server, req, socket, head)
      else ask(req, socket, head, upstream, options)
    })
  }
}

function ask(
  req: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  upstream: Upstream,
  { server, log }: UpgradeForward,
): void {
  const start = performance.now()
  let answered = false
  const outgoing = request({
    // A connection of its own: it does not come back to be used for requests.
    agent: false,
    socketPath: upstream.socketPath,
    path: req.url,
    headers: [...requestHeaders(req, upstream.peerHeader), 'Connection', 'Upgrade', 'Upgrade', 'websocket'],
  })
  const leave = (): void => void outgoing.destroy()
  socket.once('close', leave)
  outgoing.on('upgrade', (answer, inner, innerHead) => {
    socket.off('close', leave)
    log({
      method: req.method ?? 'GET',
      target: req.url ?? '',
      status: 101,
      bytes: 0,
      ms: performance.now() - start,
    })
    socket.write(headOf(answer), 'latin1')
    join(socket, inner, head, innerHead)
  })
  outgoing.on('response', (answer) => {
    socket.off('close', leave)
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(req.socket)
    res.on('finish', () => req.socket.destroySoon())
    socket.on('drain', () => res.emit('drain'))
    const note = recordRequest(req, res, log)
    answered = true
    const cut = (): void => {
      note('cut off')
      res.destroy()
    }
    relay(answer, res, cut, () => res.end())
  })
  outgoing.on('error', () => {
    socket.off('close', leave)
    if (!answered && !socket.destroyed) giveBack(server, req, socket, head)
  })
  outgoing.end()
}

/** An ordinary request is told what is wrong with the application. */
function giveBack(server: NodeServer, req: IncomingMessage, socket: Duplex, head: Uint8Array): void {
  socket.off('error', ignore)
  serveAsRequest(server, req, socket, head)
}

function headOf(answer: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    lines.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

function join(outer: Duplex, inner: Duplex, outerHead: Uint8Array, innerHead: Uint8Array): void {
  inner.on('error', ignore)
  if (outerHead.length > 0) inner.write(outerHead)
  if (innerHead.length > 0) outer.write(innerHead)
  outer.pipe(inner)
  inner.pipe(outer)
  outer.once('close', () => inner.destroy())
  inner.once('close', () => outer.destroy())
}

function ignore(): void {}
