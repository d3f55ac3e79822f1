import type { ChildProcess } from 'node:child_process'
import { basename, join } from 'node:path'
import type { Failure } from '../failure/failure.ts'
import { forkChild } from './fork-child.ts'
import type { LoadedFile } from './messages.ts'
import { Worker } from './worker.ts'

/**
 * So long after a start the process for the next one is made, in milliseconds: the first requests come first. It waits with Node and tsx loaded,
 * which is most of a start: measured with Node 20, tsx and 8 busy clients on two cores, a save is answered after 0.11 s instead of 0.78 s.
 */
export const SPARE_DELAY_MS = 100

export interface ProcessesOptions {
  /** A directory of this run's own, for the sockets. */
  readonly directory: string
  readonly peerHeader: string
  /** A process that was started for the first start. */
  readonly early: ChildProcess | undefined
  /** Starts a process. @default forkChild */
  readonly fork?: (() => ChildProcess) | undefined
}

/** What the processes tell, each of itself; nothing is told of one after its `exited`. */
export interface ProcessesEvents {
  files(worker: Worker, files: readonly LoadedFile[]): void
  ready(worker: Worker): void
  threw(failure: Failure): void
  exited(worker: Worker, failure: Failure): void
}

/** The processes there are: those that answer or end, and the one that waits for the next start. */
export class Processes {
  readonly #options: ProcessesOptions
  readonly #events: ProcessesEvents
  readonly #workers = new Set<Worker>()
  #early: ChildProcess | undefined
  #spare: Worker | undefined
  #spareTimer: NodeJS.Timeout | undefined
  #count = 0

  constructor(options: ProcessesOptions, events: ProcessesEvents) {
    this.#options = options
    this.#events = events
    this.#early = options.early
  }

  /** A process for a start: the one that waits for it, or else a new one. */
  take(tsx: boolean): Worker {
    clearTimeout(this.#spareTimer)
    const spare = this.#spare
    this.#spare = undefined
    if (spare?.tsx === tsx) return spare
    spare?.retire()
    return this.#create(tsx)
  }

  /** Has a process wait for the next start, {@link SPARE_DELAY_MS} from now. */
  prepare(tsx: boolean): void {
    clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => {
      this.#spare ??= this.#create(tsx)
    }, SPARE_DELAY_MS)
  }

  /** Requests in flight, in every process. */
  get active(): number {
    let active = 0
    for (const worker of this.#workers) active += worker.active
    return active
  }

  /** Ends them: those with requests in flight when these are answered, or after a bounded time. */
  async close(): Promise<void> {
    clearTimeout(this.#spareTimer)
    const workers = [...this.#workers]
    for (const worker of workers) worker.retire()
    await Promise.all(workers.map((worker) => worker.ended))
  }

  /** Ends them at once. */
  kill(): void {
    clearTimeout(this.#spareTimer)
    for (const worker of this.#workers) worker.kill()
  }

  #create(tsx: boolean): Worker {
    const { peerHeader, fork = forkChild } = this.#options
    const worker: Worker = new Worker(
      { tsx, peerHeader, socketPath: this.#nextSocket(), process: this.#takeEarly() ?? fork() },
      {
        files: (files) => this.#events.files(worker, files),
        ready: () => this.#events.ready(worker),
        threw: (failure) => this.#events.threw(failure),
        exited: (failure) => {
          this.#workers.delete(worker)
          if (worker === this.#spare) this.#spare = undefined
          this.#events.exited(worker, failure)
        },
      },
    )
    this.#workers.add(worker)
    return worker
  }

  #takeEarly(): ChildProcess | undefined {
    const early = this.#early
    this.#early = undefined
    // One that has ended tells nobody any more.
    return early?.exitCode === null && early.signalCode === null ? early : undefined
  }

  #nextSocket(): string {
    const name = `${++this.#count}.sock`
    return process.platform === 'win32'
      ? `\\\\.\\pipe\\${basename(this.#options.directory)}-${name}`
      : join(this.#options.directory, name)
  }
}
