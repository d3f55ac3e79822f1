import type { ChildProcess } from 'node:child_process'
import { Agent, maxHeaderSize } from 'node:http'
import { adviceForEnd } from '../failure/end-advice.ts'
import { type Failure, plainFailure } from '../failure/failure.ts'
import { forkChild } from './fork-child.ts'
import type { LoadedFile, LoadSettings, ToChild, ToParent } from './messages.ts'
import type { Upstream } from './proxy.ts'

/** So long may requests in flight take once their process was replaced, in milliseconds. */
export const RETIRE_TIMEOUT_MS = 5_000
/** So long may a process take to end after it was told to, in milliseconds. */
export const END_TIMEOUT_MS = 2_000

/** What a worker tells; nothing is told after `exited`. */
export interface WorkerEvents {
  files(files: readonly LoadedFile[]): void
  ready(): void
  /** A request failed, and the process goes on. */
  threw(failure: Failure): void
  /** The process has ended, and why: what it reported, or else its exit code. Gives that as clients are told of it. */
  exited(failure: Failure): Failure
}

export interface WorkerOptions {
  /** Whether the application will need tsx. */
  readonly tsx: boolean
  /** The modules of Stapel's packages that it will load, as far as that is known, by their URLs. */
  readonly modules?: readonly string[]
  readonly socketPath: string
  readonly peerHeader: string
  /** One that was started ahead; by default it is started now. */
  readonly process?: ChildProcess | undefined
}

/** The application's process as the parent sees it. It is made ahead of time, and waits for {@link Worker.load}. */
export class Worker implements Upstream {
  readonly socketPath: string
  readonly peerHeader: string
  readonly agent: Agent = new Agent({ keepAlive: true, maxFreeSockets: 256 })
  readonly tsx: boolean
  /** The modules of Stapel's packages that the application has loaded, by their URLs; none until it is ready. */
  modules: readonly string[] = []
  /** The version of its code, where pages are to reload by themselves. */
  version: string | undefined
  /** When it was told to load the application, as `performance.now()`. */
  startedAt: number = 0
  /** When it was ready to answer; `undefined` until then. */
  readyAt: number | undefined
  /** Settles when the process has ended. */
  readonly ended: Promise<Failure>
  readonly #process: ChildProcess
  #failure: Failure | undefined
  #exit: { readonly code: number; readonly stack: string } | undefined
  #active = 0
  #retired = false
  /** Whether it was told to end while it was answering. */
  #cut = false
  #outlined: ((text: string) => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(options: WorkerOptions, events: WorkerEvents) {
    this.socketPath = options.socketPath
    this.peerHeader = options.peerHeader
    this.tsx = options.tsx
    const { process = forkChild() } = options
    this.#process = process
    this.#process.on('message', (message: ToParent) => {
      if (message?.stapel === 'files') events.files(message.files)
      else if (message?.stapel === 'threw') events.threw(message.failure)
      else if (message?.stapel === 'outline') this.#outlined?.(message.text)
      else if (message?.stapel === 'exit') this.#exit = message
      else if (message?.stapel === 'failed') this.#failure ??= message.failure
      else if (message?.stapel === 'ready') {
        this.readyAt = performance.now()
        this.modules = message.modules
        events.ready()
      }
    })
    this.ended = new Promise((resolve) => {
      const end = (failure: Failure): void => {
        clearTimeout(this.#timer)
        this.agent.destroy()
        resolve(events.exited(failure))
      }
      this.#process.on('error', (error) => {
        if (this.#process.pid === undefined)
          end(plainFailure('error', `The process could not be started: ${error.message}`))
      })
      // 'close' comes after the last message, 'exit' may come before it.
      this.#process.on('close', (code, signal) => void this.#describeEnd(code, signal).then(end))
    })
    this.#tell({ stapel: 'prepare', tsx: options.tsx, modules: options.modules ?? [] })
  }

  /** Has it load the application and serve it; `live` is the version of its code, where pages are to reload by themselves. */
  load(settings: LoadSettings, live?: string): void {
    this.version = live
    this.startedAt = performance.now()
    this.#tell({
      stapel: 'load',
      settings: {
        ...settings,
        socketPath: this.socketPath,
        peerHeader: this.peerHeader,
        // Room for the header with the client's address.
        maxHeaderSize: maxHeaderSize + 1024,
        live,
      },
    })
  }

  /** A request was passed on; the result is to be called, once, when its answer is complete. */
  begin(): () => void {
    this.#active++
    return () => {
      this.#active--
      if (this.#retired && this.#active === 0) this.#stop()
    }
  }

  /** Requests in flight. */
  get active(): number {
    return this.#active
  }

  /** No more requests will come: ends the process when those in flight are answered, or after {@link RETIRE_TIMEOUT_MS}. */
  retire(): void {
    if (this.#retired) return
    this.#retired = true
    if (this.#active === 0) this.#stop()
    else this.#timer = setTimeout(() => this.#stop(), RETIRE_TIMEOUT_MS)
  }

  /** The layers and rules of the application; `undefined` where the process ends before it says them. */
  outline(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#outlined = resolve
      void this.ended.then(() => resolve(undefined))
      this.#tell({ stapel: 'outline' })
    })
  }

  /** Ends the process at once. */
  kill(): void {
    this.#retired = true
    this.#process.kill('SIGKILL')
  }

  async #describeEnd(code: number | null, signal: NodeJS.Signals | null): Promise<Failure> {
    if (this.#failure !== undefined) return this.#failure
    if (this.#cut) return plainFailure('error', CUT_TITLE, ['Ask again: the new code answers.'])
    if (this.#exit === undefined || this.#retired) return endedBy(code, signal)
    const { exitFailure } = await import('../failure/exit-failure.ts')
    return exitFailure(this.#exit.code, this.#exit.stack)
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#cut = this.#active > 0
    this.#tell({ stapel: 'stop' })
    this.#timer = setTimeout(() => this.kill(), END_TIMEOUT_MS)
  }

  #tell(message: ToChild): void {
    // A process that has just ended cannot be told anything; its end is reported on its own.
    if (this.#process.connected) this.#process.send(message, () => {})
  }
}

const CUT_TITLE = `A save or a restart replaced the code that was answering, which took more than ${RETIRE_TIMEOUT_MS / 1000} seconds longer.`

function endedBy(code: number | null, signal: NodeJS.Signals | null): Failure {
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
  return plainFailure('error', `The application's process ${how}.`, adviceForEnd(code, signal))
}
