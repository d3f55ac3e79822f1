import { URITooLong } from '@stapel/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ARGS_LIMIT, parseArgs } from './request-args.ts'

test('a query is decoded as forms are, in order and with repeats', () => {
  expect([...parseArgs('q=a+b%21&q=c&empty&=x&&%C3%BC=%E2%82%AC')]).toEqual([
    ['q', 'a b!'],
    ['q', 'c'],
    ['empty', ''],
    ['', 'x'],
    ['ü', '€'],
  ])
})

// robustness.md M4
test('only & separates', () => {
  expect([...parseArgs('a=1;b=2')]).toEqual([['a', '1;b=2']])
})

// robustness.md K1
test('names stay flat, and are only data', () => {
  const args = parseArgs('a[b]=1&__proto__=2&constructor.prototype=3')
  expect([...args.keys()]).toEqual(['a[b]', '__proto__', 'constructor.prototype'])
  expect(args.get('toString')).toBeNull()
  expect(({} as Record<string, unknown>).b).toBeUndefined()
})

test.each(['%', '%zz', '%E0%A4', '%FF', '&&&', '=', '%00', '?', '#', '\ud800', '+'.repeat(5000)])(
  'the query %j gives values',
  (query) => {
    expect(parseArgs(query)).toBeInstanceOf(URLSearchParams)
  },
)

// robustness.md M4, M8
test('a thousand values are taken, one more is answered 414', () => {
  const query = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}=`).join('&')
  expect([...parseArgs(query(ARGS_LIMIT))]).toHaveLength(ARGS_LIMIT)
  expect(() => parseArgs(query(ARGS_LIMIT + 1))).toThrow(URITooLong)
  expect(() => parseArgs('&'.repeat(100_000))).toThrow(URITooLong)
})

test('any query of few values gives what URLSearchParams gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (query) => {
      expect([...parseArgs(query)]).toEqual([...new URLSearchParams(query)])
    }),
  )
})

test.each([
  ['?a=1', [['?a', '1']]],
  ['?', [['?', '']]],
  ['??a', [['??a', '']]],
  ['a=?', [['a', '?']]],
  ['&?a=1', [['?a', '1']]],
])('%j holds %j, as of a URL', (query, args) => {
  expect([...parseArgs(query)]).toEqual(args)
  expect([...new URL(`http://localhost/?${query}`).searchParams]).toEqual(args)
})
