import { expect, test } from 'vitest'
import { equalValues } from './equal-values.ts'

test.each([
  ['numbers', 1, 1, true],
  ['numbers that differ', 1, 2, false],
  ['zeros', 0, -0, true],
  ['no number', Number.NaN, Number.NaN, true],
  ['a number and its text', 1, '1', false],
  ['null and an object', null, {}, false],
  ['null and nothing', null, undefined, false],
  ['lists', ['a', ['b']], ['a', ['b']], true],
  ['lists of other lengths', ['a'], ['a', 'b'], false],
  ['lists that differ', ['a'], ['b'], false],
  ['a list and an object', ['a'], { 0: 'a' }, false],
  ['dates', new Date(5), new Date(5), true],
  ['dates that differ', new Date(5), new Date(6), false],
  ['a date and its number', new Date(5), 5, false],
  ['two objects', { a: 1 }, { a: 1 }, false],
  ['an object and nothing', {}, undefined, false],
  ['lists of which one element differs', ['a', 'b'], ['a', 'c'], false],
  ['a list and an object with its length', ['a'], { 0: 'a', length: 1 }, false],
  ['a date and another object of its number', new Date(5), { valueOf: (): number => 5 }, false],
  [
    'groups of an expression, which have no prototype',
    /(?<a>.)/.exec('x')?.groups,
    /(?<a>.)/.exec('x')?.groups,
    false,
  ],
  ['objects whose valueOf is no function', { valueOf: 1 }, { valueOf: 1 }, false],
])('compares %s', (_title, a, b, same) => {
  expect(equalValues(a, b)).toBe(same)
  expect(equalValues(b, a)).toBe(same)
})
