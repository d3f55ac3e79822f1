import { describe, expect, test } from 'vitest'
import { type CacheControlRule, cacheControlRules } from './cache-control-rules.ts'

const pairOf = (value: CacheControlRule[1]) => cacheControlRules([['*', value]])('/a')

test('the first rule that matches counts', () => {
  const rules = cacheControlRules([
    ['/assets/keep.html', 'no-store'],
    [['*.html', '*.json'], 'no-cache'],
    ['/assets/**', { maxAge: 31_536_000, immutable: true }],
  ])
  expect(rules('/assets/keep.html')?.cacheControl).toBe('no-store')
  expect(rules('/assets/other.html')?.cacheControl).toBe('no-cache')
  expect(rules('/assets/app.js')?.cacheControl).toBe('public, max-age=31536000, immutable')
  expect(rules('/app.js')).toBeUndefined()
})

describe('the value', () => {
  test.each([
    [{ maxAge: 60 }, 'public, max-age=60'],
    [{ maxAge: 60, public: false }, 'max-age=60'],
    [{ private: true, maxAge: 60 }, 'private, max-age=60'],
    [{ noCache: true }, 'no-cache'],
    [{ noStore: true }, 'no-store'],
    [{ sMaxage: 60, staleWhileRevalidate: 5 }, 'public, s-maxage=60, stale-while-revalidate=5'],
    ['max-age=60', 'max-age=60'],
    ['Public, max-age=60, new=thing', 'Public, max-age=60, new=thing'],
  ])('%j is sent as %j', (value, expected) => {
    expect(pairOf(value)?.cacheControl).toBe(expected)
  })

  test.each([
    [{ maxAge: 60, immutable: true }, 'private, max-age=60, immutable'],
    [{ maxAge: 60, mustRevalidate: true }, 'private, max-age=60, must-revalidate'],
    [{ maxAge: 60, sMaxage: 600 }, 'private, max-age=60'],
    ['public, no-cache', 'private, no-cache'],
    ['max-age=60, must-revalidate', 'private, max-age=60, must-revalidate'],
    ['private="Set-Cookie", public', 'private'],
    ['max-age=60', 'max-age=60'],
    ['no-cache', 'no-cache'],
    ['no-store, public', 'no-store, public'],
    ['s-maxage=60, new="a thing"', 'private, new="a thing"'],
  ])('%j becomes %j where the request carried Authorization (RFC 9111 section 3.5)', (value, expected) => {
    expect(pairOf(value)?.authorizedCacheControl).toBe(expected)
  })
})

describe('misuse throws a TypeError that shows what it got', () => {
  test.each(['', 'max-age=1h', 'no cache', 'max-age=60, max-age=70', 'a\nb'])('the value %j', (value) => {
    expect(() => pairOf(value)).toThrow(
      `staticFiles: got ${JSON.stringify(value)} for the value of a rule of cacheControl`,
    )
  })

  test('directives that there are not', () => {
    expect(() => pairOf({ maxage: 60 } as CacheControlRule[1])).toThrow('"maxage"')
    expect(() => pairOf({ maxAge: -1 })).toThrow('staticFiles: Got -1 for maxAge of Cache-Control')
    expect(() => pairOf({ maxAge: 1.5 })).toThrow(TypeError)
    expect(() => pairOf({})).toThrow('got {} for the value')
  })

  test.each([[{ immutable: true }], ['immutable'], ['public, immutable']])('%j without a time', (value) => {
    expect(() => pairOf(value as CacheControlRule[1])).toThrow(
      'staticFiles: got immutable without a maxAge for the value',
    )
  })

  test.each([[42], [null], [undefined], [['no-cache']]])('the value %s', (value) => {
    expect(() => pairOf(value as unknown as string)).toThrow(TypeError)
  })

  test.each([['*.html'], [['*.html']], [['*.html', 'no-cache', 'more']], [{ '*.html': 'no-cache' }]])(
    'the rule %j',
    (rule) => {
      expect(() => cacheControlRules([rule as unknown as CacheControlRule])).toThrow('a rule of cacheControl')
    },
  )
})
