import { type ChildProcess, fork } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Failure, plainFailure } from '../failure/failure.ts'
import { packageRoot } from '../package-root.ts'
import type { ToParent, ToWorker, WorkerSettings } from './messages.ts'

/** So long an application may take to load, in milliseconds; a worker that is not ready then counts as one that cannot start. */
export const BOOT_TIMEOUT_MS = 60_000
/** So long a worker may take to end after its last answer, for the hooks of the application, in milliseconds; then it is killed. */
export const END_TIMEOUT_MS = 35_000

/** So long a worker that was not ready yet may take to end, in milliseconds: it has no requests. */
export const UNREADY_END_TIMEOUT_MS = 2_000

export interface ServeWorkerEvents {
  /** It has answered as many requests as it should. */
  worn(): void
  /** The process has ended; it has not taken these connections, which were meant for it. */
  exited(untaken: readonly Socket[]): void
}

/** A worker's process, from its start to its end. */
export class ServeWorker {
  readonly #process: ChildProcess
  readonly #events: ServeWorkerEvents
  #bootTimer: NodeJS.Timeout | undefined
  #endTimer: NodeJS.Timeout | undefined
  #settle: (outcome: BootOutcome) => void = () => {}
  #drained = false
  /** Connections that were sent, and that it has not taken yet. */
  readonly #sent = new Map<number, Socket>()
  #count = 0
  #ended: string | undefined
  /** When it began to take requests. */
  readyAt: number | undefined
  /** Settles when it takes requests, or cannot; never rejects. */
  readonly booted: Promise<BootOutcome>

  constructor(settings: WorkerSettings, events: ServeWorkerEvents) {
    this.#events = events
    this.booted = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#process = fork(workerPath)
    this.#process.on('message', (message: ToParent) => this.#onMessage(message))
    // Writing to a process that has just ended.
    this.#process.on('error', () => {})
    this.#process.on('exit', (code, signal) => this.#onExit(code, signal))
    this.#send({ stapel: 'start', settings })
    this.#bootTimer = setTimeout(() => {
      this.#failed(`The application was not loaded after ${BOOT_TIMEOUT_MS / 1000} s.`)
      this.kill()
    }, BOOT_TIMEOUT_MS)
  }

  get pid(): number {
    return this.#process.pid as number
  }

  /** How it ended, as in `'was ended by SIGKILL'`; `undefined` while it runs. */
  get ended(): string | undefined {
    return this.#ended
  }

  /** Whether its end is what was asked for. */
  get drained(): boolean {
    return this.#drained
  }

  /** Hands a connection over, of which nothing was read; it stays open here until the process has said that it has it. */
  give(socket: Socket): void {
    const id = ++this.#count
    this.#sent.set(id, socket)
    const message: ToWorker = { stapel: 'connection', id }
    if (this.#process.connected) this.#process.send(message, socket, { keepOpen: true }, () => {})
  }

  /** Has it answer what is in flight and end; a later call can only make the end sooner. Times are in milliseconds. */
  drain(timeout: number, idleTimeout: number): void {
    this.#drained = true
    clearTimeout(this.#bootTimer)
    this.#send({ stapel: 'drain', timeout, idleTimeout })
    clearTimeout(this.#endTimer)
    const wait = this.readyAt === undefined ? UNREADY_END_TIMEOUT_MS : timeout + END_TIMEOUT_MS
    this.#endTimer = setTimeout(() => this.kill(), Math.min(wait, 2_147_483_647))
  }

  kill(): void {
    this.#drained = true
    this.#process.kill('SIGKILL')
  }

  #onMessage(message: ToParent): void {
    if (message?.stapel === 'taken') {
      this.#sent.get(message.id)?.destroy()
      this.#sent.delete(message.id)
    } else if (message?.stapel === 'ready') {
      clearTimeout(this.#bootTimer)
      this.readyAt = performance.now()
      this.#settle({})
    } else if (message?.stapel === 'failed') this.#settle({ failure: message.failure })
    else if (message?.stapel === 'worn') this.#events.worn()
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.#bootTimer)
    clearTimeout(this.#endTimer)
    this.#ended = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
    this.#failed(`The process of the worker ${this.#ended} before it took requests.`)
    const untaken = [...this.#sent.values()]
    this.#sent.clear()
    this.#events.exited(untaken)
  }

  #failed(title: string): void {
    this.#settle({ failure: plainFailure('error', title) })
  }

  #send(message: ToWorker): void {
    if (this.#process.connected) this.#process.send(message, () => {})
  }
}

/** Empty when it takes requests, or why it does not. */
export interface BootOutcome {
  readonly failure?: Failure
}

const workerPath = fileURLToPath(new URL('dist/worker.js', packageRoot))
