import type { Environ, Middleware } from '@stapel/core'
import { expectTypeOf, test } from 'vitest'
import { defaultContentSecurityPolicy, securityHeaders } from './security-headers.ts'

test('a policy is directives with their sources, or none at all', () => {
  expectTypeOf(securityHeaders()).toEqualTypeOf<Middleware>()
  const imgSrc = ["'self'", 'https://img.example'] as const
  securityHeaders({
    contentSecurityPolicy: { ...defaultContentSecurityPolicy, imgSrc },
    nonce: ['scriptSrc'],
  })
  securityHeaders({ contentSecurityPolicy: false, frameOptions: false, permissionsPolicy: { camera: [] } })
  // @ts-expect-error: directives have the names that scripts can write.
  securityHeaders({ contentSecurityPolicy: { 'img-src': ["'self'"] } })
  // @ts-expect-error: sources are a list.
  securityHeaders({ contentSecurityPolicy: { imgSrc: "'self'" } })
  // @ts-expect-error: only directives of scripts and styles take a nonce.
  securityHeaders({ nonce: ['imgSrc'] })
})

test('closed sets are closed', () => {
  securityHeaders({ referrerPolicy: ['no-referrer', 'strict-origin'], openerPolicy: 'unsafe-none' })
  // @ts-expect-error: ALLOW-FROM is no more.
  securityHeaders({ frameOptions: 'ALLOW-FROM' })
  // @ts-expect-error: no such policy.
  securityHeaders({ referrerPolicy: 'never' })
  // @ts-expect-error: false leaves it out, true says nothing.
  securityHeaders({ strictTransportSecurity: true })
  // @ts-expect-error: no such option.
  securityHeaders({ xssFilter: true })
})

test('environ has the nonce', () => {
  expectTypeOf<Environ['stapel.csp_nonce']>().toEqualTypeOf<string | undefined>()
})
