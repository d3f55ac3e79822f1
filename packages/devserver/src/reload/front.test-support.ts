/** The parent's server in front of an application that runs in the same process, behind a unix socket as in the real thing. */

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, validate } from '@stapel/core'
import { createCloser, serve } from '@stapel/core/node'
import { onTestFinished } from 'vitest'
import type { Failure } from '../failure/failure.ts'
import type { KeyPair } from '../https/certificate.ts'
import type { RequestRecord } from '../terminal/request-line.ts'
import { createFront } from './front.ts'
import type { HostCheck } from './known-hosts.ts'
import { listen, urlOf } from './listen.ts'
import { createPeerHeader, restorePeer } from './peer.ts'
import type { Answering, Turn } from './turn.ts'

export interface TestFront {
  readonly url: string
  readonly port: number
  /** What was logged, in the order of the ends of the answers. */
  readonly records: readonly RequestRecord[]
  /** Resolves when so many requests were logged. */
  logged(count: number): Promise<readonly RequestRecord[]>
  readonly peerHeader: string
}

/** Serves an application, inside `validate()`, through a front; closed when the test ends. */
export async function frontForTest(app: Application): Promise<TestFront> {
  const worker = await workerForTest(app)
  return await frontOver(() => ({ by: 'worker', worker }), worker.peerHeader)
}

/** Serves an application, inside `validate()`, as its process would. */
export async function workerForTest(app: Application): Promise<Answering> {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const peerHeader = createPeerHeader()
  const socketPath = join(directory, 'app.sock')
  const running = await serve(restorePeer(validate(app), peerHeader), {
    path: socketPath,
    keepAliveTimeout: 0,
    errors: { write: () => {}, flush: () => {} },
  })
  onTestFinished(() => running.close({ timeout: 0 }))
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return {
    socketPath,
    peerHeader,
    agent,
    begin: () => () => {},
    ended: new Promise<Failure>(() => {}),
  }
}

/** A front whose turns a test decides. */
export async function frontOver(
  turn: (signal?: AbortSignal) => Turn | Promise<Turn>,
  peerHeader: string = '',
  checkHost: HostCheck = () => 'known',
  tls?: KeyPair,
): Promise<TestFront> {
  const records: RequestRecord[] = []
  const listeners = new Set<() => void>()
  const front = createFront({
    checkHost,
    tls,
    turn,
    log: (record) => {
      records.push(record)
      for (const listener of listeners) listener()
    },
  })
  const closer = createCloser(front)
  await listen(front, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => {
    void closer.cut()
  })
  const url = urlOf(front, '127.0.0.1', tls === undefined ? 'http' : 'https')
  return {
    url,
    port: Number(new URL(url).port),
    records,
    peerHeader,
    logged: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (records.length >= count) resolve(records)
        }
        listeners.add(look)
        look()
      }),
  }
}

/** A plain connection: sends what it is told and collects what comes. */
export class Wire {
  readonly socket: Socket
  #text = ''

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#text += text
    })
    socket.on('error', () => {})
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: false })
    await once(socket, 'connect')
    onTestFinished(() => void socket.destroy())
    return new Wire(socket)
  }

  get text(): string {
    return this.#text
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text)
    return this
  }

  /** What has come when it satisfies a pattern; fails when the connection closes before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      if (this.#closed) throw new Error(`It closed before ${pattern}; got ${JSON.stringify(this.#text)}`)
      await this.#next()
    }
    return this.#text
  }

  /** Everything until the other side closes. */
  async rest(): Promise<string> {
    while (!this.#closed) await this.#next()
    return this.#text
  }

  get #closed(): boolean {
    return this.socket.destroyed || this.socket.readableEnded
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        for (const event of ['data', 'end', 'close']) this.socket.off(event, done)
        resolve()
      }
      for (const event of ['data', 'end', 'close']) this.socket.on(event, done)
    })
  }
}
