import { expectTypeOf, test } from 'vitest'
import { type Abort, abort, createAbort, type StandardErrors } from './abort.ts'
import { HTTPError, type HTTPErrorOptions } from './http-error.ts'

class PaymentRequired extends HTTPError {
  constructor(price: number) {
    super(402, `This costs ${price}.`)
  }
}

test('the arguments are those of the class', () => {
  const calls = [
    () => abort(404),
    () => abort(404, 'No.', { message: 'for the log' }),
    () => abort(405, ['GET']),
    () => abort(429, 'Slow down.', { retryAfter: new Date() }),
    () => abort(507, 'Full.', {} satisfies HTTPErrorOptions),
    // @ts-expect-error Allow is needed
    () => abort(405),
    // @ts-expect-error methods, not a sentence
    () => abort(405, 'No.'),
    // @ts-expect-error a sentence, not a number
    () => abort(404, 5),
    // @ts-expect-error a status or a response
    () => abort('404'),
  ]
  expectTypeOf(calls[0]).returns.toEqualTypeOf<never>()
})

test('what follows is unreachable', () => {
  const length = (value: string | undefined): number => {
    if (value === undefined) abort(404)
    return value.length
  }
  expectTypeOf(length).returns.toEqualTypeOf<number>()
})

test('createAbort takes the arguments of its classes, and ends what it is called in', () => {
  const stop: Abort<StandardErrors & { 402: typeof PaymentRequired }> = createAbort({ 402: PaymentRequired })
  const price = (value: string | undefined): number => {
    if (value === undefined) stop(402, 5)
    return value.length
  }
  // @ts-expect-error a price, not a sentence
  const wrong = (): never => stop(402, 'No.')
  expectTypeOf([price, wrong]).not.toBeAny()
})
