import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { breaker } from './breaker.ts'
import { health } from './health.ts'

test('checks are functions that get a signal, or what has a state', () => {
  expectTypeOf(health('/healthz')).toEqualTypeOf<Middleware>()
  health('/healthz', {
    checks: {
      guard: breaker(),
      async database(signal) {
        expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
        return false
      },
    },
    details: (environ) => {
      expectTypeOf(environ).toEqualTypeOf<Environ>()
      return environ.REMOTE_ADDR === '127.0.0.1'
    },
  })
  // @ts-expect-error: a state is 'closed', 'open' or 'half-open'.
  health('/healthz', { checks: { guard: { state: 'on' } } })
  // @ts-expect-error: a check is called, a promise would be one answer for ever.
  health('/healthz', { checks: { database: Promise.resolve(true) } })
})

test('options that there are not are errors', () => {
  // @ts-expect-error: the path is what it cannot do without.
  health()
  // @ts-expect-error: milliseconds.
  health('/healthz', { timeout: '2s' })
  // @ts-expect-error: no such option.
  health('/healthz', { interval: 1000 })
})
