import { describe } from './body.ts'
import type { Environ, ErrorLog } from './protocol.ts'
import type { Call } from './validate-call.ts'
import { type Linked, type Validation, validationSymbol } from './validation-link.ts'

/** `wsgi.input` that checks how it is read (clauses 2 and 6), and what the gateway gives. */
export function validateInput(environ: Environ, call: Call): AsyncIterable<Uint8Array> & Linked {
  return new ValidatedInput(environ, call)
}

/** `wsgi.errors` that takes strings only (clause 2). */
export function validateErrors(errors: ErrorLog, call: Call): ErrorLog & Linked {
  return new ValidatedErrors(errors, call)
}

class ValidatedInput implements AsyncIterable<Uint8Array> {
  readonly [validationSymbol]: Validation
  readonly #call: Call
  readonly #input: AsyncIterable<Uint8Array>
  readonly #length: string | undefined
  #begun = false

  constructor(environ: Environ, call: Call) {
    this[validationSymbol] = call
    this.#call = call
    this.#input = environ['wsgi.input']
    this.#length = environ.CONTENT_LENGTH
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    // Clause 2: read at most once.
    if (this.#begun) {
      throw this.#call.app(
        '2',
        'Read wsgi.input a second time; read it in one place, or use stapel.context.read, which can be shared.',
      )
    }
    this.#begun = true
    const declared = this.#length === undefined ? undefined : Number(this.#length)
    return new ValidatedReader(this.#input[Symbol.asyncIterator](), this.#call, declared)
  }
}

class ValidatedErrors implements ErrorLog {
  readonly [validationSymbol]: Validation
  readonly #call: Call
  readonly #errors: ErrorLog

  constructor(errors: ErrorLog, call: Call) {
    this[validationSymbol] = call
    this.#call = call
    this.#errors = errors
  }

  write(text: string): void {
    // Clause 2: the error log takes text.
    if (typeof text !== 'string') {
      throw this.#call.app('2', `Wrote ${describe(text)} to wsgi.errors; expected a string.`)
    }
    this.#errors.write(text)
  }

  flush(): void {
    this.#errors.flush()
  }
}

class ValidatedReader implements AsyncIterator<Uint8Array> {
  readonly #reader: AsyncIterator<Uint8Array>
  readonly #call: Call
  /** `CONTENT_LENGTH` */
  readonly #declared: number | undefined
  #size = 0
  #pending = false
  #ended = false

  constructor(reader: AsyncIterator<Uint8Array>, call: Call, declared: number | undefined) {
    this.#reader = reader
    this.#call = call
    this.#declared = declared
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    const call = this.#call
    // Clause 2: a body has one end.
    if (this.#ended) throw call.app('2', 'Read wsgi.input after its end.')
    if (this.#pending) throw call.app('2', 'Read wsgi.input while another read of it was under way.')
    // Clause 6: what is unread when the answer is complete belongs to the gateway, which discards it.
    if (call.over && call.state !== 'returned') {
      throw call.app('6', 'Read wsgi.input after the answer was complete; read it before.')
    }
    this.#pending = true
    try {
      const step = await this.#reader.next()
      this.#check(step)
      return step
    } finally {
      this.#pending = false
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#ended = true
    await this.#reader.return?.()
    return { done: true, value: undefined }
  }

  #check(step: IteratorResult<Uint8Array>): void {
    const call = this.#call
    const declared = this.#declared
    // Clause 2: it gives bytes.
    if (typeof step !== 'object' || step === null || (!step.done && !(step.value instanceof Uint8Array))) {
      throw call.outer('2', `wsgi.input gave ${describe(step?.value ?? step)}; expected a Uint8Array.`)
    }
    if (!step.done) this.#size += step.value.byteLength
    else if (!this.#ended) {
      this.#ended = true
      // Clauses 2 and 6: it ends at CONTENT_LENGTH; when the client has gone before, it throws.
      if (declared !== undefined && this.#size < declared) {
        throw call.outer(
          '2',
          `wsgi.input ended after ${this.#size} bytes, CONTENT_LENGTH is ${declared}; expected ClientDisconnected for a body that was cut off.`,
        )
      }
    }
    // Clause 2: it ends at CONTENT_LENGTH.
    if (declared !== undefined && this.#size > declared) {
      throw call.outer('2', `wsgi.input gave more bytes than its CONTENT_LENGTH of ${declared}.`)
    }
  }
}
