import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { unavailable } from './unavailable.ts'

test('all options can be left out', () => {
  expectTypeOf(unavailable()).toEqualTypeOf<Middleware>()
  unavailable({ contact: 'webmaster@example.org', message: 'Back at ten.', retryAfter: new Date() })
  unavailable({
    retryAfter(status, environ) {
      expectTypeOf(status).toEqualTypeOf<number>()
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return 60
    },
  })
})

test('options that there are not are errors', () => {
  // @ts-expect-error: seconds, a date, or a function.
  unavailable({ retryAfter: 'soon' })
  // @ts-expect-error: that is for errorPages.
  unavailable({ statuses: { 404: true } })
})
