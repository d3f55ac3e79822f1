/**
 * The gateway protocol as types; the numbers are the clauses of `docs/protocol.md`, `validate()` checks them.
 *
 * @module
 */
import type { FileWrapper } from './file-wrapper.ts'
import type { Trace } from './trace.ts'
import type { WebSocketUpgrade } from './websocket.ts'

/** Clause 1: anything that answers a request: a function, an async function, a generator or an async generator function. */
export type Application = (environ: Environ, startResponse: StartResponse) => Body | Promise<Body>

/** Clause 1: makes an application of an application. */
export type Middleware = (app: Application) => Application

/** Clause 3: announces status and headers; sent with the first non-empty chunk. A second call needs an `error`. */
export type StartResponse = (status: Status, headers: HeaderList, error?: unknown) => Write

/** Clause 3.4: three digits, a space, a reason (which may be empty): `'200 OK'`. */
export type Status = `${number} ${string}`

/** Clause 3.4: header fields in the order they are sent; repeats are kept. A plain list that any layer may change. */
export type HeaderList = [name: string, value: string][]

/** Clause 3.5: sends a chunk before the body; a promise means that the client has no room yet. */
export type Write = (chunk: Chunk) => void | Promise<void>

/** A piece of a body; a string is sent as UTF-8. */
export type Chunk = string | Uint8Array

/** Clause 4: what is sent: one chunk, or chunks to be iterated once. It may have `close()`, called once at the end. */
export type Body = Chunk | ((Iterable<Chunk> | AsyncIterable<Chunk>) & Closeable)

/** What may be released once nobody will read it any more. */
export interface Closeable {
  /** Clause 4.2: called exactly once, by whoever stops using it. */
  close?(): void | Promise<void>
}

/** Clause 2: the request, a plain mutable object made anew by the gateway. Add keys of your own by augmenting this interface. */
export interface Environ {
  /** The method as sent; standard ones in upper case. */
  REQUEST_METHOD: string
  /** Where the application is mounted: `''`, or starts with `/` and does not end in it. */
  SCRIPT_NAME: string
  /** The rest of the path, percent-encoded in normal form: `''`, or starts with `/`. */
  PATH_INFO: string
  /** The request target as sent. For signatures and logs; nobody routes by it. */
  REQUEST_URI: string
  /** What follows the first `?`, percent-encoded; `''` when there is none. */
  QUERY_STRING: string
  /** The header of this name, as the next; absent when it was not sent. */
  CONTENT_TYPE?: string
  /** The number of bytes that the client has announced. */
  CONTENT_LENGTH?: string
  /** The listening side, never from the Host header. */
  SERVER_NAME: string
  /** The port of that side. */
  SERVER_PORT: string
  /** `'HTTP/1.1'`, `'HTTP/2.0'` … */
  SERVER_PROTOCOL: string
  /** The peer's address, never from a header; absent on a unix socket. */
  REMOTE_ADDR?: string
  /** The port of the peer. */
  REMOTE_PORT?: string
  /** The version of the protocol. */
  'wsgi.version': readonly [1, 0]
  /** How the client, or the proxy nearest to it that is trusted, has connected. */
  'wsgi.url_scheme': 'http' | 'https'
  /** The request's body, read at most once. */
  'wsgi.input': AsyncIterable<Uint8Array>
  /** The error log. */
  'wsgi.errors': ErrorLog
  /** Whether another thread may call the application at the same time. */
  'wsgi.multithread': boolean
  /** Whether another process may. */
  'wsgi.multiprocess': boolean
  /** Whether the process answers this one request only. */
  'wsgi.run_once': boolean
  /** Optional: sends a file in the gateway's fastest way. */
  'wsgi.file_wrapper'?: FileWrapper
  /** One per request, shared by every copy of environ. */
  'stapel.context': Context
  /** Optional, where the client asks for a WebSocket and the gateway can give it. */
  'wsgi.websocket'?: WebSocketUpgrade
  /** What a router captured from the path. */
  'stapel.params'?: Readonly<Record<string, unknown>>
  /** A header field each: upper case, `-` becomes `_`, repeats joined with `, ` (`Cookie` with `; `). */
  [header: `HTTP_${string}`]: string | undefined
  /** Other extensions. */
  [extension: `stapel.${string}`]: unknown
}

/** Where a gateway and its applications report what went wrong. */
export interface ErrorLog {
  /** Adds text, which brings its line ends. */
  write(text: string): void
  /** Has what was written so far go out. */
  flush(): void
}

/** Clause 2, `stapel.context`: what belongs to one request, however often its environ is copied. */
export interface Context {
  /** Aborted when the client has gone before the answer was complete; made on first use. */
  readonly signal: AbortSignal
  /**
   * The whole body, read once and shared: later calls get the same bytes.
   * Rejects with `ContentTooLarge` beyond `limit` bytes, with `ClientDisconnected` when the client left.
   */
  read(options?: ReadOptions): Promise<Uint8Array>
  /** In development, inside of `traced()`: layers passed, rules matched. */
  trace?: Trace | undefined
}

/** How a body is read whole. */
export interface ReadOptions {
  /** The most bytes to accept. @default 1048576 (1 MiB) */
  limit?: number | undefined
}
