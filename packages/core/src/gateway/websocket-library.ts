/**
 * The `ws` library, as far as it is used here: an optional peer dependency, imported when the first client asks for a WebSocket.
 *
 * @module
 */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What the module exports. */
export interface Library {
  readonly WebSocketServer: new (options: object) => LibraryServer
}

/** Its server, which is given the connections. */
export interface LibraryServer extends EventEmitter {
  handleUpgrade(
    req: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    accepted: (socket: LibrarySocket) => void,
  ): void
}

/** Its WebSocket. */
export interface LibrarySocket extends EventEmitter {
  readonly protocol: string
  readonly readyState: number
  readonly bufferedAmount: number
  readonly isPaused: boolean
  send(data: string | Uint8Array): void
  ping(): void
  close(code?: number, reason?: string): void
  terminate(): void
  pause(): void
  resume(): void
}

/** The library; `undefined` where it is not installed. Looked for once. */
export function loadLibrary(): Promise<Library | undefined> {
  library ??= import(NAME).catch((error: { code?: unknown }) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  })
  return library
}

// A name that a bundler does not follow, and whose types nobody has to install.
const NAME: string = 'ws'
let library: Promise<Library | undefined> | undefined
