import type { Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { TimedOut, timeout } from './timeout.ts'

test('the time is a number, options are not needed', () => {
  expectTypeOf(timeout(5000)).toEqualTypeOf<Middleware>()
  timeout(5000, { body: 'cut', retryAfter: 10, except: ({ PATH_INFO }) => PATH_INFO === '/slow' })
  // @ts-expect-error: the time is what it cannot do without.
  timeout()
  // @ts-expect-error: milliseconds.
  timeout('5s')
  // @ts-expect-error: 'leave' or 'cut'.
  timeout(5000, { body: 'keep' })
  // @ts-expect-error: no such option.
  timeout(5000, { status: 504 })
})

test('its error can be told from others', () => {
  expectTypeOf(new TimedOut().status).toEqualTypeOf<number>()
})
