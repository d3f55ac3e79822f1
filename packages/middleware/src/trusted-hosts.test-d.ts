import type { Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { trustedHosts } from './trusted-hosts.ts'

test('hosts are needed, options are not', () => {
  const hosts = ['example.org', '*.example.org'] as const
  expectTypeOf(trustedHosts(hosts)).toEqualTypeOf<Middleware>()
  trustedHosts(hosts, { status: 421, except: (environ) => environ.PATH_INFO === '/' })
  // @ts-expect-error: the hosts are what it cannot do without.
  trustedHosts()
  // @ts-expect-error: 400 or 421.
  trustedHosts(hosts, { status: 403 })
})
