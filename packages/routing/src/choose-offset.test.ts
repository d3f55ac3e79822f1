import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseOffset, codeAt } from './choose-offset.ts'

function choose(texts: readonly string[]): number {
  return chooseOffset(texts.map((text) => ({ text })))
}

test('chooses the character that leaves the fewest together', () => {
  expect(choose(['/a-1', '/a-2', '/a-3', '/b-1'])).toBe(3)
  expect(choose(['/a-1', '/b-1', '/c-1', '/c-2'])).toBe(1)
})

test('chooses the first of those that are as good', () => {
  expect(choose(['/abc', '/bcd'])).toBe(1)
})

test('takes the end of the shortest for a slash', () => {
  expect(choose(['/user', '/users'])).toBe(5)
  expect(codeAt('/user', 5)).toBe('/'.charCodeAt(0))
})

test('looks no further than the shortest goes', () => {
  expect(choose(['/ab', '/xyz-1', '/xyz-2', '/xyz-3'])).toBe(1)
})

test('divides many texts, of which one alone is another one within its length', () => {
  const long = Array.from({ length: 200 }, (_, i) => `/abc${i}`)
  expect(choose([...long, '/aa'])).toBe(2)
  expect(choose(['/aa', ...long])).toBe(2)
})

test('divides any texts', () => {
  const unit = fc.constantFrom('a', 'b', '~', '!', '\u012f')
  const text = fc.string({ unit, maxLength: 9 }).map((each) => `/${each}`)
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 120 }), (texts) => {
      const offset = choose(texts)
      expect(new Set(texts.map((each) => codeAt(each, offset))).size).toBeGreaterThan(1)
    }),
  )
})
