import { expect, test } from 'vitest'
import { headPairs } from './head-pairs.ts'

test.each([
  ['nothing', undefined, []],
  ['null', null, []],
  ['an empty list', [], []],
  [
    'an object',
    { 'X-A': '1', 'x-b': ['2', '3'] },
    [
      ['X-A', '1', true],
      ['x-b', ['2', '3'], true],
    ],
  ],
  [
    'a list of pairs',
    [
      ['X-A', '1'],
      ['x-a', '2'],
      ['X-B', '3'],
    ],
    [
      ['X-A', '1', true],
      ['x-a', '2', false],
      ['X-B', '3', true],
    ],
  ],
  [
    'names and values in one list',
    ['X-A', '1', 'X-B', '2', 'x-a', '3'],
    [
      ['X-A', '1', true],
      ['X-B', '2', true],
      ['x-a', '3', false],
    ],
  ],
])('%s', (_, headers, pairs) => {
  expect([...headPairs(headers)]).toEqual(pairs)
})
