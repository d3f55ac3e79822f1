/**
 * WebSockets (RFC 6455) as an extension of environ: the types of `wsgi.websocket`; `docs/websockets.md` says what an application does.
 *
 * @module
 */
import type { HeaderList } from './protocol.ts'

/** `wsgi.websocket`: the client asks for a WebSocket. An application accepts, or answers as it answers any request, which refuses. */
export interface WebSocketUpgrade {
  /** The subprotocols that the client offers, in its order of preference. */
  readonly protocols: readonly string[]
  /**
   * Completes the handshake; once, before the answer has begun.
   *
   * Rejects with `BadRequest` when the handshake is none of RFC 6455 (which, let through, answers it as the RFC asks), with
   * `ServiceUnavailable` while the server stops, with `ClientDisconnected` when the client has gone, with a TypeError for a subprotocol that
   * was not offered and for a second call.
   */
  accept(options?: WebSocketAcceptOptions): Promise<WebSocketConnection>
}

/** How a WebSocket is accepted. */
export interface WebSocketAcceptOptions {
  /** One of the subprotocols that the client offers. @default none */
  protocol?: string | undefined
  /** Headers of the answer to the handshake, such as `Set-Cookie`. @default none */
  headers?: HeaderList | undefined
}

/** A conversation: what is iterated are the messages of the client, text as strings, the others as bytes. */
export interface WebSocketConnection extends AsyncIterable<string | Uint8Array> {
  /** The subprotocol that was agreed upon; `''` for none. */
  readonly protocol: string
  /** 1 open, 2 closing, 3 closed, as the browsers' WebSocket counts. */
  readonly readyState: number
  /** Bytes that were sent and have not left for the client. */
  readonly bufferedAmount: number
  /** Settles, and never rejects, when the connection has closed; 1006 when it broke off, 1005 when the client gave no code. */
  readonly closed: Promise<WebSocketClose>
  /**
   * Sends a message: a string as text, bytes as they are. A promise means that the client has no room yet; wait for it before the next one.
   * Throws `ClientDisconnected` when the connection is closing or has closed.
   */
  send(message: string | Uint8Array): void | Promise<void>
  /**
   * Begins the closing handshake; the result is `closed`. A second call changes nothing. Throws a RangeError for a code that may not be sent (1000 to
   * 1014 but for 1004 to 1006, and 3000 to 4999 may) and for a reason of more than 123 bytes.
   */
  close(code?: number, reason?: string): Promise<WebSocketClose>
}

/** How a conversation ended (RFC 6455 section 7.1.5 and 7.1.6). */
export interface WebSocketClose {
  /** Why, as a number (RFC 6455 section 7.4). */
  readonly code: number
  /** Why, in words; `''` for none. */
  readonly reason: string
}
