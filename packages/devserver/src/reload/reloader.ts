import type { ChildProcess } from 'node:child_process'
import { basename, join } from 'node:path'
import type { Failure } from '../failure/failure.ts'
import type { LiveStreams } from '../live/live-streams.ts'
import { signatureOf } from './file-signature.ts'
import { FileWatch } from './file-watch.ts'
import type { LoadedFile, LoadSettings } from './messages.ts'
import type { Upstream } from './proxy.ts'
import type { WatchedGlobs } from './watched-globs.ts'
import { Worker } from './worker.ts'

/** So long after a change the application is started, in milliseconds, so that several saves cause one start. */
export const DEBOUNCE_MS = 30
/** Saves that go on and on put it off by no more than this, in milliseconds. */
export const DEBOUNCE_LIMIT_MS = 500
/**
 * A start that a save made useless doubles the limit for the next one, and quadruples the time after a change, up to these, in milliseconds, until an
 * application is ready: what saves in a storm, as a checkout or a generator does, gets one start at its end and few before.
 */
export const STORM_DEBOUNCE_MS = 500
export const STORM_LIMIT_MS = 2_000
/**
 * So long after a save requests wait for the new code, in milliseconds; then the process that was there before answers them, until the new one is ready.
 * A page that is reloaded after a save is so not the old one, and an application that takes long to start leaves nobody without answers.
 */
export const PATIENCE_MS = 5_000
/** So many requests wait for the application at most; more are answered 503. */
export const WAITING_LIMIT = 1_000
/** So long a request waits at most, in milliseconds; then it is answered 503. */
export const WAITING_TIMEOUT_MS = 30_000
/** An application that ends after having been ready for so long, in milliseconds, is started again at once; otherwise at the next save. */
export const STEADY_MS = 1_000
/**
 * So long after a start the process for the next one is made, in milliseconds: the first requests come first. It waits with Node and tsx loaded,
 * which is most of a start: measured with Node 20, tsx and 8 busy clients on two cores, a save is answered after 0.11 s instead of 0.78 s.
 */
export const SPARE_DELAY_MS = 100

/** A process that answers requests. */
export interface Answering extends Upstream {
  /** A request was passed on; the result is to be called, once, when its answer is complete. */
  begin(): () => void
  /** Settles when the process has ended. */
  readonly ended: Promise<Failure>
}

/** Who answers a request: a process, the page about a failure, or nobody for now. */
export type Turn =
  /** `outdated` where the application is being started again, and takes long. */
  | { readonly by: 'worker'; readonly worker: Answering; readonly outdated?: boolean }
  | { readonly by: 'failure'; readonly failure: Failure }
  | { readonly by: 'nobody'; readonly reason: string }

export interface ReloaderEvents {
  /** Files changed, and the application is about to be started again. */
  changed(files: readonly string[]): void
  /** It is ready, so many milliseconds after its start. */
  ready(ms: number): void
  /** A request failed, and the application goes on. */
  threw(failure: Failure): void
  /** It could not be started, or it ended; `again` when it is started again without a save. */
  failed(failure: Failure, again: boolean): void
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
}

/** Keeps an application running: starts its process, again when a loaded file changes, and tells which process answers a request. */
export class Reloader {
  readonly #options: ReloaderOptions
  readonly #events: ReloaderEvents
  readonly #watch: FileWatch
  #globs: WatchedGlobs | undefined
  readonly #workers = new Set<Worker>()
  readonly #waiting = new Set<(turn: Turn) => void>()
  readonly #changed = new Set<string>()
  #load: LoadSettings
  #early: ChildProcess | undefined
  #count = 0
  #current: Worker | undefined
  #starting: Worker | undefined
  /** The process for the next start. */
  #spare: Worker | undefined
  #spareTimer: NodeJS.Timeout | undefined
  #failure: Failure | undefined
  /** Whether an application that is newer than the current one was asked for. */
  #pending = true
  #savedAt = -Infinity
  #debounce: NodeJS.Timeout | undefined
  #firstChangeAt = 0
  /** The starts, since an application was ready, that a save made useless. */
  #wasted = 0
  #closed = false

  constructor(options: ReloaderOptions, events: ReloaderEvents) {
    this.#options = options
    this.#events = events
    this.#load = options.load
    this.#early = options.process
    this.#watch = new FileWatch((path) => {
      if (this.#globs?.ignores(path) !== true) this.#onChange(path)
    }, events.unwatched)
    this.#start()
    if (options.watch.length + options.ignore.length > 0) void this.#watchGlobs()
  }

  /** Who answers a request; a promise while the application is being started. `signal` ends the wait of a client that left. */
  turn(signal?: AbortSignal): Turn | Promise<Turn> {
    if (this.#closed) return { by: 'nobody', reason: 'The server is stopping.' }
    if (this.#failure !== undefined) return { by: 'failure', failure: this.#failure }
    const now = this.#answering()
    if (now !== undefined) return now
    if (this.#waiting.size >= WAITING_LIMIT) {
      return { by: 'nobody', reason: 'Too many requests wait for the application to start.' }
    }
    return new Promise((resolve) => {
      const settle = (turn: Turn): void => {
        clearTimeout(timer)
        this.#waiting.delete(settle)
        resolve(turn)
      }
      const since = performance.now()
      const wait = (): void => {
        const left = since + WAITING_TIMEOUT_MS - performance.now()
        const turn = this.#answering()
        if (turn !== undefined) settle(turn)
        else if (left <= 0) settle({ by: 'nobody', reason: 'The application is still starting.' })
        else {
          const patience = this.#current === undefined ? left : this.#patience()
          // A timer may come a fraction of a millisecond early.
          timer = setTimeout(wait, Math.min(left, patience) + 1)
        }
      }
      let timer: NodeJS.Timeout | undefined
      wait()
      signal?.addEventListener('abort', () => settle({ by: 'nobody', reason: 'The client has gone.' }), {
        once: true,
      })
      this.#waiting.add(settle)
    })
  }

  /** Requests in flight, in every process. */
  get active(): number {
    let active = 0
    for (const worker of this.#workers) active += worker.active
    return active
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
    clearTimeout(this.#debounce)
    clearTimeout(this.#spareTimer)
    this.#release({ by: 'nobody', reason: 'The server is stopping.' })
    const workers = [...this.#workers]
    for (const worker of workers) worker.retire()
    await Promise.all([this.#watch.close(), this.#globs?.close(), ...workers.map((worker) => worker.ended)])
  }

  /** Ends every process at once. */
  kill(): void {
    this.#closed = true
    for (const worker of this.#workers) worker.kill()
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
    clearTimeout(this.#spareTimer)
    const worker = this.#spare?.tsx === this.#load.tsx ? this.#spare : this.#createWorker()
    if (worker !== this.#spare) this.#spare?.retire()
    this.#spare = undefined
    this.#starting = worker
    worker.load(this.#load, this.#options.live?.nextVersion())
    this.#watch.mark()
    this.#watch.add([{ path: this.#load.file, signature: signatureOf(this.#load.file) }])
  }

  /** Imported when it is asked for: most applications are watched without. */
  async #watchGlobs(): Promise<void> {
    const { WatchedGlobs } = await import('./watched-globs.ts')
    if (this.#closed) return
    const { watch, ignore } = this.#options
    this.#globs = new WatchedGlobs(watch, ignore, {
      // Loaded files are watched already, from before they are read.
      changed: (path) => {
        if (this.#watch.has(path)) return
        if (this.#options.live !== undefined && path.endsWith('.css'))
          this.#options.live.restyle(basename(path))
        else this.#onChange(path)
      },
      failed: this.#events.unwatched,
    })
  }

  #createWorker(): Worker {
    const worker: Worker = new Worker(
      {
        tsx: this.#load.tsx,
        socketPath: this.#nextSocket(),
        peerHeader: this.#options.peerHeader,
        process: this.#takeProcess(),
      },
      {
        files: (files) => this.#onFiles(worker, files),
        ready: () => this.#onReady(worker),
        threw: (failure) => this.#events.threw(failure),
        exited: (failure) => this.#onExit(worker, failure),
      },
    )
    this.#workers.add(worker)
    return worker
  }

  #takeProcess(): ChildProcess | undefined {
    const early = this.#early
    this.#early = undefined
    // One that has ended tells nobody any more.
    return early?.exitCode === null && early.signalCode === null ? early : undefined
  }

  #prepareSpare(): void {
    clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => {
      this.#spare ??= this.#createWorker()
    }, SPARE_DELAY_MS)
  }

  #onFiles(worker: Worker, files: readonly LoadedFile[]): void {
    if (!this.#closed && (worker === this.#starting || worker === this.#current)) this.#watch.add(files)
  }

  #onReady(worker: Worker): void {
    if (worker !== this.#starting || this.#closed) return
    this.#starting = undefined
    this.#wasted = 0
    this.#replaceCurrent(worker)
    this.#watch.forgetUnused()
    this.#events.ready(performance.now() - worker.startedAt)
    if (worker.version !== undefined) this.#options.live?.change(worker.version)
    this.#release({ by: 'worker', worker })
    this.#prepareSpare()
    this.#watch.sweep()
  }

  #onExit(worker: Worker, failure: Failure): void {
    this.#workers.delete(worker)
    if (worker === this.#spare) this.#spare = undefined
    if (this.#closed || (worker !== this.#starting && worker !== this.#current)) return
    if (worker === this.#starting && !this.#load.tsx && needsTsx(failure)) {
      this.#load = { ...this.#load, tsx: true }
      this.#start()
      return
    }
    if (worker === this.#current && this.#pending) {
      // Its successor is on the way already.
      this.#current = undefined
      this.#events.failed(failure, true)
      return
    }
    if (worker === this.#starting && this.#current !== undefined && isHeld(failure)) {
      this.#startAfter(this.#current)
      return
    }
    const steady = worker.readyAt !== undefined && performance.now() - worker.readyAt > STEADY_MS
    this.#starting = undefined
    if (worker === this.#current) this.#current = undefined
    this.#replaceCurrent(undefined)
    this.#events.failed(failure, steady)
    if (steady) {
      this.#pending = true
      this.#start()
      return
    }
    this.#failure = failure
    this.#options.live?.change(this.#options.live.nextVersion())
    this.#release({ by: 'failure', failure })
    this.#prepareSpare()
  }

  #onChange(path?: string): void {
    if (this.#closed) return
    if (this.#changed.size === 0) this.#firstChangeAt = performance.now()
    if (path !== undefined) this.#changed.add(path)
    // From here on requests wait: whoever saved a file does not want to see the old code, nor why it failed.
    this.#pending = true
    this.#savedAt = performance.now()
    this.#failure = undefined
    if (this.#starting !== undefined) this.#wasted++
    this.#starting?.retire()
    this.#starting = undefined
    clearTimeout(this.#debounce)
    const limit = Math.min(DEBOUNCE_LIMIT_MS * 2 ** this.#wasted, STORM_LIMIT_MS)
    const left = limit - (performance.now() - this.#firstChangeAt)
    const wait = Math.min(DEBOUNCE_MS * 4 ** this.#wasted, STORM_DEBOUNCE_MS, left)
    this.#debounce = setTimeout(() => this.#restart(), Math.max(0, wait))
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
      // A save may have started it meanwhile.
      if (!this.#closed && this.#starting === undefined && this.#pending) this.#start()
    })
  }

  #restart(): void {
    this.#events.changed([...this.#changed])
    this.#changed.clear()
    this.#start()
  }

  #release(turn: Turn): void {
    for (const settle of this.#waiting) settle(turn)
  }

  #nextSocket(): string {
    const name = `${++this.#count}.sock`
    return process.platform === 'win32'
      ? `\\\\.\\pipe\\${basename(this.#options.directory)}-${name}`
      : join(this.#options.directory, name)
  }
}

/** Whether the application failed at what the old process may still hold: a port of its own, a file, a database. */
function isHeld(failure: Failure): boolean {
  return failure.code !== undefined && heldErrors.has(failure.code)
}

const heldErrors = new Set(['EADDRINUSE', 'EBUSY', 'SQLITE_BUSY', 'LEVEL_LOCKED'])

/** Whether Node failed at TypeScript that is more than types to strip, or at JSX. */
function needsTsx(failure: Failure): boolean {
  return failure.code === 'ERR_UNKNOWN_FILE_EXTENSION' || failure.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
}
