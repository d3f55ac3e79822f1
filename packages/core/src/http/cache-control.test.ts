import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CacheControl, formatCacheControl, parseCacheControl } from './cache-control.ts'
import { DELTA_SECONDS_LIMIT } from './delta-seconds.ts'

describe('parseCacheControl', () => {
  test('reads the directives of a response', () => {
    expect(
      parseCacheControl(
        'public, Max-Age=60, s-maxage=120, must-revalidate, proxy-revalidate, must-understand, no-transform, immutable, stale-while-revalidate=30, stale-if-error=300',
      ),
    ).toEqual({
      public: true,
      maxAge: 60,
      sMaxage: 120,
      mustRevalidate: true,
      proxyRevalidate: true,
      mustUnderstand: true,
      noTransform: true,
      immutable: true,
      staleWhileRevalidate: 30,
      staleIfError: 300,
    })
    expect(parseCacheControl('no-store, no-cache, private')).toEqual({
      noStore: true,
      noCache: true,
      private: true,
    })
  })

  test('reads the directives of a request', () => {
    expect(parseCacheControl('max-age=0, max-stale=10, min-fresh=5, only-if-cached')).toEqual({
      maxAge: 0,
      maxStale: 10,
      minFresh: 5,
      onlyIfCached: true,
    })
    expect(parseCacheControl('max-stale')).toEqual({ maxStale: true })
  })

  test('reads field names, quoted or, for a single one, bare', () => {
    expect(parseCacheControl('private="Set-Cookie, X-User", no-cache="age"')).toEqual({
      private: ['set-cookie', 'x-user'],
      noCache: ['age'],
    })
    expect(parseCacheControl('private=Set-Cookie')).toEqual({ private: ['set-cookie'] })
  })

  test.each(['""', '', '"', '"a', '"a b"', '"a, b c"', '"\xe4"', '" , "'])(
    'takes private=%s for the whole answer',
    (argument) => {
      expect(parseCacheControl(`private=${argument}`)).toEqual({ private: true })
      expect(parseCacheControl(`no-cache=${argument}`)).toEqual({ noCache: true })
    },
  )

  test('reads times that are quoted (RFC 9111 section 5.2)', () => {
    expect(parseCacheControl('max-age="60"')).toEqual({ maxAge: 60 })
  })

  test('takes a greater time for the greatest one', () => {
    expect(parseCacheControl(`max-age=${'9'.repeat(400)}`)).toEqual({ maxAge: DELTA_SECONDS_LIMIT })
    expect(parseCacheControl(`max-age=${DELTA_SECONDS_LIMIT}`)).toEqual({ maxAge: DELTA_SECONDS_LIMIT })
  })

  test.each(['', '=', '=-1', '=1.5', '=1e3', '=0x1', '=+1', '=soon', '= 1', '="1', '=\u0661'])(
    'takes max-age%s for 0 and leaves other malformed times out (RFC 9111 section 4.2.1)',
    (argument) => {
      expect(parseCacheControl(`max-age${argument}`)).toEqual({ maxAge: 0 })
      expect(parseCacheControl(`s-maxage${argument}`)).toEqual({ sMaxage: 0 })
      expect(parseCacheControl(`stale-while-revalidate${argument}`)).toEqual({})
      expect(parseCacheControl(`min-fresh${argument}`)).toEqual({})
    },
  )

  test('leaves a malformed max-stale out, which would be the widest without its argument', () => {
    expect(parseCacheControl('max-stale=soon')).toEqual({})
    expect(parseCacheControl('max-stale=')).toEqual({})
    expect(parseCacheControl('max-stale=soon, min-fresh=soon')).toStrictEqual({})
  })

  test('takes the first of repeats', () => {
    expect(parseCacheControl('max-age=1, MAX-AGE=2, private="a", private')).toEqual({
      maxAge: 1,
      private: ['a'],
    })
  })

  test('knows a directive in spite of an argument it should not have', () => {
    expect(parseCacheControl('no-store=1, immutable="x"')).toEqual({ noStore: true, immutable: true })
  })

  test('keeps unknown directives', () => {
    expect(parseCacheControl('community="UCI, x", Pre-Check=0, flag')).toEqual({
      extensions: new Map([
        ['community', 'UCI, x'],
        ['pre-check', '0'],
        ['flag', undefined],
      ]),
    })
    expect(parseCacheControl('__proto__=1').extensions?.get('__proto__')).toBe('1')
  })

  test.each(['', ',', '=', '=1', 'a b', '"no-store"', 'x="', 'x=a b'])('finds nothing in %j', (header) => {
    expect(parseCacheControl(header)).toEqual({})
  })
})

describe('formatCacheControl', () => {
  test('writes the fields in their order', () => {
    expect(formatCacheControl({ public: true, maxAge: 31_536_000, immutable: true })).toBe(
      'public, max-age=31536000, immutable',
    )
    expect(formatCacheControl({ noCache: ['Set-Cookie', 'age'], maxStale: true, minFresh: 0 })).toBe(
      'no-cache="Set-Cookie, age", max-stale, min-fresh=0',
    )
  })

  test('leaves out what is false or undefined', () => {
    expect(formatCacheControl({ public: false, noCache: false, maxAge: undefined, noStore: true })).toBe(
      'no-store',
    )
    expect(formatCacheControl({})).toBe('')
  })

  test('takes an empty list of fields for the whole answer', () => {
    expect(formatCacheControl({ private: [] })).toBe('private')
  })

  test('writes extensions after the others or where they stand', () => {
    const extensions = new Map([
      ['community', 'a, b'],
      ['flag', undefined],
    ])
    expect(formatCacheControl({ maxAge: 1, extensions })).toBe('max-age=1, community="a, b", flag')
  })

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, DELTA_SECONDS_LIMIT + 1, '60'])(
    'refuses the time %s',
    (maxAge) => {
      expect(() => formatCacheControl({ maxAge: maxAge as number })).toThrow(RangeError)
    },
  )

  test('refuses a field that is none and says which there are', () => {
    expect(() => formatCacheControl({ maxage: 1 } as CacheControl)).toThrow(/"maxage".*maxAge/)
    expect(() => formatCacheControl({ 'max-age': 1 } as CacheControl)).toThrow(TypeError)
  })

  test('refuses what would become another header', () => {
    expect(() => formatCacheControl({ private: ['a\r\nb'] })).toThrow(RangeError)
    expect(() => formatCacheControl({ extensions: new Map([['a b', undefined]]) })).toThrow(RangeError)
    expect(() => formatCacheControl({ extensions: new Map([['a', 'b\r\nc']]) })).toThrow(RangeError)
  })
})

const seconds = fc.integer({ min: 0, max: DELTA_SECONDS_LIMIT })
const fields = fc.oneof(fc.constant(true), fc.array(fc.stringMatching(/^[a-z-]{1,8}$/), { minLength: 1 }))
const some = fc.constant(true)

test('what is formatted is read back', () => {
  const extensions = fc
    .uniqueArray(fc.tuple(fc.stringMatching(/^x-[a-z]{1,5}$/), fc.option(fc.string(), { nil: undefined })), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 5,
    })
    .map((entries) => new Map(entries))
  const cacheControl = fc.record(
    {
      maxAge: seconds,
      sMaxage: seconds,
      noCache: fields,
      noStore: some,
      noTransform: some,
      private: fields,
      public: some,
      mustRevalidate: some,
      proxyRevalidate: some,
      mustUnderstand: some,
      immutable: some,
      staleWhileRevalidate: seconds,
      staleIfError: seconds,
      maxStale: fc.oneof(seconds, some),
      minFresh: seconds,
      onlyIfCached: some,
      extensions,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(cacheControl, (cacheControl) => {
      expect(parseCacheControl(formatCacheControl(cacheControl as CacheControl))).toEqual(cacheControl)
    }),
  )
})

test('any text gives directives that can be formatted and read back', () => {
  const near = fc.string({
    unit: fc.constantFrom('max-age', 'private', 'x', 'no-cache', ',', '=', '"', '\\', ' ', '1', '-'),
  })
  fc.assert(
    fc.property(near, (header) => {
      const parsed = parseCacheControl(header)
      expect(parseCacheControl(formatCacheControl(parsed))).toEqual(parsed)
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (header) => {
      expect(parseCacheControl(header).noStore).toBeUndefined()
    }),
  )
})

test.each([
  ['max-age=2147483648', { maxAge: 2_147_483_648 }],
  ['max-age=2147483649', { maxAge: 2_147_483_648 }],
  ['max-age=99999999999999999999', { maxAge: 2_147_483_648 }],
  ['max-age="60"', { maxAge: 60 }],
  ['max-age=060', { maxAge: 60 }],
  ['max-age=-1', { maxAge: 0 }],
  ['max-age=1.5', { maxAge: 0 }],
  ['max-age', { maxAge: 0 }],
  ['max-age=', { maxAge: 0 }],
  ['MAX-AGE=60', { maxAge: 60 }],
  ['max-age=60, max-age=0', { maxAge: 60 }],
  ['max-age=x, max-age=60', { maxAge: 0 }],
  ['\u212aey=1', {}],
  ['max-age=\u0661', { maxAge: 0 }],
])('%s is read as %j: what is no number of seconds is stale (RFC 9111 section 4.2.1)', (header, expected) => {
  expect(parseCacheControl(header)).toEqual(expected)
})

test.each([
  ['no-cache', { noCache: true }],
  ['no-cache=', { noCache: true }],
  ['no-cache=""', { noCache: true }],
  ['no-cache="a b"', { noCache: true }],
  ['no-cache=Set-Cookie', { noCache: ['set-cookie'] }],
  ['no-cache="A, ,B,"', { noCache: ['a', 'b'] }],
  ['no-cache="\u212aey"', { noCache: true }],
  ['private="a', { private: true }],
  ['no-store=x', { noStore: true }],
  ['no-store="x', { noStore: true }],
])('%s is read as %j: a malformed argument never loosens a directive', (header, expected) => {
  expect(parseCacheControl(header)).toEqual(expected)
})

test('a time as large as the limit is written, and one more is refused', () => {
  expect(formatCacheControl({ maxAge: DELTA_SECONDS_LIMIT })).toBe('max-age=2147483648')
  expect(formatCacheControl({ maxAge: 0 })).toBe('max-age=0')
  expect(() => formatCacheControl({ maxAge: DELTA_SECONDS_LIMIT + 1 })).toThrow(RangeError)
})
