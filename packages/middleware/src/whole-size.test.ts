import type { Body } from '@stapel/core'
import { expect, test } from 'vitest'
import { wholeSize } from './whole-size.ts'

test.each<[shown: string, body: Body, size: number]>([
  ['a text', 'abc', 3],
  ['a text beyond ASCII', 'aßc\u20ac', 7],
  ['half a surrogate pair, which is sent as U+FFFD', '\ud800', 3],
  ['an empty text', '', 0],
  ['bytes', new Uint8Array(5), 5],
  ['a part of a buffer', new Uint8Array(10).subarray(2, 4), 2],
  ['a list', ['ä', new Uint8Array(3), ''], 5],
  ['an empty list', [], 0],
  ['a list that holds what is no chunk', ['a', 1] as unknown as Body, -1],
  ['what is iterated', new Set(['a']), -1],
])('the size of %s is known where the body is whole', (_shown, body, size) => {
  expect(wholeSize(body)).toBe(size)
})
