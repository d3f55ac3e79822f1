import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { requestId } from './request-id.ts'

test('trust is a word or a function of environ', () => {
  expectTypeOf(requestId()).toEqualTypeOf<Middleware>()
  requestId({ trust: true, header: 'X-Correlation-Id' })
  requestId({
    trust: (environ) => {
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return environ.REMOTE_ADDR === '10.0.0.1'
    },
    generate: ({ REMOTE_PORT }) => `r-${REMOTE_PORT}`,
  })
  // @ts-expect-error: a list of addresses is for a function to look at.
  requestId({ trust: ['10.0.0.1'] })
})

test('an identifier is made at once, and is text', () => {
  // @ts-expect-error: a number is none.
  requestId({ generate: () => 7 })
  // @ts-expect-error: nobody waits for it.
  requestId({ generate: async () => 'r1' })
})

test('environ has it', () => {
  expectTypeOf<Environ['stapel.request_id']>().toEqualTypeOf<string | undefined>()
})
