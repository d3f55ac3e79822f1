import type { Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { type ProxyFixOptions, proxyFix } from './proxy-fix.ts'

test('hops are a count, or as many as there are peers', () => {
  expectTypeOf(proxyFix()).toEqualTypeOf<Middleware>()
  expectTypeOf<ProxyFixOptions['for']>().toEqualTypeOf<number | 'peers' | undefined>()
  proxyFix({ peers: ['loopback', '10.0.0.0/8'] as const, for: 'peers', proto: 1, headers: 'forwarded' })
  // @ts-expect-error: the only word among the hops is 'peers'.
  proxyFix({ for: 'all' })
})

test('options that there are not are errors', () => {
  // @ts-expect-error: there are two kinds of headers.
  proxyFix({ headers: 'x-real-ip' })
  // @ts-expect-error: peers are a list.
  proxyFix({ peers: 'loopback' })
  // @ts-expect-error: no such option.
  proxyFix({ trust: true })
})
