import {
  type Body,
  type Closeable,
  closingIterator,
  dispose,
  isPromise,
  iterate,
  release,
} from '@stapel/core'
import { formatEvent, type ServerSentEvent } from './server-sent-event.ts'

/** Where the events of a stream come from. */
export type EventStreamSource = Iterable<ServerSentEvent | string> | AsyncIterable<ServerSentEvent | string>

/** What {@link EventStreamBody} is made with. */
export interface EventStreamSettings {
  /** Sent at once, so that the client sees the answer begin before there is an event; not empty. */
  readonly preamble: string
  /** After so many milliseconds without an event a comment is sent; `Infinity` for never. */
  readonly heartbeat: number
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal
  /** Gets failures that come when nobody reads any more. */
  readonly report: (error: unknown) => void
}

type EventIterator = Iterator<ServerSentEvent | string> | AsyncIterator<ServerSentEvent | string>
type EventStep = IteratorResult<ServerSentEvent | string>

/**
 * Events as a body. One is pulled when the client has room for it, and none ahead; while it is awaited, a comment is given at every
 * heartbeat, by which both ends, and proxies between them, see that the connection lives.
 */
export class EventStreamBody implements AsyncIterable<string>, Closeable {
  readonly #source: EventStreamSource & Closeable
  readonly #settings: EventStreamSettings
  #iterator: EventIterator | undefined
  /** Whether a step of the source is awaited, across heartbeats. */
  #pulling = false
  /** What came of it, and was not given yet. */
  #arrived: (() => EventStep) | undefined
  /** Whether nothing more is given; `close()` of the source has been called then. */
  #over = false
  #wake: (() => void) | undefined

  constructor(source: EventStreamSource, settings: EventStreamSettings) {
    this.#source = source
    this.#settings = settings
  }

  [Symbol.asyncIterator](): AsyncIterator<string> {
    return closingIterator(
      () => this.#next(),
      () => this.close(),
    )
  }

  /** Leaves the source, where it has not ended, without waiting for what it awaits. */
  close(): void {
    if (this.#over) return
    this.#over = true
    dispose(this.#source as unknown as Body, this.#iterator as Iterator<string> | undefined, this.#report)
    this.#wake?.()
  }

  async #next(): Promise<IteratorResult<string>> {
    if (this.#over) return done
    if (this.#iterator === undefined) {
      this.#iterator = iterate(this.#source as unknown as Body) as EventIterator
      return { done: false, value: this.#settings.preamble }
    }
    if (this.#arrived === undefined && !this.#pulling) this.#pull(this.#iterator)
    if (this.#arrived === undefined) await this.#news()
    if (this.#over) return done
    return this.#arrived === undefined ? heartbeat : this.#give(this.#arrived)
  }

  #pull(iterator: EventIterator): void {
    try {
      const step = iterator.next()
      if (!isPromise<EventStep>(step)) {
        this.#arrived = () => step
        return
      }
      this.#pulling = true
      step.then(
        (arrived) => this.#settle(() => arrived),
        (error) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
  }

  #settle(arrived: () => EventStep): void {
    this.#pulling = false
    this.#arrived = arrived
    this.#wake?.()
  }

  #fail(error: unknown): void {
    if (this.#over) {
      this.#report(error)
      return
    }
    this.#settle(() => {
      throw error
    })
  }

  /** Settles when the source has given something, the stream is over, or it is time for a heartbeat. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      const { heartbeat } = this.#settings
      let timer: ReturnType<typeof setTimeout> | undefined
      this.#wake = () => {
        this.#wake = undefined
        clearTimeout(timer)
        resolve()
      }
      if (heartbeat !== Number.POSITIVE_INFINITY) timer = setTimeout(this.#wake, heartbeat)
    })
  }

  #give(arrived: () => EventStep): IteratorResult<string> {
    this.#arrived = undefined
    let step: EventStep
    try {
      step = arrived()
    } catch (error) {
      this.#end()
      if (this.#isLeaving(error)) return done
      throw error
    }
    if (step.done) {
      this.#end()
      return done
    }
    try {
      return { done: false, value: formatEvent(step.value) }
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** The source has ended by itself. */
  #end(): void {
    this.#over = true
    release(this.#source as unknown as Body, this.#report)
  }

  readonly #report = (error: unknown): void => {
    if (!this.#isLeaving(error)) this.#settings.report(error)
  }

  /** A source that is told by its signal that the client has gone may fail with that; it has nothing to report. */
  #isLeaving(error: unknown): boolean {
    const { signal } = this.#settings
    return signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError')
  }
}

const heartbeat: IteratorResult<string> = { done: false, value: ':\n\n' }
const done: IteratorResult<string> = { done: true, value: undefined }
