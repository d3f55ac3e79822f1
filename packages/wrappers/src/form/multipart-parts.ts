import type { FormLimits } from './form-limits.ts'
import { FormPart } from './form-part.ts'
import { type FormListener, MultipartInput } from './multipart-input.ts'
import type { PartHead } from './part-head.ts'

/** What was found in the chunks read so far: a part, a piece of the file that began last, or its end. */
type Event = FormPart | Buffer | 'end'

/**
 * The parts of a multipart body, one by one, at the pace of who reads them. What is held is a chunk of the input, and a field where one is
 * being read.
 */
export class MultipartParts implements FormListener {
  readonly #input: MultipartInput
  #events: Event[] = []
  #next = 0
  #current: FormPart | undefined
  #busy = false

  constructor(input: AsyncIterable<Uint8Array>, boundary: string, limits: Readonly<FormLimits>) {
    this.#input = new MultipartInput(input, boundary, limits, this)
  }

  /** The parts; leaving them leaves the input. */
  async *read(): AsyncGenerator<FormPart, void, undefined> {
    try {
      for (let event = await this.#take(); event !== undefined; event = await this.#take()) {
        // Anything else is of a file that was not read to its end.
        if (!(event instanceof FormPart)) continue
        this.#current = event
        yield event
        this.#current = undefined
      }
    } finally {
      this.#current = undefined
      if (!this.#input.ended) {
        this.#input.fail(new TypeError('The parts of the form have been left; they are not read any more.'))
      }
    }
  }

  /** Whether nothing more will be read. */
  get ended(): boolean {
    return this.#input.ended
  }

  /** Gives up: what is being read rejects with `error`, unless it failed before. */
  fail(error: unknown): void {
    this.#input.fail(error)
  }

  field(head: PartHead, value: string, content: readonly Uint8Array[]): void {
    let at = 0
    this.#events.push(new FormPart(head, async () => content[at++], value))
  }

  file(head: PartHead): void {
    let ended = false
    const part: FormPart = new FormPart(head, async () => {
      if (ended) return undefined
      if (this.#current !== part) {
        throw new TypeError('The next part of the form has been asked for; read each part before the next.')
      }
      const event = await this.#take()
      if (event instanceof Buffer) return event
      ended = true
      return undefined
    })
    this.#events.push(part)
  }

  content(bytes: Buffer): void {
    this.#events.push(bytes)
  }

  fileEnd(): void {
    this.#events.push('end')
  }

  /** The next event, for one reader at a time; `undefined` at the end of the body. */
  async #take(): Promise<Event | undefined> {
    if (this.#busy) throw new TypeError('The form is being read already; await each piece before the next.')
    this.#busy = true
    try {
      while (this.#next === this.#events.length) {
        this.#events.length = 0
        this.#next = 0
        if (!(await this.#input.next())) return undefined
      }
      return this.#events[this.#next++]
    } finally {
      this.#busy = false
    }
  }
}
