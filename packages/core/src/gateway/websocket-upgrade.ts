/**
 * A request for a WebSocket that the application has not decided about, and what becomes of it.
 *
 * The threat: browsers let every page open a WebSocket to every server, with the user's cookies. Whether the page may is the application's to
 * decide, by `HTTP_ORIGIN`, before it accepts; nothing here looks at it.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { checkOptions, integer, type OptionChecks } from '../check-options.ts'
import { flattenHeaders } from '../head.ts'
import { isToken } from '../http/field.ts'
import { splitList } from '../http/list.ts'
import { BadRequest, ClientDisconnected, ServiceUnavailable } from '../http-errors.ts'
import type { WebSocketAcceptOptions, WebSocketConnection, WebSocketUpgrade } from '../websocket.ts'
import { Conversation } from './websocket-connection.ts'
import type { Library, LibraryServer } from './websocket-library.ts'

/** Limits of the WebSockets of a server. */
export interface WebSocketOptions {
  /** The most bytes of a message; a client that sends more is closed with 1009. @default 1048576 (1 MiB) */
  maxPayload?: number | undefined
  /** So many milliseconds are between two pings; a client that has answered none until the next is cut. 0 sends none. @default 30000 */
  heartbeat?: number | undefined
}

/** Throws a TypeError or RangeError for a limit that is none, and for an unknown one. */
export function checkWebSocketOptions(options: WebSocketOptions): void {
  checkOptions(options, limitChecks, 'webSocket')
}

const limitChecks: OptionChecks<WebSocketOptions> = {
  maxPayload: integer('a number of bytes from 0 to 2147483647', 0, 2_147_483_647),
  heartbeat: integer('milliseconds from 0 to 2147483647', 0, 2_147_483_647),
}

interface Handshake {
  readonly protocol: string | undefined
  /** Names and values in one flat list. */
  readonly headers: readonly string[]
  /** Called first of all when the connection has closed. */
  readonly onClose: () => void
}

/** Completes handshakes for one server, and knows the conversations that are open. */
export class Handshakes {
  readonly #server: LibraryServer
  readonly #heartbeat: number
  readonly #open = new Set<Conversation>()
  readonly #chosen = new WeakMap<IncomingMessage, { protocol: string | undefined; lines: string[] }>()

  constructor(library: Library, { maxPayload = 1_048_576, heartbeat = 30_000 }: WebSocketOptions) {
    this.#heartbeat = heartbeat
    this.#server = new library.WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Each message of a client would cost memory for a window of its own, and hand it a way to multiply what it sends.
      perMessageDeflate: false,
      maxPayload,
      handleProtocols: (_offered: Set<string>, req: IncomingMessage) =>
        this.#chosen.get(req)?.protocol ?? false,
    })
    this.#server.on('headers', (lines: string[], req: IncomingMessage) => {
      lines.push(...(this.#chosen.get(req)?.lines ?? []))
    })
    // Without a listener the library answers itself; what it refuses beyond our checks is answered as any refusal.
    this.#server.on('wsClientError', () => {})
  }

  /** Answers with 101; `undefined` when the library refuses or the client has gone. */
  complete(
    req: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    { protocol, headers, onClose }: Handshake,
  ): Conversation | undefined {
    const lines: string[] = []
    for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`)
    this.#chosen.set(req, { protocol, lines })
    let conversation: Conversation | undefined
    // Clause 3.4: header values go out as latin-1.
    socket.setDefaultEncoding('latin1')
    this.#server.handleUpgrade(req, socket, head, (accepted) => {
      socket.setDefaultEncoding('utf8')
      accepted.on('close', onClose)
      conversation = new Conversation(accepted, socket, this.#heartbeat)
    })
    if (conversation !== undefined) this.#keep(conversation)
    return conversation
  }

  /** The server stops: every conversation is closed with 1001 (going away). */
  close(): void {
    for (const conversation of this.#open) void conversation.close(1001)
  }

  #keep(conversation: Conversation): void {
    this.#open.add(conversation)
    void conversation.closed.then(() => this.#open.delete(conversation))
  }
}

/** `wsgi.websocket` of one request. */
export class PendingUpgrade implements WebSocketUpgrade {
  readonly protocols: readonly string[]
  /** What `accept` gave. */
  conversation: Conversation | undefined
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #head: Uint8Array
  readonly #handshakes: Handshakes
  readonly #isClosing: () => boolean
  #decided = false

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    head: Uint8Array,
    handshakes: Handshakes,
    isClosing: () => boolean,
  ) {
    this.#req = req
    this.#res = res
    this.#head = head
    this.#handshakes = handshakes
    this.#isClosing = isClosing
    this.protocols = parseProtocols(req.headers['sec-websocket-protocol']) ?? []
    watch(req.socket)
  }

  async accept({ protocol, headers = [] }: WebSocketAcceptOptions = {}): Promise<WebSocketConnection> {
    if (this.#decided)
      throw new TypeError('The WebSocket was accepted before, or the request was answered; accept once.')
    if (protocol !== undefined && !this.protocols.includes(protocol)) {
      throw new TypeError(
        `Got the subprotocol ${JSON.stringify(protocol)}; expected one that the client offers: ${this.protocols.join(', ') || 'none'}.`,
      )
    }
    const flat = flattenHeaders(headers)
    checkHandshake(this.#req)
    if (this.#isClosing()) throw new ServiceUnavailable('The server stops.')
    const { socket } = this.#req
    if (socket.destroyed) throw new ClientDisconnected()
    this.#decided = true
    unwatch(socket)
    // The answer is the library's from here on; its 'close' still tells whoever waits for the end of the connection.
    const res = this.#res
    res.detachSocket(socket)
    const conversation = this.#handshakes.complete(this.#req, socket, this.#head, {
      protocol,
      headers: flat,
      onClose: () => {
        res.destroy()
        res.emit('close')
      },
    })
    if (conversation === undefined) {
      if (socket.destroyed) throw new ClientDisconnected()
      res.assignSocket(socket)
      throw new BadRequest('The handshake of the WebSocket is malformed.')
    }
    this.conversation = conversation
    return conversation
  }

  /** The application has answered instead. */
  refuse(): void {
    this.#decided = true
  }
}

/** RFC 6455 section 4.2.1. */
function checkHandshake(req: IncomingMessage): void {
  const { headers } = req
  if (headers['sec-websocket-version'] !== '13') {
    throw new BadRequest('The version of the WebSocket protocol is not supported; it is 13.', {
      headers: [['Sec-WebSocket-Version', '13']],
    })
  }
  if (!/^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')) {
    throw new BadRequest('Sec-WebSocket-Key is missing or is not 16 bytes in base64.')
  }
  if (parseProtocols(headers['sec-websocket-protocol']) === undefined) {
    throw new BadRequest('Sec-WebSocket-Protocol is not a list of different tokens.')
  }
}

function parseProtocols(value: string | undefined): readonly string[] | undefined {
  if (value === undefined) return []
  const list = splitList(value)
  return list.every(isToken) && new Set(list).size === list.length ? list : undefined
}

/** A client that leaves before the handshake is complete is noticed only where its bytes are asked for. */
function watch(socket: Duplex): void {
  socket.on('readable', look)
  socket.on('end', leave)
}

function unwatch(socket: Duplex): void {
  socket.off('readable', look)
  socket.off('end', leave)
}

function look(this: Duplex): void {
  if (this.readableLength === 0) this.read()
}

function leave(this: Duplex): void {
  this.destroy()
}
