import { describe } from './body.ts'
import { ProtocolError } from './protocol-error.ts'

/** Clause 3.3: throws where startResponse may not be called again. */
export function checkRestart(begun: boolean, called: boolean, error: unknown): void {
  // Any error but `undefined` is one that was given, `null` too.
  if (begun && error !== undefined) throw error
  if (begun) throw new ProtocolError('3.3', 'startResponse was called after the answer had begun.')
  if (called && error === undefined) {
    throw new ProtocolError(
      '3.3',
      'startResponse was called a second time without an error; call it once, or hand on the error.',
    )
  }
}

/** Clause 3.1: the answer has no status. */
export function noHead(): ProtocolError {
  return new ProtocolError(
    '3.1',
    'The application answered without calling startResponse; call it before the first chunk.',
  )
}

/** Clause 3.5. */
export function writtenAfterEnd(): ProtocolError {
  return new ProtocolError('3.5', 'write was called after the end of the body.')
}

/** Clause 1: something is no chunk; `who` is what gave it, as in `'The body gave'`. */
export function badChunk(who: string, value: unknown): ProtocolError {
  return new ProtocolError('1', `${who} ${describe(value)}; expected chunks that are strings or Uint8Arrays.`)
}

/** Clause 4.5: the body is longer than its length. */
export function tooLong(length: number): ProtocolError {
  return new ProtocolError(
    '4.5',
    `The body is longer than its Content-Length of ${length}; it was cut there.`,
  )
}

/** Clause 4.5: the body is shorter than its length. */
export function tooShort(sent: number, length: number): ProtocolError {
  return new ProtocolError(
    '4.5',
    `The body ended after ${sent} bytes, its Content-Length is ${length}; the answer is cut short.`,
  )
}
