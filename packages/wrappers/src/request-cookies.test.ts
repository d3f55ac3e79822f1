import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { COOKIE_HEADER_LIMIT, RequestCookies } from './request-cookies.ts'

test('gives cookies by name', () => {
  const cookies = new RequestCookies('theme=dark; name=Ada%20L')
  expect(cookies.get('theme')).toBe('dark')
  expect(cookies.get('name')).toBe('Ada L')
  expect(cookies.get('other')).toBeUndefined()
  expect(cookies.has('theme')).toBe(true)
  expect(cookies.has('other')).toBe(false)
  expect(cookies.size).toBe(2)
})

test('iterates as a Map does', () => {
  const cookies = new RequestCookies('b=2; a=1')
  expect([...cookies]).toEqual([
    ['b', '2'],
    ['a', '1'],
  ])
  expect([...cookies.keys()]).toEqual(['b', 'a'])
  expect([...cookies.values()]).toEqual(['2', '1'])
  expect(new Map(cookies).get('a')).toBe('1')
})

test('there are none without a header', () => {
  expect([...new RequestCookies()]).toEqual([])
  expect([...new RequestCookies('')]).toEqual([])
})

describe('several of one name (robustness.md C3)', () => {
  const cookies = new RequestCookies('a=first; b=1; a=sec%20ond;a = "third" ; =a=4; aa=5')

  test('the first wins', () => {
    expect(cookies.get('a')).toBe('first')
  })

  test('all can be seen', () => {
    expect(cookies.getAll('a')).toEqual(['first', 'sec ond', '"third"'])
    expect(cookies.getAll('b')).toEqual(['1'])
    expect(cookies.getAll('c')).toEqual([])
    expect(cookies.getAll('')).toEqual([])
    expect(cookies.getAll('__proto__')).toEqual([])
  })
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  '%s is only a name (robustness.md K2)',
  (name) => {
    expect(new RequestCookies('a=1').get(name)).toBeUndefined()
    expect(new RequestCookies('a=1').has(name)).toBe(false)
    const cookies = new RequestCookies(`${name}=x`)
    expect(cookies.get(name)).toBe('x')
    expect([...cookies]).toEqual([[name, 'x']])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  },
)

describe('names are compared as they were sent (robustness.md C1)', () => {
  test.each(['__Host%2Dsid', '%5F_Host-sid', '__Secure%2Dsid', '__host-sid'])(
    '%s is another name',
    (name) => {
      const cookies = new RequestCookies(`${name}=evil; __Host-sid=good; __Secure-sid=good`)
      expect([cookies.get('__Host-sid'), cookies.get('__Secure-sid')]).toEqual(['good', 'good'])
      expect(cookies.get(name)).toBe('evil')
      expect(new RequestCookies(`${name}=evil`).has('__Host-sid')).toBe(false)
    },
  )

  test.each(['\u00a0', '\u000b', '\u000c', '\u2003', '\ufeff', '\r', '\n', '\0'])(
    '%j is part of a name or value, and no space',
    (character) => {
      const cookies = new RequestCookies(
        `${character}sid=evil; sid${character}=evil; a=${character}b${character}`,
      )
      expect(cookies.has('sid')).toBe(false)
      expect(cookies.get(`${character}sid`)).toBe('evil')
      expect(cookies.get('a')).toBe(`${character}b${character}`)
    },
  )

  test('spaces and tabs are none', () => {
    expect(new RequestCookies(' \tsid \t= x \t').get('sid')).toBe('x')
  })

  test('a pair that is none is skipped alone', () => {
    expect([...new RequestCookies('sid; \u00a0; ===; a=1; "; b; =evil; sid=x')]).toEqual([
      ['a', '1'],
      ['sid', 'x'],
    ])
  })

  test('a pair without a name is dropped', () => {
    expect([...new RequestCookies('=__Host-sid=evil; a=1')]).toEqual([['a', '1']])
  })
})

describe('awkward pairs (robustness.md C4)', () => {
  test.each([
    ['a=b=c', [['a', 'b=c']]],
    ['novalue; a=1', [['a', '1']]],
    [
      'a=; b=2',
      [
        ['a', ''],
        ['b', '2'],
      ],
    ],
    [';;; a=1;;', [['a', '1']]],
    ['a="quoted"', [['a', '"quoted"']]],
    ['a=%zz', [['a', '%zz']]],
    ['a=%E0%A4', [['a', '%E0%A4']]],
  ])('%j', (header, pairs) => {
    expect([...new RequestCookies(header)]).toEqual(pairs)
  })
})

test('what follows the limit is not read, and no value is cut (robustness.md M8)', () => {
  const filler = 'f='.padEnd(COOKIE_HEADER_LIMIT - 8, 'x')
  const cookies = new RequestCookies(`${filler}; a=123456789; b=2`)
  expect([...cookies.keys()]).toEqual(['f'])
  expect(new RequestCookies('a=1; '.repeat(100_000)).get('a')).toBe('1')
  expect([...new RequestCookies(`a=${'x'.repeat(COOKIE_HEADER_LIMIT)}`)]).toEqual([])
})

test('any header gives cookies, and the first of all of a name is the one', () => {
  const near = fc.string({ unit: fc.constantFrom('a', 'b', '=', ';', ' ', '\t', '"', '%', '2', '\u00a0') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const cookies = new RequestCookies(header)
      for (const [name, value] of cookies) {
        expect(typeof value).toBe('string')
        expect(cookies.getAll(name)[0]).toBe(value)
      }
    }),
  )
})

test.each<[string, [string, string][]]>([
  ['', []],
  [';', []],
  ['a', []],
  ['a=', [['a', '']]],
  ['=b', []],
  ['a=b', [['a', 'b']]],
  [
    'a=b;c=d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a=b; c=d;',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [' a = b ', [['a', 'b']]],
  ['a=b=c', [['a', 'b=c']]],
  ['a="b"', [['a', '"b"']]],
  ['a="b;c"', [['a', '"b']]],
  ['a=b,c=d', [['a', 'b,c=d']]],
  ['a=%20', [['a', ' ']]],
  ['a=%', [['a', '%']]],
  ['a=%zz', [['a', '%zz']]],
  ['a=%ff', [['a', '%ff']]],
  ['a=%C3%BC', [['a', '\u00fc']]],
  ['a=\u00fc', [['a', '\u00fc']]],
  ['a=+', [['a', '+']]],
  ['%61=b', [['%61', 'b']]],
  ['__Host%2Da=b', [['__Host%2Da', 'b']]],
  [
    'A=1; a=2',
    [
      ['A', '1'],
      ['a', '2'],
    ],
  ],
  ['a=1; a=2', [['a', '1']]],
  [
    '__proto__=1; constructor=2',
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
  [
    '$Version=1; a=b; $Path=/',
    [
      ['$Version', '1'],
      ['a', 'b'],
      ['$Path', '/'],
    ],
  ],
])('%j holds %j (RFC 6265 section 5.4)', (header, cookies) => {
  expect([...new RequestCookies(header)]).toEqual(cookies)
})

test('names that are whole numbers come before the others', () => {
  expect([...new RequestCookies('b=1; 2=2; 1=3').keys()]).toEqual(['1', '2', 'b'])
})

test('what is beyond the limit is not read, and no half of a pair', () => {
  expect(COOKIE_HEADER_LIMIT).toBe(16_384)
  const whole = `a=${'x'.repeat(COOKIE_HEADER_LIMIT - 2)}`
  expect(new RequestCookies(whole).get('a')).toHaveLength(COOKIE_HEADER_LIMIT - 2)
  expect(new RequestCookies(`${whole}x`).size).toBe(0)
  expect([...new RequestCookies(`b=1; ${whole}`).keys()]).toEqual(['b'])
  expect([...new RequestCookies(`${whole.slice(4)}; b=1`).keys()]).toEqual([])
})
