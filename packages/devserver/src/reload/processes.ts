import type { ChildProcess } from 'node:child_process'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Failure } from '../failure/failure.ts'
import { signatureOf } from './file-signature.ts'
import { forkChild } from './fork-child.ts'
import type { LoadedFile } from './messages.ts'
import { Worker } from './worker.ts'

/**
 * So long after a start the process for the next one is made, in milliseconds: the first requests come first. It waits with Node, tsx and Stapel's
 * packages loaded, which is most of a start.
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
  exited(worker: Worker, failure: Failure): Failure
}

/** The processes there are: those that answer or end, and the one that waits for the next start. */
export class Processes {
  readonly #options: ProcessesOptions
  readonly #events: ProcessesEvents
  readonly #workers = new Set<Worker>()
  #early: ChildProcess | undefined
  #spare: Spare | undefined
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
    // What it has loaded may have been installed anew.
    if (spare?.worker.tsx === tsx && spare.modules.every(isUnchanged)) return spare.worker
    spare?.worker.retire()
    return this.#create(tsx)
  }

  /** Has a process wait for the next start, {@link SPARE_DELAY_MS} from now, and load these modules ahead, given by their URLs. */
  prepare(tsx: boolean, modules: readonly string[] = []): void {
    clearTimeout(this.#spareTimer)
    this.#spareTimer = setTimeout(() => {
      this.#spare ??= { modules: modules.map(asItIs), worker: this.#create(tsx, modules) }
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

  #create(tsx: boolean, modules: readonly string[] = []): Worker {
    const { peerHeader, fork = forkChild } = this.#options
    const worker: Worker = new Worker(
      { tsx, modules, peerHeader, socketPath: this.#nextSocket(), process: this.#takeEarly() ?? fork() },
      {
        files: (files) => this.#events.files(worker, files),
        ready: () => this.#events.ready(worker),
        threw: (failure) => this.#events.threw(failure),
        exited: (failure) => {
          this.#workers.delete(worker)
          if (worker === this.#spare?.worker) this.#spare = undefined
          return this.#events.exited(worker, failure)
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

/** A process that waits, and the files of what it loads ahead. */
interface Spare {
  readonly worker: Worker
  readonly modules: readonly LoadedFile[]
}

function asItIs(url: string): LoadedFile {
  const path = fileURLToPath(url)
  return { path, signature: signatureOf(path) }
}

function isUnchanged({ path, signature }: LoadedFile): boolean {
  return signatureOf(path) === signature
}
