import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildQuery } from './build-query.ts'

test('repeats lists and leaves out what is not there', () => {
  const query = {
    q: 'a b&c',
    page: 2,
    tag: ['x', 'y', null],
    none: null,
    missing: undefined,
    exact: true,
    big: 9n,
  }
  expect(buildQuery(query as never, undefined, false)).toBe('?q=a+b%26c&page=2&tag=x&tag=y&exact=true&big=9')
})

test('gives nothing for an empty query', () => {
  expect(buildQuery({}, undefined, false)).toBe('')
  expect(buildQuery({ none: [] }, { no: null }, true)).toBe('')
  expect(buildQuery(undefined, undefined, false)).toBe('')
})

test.each([
  [null, 'null'],
  ['a=1', '"a=1"'],
  [7, '7'],
])('refuses %j, which holds no values', (query, got) => {
  expect(() => buildQuery(query as never, undefined, false)).toThrow(
    `Got ${got} for a query; expected an object`,
  )
})

test('keeps an empty value', () => {
  expect(buildQuery({ q: '' }, undefined, false)).toBe('?q=')
})

test('takes URLSearchParams, and leaves them as they are', () => {
  const query = new URLSearchParams('b=1&a=2')
  expect(buildQuery(query, { c: 3 }, true)).toBe('?a=2&b=1&c=3')
  expect(String(query)).toBe('b=1&a=2')
})

test('takes pairs of whatever lists them', () => {
  const map = new Map<string, string | number>([
    ['b', 1],
    ['a', 'x'],
  ])
  const form = new FormData()
  form.append('a', '1')
  form.append('a', '2')
  expect(buildQuery(map, undefined, false)).toBe('?b=1&a=x')
  expect(buildQuery(form as never, undefined, false)).toBe('?a=1&a=2')
  form.append('file', new Blob(['x']))
  expect(() => buildQuery(form as never, undefined, false)).toThrow('Got an object of class File for "file"')
})

test('takes pairs, in their order', () => {
  const pairs = [
    ['b', 1],
    ['a', ['x', 'y']],
    ['b', 2],
    ['c', null],
  ] as const
  expect(buildQuery(pairs, undefined, false)).toBe('?b=1&a=x&a=y&b=2')
  expect(buildQuery([], undefined, false)).toBe('')
})

test('says what stands in a list where a pair belongs', () => {
  expect(() => buildQuery([['a']] as never, undefined, false)).toThrow('Got another list in a list')
  expect(() => buildQuery(['ab'] as never, undefined, false)).toThrow('Got "ab" in a list')
})

test.each([[['a']], [[['a', 'b', 'c']]], [[[1, 2]]], [[{ a: 1 }]], [['ab']]])(
  'throws a TypeError for the list %j',
  (pairs) => {
    expect(() => buildQuery(pairs as never, undefined, false)).toThrow('expected pairs')
  },
)

test('sorts by name and keeps the order of the values', () => {
  expect(buildQuery({ b: ['2', '1'], a: 'x' }, { aa: 0 }, true)).toBe('?a=x&aa=0&b=2&b=1')
})

test('throws a TypeError for an object, a function, a symbol', () => {
  expect(() => buildQuery({ when: new Date(0) } as never, undefined, false)).toThrow(
    'Got an object of class Date for "when" in a query; expected a text',
  )
  expect(() => buildQuery(undefined, { f: [() => 1] }, false)).toThrow(TypeError)
  expect(() => buildQuery(undefined, { s: Symbol('s') }, false)).toThrow(TypeError)
})

test('gives back every pair when it is parsed', () => {
  const text = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(fc.dictionary(text, fc.array(text)), (query) => {
      const parsed = new URLSearchParams(buildQuery(query, undefined, false))
      for (const [name, values] of Object.entries(query)) expect(parsed.getAll(name)).toEqual(values)
    }),
  )
})
