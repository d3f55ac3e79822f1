import { expectTypeOf, test } from 'vitest'
import {
  allowSources,
  type ContentSecurityPolicy,
  type EmbedderPolicy,
  formatAuthorization,
  formatChallenge,
  formatContentSecurityPolicy,
  formatOpenerPolicy,
  type OpenerPolicy,
  parseAuthorization,
  parseFetchMetadata,
  parseFieldNames,
  parseOpenerPolicy,
  parseResourcePolicy,
  parseRetryAfter,
  type ResourcePolicy,
} from './index.ts'

test('what is there says which credentials they are', () => {
  const authorization = parseAuthorization('')
  expectTypeOf(authorization?.username).toEqualTypeOf<string | undefined>()
  expectTypeOf(authorization?.parameters?.get('realm')).toEqualTypeOf<string | undefined>()
  if (authorization?.username !== undefined) {
    expectTypeOf(authorization.scheme).toEqualTypeOf<'basic'>()
    expectTypeOf(authorization.password).toEqualTypeOf<string>()
  } else if (authorization?.token !== undefined) {
    expectTypeOf(authorization.token).toEqualTypeOf<string>()
    expectTypeOf(authorization.parameters).toEqualTypeOf<undefined>()
  } else if (authorization !== undefined) {
    expectTypeOf(authorization.parameters).toEqualTypeOf<ReadonlyMap<string, string>>()
  }
})

test('credentials that were read can be written', () => {
  const authorization = parseAuthorization('')
  if (authorization !== undefined) expectTypeOf(formatAuthorization(authorization)).toEqualTypeOf<string>()
  // @ts-expect-error A user needs a password.
  formatAuthorization({ scheme: 'basic', username: 'ada' })
  // @ts-expect-error Values are texts.
  formatChallenge({ scheme: 'Digest', parameters: { stale: true } })
})

test('closed sets are unions', () => {
  expectTypeOf<OpenerPolicy>().toEqualTypeOf<
    'unsafe-none' | 'same-origin' | 'same-origin-allow-popups' | 'noopener-allow-popups'
  >()
  expectTypeOf<EmbedderPolicy>().toEqualTypeOf<'unsafe-none' | 'require-corp' | 'credentialless'>()
  expectTypeOf(parseResourcePolicy('')).toEqualTypeOf<ResourcePolicy | undefined>()
  expectTypeOf(parseOpenerPolicy('')?.policy).toEqualTypeOf<OpenerPolicy | undefined>()
  expectTypeOf(parseFetchMetadata({}).site).toEqualTypeOf<
    'same-origin' | 'same-site' | 'cross-site' | 'none' | undefined
  >()
  // @ts-expect-error Of the resource policy.
  formatOpenerPolicy('same-site')
})

test('the fields of a policy are known, sources are any text', () => {
  const policy = { defaultSrc: ["'self'"], imgSrc: ['https://a.example'] } satisfies ContentSecurityPolicy
  expectTypeOf(formatContentSecurityPolicy(policy)).toEqualTypeOf<string>()
  // @ts-expect-error Names are those of the directives.
  formatContentSecurityPolicy({ imageSrc: [] })
  // @ts-expect-error The ancestors fall back to nothing.
  allowSources(policy, 'frameAncestors', '*')
})

test('what may be one thing or another says so', () => {
  expectTypeOf(parseRetryAfter('')).toEqualTypeOf<number | Date | undefined>()
  expectTypeOf(parseFieldNames('')).toEqualTypeOf<'*' | string[]>()
})
