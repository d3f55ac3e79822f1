import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { divideTexts } from './divide-texts.ts'

/** The groups of texts, by the character in which they differ. */
function divide(texts: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  const { base, groups } = divideTexts(texts.map((text) => ({ text })))
  return groups.flatMap((group, i) =>
    group === undefined ? [] : [[String.fromCharCode(base + i), group.map(({ text }) => text)] as const],
  )
}

test('divides by the character that leaves the fewest together', () => {
  expect(divide(['/a-1', '/a-2', '/a-3', '/b-1'])).toEqual([
    ['1', ['/a-1', '/b-1']],
    ['2', ['/a-2']],
    ['3', ['/a-3']],
  ])
})

test('takes the end of the shortest for a slash', () => {
  expect(divide(['/user', '/users'])).toEqual([
    ['/', ['/user']],
    ['s', ['/users']],
  ])
})

test('looks no further than the shortest goes', () => {
  expect(divide(['/ab', '/xyz-1', '/xyz-2'])).toEqual([
    ['a', ['/ab']],
    ['x', ['/xyz-1', '/xyz-2']],
  ])
})

test('leaves no text out, and puts none twice', () => {
  const text = fc
    .string({ unit: fc.constantFrom('a', 'b', '~', '!'), maxLength: 5 })
    .map((each) => `/${each}`)
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 2, maxLength: 20 }), (texts) => {
      const groups = divide(texts).map(([, group]) => group)
      expect(groups.length).toBeGreaterThan(1)
      expect(groups.flat().sort()).toEqual([...texts].sort())
    }),
  )
})
