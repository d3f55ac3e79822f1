import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDict, parseDict } from './dict.ts'
import { LIST_LIMIT } from './list.ts'

const entries = (header: string) => [...parseDict(header)]

describe('parseDict', () => {
  test('reads names with and without values', () => {
    expect(entries('Realm="a, \\"b\\"", stale=TRUE , flag')).toEqual([
      ['realm', 'a, "b"'],
      ['stale', 'TRUE'],
      ['flag', undefined],
    ])
  })

  test('tells an empty value from none', () => {
    expect(entries('a="", b')).toEqual([
      ['a', ''],
      ['b', undefined],
    ])
  })

  test('takes the first of repeats', () => {
    expect(entries('a=1, A=2, b, b=3')).toEqual([
      ['a', '1'],
      ['b', undefined],
    ])
  })

  test('keeps extended values as they stand', () => {
    expect(entries("username*=UTF-8''J%C3%A4s")).toEqual([['username*', "UTF-8''J%C3%A4s"]])
  })

  test.each(['', ',', '=', '=a', 'a=', 'a="b', 'a="b"c', 'a=b c', 'a =b', 'a= b', 'a b', '"a"=b', '\xe4=1'])(
    'leaves out the malformed %j',
    (header) => {
      expect(entries(header)).toEqual([])
      expect(entries(`x=1, ${header}`)).toEqual([['x', '1']])
    },
  )

  test('has hostile names as names only (robustness.md K2)', () => {
    expect(parseDict('__proto__=a, constructor=b').get('__proto__')).toBe('a')
    expect(parseDict('').get('constructor')).toBeUndefined()
  })

  test('stops after the most members of a list', () => {
    const header = Array.from({ length: LIST_LIMIT + 5 }, (_, i) => `n${i}=1`).join(',')
    expect(parseDict(header).size).toBe(LIST_LIMIT)
  })
})

describe('formatDict', () => {
  test('quotes values where it must', () => {
    expect(formatDict([['realm', 'a, b'], ['stale', 'true'], ['flag'], ['empty', '']])).toBe(
      'realm="a, b", stale=true, flag, empty=""',
    )
  })

  test('takes a Map, and what parseDict gave', () => {
    expect(formatDict(new Map([['a', '1']]))).toBe('a=1')
    expect(formatDict(parseDict('a="1", b'))).toBe('a=1, b')
  })

  test('refuses what would become another header', () => {
    expect(() => formatDict([['a\r\nb', '1']])).toThrow(RangeError)
    expect(() => formatDict([['a', '1\r\nb']])).toThrow(RangeError)
    expect(() => formatDict([['', '1']])).toThrow(RangeError)
  })
})

test('what is formatted is read back', () => {
  const name = fc.stringMatching(/^[a-z_*'-]{1,8}$/)
  const value = fc.option(fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', ' ', '=', '\xe4') }), {
    nil: undefined,
  })
  const dict = fc.uniqueArray(fc.tuple(name, value), { selector: ([name]) => name, maxLength: 20 })
  fc.assert(
    fc.property(dict, (dict) => {
      expect(entries(formatDict(dict))).toEqual(dict)
    }),
  )
})

test('any text gives a dict that can be formatted and read back', () => {
  const near = fc.string({ unit: fc.constantFrom('a', 'B', ',', '=', '"', '\\', ' ') })
  fc.assert(
    fc.property(near, (header) => {
      const dict = parseDict(header)
      expect(parseDict(formatDict(dict))).toEqual(dict)
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (header) => {
      expect(parseDict(header).size).toBeLessThanOrEqual(LIST_LIMIT)
    }),
  )
})

test.each([
  ['a', [['a', undefined]]],
  ['A=1', [['a', '1']]],
  [
    'a=1,b',
    [
      ['a', '1'],
      ['b', undefined],
    ],
  ],
  ['a="1,b=2"', [['a', '1,b=2']]],
  ['a="\\""', [['a', '"']]],
  ['a=""', [['a', '']]],
  ['a=1, a=2, A=3', [['a', '1']]],
  ['a, a=2', [['a', undefined]]],
  ['a=, b=1', [['b', '1']]],
  ['a=, a=1', [['a', '1']]],
  ['=1, b', [['b', undefined]]],
  ['a =1, b', [['b', undefined]]],
  ['a= 1, b', [['b', undefined]]],
  ['a=1 2, b', [['b', undefined]]],
  ['a=b=c, d', [['d', undefined]]],
  ['"a"=1, b', [['b', undefined]]],
  ['a="b, c', []],
  ['\u212aey=1, b', [['b', undefined]]],
  ['\u00e4=1, b', [['b', undefined]]],
  [
    'toString, __proto__=1',
    [
      ['tostring', undefined],
      ['__proto__', '1'],
    ],
  ],
])('%j holds %j', (header, entries) => {
  expect([...parseDict(header)]).toEqual(entries)
})
