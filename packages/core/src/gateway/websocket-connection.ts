/**
 * One conversation over a WebSocket that was accepted.
 *
 * The threat: a client that sends faster than the application reads, or reads slower than it is sent to, or is gone without a word. The first has to
 * wait, for the second `send` gives a promise, the third is found by pings that nobody answers.
 *
 * @module
 */
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { describe } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { WebSocketClose, WebSocketConnection } from '../websocket.ts'
import type { LibrarySocket } from './websocket-library.ts'
import { MessageQueue } from './websocket-messages.ts'

/** So long the client may take to answer that the connection is to close, in milliseconds. */
const CLOSE_HANDSHAKE_TIMEOUT = 5_000
/** The most bytes of a reason: a control frame has room for 125, two of them for the code. */
const REASON_LIMIT = 123

/** The conversation that the library holds, as applications know it. */
export class Conversation implements WebSocketConnection {
  readonly closed: Promise<WebSocketClose>
  readonly #socket: LibrarySocket
  readonly #stream: Duplex
  readonly #messages: MessageQueue
  #closing: NodeJS.Timeout | undefined

  /** `heartbeat` is the time between two pings in milliseconds, 0 for none. */
  constructor(socket: LibrarySocket, stream: Duplex, heartbeat: number) {
    this.#socket = socket
    this.#stream = stream
    this.#messages = new MessageQueue((full) => (full ? socket.pause() : socket.resume()))
    socket.on('message', (data: Buffer, isBinary: boolean) =>
      this.#messages.push(isBinary ? data : data.toString()),
    )
    // What the client did wrong closes the connection with a code of its own; there is nothing to tell the application besides.
    socket.on('error', ignore)
    const pings = heartbeat > 0 ? this.#keepPinging(heartbeat) : undefined
    this.closed = new Promise((resolve) => {
      socket.on('close', (code: number, reason: Buffer) => {
        clearInterval(pings)
        clearTimeout(this.#closing)
        this.#messages.end()
        resolve({ code, reason: reason.toString() })
      })
    })
  }

  get protocol(): string {
    return this.#socket.protocol
  }

  get readyState(): number {
    return this.#socket.readyState
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount
  }

  send(message: string | Uint8Array): void | Promise<void> {
    if (typeof message !== 'string' && !(message instanceof Uint8Array)) {
      throw new TypeError(`Got ${describe(message)} for a message; expected a string or a Uint8Array.`)
    }
    if (this.#socket.readyState !== OPEN) throw new ClientDisconnected('The WebSocket has closed.')
    this.#socket.send(message)
    return this.#stream.writableNeedDrain ? this.#drained() : undefined
  }

  close(code: number = 1000, reason: string = ''): Promise<WebSocketClose> {
    checkCode(code)
    if (Buffer.byteLength(reason) > REASON_LIMIT) {
      throw new RangeError(
        `Got a reason of ${Buffer.byteLength(reason)} bytes; expected ${REASON_LIMIT} at most.`,
      )
    }
    if (this.#socket.readyState === OPEN) {
      this.#socket.close(code, reason)
      // The client's answer has to be read, also past messages that nobody will read.
      this.#closing = setTimeout(() => this.#socket.terminate(), CLOSE_HANDSHAKE_TIMEOUT)
      if (this.#messages.isFull) this.#socket.resume()
    }
    return this.closed
  }

  [Symbol.asyncIterator](): AsyncIterator<string | Uint8Array, undefined> {
    // Leaving a `for await` leaves the conversation as it is; another one goes on where it stopped.
    return { next: () => this.#messages.next(), return: async () => ({ done: true, value: undefined }) }
  }

  #drained(): Promise<void> {
    const stream = this.#stream
    return new Promise((resolve) => {
      const settle = (): void => {
        stream.off('drain', settle)
        stream.off('close', settle)
        resolve()
      }
      stream.on('drain', settle)
      stream.on('close', settle)
    })
  }

  /** A client that answers no ping between two of them has gone; one that has to wait until the application reads is not asked. */
  #keepPinging(heartbeat: number): NodeJS.Timeout {
    const socket = this.#socket
    let answered = true
    const alive = (): void => {
      answered = true
    }
    socket.on('pong', alive)
    socket.on('message', alive)
    return setInterval(() => {
      if (socket.isPaused) {
        alive()
        return
      }
      if (!answered) {
        // A process that was busy for so long has not read the answer yet.
        setImmediate(() => answered || socket.terminate())
        return
      }
      answered = false
      if (socket.readyState === OPEN) socket.ping()
    }, heartbeat)
  }
}

const OPEN = 1

function checkCode(code: number): void {
  const sendable =
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999))
  if (!sendable) {
    throw new RangeError(
      `Got the code ${String(code)}; expected 1000 to 1014 but for 1004 to 1006, or 3000 to 4999 (RFC 6455 section 7.4).`,
    )
  }
}

function ignore(): void {}
