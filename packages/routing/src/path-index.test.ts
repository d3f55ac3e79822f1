import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEPTH_LIMIT, PathIndex } from './path-index.ts'

/** The index of texts, each of which stands for its place. */
function index(texts: readonly string[]): PathIndex<number> | undefined {
  return PathIndex.of(new Map(texts.map((text, i) => [text, i])))
}

test('finds what a text stands for, and nothing for another one', () => {
  const found = index(['/a-1', '/a-2', '/b-1'])
  expect(['/a-1', '/a-2', '/b-1', '/b-2', '/c-1'].map((text) => found?.get(text))).toEqual([
    0,
    1,
    2,
    undefined,
    undefined,
  ])
})

test('finds texts that share the characters by which they are found', () => {
  // Four of these digits leave two texts together.
  const texts = Array.from({ length: 2 ** 5 }, (_, i) => `/${i.toString(2).padStart(5, '0')}`)
  const found = index(texts)
  expect(texts.map((text) => found?.get(text))).toEqual(texts.map((_, i) => i))
})

test('is not there where too many texts would be compared', () => {
  const texts = Array.from(
    { length: 2 ** 4 * (DEPTH_LIMIT + 1) },
    (_, i) => `/${i.toString(2).padStart(8, '0')}`,
  )
  expect(index(texts)).toBeUndefined()
})

test('finds each of more texts than are looked at to choose the characters', () => {
  const texts = Array.from(
    { length: 5000 },
    (_, i) => `/${'photo event order'.split(' ')[i % 3]}-${1000 + i}`,
  )
  const found = index(texts)
  expect(texts.map((text) => found?.get(text))).toEqual(texts.map((_, i) => i))
  expect(found?.get('/photo-9999')).toBeUndefined()
})

test('finds what a Map finds', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '/', '\u00ff', '\uffff'),
    minLength: 6,
    maxLength: 6,
  })
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 40 }), text, (texts, other) => {
      const values = new Map(texts.map((each, i) => [each, i]))
      const found = PathIndex.of(values)
      fc.pre(found !== undefined)
      for (const each of [...texts, other]) expect(found?.get(each)).toBe(values.get(each))
    }),
    { numRuns: 1000 },
  )
})
