import { type Middleware, stack } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type BreakerState, breaker } from './breaker.ts'

test('it is a middleware that tells its state', () => {
  const guard = breaker()
  expectTypeOf(guard).toExtend<Middleware>()
  expectTypeOf(guard.state).toEqualTypeOf<'closed' | 'open' | 'half-open'>()
  expectTypeOf(guard.retryAfter).toEqualTypeOf<number>()
  stack(() => '', guard)
  // @ts-expect-error: its state is made by what happens; reset() closes it.
  guard.state = 'closed'
})

test('callbacks know what they get', () => {
  breaker({
    failures: 5,
    isFailure(status, error) {
      expectTypeOf(status).toEqualTypeOf<number>()
      expectTypeOf(error).toEqualTypeOf<unknown>()
      return status === 503
    },
    onChange(state, previous) {
      expectTypeOf(state).toEqualTypeOf<BreakerState>()
      expectTypeOf(previous).toEqualTypeOf<BreakerState>()
    },
  })
  // @ts-expect-error: yes or no.
  breaker({ isFailure: (status) => status })
  // @ts-expect-error: no such option.
  breaker({ threshold: 5 })
})
