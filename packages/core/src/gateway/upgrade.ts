/**
 * Requests that ask for another protocol on their connection (RFC 9110 section 7.8). A request for a WebSocket reaches the application with
 * `wsgi.websocket`; every other one is served as if it had not asked.
 *
 * @module
 */
import type { Buffer } from 'node:buffer'
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Application } from '../protocol.ts'
import { reportTo } from '../report.ts'
import type { NodeServer } from './close-server.ts'
import { converse } from './converse.ts'
import type { ServerState } from './environ.ts'
import { type NodeHandlerOptions, requestHandler, standardError } from './node-handler.ts'
import { asksForWebSocket, serveAsRequest } from './serve-as-request.ts'
import { type Library, loadLibrary } from './websocket-library.ts'
import {
  checkWebSocketOptions,
  Handshakes,
  PendingUpgrade,
  type WebSocketOptions,
} from './websocket-upgrade.ts'

/** How requests are answered, those for a WebSocket among them. */
export interface UpgradeOptions extends NodeHandlerOptions {
  /**
   * Limits of WebSockets; `false` gives applications none. They need the package `ws` (8): where it is not installed, a request for one is served
   * as an ordinary request. @default {}
   */
  webSocket?: WebSocketOptions | false | undefined
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
      serveAsRequest(this.#server, req, socket, head)
      return
    }
    socket.on('error', ignore)
    const offer = (library: Library | undefined): void => {
      if (socket.destroyed) return
      if (library === undefined) {
        socket.off('error', ignore)
        serveAsRequest(this.#server, req, socket, head)
        return
      }
      this.#handshakes ??= new Handshakes(library, this.#limits)
      this.#offer(req, socket, head, this.#handshakes)
    }
    loadLibrary()
      .then(offer)
      .catch((error) => {
        // The library is there and broken, or another version than ours: the request cannot be served any more.
        reportTo({ 'wsgi.errors': this.#options.errors ?? standardError })(error)
        socket.destroy()
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
}

function ignore(): void {}
