import { type ChunkIterator, dispose, isChunk, isPromise, iterate, release, toBytes } from '../body.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Body, Chunk } from '../protocol.ts'
import type { ProtocolError } from '../protocol-error.ts'
import { badChunk, tooLong, tooShort, writtenAfterEnd } from '../violations.ts'
import type { FetchContext } from './fetch-context.ts'

type Step = IteratorResult<Chunk>

/**
 * The rest of an answer as a `ReadableStream`: what the application writes and what the body that it returned gives, in the order in which it
 * comes. A chunk is pulled when the host waits for one, never before (clause 4.1).
 */
export class FetchStream {
  readonly readable: ReadableStream<Uint8Array>
  /** -1 where nobody knows it. */
  readonly #length: number
  readonly #context: FetchContext
  readonly #report: (error: unknown) => void
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  /** What the application returned; `undefined` until it has. */
  #source: { readonly body: Body; iterator: ChunkIterator | undefined } | undefined
  #sent = 0
  #failure: { readonly error: unknown } | undefined
  /** Whether the host waits for a chunk. */
  #wanted = false
  #pulling = false
  #over: 'ended' | 'dropped' | undefined
  /** Tells the host that nothing is left to be done. */
  readonly #letGo: () => void
  readonly #held: boolean
  /** Those who wait for the host to take what they wrote. */
  #writers: (() => void)[] = []

  /** `length` is the number of bytes that there will be, -1 where nobody knows it. */
  constructor(length: number, context: FetchContext, report: (error: unknown) => void) {
    this.#length = length
    this.#context = context
    this.#report = report
    const letGo = context.hold()
    this.#held = letGo !== undefined
    this.#letGo = letGo ?? ignore
    const readable = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#pull(),
        cancel: () => {
          // The answer was not complete: the host gave it up because its client has gone.
          this.#context.clientGone()
          this.#drop()
        },
      },
      { highWaterMark: 0 },
    )
    this.readable = length === -1 ? readable : fixedLength(readable, length)
    context.watch(() => {
      if (this.#over !== undefined) return
      this.#drop()
      this.#controller?.error(new ClientDisconnected())
    })
  }

  /** Sends a chunk now; the promise settles when the host waits for another one. */
  write(chunk: Chunk): void | Promise<void> {
    if (this.#over === 'ended') throw writtenAfterEnd()
    if (this.#over === 'dropped' || chunk.length === 0) return undefined
    const taken = this.#wanted
    this.#send(chunk)
    if (taken || this.#over !== undefined) return undefined
    return new Promise((resolve) => this.#writers.push(resolve))
  }

  /** The application has returned its body; where the iteration of it has begun, with the step that was pulled. */
  follow(body: Body, iterator?: ChunkIterator, step?: Step): void {
    if (this.#over !== undefined) {
      this.#leave(body, iterator)
      return
    }
    this.#source = { body, iterator }
    if (step !== undefined) this.#take(step)
    if (this.#wanted) this.#next()
  }

  /** The application has failed: the host is told by an error of the stream, so that its client sees a message cut short. */
  fail(error: unknown): void {
    if (this.#over === 'dropped') {
      this.#letGo()
      // An application that is told so when the client has gone has nothing to report.
      if (!(error instanceof ClientDisconnected)) this.#report(error)
      return
    }
    this.#report(error)
    if (this.#over !== undefined) return
    this.#end()
    this.#breakOff(error)
  }

  #pull(): void {
    this.#wanted = true
    if (this.#failure !== undefined) {
      this.#controller?.error(this.#failure.error)
      return
    }
    for (const resolve of this.#writers.splice(0)) resolve()
    this.#next()
  }

  /** Pulls from the body until the host has got a chunk; without a promise where the body has none. */
  #next(): void {
    const source = this.#source
    if (source === undefined || this.#pulling) return
    while (this.#wanted && this.#over === undefined) {
      let next: Step | Promise<Step>
      try {
        source.iterator ??= iterate(source.body)
        next = source.iterator.next()
      } catch (error) {
        this.#failed(error)
        return
      }
      if (isPromise<Step>(next)) {
        this.#pulling = true
        next.then(
          (step) => {
            this.#pulling = false
            this.#take(step)
            this.#next()
          },
          (error) => {
            this.#pulling = false
            this.#failed(error)
          },
        )
        return
      }
      this.#take(next)
    }
  }

  #take(step: Step): void {
    if (this.#over !== undefined) return
    if (step.done) {
      this.#close()
    } else if (isChunk(step.value)) {
      if (step.value.length > 0) this.#send(step.value)
    } else {
      this.#drop()
      this.#abort(badChunk('The body gave', step.value))
    }
  }

  #send(chunk: Chunk): void {
    let bytes = toBytes(chunk)
    const left = this.#length === -1 ? bytes.byteLength : this.#length - this.#sent
    const overrun = bytes.byteLength > left
    if (overrun) {
      this.#report(tooLong(this.#length))
      bytes = bytes.subarray(0, left)
    }
    this.#sent += bytes.byteLength
    this.#wanted = false
    if (bytes.byteLength > 0) this.#controller?.enqueue(bytes)
    if (!overrun) return
    this.#context.complete()
    this.#drop()
    this.#controller?.close()
  }

  #close(): void {
    const { body } = this.#source as { body: Body }
    this.#end()
    release(body, this.#report)
    if (this.#length <= this.#sent) {
      this.#controller?.close()
      return
    }
    this.#abort(tooShort(this.#sent, this.#length))
  }

  #abort(error: ProtocolError): void {
    this.#report(error)
    this.#context.complete()
    this.#breakOff(error)
  }

  /** An error empties the queue of a stream, so it waits until the host has taken what was sent before. */
  #breakOff(error: unknown): void {
    this.#failure = { error }
    if (this.#wanted) this.#controller?.error(error)
  }

  /** The iteration has ended by an error of its own. */
  #failed(error: unknown): void {
    const { body } = this.#source as { body: Body }
    if (this.#over === undefined) {
      this.fail(error)
      release(body, this.#report)
    } else if (!(error instanceof ClientDisconnected)) {
      this.#report(error)
    }
  }

  #end(): void {
    this.#over = 'ended'
    this.#letGo()
    this.#context.complete()
    for (const resolve of this.#writers.splice(0)) resolve()
  }

  /** Gives up the body, half way; waiting writers go on. */
  #drop(): void {
    if (this.#over !== undefined) return
    this.#over = 'dropped'
    for (const resolve of this.#writers.splice(0)) resolve()
    const source = this.#source
    if (source !== undefined) this.#leave(source.body, source.iterator)
  }

  /** Gives up what the application returned; a generator may have something to do then, and the host is to let it. */
  #leave(body: Body, iterator: ChunkIterator | undefined): void {
    if (iterator === undefined) {
      dispose(body, undefined, this.#report)
      this.#letGo()
      return
    }
    const leave = async (): Promise<Step> => {
      try {
        return (await iterator.return?.()) ?? { done: true, value: undefined }
      } finally {
        // The body of a layer does not wait for the one inside it (clause 4.2), which may wait for something in turn.
        if (this.#held) setTimeout(this.#letGo, LINGER_TIME)
      }
    }
    dispose(body, { next: () => iterator.next() as Promise<Step>, return: leave }, this.#report)
  }
}

/** So long a host is asked to go on after the body was given up, in milliseconds, for what generators do in their `finally`. */
const LINGER_TIME = 1_000

/** A stream whose length workerd announces, as it does for no other; elsewhere the stream itself, whose length is in its header. */
function fixedLength(stream: ReadableStream<Uint8Array>, length: number): ReadableStream<Uint8Array> {
  const { FixedLengthStream } = globalThis as { FixedLengthStream?: new (length: number) => TransformStream }
  if (FixedLengthStream === undefined) return stream
  const fixed = new FixedLengthStream(length)
  // What breaks off is told by the side that is read.
  stream.pipeTo(fixed.writable).catch(ignore)
  return fixed.readable
}

function ignore(): void {}
