import { EventEmitter, once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { type LibrarySocket, loadLibrary } from './websocket-library.ts'

interface ClientLibrary {
  readonly WebSocket: new (url: string, protocols: readonly string[], options: object) => LibrarySocket
}

/** A client's side of a WebSocket, of the `ws` library. */
export class TestWebSocket {
  readonly socket: LibrarySocket
  /** Messages that have arrived; text as strings. */
  readonly messages: (string | Uint8Array)[] = []
  /** How it was closed, once it was. */
  closed: { code: number; reason: string } | undefined
  readonly #news = new EventEmitter()

  private constructor(socket: LibrarySocket) {
    this.socket = socket
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.messages.push(isBinary ? new Uint8Array(data) : data.toString())
      this.#news.emit('news')
    })
    socket.on('close', (code: number, reason: Buffer) => {
      this.closed = { code, reason: reason.toString() }
      this.#news.emit('news')
    })
    socket.on('error', () => {})
  }

  /** Opens a WebSocket; rejects with the status of an answer that refuses it. */
  static async open(
    url: string,
    protocols: readonly string[] = [],
    headers: Record<string, string> = {},
  ): Promise<TestWebSocket & { readonly answer: IncomingMessage }> {
    const { WebSocket } = (await loadLibrary()) as unknown as ClientLibrary
    const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, {
      headers,
      rejectUnauthorized: false,
    })
    onTestFinished(() => socket.terminate())
    const client = new TestWebSocket(socket)
    let answer: IncomingMessage | undefined
    socket.on('upgrade', (upgraded: IncomingMessage) => {
      answer = upgraded
    })
    await new Promise<void>((resolve, reject) => {
      socket.on('open', resolve)
      socket.on('error', reject)
      socket.on('unexpected-response', (_: unknown, refused: IncomingMessage) => {
        reject(new Error(`refused with ${refused.statusCode}`))
      })
    })
    return Object.assign(client, { answer: answer as IncomingMessage })
  }

  /** Settles when so many messages have arrived. */
  async received(count: number): Promise<readonly (string | Uint8Array)[]> {
    while (this.messages.length < count) {
      if (this.closed !== undefined)
        throw new Error(`Closed with ${this.closed.code} before message ${count}`)
      await once(this.#news, 'news')
    }
    return this.messages
  }

  /** Settles when the connection has closed. */
  async untilClosed(): Promise<{ code: number; reason: string }> {
    while (this.closed === undefined) await once(this.#news, 'news')
    return this.closed
  }
}
