import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCloser } from '@stapel/core/node'
import { CommandError } from '../command/command-error.ts'
import type { Failure } from '../failure/failure.ts'
import type { KeyPair } from '../https/certificate.ts'
import { LiveStreams } from '../live/live-streams.ts'
import type { RequestRecord } from '../terminal/request-line.ts'
import { createFront } from './front.ts'
import { createHostCheck } from './known-hosts.ts'
import { type Address, listen, urlOf } from './listen.ts'
import type { LoadSettings } from './messages.ts'
import { createPeerHeader } from './peer.ts'
import { Reloader } from './reloader.ts'
import type { Restart } from './restarts.ts'

export interface DevServerOptions extends Address {
  readonly load: LoadSettings
  /** With it, HTTPS is spoken, HTTP/2 with clients that can. */
  readonly tls?: KeyPair | undefined
  /** The names that are answered for besides those of this machine. */
  readonly allowHost: readonly string[]
  /** Globs of files that are watched besides those that are loaded, and of those whose changes mean nothing. */
  readonly watch: readonly string[]
  readonly ignore: readonly string[]
  /** Whether pages reload by themselves. */
  readonly live: boolean
  readonly events: DevServerEvents
  /** A process that `forkChild` has started; by default one is started when it is needed. */
  readonly process?: ChildProcess | undefined
}

/** What happens, for whoever prints it. */
export interface DevServerEvents {
  /** These ports, the default among them, are in use, so that another one is listened on. */
  taken(ports: readonly number[]): void
  /** The application was started for the first time; the server listens at `url`. `ready` is false where it failed, which `failed` tells next. */
  listening(url: string, ready: boolean): void
  changed(files: readonly string[]): void
  /** The application is ready again. */
  ready(ms: number): void
  /** It could not be started, or it ended. */
  failed(failure: Failure, restart: Restart): void
  /** A request failed, and the application goes on. */
  threw(failure: Failure): void
  request(record: RequestRecord): void
  /** Not everything can be watched; a limit of the system, mostly. Told as often as it happens. */
  unwatched(error: Error): void
}

export interface DevServer {
  readonly url: string
  /** Requests that are being answered. */
  readonly active: number
  /** Starts the application again, though none of its files changed; not there where it is served from this process. */
  readonly restart?: () => void
  /** The layers and rules of the application; `undefined` while none is ready. */
  outline(): Promise<string | undefined>
  /** Stops: no more connections, requests in flight get {@link CLOSE_TIMEOUT_MS}. */
  close(): Promise<void>
  /** Stops at once. */
  kill(): void
}

/** So long may requests in flight take when the server stops, in milliseconds. */
export const CLOSE_TIMEOUT_MS = 5_000

/**
 * Serves an application from a process of its own, which is replaced when a file changes.
 *
 * Rejects with a {@link CommandError} when the address cannot be had, and when the target names what is no application. An application that
 * throws while it is loaded is no reason to reject: the server shows why until it is mended.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { events } = options
  let reloader: Reloader | undefined
  const live = options.live ? new LiveStreams() : undefined
  const front = createFront({
    checkHost: createHostCheck(options.host, options.allowHost),
    tls: options.tls,
    live,
    turn: (signal) => (reloader as Reloader).turn(signal),
    log: (record) => events.request(record),
  })
  const closer = createCloser(front)
  const directory = makeDirectory()
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeDirectory)
  const release = (): void => {
    removeDirectory()
    process.off('exit', removeDirectory)
  }
  try {
    const taken = await listen(front, options)
    if (taken.length > 0) events.taken(taken)
  } catch (error) {
    release()
    throw error
  }
  const url = urlOf(front, options.host, options.tls === undefined ? 'http' : 'https')
  const kill = (): void => {
    reloader?.kill()
    void closer.cut()
    release()
  }
  await new Promise<void>((resolve, reject) => {
    let first = true
    const listening = (ready: boolean): void => {
      if (!first) return
      first = false
      events.listening(url, ready)
      resolve()
    }
    reloader = new Reloader(
      {
        load: options.load,
        directory,
        peerHeader: createPeerHeader(),
        watch: options.watch,
        ignore: options.ignore,
        live,
        process: options.process,
      },
      {
        changed: (files) => events.changed(files),
        ready: (ms) => {
          if (first) listening(true)
          else events.ready(ms)
        },
        threw: (failure) => events.threw(failure),
        unwatched: (error) => events.unwatched(error),
        failed: (failure, restart) => {
          if (first && failure.kind === 'target') {
            kill()
            reject(new CommandError(failure.title, 1))
            return
          }
          listening(false)
          events.failed(failure, restart)
        },
      },
    )
  })
  const running = reloader as unknown as Reloader
  let closed: Promise<void> | undefined
  return {
    url,
    get active() {
      return running.active
    },
    restart: () => running.restart(),
    outline: () => running.outline(),
    close: () => {
      live?.close()
      closed ??= Promise.all([closer.close({ timeout: CLOSE_TIMEOUT_MS }), running.close()]).then(release)
      return closed
    },
    kill,
  }
}

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-'))
  // The address of a unix socket has room for about a hundred bytes (108 on Linux, 104 on macOS).
  if (process.platform === 'win32' || directory.length < 90) return directory
  rmSync(directory, { recursive: true })
  return mkdtempSync('/tmp/stapel-')
}
