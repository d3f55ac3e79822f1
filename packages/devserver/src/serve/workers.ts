import type { Socket } from 'node:net'
import { type Failure, plainFailure } from '../failure/failure.ts'
import { BackOff } from './back-off.ts'
import type { WorkerSettings } from './messages.ts'
import { type BootOutcome, ServeWorker } from './serve-worker.ts'
import { WaitingConnections } from './waiting-connections.ts'

/** What happens, for whoever prints it; `worker` counts from 1. */
export interface WorkersEvents {
  /** A worker ended that should not have; another one starts after `wait` milliseconds. */
  died(worker: number, pid: number, how: string, wait: number): void
  /** A worker takes requests in the place of one that ended or was worn. */
  replaced(worker: number, pid: number): void
  /** A worker could not be started again; it is tried once more after `wait` milliseconds. */
  failed(worker: number, failure: Failure, wait: number): void
  reloading(): void
  reloaded(ms: number): void
  /** The application could not be started anew; the workers that were there go on. */
  reloadFailed(failure: Failure): void
}

export interface WorkersOptions {
  readonly count: number
  /** For how long requests in flight of a worker are waited for, in milliseconds. */
  readonly timeout: number
  /** For how long the idle connections of a worker that is replaced are kept, in milliseconds. */
  readonly idleTimeout: number
  /** Everything that a worker has to know but its number. */
  readonly worker: Omit<WorkerSettings, 'worker'>
}

/** Keeps a number of workers running, and replaces them without a gap: the new one takes requests before the old one stops to. */
export class Workers {
  readonly #options: WorkersOptions
  readonly #events: WorkersEvents
  readonly #places: readonly Place[]
  readonly #alive = new Set<ServeWorker>()
  #rolling = false
  #rollAgain = false
  #stopped = false
  #allEnded: () => void = () => {}
  readonly #waiting: WaitingConnections
  #turn = 0

  constructor(options: WorkersOptions, events: WorkersEvents) {
    this.#options = options
    this.#events = events
    this.#waiting = new WaitingConnections()
    this.#places = Array.from({ length: options.count }, (_, index) => ({
      number: index + 1,
      worker: undefined,
      backOff: new BackOff(),
      timer: undefined,
    }))
  }

  /** Hands a connection to the next worker; while there is none, it waits for one. Nothing may have been read of it. */
  give(socket: Socket): void {
    for (let i = 0; i < this.#places.length; i++) {
      this.#turn = (this.#turn + 1) % this.#places.length
      const worker = this.#places[this.#turn]?.worker
      if (worker !== undefined) {
        worker.give(socket)
        return
      }
    }
    if (this.#stopped) socket.destroy()
    else this.#waiting.add(socket)
  }

  /** Starts the first worker alone, so that what is wrong is found once, then the others. */
  async start(): Promise<BootOutcome> {
    const [first, ...rest] = this.#places
    const outcome = await this.#fill(first as Place)
    if (outcome.failure !== undefined) return outcome
    const others = await Promise.all(rest.map((place) => this.#fill(place)))
    return others.find((other) => other.failure !== undefined) ?? outcome
  }

  /** Replaces every worker, one after the other, by one that loads the application anew; once more when it is called meanwhile. */
  async reload(): Promise<void> {
    this.#rollAgain = true
    if (this.#rolling) return
    this.#rolling = true
    while (this.#rollAgain && !this.#stopped) {
      this.#rollAgain = false
      await this.#roll()
    }
    this.#rolling = false
  }

  /** Ends every worker when its requests are answered, after `timeout` milliseconds at the latest. */
  stop(): Promise<void> {
    this.#stopped = true
    this.#waiting.end()
    for (const place of this.#places) clearTimeout(place.timer)
    for (const worker of this.#alive) worker.drain(this.#options.timeout, 0)
    return new Promise((resolve) => {
      this.#allEnded = resolve
      if (this.#alive.size === 0) resolve()
    })
  }

  /** Ends every worker at once. */
  kill(): void {
    this.#stopped = true
    for (const worker of this.#alive) worker.kill()
  }

  async #roll(): Promise<void> {
    this.#events.reloading()
    const start = performance.now()
    for (const place of this.#places) {
      const outcome = await this.#fill(place)
      if (this.#stopped) return
      if (outcome.failure !== undefined) {
        this.#events.reloadFailed(outcome.failure)
        return
      }
    }
    this.#events.reloaded(performance.now() - start)
  }

  /** Starts a worker for a place; when it takes requests it has the place, and the one that had it is drained. */
  async #fill(place: Place): Promise<BootOutcome> {
    clearTimeout(place.timer)
    if (this.#stopped) return stopping
    const worker: ServeWorker = new ServeWorker(
      { ...this.#options.worker, worker: place.number },
      { worn: () => this.#onWorn(place, worker), exited: (untaken) => this.#onExit(place, worker, untaken) },
    )
    this.#alive.add(worker)
    const outcome = await worker.booted
    if (outcome.failure !== undefined || this.#stopped) return outcome
    // It may have ended since; then its end has found the place taken by another one.
    if (worker.ended !== undefined) {
      this.#restart(place, worker)
      return outcome
    }
    place.worker?.drain(this.#options.timeout, this.#options.idleTimeout)
    place.worker = worker
    for (const socket of this.#waiting.take()) worker.give(socket)
    return outcome
  }

  #onWorn(place: Place, worker: ServeWorker): void {
    if (place.worker === worker && !this.#stopped) void this.#replace(place)
  }

  #onExit(place: Place, worker: ServeWorker, untaken: readonly Socket[]): void {
    this.#alive.delete(worker)
    const had = place.worker === worker
    if (had) place.worker = undefined
    for (const socket of untaken) this.give(socket)
    if (had && !this.#stopped) this.#restart(place, worker)
    if (this.#alive.size === 0) this.#allEnded()
  }

  #restart(place: Place, worker: ServeWorker): void {
    const wait = place.backOff.after(performance.now() - (worker.readyAt ?? performance.now()))
    this.#events.died(place.number, worker.pid, worker.ended ?? 'ended', wait)
    this.#replaceAfter(place, wait)
  }

  #replaceAfter(place: Place, wait: number): void {
    clearTimeout(place.timer)
    place.timer = setTimeout(() => void this.#replace(place), wait)
  }

  async #replace(place: Place): Promise<void> {
    const { failure } = await this.#fill(place)
    if (this.#stopped) return
    if (failure === undefined) {
      if (place.worker !== undefined) this.#events.replaced(place.number, place.worker.pid)
      return
    }
    const wait = place.backOff.after(0)
    this.#events.failed(place.number, failure, wait)
    this.#replaceAfter(place, wait)
  }
}

const stopping: BootOutcome = {
  failure: plainFailure('error', 'The server is stopping.'),
}

/** A worker's place: at any time at most one has it, and takes its requests. */
interface Place {
  readonly number: number
  readonly backOff: BackOff
  worker: ServeWorker | undefined
  timer: NodeJS.Timeout | undefined
}
