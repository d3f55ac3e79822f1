/**
 * Closes a server without losing an answer, and without waiting for clients that want none.
 *
 * The threat: one client that keeps its connection open, silent or half way through a request, keeps the process from ending. Every connection
 * is therefore known here, and cut when the time is up.
 *
 * @module
 */
import type { Server as HttpServer } from 'node:http'
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { checkOptions, type OptionCheck, type OptionChecks } from '../check-options.ts'

/** A server of Node that serves HTTP. */
export type NodeServer = HttpServer | HttpsServer | Http2SecureServer

/** How long those who are connected are waited for. */
export interface CloseOptions {
  /** So many milliseconds requests in flight may take; then their connections are cut. @default 30000 */
  timeout?: number | undefined
  /**
   * So many milliseconds an idle HTTP/1 connection is kept, so that a request that is on its way is answered (with `Connection: close`, by a
   * server of ours) and not cut. For a server whose clients have another one to go to, as in a restart without a gap. @default 0
   */
  idleTimeout?: number | undefined
}

/** Closes one server. */
export interface Closer {
  /**
   * Stops accepting, closes connections without a request at once (new ones when they have been silent for half a second) and the others when
   * their answer is complete, and cuts what is left after the time. The same promise for every call; a later one can only make it sooner. Throws
   * a TypeError for an unknown option, a TypeError or RangeError for a timeout that is no number of milliseconds.
   */
  close(options?: CloseOptions): Promise<void>
  /** Stops accepting and cuts every connection at once. */
  cut(): Promise<void>
  /** Settles when the server is closed, by whomever, and its last connection is gone. */
  readonly closed: Promise<void>
}

/** So long requests in flight may take when a server is closed, in milliseconds. */
export const CLOSE_TIMEOUT = 30_000
/** So long a new connection has to send the beginning of its request before it counts as one that wants nothing, in milliseconds. */
const SILENCE_TIMEOUT = 500
/** How often connections that have become idle are looked for, in milliseconds. */
const SWEEP_INTERVAL = 20
/** The most milliseconds that a timer of Node can take. */
const LONGEST_TIMER = 2_147_483_647

/** Makes what closes a server. To be called before the server listens: connections that were there before are cut, but not watched. */
export function createCloser(server: NodeServer): Closer {
  const connections = new Connections(server)
  const closed = new Promise<void>((resolve) => {
    server.once('close', () => connections.whenGone(resolve))
  })
  let stopping = false
  let cutAt = Infinity
  let idleUntil = Infinity
  let timer: NodeJS.Timeout | undefined
  const sweep = (): void => {
    connections.closeSessions()
    if (performance.now() >= idleUntil) connections.closeIdle()
  }
  const stop = (): void => {
    if (stopping) return
    stopping = true
    const interval = setInterval(sweep, SWEEP_INTERVAL)
    void closed.then(() => {
      clearInterval(interval)
      clearTimeout(timer)
      cutAt = -Infinity
    })
    connections.stopAccepting()
  }
  return {
    close: (options = {}) => {
      checkOptions(options, checks, 'close()')
      const { timeout = CLOSE_TIMEOUT, idleTimeout = 0 } = options
      const now = performance.now()
      if (now + timeout < cutAt) {
        cutAt = now + timeout
        clearTimeout(timer)
        timer = setTimeout(() => connections.cut(), Math.min(timeout, LONGEST_TIMER))
      }
      idleUntil = Math.min(idleUntil, now + idleTimeout)
      stop()
      sweep()
      return closed
    },
    cut: () => {
      stop()
      connections.cut()
      return closed
    },
    closed,
  }
}

const milliseconds: OptionCheck = [
  'a number of milliseconds from 0 up',
  (value) => typeof value === 'number' && value >= 0,
]

const checks: OptionChecks<CloseOptions> = { timeout: milliseconds, idleTimeout: milliseconds }

/** The connections of a server; those that have asked for something are known to Node as well. */
class Connections {
  readonly #server: NodeServer
  /** With the time at which each was made. */
  readonly #sockets = new Map<Socket, number>()
  /** Connections over TLS that have asked for nothing yet, with the time at which their handshake was done. */
  readonly #silent = new Map<Socket, number>()
  /** Connections over TLS, but for HTTP/2. */
  readonly #secure = new Map<Socket, number>()
  readonly #sessions = new Map<ServerHttp2Session, number>()

  constructor(server: NodeServer) {
    this.#server = server
    server.on('connection', (socket: Socket) => keepUntilClose(this.#sockets, socket))
    server.on('secureConnection', (socket: TLSSocket) => {
      if (socket.alpnProtocol === 'h2') return
      keepUntilClose(this.#secure, socket)
      keepUntilClose(this.#silent, socket)
    })
    server.on('session', (session: ServerHttp2Session) => keepUntilClose(this.#sessions, session))
    if ('addContext' in server) {
      const heard = ({ socket }: { socket: Socket }): void => void this.#silent.delete(socket)
      server.on('request', heard)
      server.on('checkContinue', heard)
    }
  }

  /** Closes the server without what Node does then on its own: to close idle connections, and from Node 26 on new ones with them. */
  stopAccepting(): void {
    const server = this.#server
    const own = Object.getOwnPropertyDescriptor(server, 'closeIdleConnections')
    Object.defineProperty(server, 'closeIdleConnections', { value: () => {}, configurable: true })
    try {
      // One that never listened, whose connections are handed to it, says so with an error.
      server.close(() => {})
    } finally {
      if (own === undefined) Reflect.deleteProperty(server, 'closeIdleConnections')
      else Object.defineProperty(server, 'closeIdleConnections', own)
    }
  }

  /**
   * Before Node 26, Node counts a connection that has sent nothing as busy; clients open such ones in advance. The request of one that was just made
   * may be on its way: until it is there, or the time for it is over, no other idle connection is closed either.
   */
  closeIdle(): void {
    const before = performance.now() - SILENCE_TIMEOUT
    let begun = true
    for (const [socket, made] of [...this.#sockets, ...this.#silent]) {
      if (this.#silent.has(socket) ? !isHttp(socket) : socket.bytesRead > 0) continue
      if (made < before) socket.destroy()
      else begun = false
    }
    if (begun) this.#closeAnswered()
  }

  /**
   * For Node a connection is idle when its answer has ended, though the client has taken little of it yet, or another request of the connection
   * waits for its own answer: both would be lost. Those that have an answer to send are kept until it is sent.
   */
  #closeAnswered(): void {
    if (!('closeIdleConnections' in this.#server)) return
    const sending = [...this.#sockets.keys(), ...this.#secure.keys()].filter(isSending)
    for (const socket of sending) {
      Object.defineProperty(socket, 'destroy', { value: () => socket, configurable: true })
    }
    try {
      this.#server.closeIdleConnections()
    } finally {
      for (const socket of sending) Reflect.deleteProperty(socket, 'destroy')
    }
  }

  /** Has HTTP/2 clients open no more streams; what is open goes on. */
  closeSessions(): void {
    for (const session of this.#sessions.keys()) if (!session.closed) session.close()
  }

  /** Calls `gone` when there is no connection any more; Node does not count those that were handed to the server. */
  whenGone(gone: () => void): void {
    const [socket] = this.#sockets.keys()
    if (socket === undefined) gone()
    else socket.once('close', () => this.whenGone(gone))
  }

  cut(): void {
    for (const session of this.#sessions.keys()) session.destroy()
    for (const socket of this.#sockets.keys()) socket.destroy()
    if ('closeAllConnections' in this.#server) this.#server.closeAllConnections()
  }
}

/** Node keeps the parser there, until the connection is taken for another protocol. */
function isHttp(socket: Socket & { parser?: unknown }): boolean {
  return socket.parser !== null && socket.parser !== undefined
}

/** Whether an answer has ended that is not sent: Node keeps it on its connection until then, and then the next one. */
function isSending(socket: Socket & { _httpMessage?: { readonly finished: boolean } | null }): boolean {
  return socket._httpMessage?.finished === true && !Object.hasOwn(socket, 'destroy')
}

interface Closing {
  once(event: 'close', listener: () => void): unknown
}

function keepUntilClose<T extends Closing>(kept: Map<T, number>, item: T): void {
  if (kept.has(item)) return
  kept.set(item, performance.now())
  item.once('close', () => kept.delete(item))
}
