import { describe } from './body.ts'
import type { ErrorLog } from './protocol.ts'
import type { Call } from './validate-call.ts'

/** `wsgi.input` that checks how it is read (clauses 2 and 6), and what the gateway gives. */
export function validateInput(input: AsyncIterable<Uint8Array>, call: Call): AsyncIterable<Uint8Array> {
  let begun = false
  return {
    [Symbol.asyncIterator]() {
      // Clause 2: read at most once.
      if (begun) {
        throw call.app(
          '2',
          'Read wsgi.input a second time; read it in one place, or use stapel.context.read, which can be shared.',
        )
      }
      begun = true
      return validateReader(input[Symbol.asyncIterator](), call)
    },
  }
}

/** `wsgi.errors` that takes strings only (clause 2). */
export function validateErrors(errors: ErrorLog, call: Call): ErrorLog {
  return {
    write(text) {
      if (typeof text !== 'string') {
        throw call.app('2', `Wrote ${describe(text)} to wsgi.errors; expected a string.`)
      }
      errors.write(text)
    },
    flush() {
      errors.flush()
    },
  }
}

function validateReader(reader: AsyncIterator<Uint8Array>, call: Call): AsyncIterator<Uint8Array> {
  let pending = false
  let ended = false
  return {
    async next() {
      // Clause 2: a body has one end.
      if (ended) throw call.app('2', 'Read wsgi.input after its end.')
      if (pending) throw call.app('2', 'Read wsgi.input while another read of it was under way.')
      // Clause 6: what is unread when the answer is complete belongs to the gateway, which discards it.
      if (call.over && call.state !== 'returned') {
        throw call.app('6', 'Read wsgi.input after the answer was complete; read it before.')
      }
      pending = true
      try {
        const step = await reader.next()
        if (step.done) ended = true
        else if (!(step.value instanceof Uint8Array)) {
          throw call.outer('2', `wsgi.input gave ${describe(step.value)}; expected a Uint8Array.`)
        }
        return step
      } finally {
        pending = false
      }
    },
    async return() {
      ended = true
      await reader.return?.()
      return { done: true, value: undefined }
    },
  }
}
