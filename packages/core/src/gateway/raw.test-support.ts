import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { type RunningServer, type ServeOptions, serve } from './serve.ts'

/** A server on a free port, closed when the test ends, and what was written to `wsgi.errors`. */
export interface TestServer extends RunningServer {
  readonly log: string[]
}

/** Serves an application for one test, inside `validate()` unless the application breaks the protocol on purpose. */
export async function serveForTest(
  app: Application,
  options: ServeOptions & { validated?: boolean } = {},
): Promise<TestServer> {
  const { validated = true, ...rest } = options
  const log: string[] = []
  const errors = { write: (text: string) => void log.push(text), flush: () => {} }
  const running = await serve(validated ? validate(app) : app, { port: 0, errors, ...rest })
  onTestFinished(() => running.close({ timeout: 0 }))
  return { ...running, log }
}

/** A connection to a server of Node's own that hands its requests to `handle`. */
export async function connectTo(
  handle: (req: IncomingMessage, res: ServerResponse) => unknown,
): Promise<RawConnection> {
  const server = createServer((req, res) => void handle(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
}

/** A plain connection that sends what it is told and collects what comes. */
export class RawConnection {
  readonly socket: Socket
  #received = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk])
    })
    socket.on('error', () => {})
  }

  static async open(server: { readonly port: number; readonly url: string }): Promise<RawConnection> {
    const socket = server.port === 0 ? connect(server.url) : connect(server.port, '127.0.0.1')
    await once(socket, 'connect')
    onTestFinished(() => void socket.destroy())
    return new RawConnection(socket)
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  /** Everything received so far. */
  get text(): string {
    return this.#received.toString('latin1')
  }

  /** Settles when what was received satisfies a pattern; fails when the connection closes before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.socket.destroyed || this.socket.readableEnded) {
        throw new Error(
          `The connection closed before ${pattern} was received; got ${JSON.stringify(this.text)}`,
        )
      }
      await nextOf(this.socket, ['data', 'end', 'close'])
    }
    return this.text
  }

  /** Everything received until the server closed the connection. */
  async untilClose(): Promise<string> {
    while (!this.socket.destroyed && !this.socket.readableEnded) await nextOf(this.socket, ['end', 'close'])
    return this.text
  }
}

/** Sends one request on a connection of its own with `Connection: close` and gives everything that came back. */
export async function rawRequest(
  server: { readonly port: number; readonly url: string },
  request: string,
): Promise<string> {
  const connection = await RawConnection.open(server)
  return connection.send(request).untilClose()
}

function nextOf(socket: Socket, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) socket.off(event, done)
      resolve()
    }
    for (const event of events) socket.on(event, done)
  })
}

/** What a chunked body holds; fails when it is malformed, or cut off before its last chunk. Where Node cuts chunks is its own affair. */
export function dechunk(body: string): string {
  let text = ''
  for (let rest = body; ; ) {
    const line = /^([0-9a-f]+)\r\n/i.exec(rest)
    if (line === null) throw new Error(`Expected the size of a chunk, got ${JSON.stringify(rest)}`)
    const start = line[0].length
    const end = start + Number.parseInt(line[1] as string, 16)
    if (rest.slice(end, end + 2) !== '\r\n') throw new Error(`A chunk is cut off: ${JSON.stringify(rest)}`)
    if (end === start) {
      if (rest.length !== end + 2) throw new Error(`Got ${JSON.stringify(rest)} after the last chunk`)
      return text
    }
    text += rest.slice(start, end)
    rest = rest.slice(end + 2)
  }
}

/** A promise and what settles it. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** Something for an application and its test to wait on, in place of a sleep. */
export function gate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
