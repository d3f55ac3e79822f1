import type { ChildProcess } from 'node:child_process'
import type { Failure } from '../failure/failure.ts'
import type { LiveStreams } from '../live/live-streams.ts'
import { ApplicationWatch } from './application-watch.ts'
import type { LoadedFile, LoadSettings } from './messages.ts'
import { Processes } from './processes.ts'
import { RESTART_REST_MS, type Restart, Restarts, restartText } from './restarts.ts'
import { Saves } from './saves.ts'
import { isHeld, needsTsx } from './start-failures.ts'
import type { Turn } from './turn.ts'
import { WaitingRequests } from './waiting-requests.ts'
import type { Worker } from './worker.ts'

/**
 * So long after a save requests wait for the new code, in milliseconds; then the process that was there before answers them, until the new one is ready.
 * A page that is reloaded after a save is so not the old one, and an application that takes long to start leaves nobody without answers.
 */
export const PATIENCE_MS = 5_000

export interface ReloaderEvents {
  /** Files changed, and the application is about to be started again. */
  changed(files: readonly string[]): void
  /** It is ready, so many milliseconds after its start. */
  ready(ms: number): void
  /** A request failed, and the application goes on. */
  threw(failure: Failure): void
  /** It could not be started, or it ended. */
  failed(failure: Failure, restart: Restart): void
  /** Not everything can be watched. */
  unwatched(error: Error): void
}

export interface ReloaderOptions {
  readonly load: LoadSettings
  /** A directory of this run's own, for the sockets. */
  readonly directory: string
  readonly peerHeader: string
  /** Globs of files that are watched besides those that are loaded, and of those whose changes mean nothing. */
  readonly watch: readonly string[]
  readonly ignore: readonly string[]
  /** The pages that reload by themselves, where any do. */
  readonly live: LiveStreams | undefined
  /** A process that was started for the first start. */
  readonly process: ChildProcess | undefined
  /** Starts a process. @default forkChild */
  readonly fork?: () => ChildProcess
}

/** Keeps an application running: starts its process, again when a loaded file changes, and tells which process answers a request. */
export class Reloader {
  readonly #live: LiveStreams | undefined
  readonly #events: ReloaderEvents
  readonly #watch: ApplicationWatch
  readonly #saves: Saves
  readonly #processes: Processes
  readonly #waiting: WaitingRequests
  readonly #restarts: Restarts = new Restarts()
  #load: LoadSettings
  #current: Worker | undefined
  #starting: Worker | undefined
  #failure: Failure | undefined
  /** Until the application is started again after it ended. */
  #restartTimer: NodeJS.Timeout | undefined
  /** From when on a request starts it, as `performance.now()`. */
  #askableAt = Infinity
  /** The modules of Stapel's packages that the application loaded when it was ready the last time. */
  #modules: readonly string[] = []
  /** Whether an application that is newer than the current one was asked for. */
  #pending = true
  #savedAt = -Infinity
  #closed = false

  constructor(options: ReloaderOptions, events: ReloaderEvents) {
    const { live, directory, peerHeader } = options
    this.#live = live
    this.#events = events
    this.#load = options.load
    this.#saves = new Saves((files) => {
      events.changed(files)
      this.#start()
    })
    this.#waiting = new WaitingRequests({
      now: () => this.#answering(),
      patience: () => (this.#current === undefined ? Infinity : this.#patience()),
    })
    this.#processes = new Processes(
      { directory, peerHeader, early: options.process, fork: options.fork },
      {
        files: (worker, files) => this.#onFiles(worker, files),
        ready: (worker) => this.#onReady(worker),
        threw: (failure) => events.threw(failure),
        exited: (worker, failure) => this.#onExit(worker, failure),
      },
    )
    this.#watch = new ApplicationWatch(options, {
      changed: (path) => this.#onChange(path),
      restyled: live === undefined ? undefined : (name) => live.restyle(name),
      failed: events.unwatched,
    })
    this.#start()
  }

  /** Who answers a request; a promise while the application is being started. `signal` ends the wait of a client that left. */
  turn(signal?: AbortSignal): Turn | Promise<Turn> {
    if (this.#closed) return { by: 'nobody', reason: 'The server is stopping.' }
    if (performance.now() >= this.#askableAt) this.#startAgain()
    if (this.#failure !== undefined) return { by: 'failure', failure: this.#failure }
    return this.#answering() ?? this.#waiting.wait(signal)
  }

  /** Requests in flight, in every process. */
  get active(): number {
    return this.#processes.active
  }

  /** Starts the application again, though none of its files changed. */
  restart(): void {
    this.#onChange()
  }

  /** The layers and rules of the application; `undefined` while none is ready. */
  async outline(): Promise<string | undefined> {
    return this.#current?.outline()
  }

  /** Stops watching and ends the processes: those with requests in flight when these are answered, or after a bounded time. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restartTimer)
    this.#saves.close()
    this.#waiting.release({ by: 'nobody', reason: 'The server is stopping.' })
    await Promise.all([this.#watch.close(), this.#processes.close()])
  }

  /** Ends every process at once. */
  kill(): void {
    this.#closed = true
    clearTimeout(this.#restartTimer)
    this.#processes.kill()
  }

  /** The process that answers a request now; `undefined` where the request waits for another one. */
  #answering(): Turn | undefined {
    if (this.#current === undefined) return undefined
    if (!this.#pending) return { by: 'worker', worker: this.#current }
    return this.#patience() > 0 ? undefined : { by: 'worker', worker: this.#current, outdated: true }
  }

  #patience(): number {
    return this.#savedAt + PATIENCE_MS - performance.now()
  }

  #start(): void {
    const worker = this.#processes.take(this.#load.tsx)
    this.#starting = worker
    worker.load(this.#load, this.#live?.nextVersion())
    this.#watch.begin(this.#load.file)
  }

  #onFiles(worker: Worker, files: readonly LoadedFile[]): void {
    if (!this.#closed && (worker === this.#starting || worker === this.#current)) this.#watch.add(files)
  }

  #onReady(worker: Worker): void {
    if (worker !== this.#starting || this.#closed) return
    this.#starting = undefined
    this.#modules = worker.modules
    this.#saves.calm()
    this.#restarts.ready()
    this.#replaceCurrent(worker)
    this.#watch.finish()
    this.#events.ready(performance.now() - worker.startedAt)
    if (worker.version !== undefined) this.#live?.change(worker.version)
    this.#waiting.release({ by: 'worker', worker })
    this.#processes.prepare(this.#load.tsx, this.#modules)
    this.#watch.sweep()
  }

  /** Gives the failure as those are told of it whom the process was answering. */
  #onExit(worker: Worker, failure: Failure): Failure {
    if (this.#closed || (worker !== this.#starting && worker !== this.#current)) return failure
    if (worker === this.#starting && !this.#load.tsx && needsTsx(failure)) {
      this.#load = { ...this.#load, tsx: true }
      this.#start()
      return failure
    }
    if (worker === this.#current && this.#pending) {
      // Its successor is on the way already.
      this.#current = undefined
      return this.#tell(failure, { wait: 0, ends: 0 })
    }
    if (worker === this.#starting && this.#current !== undefined && isHeld(failure)) {
      this.#startAfter(this.#current)
      return failure
    }
    const { readyAt } = worker
    const restart = this.#restarts.after(readyAt === undefined ? 0 : performance.now() - readyAt)
    this.#starting = undefined
    if (worker === this.#current) this.#current = undefined
    this.#replaceCurrent(undefined)
    const told = this.#tell(failure, restart)
    if (restart.wait === 0) this.#startAgain()
    else this.#show(told, restart)
    return told
  }

  #tell(failure: Failure, restart: Restart): Failure {
    this.#events.failed(failure, restart)
    return { ...failure, next: restartText(restart) }
  }

  /** Requests get to see a failure until the application is started again. */
  #show(failure: Failure, { wait, ends }: Restart): void {
    this.#failure = failure
    if (wait !== undefined) this.#restartTimer = setTimeout(() => this.#startAgain(), wait)
    else if (ends > 0) this.#askableAt = performance.now() + RESTART_REST_MS
    this.#live?.change(this.#live.nextVersion())
    this.#waiting.release({ by: 'failure', failure })
    this.#processes.prepare(this.#load.tsx, this.#modules)
  }

  /** Starts the application after it ended, with the code that it had. */
  #startAgain(): void {
    this.#expectStart()
    this.#start()
  }

  /** From here on requests wait. */
  #expectStart(): void {
    clearTimeout(this.#restartTimer)
    this.#askableAt = Infinity
    this.#pending = true
    this.#failure = undefined
  }

  #onChange(path?: string): void {
    if (this.#closed) return
    // Whoever saved a file does not want to see the old code, nor why it failed.
    this.#expectStart()
    this.#restarts.reset()
    this.#savedAt = performance.now()
    const wasted = this.#starting !== undefined
    this.#starting?.retire()
    this.#starting = undefined
    this.#saves.add(path, wasted)
  }

  /** No more requests go to the process that was there before: those in flight are answered, in a bounded time. */
  #replaceCurrent(worker: Worker | undefined): void {
    this.#pending = false
    this.#current?.retire()
    this.#current = worker
  }

  /** Starts the application when the old process has ended, and given back what only one can have. */
  #startAfter(old: Worker): void {
    this.#starting = undefined
    this.#current = undefined
    old.retire()
    void old.ended.then(() => {
      // A save may have started it meanwhile, or is about to.
      if (!this.#closed && this.#starting === undefined && this.#pending && !this.#saves.pending)
        this.#start()
    })
  }
}
