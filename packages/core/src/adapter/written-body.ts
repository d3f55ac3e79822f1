import type { Chunk } from '../protocol.ts'

export type WriteCallback = (error?: Error | null) => void

/** So many bytes may wait to be taken before a writer is told to wait: 16 KiB, as Node's streams have it. */
export const WRITTEN_LIMIT = 16_384

type Step = IteratorResult<Chunk, undefined>

/** A body of what is written into it, taken chunk by chunk. A chunk counts as written when the next one is asked for. */
export class WrittenBody implements AsyncIterableIterator<Chunk, undefined> {
  readonly #drained: () => void
  readonly #queue: { chunk: Chunk; written: WriteCallback | undefined }[] = []
  #size = 0
  #taken: { size: number; written: WriteCallback | undefined } | undefined
  #ended = false
  #left = false
  #waiting: ((step: Step) => void) | undefined

  /** `drained` is called when everything that waited was taken. */
  constructor(drained: () => void) {
    this.#drained = drained
  }

  /** Whether nobody takes what is written any more. */
  get left(): boolean {
    return this.#left
  }

  /** What was written and not taken, without empty chunks. */
  get chunks(): readonly Chunk[] {
    return this.#queue.map(({ chunk }) => chunk)
  }

  /** Adds a chunk; `false` when the writer should wait. */
  write(chunk: Chunk, written: WriteCallback | undefined): boolean {
    if (this.#left || chunk.length === 0) {
      if (written !== undefined) process.nextTick(written)
      return true
    }
    this.#size += chunk.length
    this.#queue.push({ chunk, written })
    this.#wake()
    return this.#size < WRITTEN_LIMIT
  }

  /** Nothing more will be written. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step> {
    const step = this.#step()
    if (step !== undefined) return Promise.resolve(step)
    return new Promise((resolve) => {
      this.#waiting = resolve
    })
  }

  return(): Promise<Step> {
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  /** What is written from now on is dropped. */
  close(): void {
    if (this.#left) return
    this.#left = true
    for (const { written } of this.#queue.splice(0)) if (written !== undefined) process.nextTick(written)
    this.#confirm()
  }

  #step(): Step | undefined {
    this.#confirm()
    const entry = this.#queue.shift()
    if (entry === undefined) return this.#ended || this.#left ? { done: true, value: undefined } : undefined
    this.#taken = { size: entry.chunk.length, written: entry.written }
    return { done: false, value: entry.chunk }
  }

  /** The chunk that was given last has been sent. */
  #confirm(): void {
    const taken = this.#taken
    if (taken === undefined) return
    this.#taken = undefined
    this.#size -= taken.size
    taken.written?.()
    if (this.#size === 0 || this.#left) this.#drained()
  }

  #wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    const step = this.#step()
    if (step === undefined) this.#waiting = waiting
    else waiting(step)
  }
}
