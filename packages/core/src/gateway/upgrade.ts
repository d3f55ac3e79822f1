/**
 * Requests that ask for another protocol on their connection (RFC 9110 section 7.8). A request for a WebSocket reaches the application with
 * `wsgi.websocket`; every other one is served as if it had not asked.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Application } from '../protocol.ts'
import type { NodeServer } from './close-server.ts'
import { converse } from './converse.ts'
import type { ServerState } from './environ.ts'
import { type NodeHandlerOptions, requestHandler } from './node-handler.ts'
import { loadLibrary } from './websocket-library.ts'
import {
  checkWebSocketOptions,
  Handshakes,
  PendingUpgrade,
  type WebSocketOptions,
} from './websocket-upgrade.ts'

export interface UpgradeOptions extends NodeHandlerOptions {
  /**
   * Limits of WebSockets; `false` gives applications none. They need the package `ws` (8): where it is not installed, a request for one is served
   * as an ordinary request. @default {}
   */
  webSocket?: WebSocketOptions | false
}

/** Answers the requests of one server that ask for another protocol. */
export class Upgrades {
  readonly #server: NodeServer
  readonly #app: Application
  readonly #options: NodeHandlerOptions
  readonly #limits: WebSocketOptions
  readonly #state: ServerState
  #handshakes: Handshakes | undefined

  constructor(
    server: NodeServer,
    app: Application,
    options: NodeHandlerOptions,
    limits: WebSocketOptions,
    state: ServerState,
  ) {
    checkWebSocketOptions(limits)
    this.#server = server
    this.#app = app
    this.#options = options
    this.#limits = limits
    this.#state = state
  }

  /** A listener for `upgrade`. Where there are others, it leaves the connection to them: two would write to it. */
  readonly listener = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.#server.listenerCount('upgrade') > 1) return
    if (!asksForWebSocket(req) || this.#state.closing) {
      this.#serveAsRequest(req, socket, head)
      return
    }
    socket.on('error', ignore)
    void loadLibrary().then((library) => {
      if (socket.destroyed) return
      if (library === undefined) {
        socket.off('error', ignore)
        this.#serveAsRequest(req, socket, head)
        return
      }
      this.#handshakes ??= new Handshakes(library, this.#limits)
      this.#offer(req, socket, head, this.#handshakes)
    })
  }

  /** The server stops. */
  close(): void {
    this.#handshakes?.close()
  }

  #offer(req: IncomingMessage, socket: Duplex, head: Buffer, handshakes: Handshakes): void {
    const res = new ServerResponse(req)
    res.shouldKeepAlive = false
    res.assignSocket(req.socket)
    res.on('finish', () => req.socket.destroySoon())
    // Node does this for connections that are still the server's.
    socket.on('drain', () => res.emit('drain'))
    socket.on('timeout', () => socket.destroy())
    const upgrade = new PendingUpgrade(req, res, head, handshakes, () => this.#state.closing)
    requestHandler(converse(this.#app, upgrade), this.#options, this.#state)(req, res, undefined)
  }

  /** Gives the connection back to the server, with the request before what follows it, less the option that asks for the upgrade. */
  #serveAsRequest(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const lines = [`${req.method} ${req.url} HTTP/${req.httpVersion}`]
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      const name = req.rawHeaders[i] as string
      const value = req.rawHeaders[i + 1] as string
      if (name.toLowerCase() !== 'connection') lines.push(`${name}: ${value}`)
      else lines.push(`${name}: ${withoutUpgrade(value)}`)
    }
    socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
    this.#server.emit('encrypted' in socket ? 'secureConnection' : 'connection', socket)
  }
}

function asksForWebSocket(req: IncomingMessage): boolean {
  const { headers } = req
  return (
    req.method === 'GET' &&
    req.httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    Number(headers['content-length'] ?? 0) === 0
  )
}

function withoutUpgrade(value: string): string {
  const options = value.split(',').map((option) => option.trim())
  return options.filter((option) => option.toLowerCase() !== 'upgrade').join(', ')
}

function ignore(): void {}
