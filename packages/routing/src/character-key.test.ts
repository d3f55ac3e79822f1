import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseOffsets, keyAt, keyOf, roomFor } from './character-key.ts'

test('chooses the places that tell texts apart', () => {
  const offsets = chooseOffsets(['/xa1y', '/xb1y', '/xa2y', '/xb2y'])
  expect(new Set(offsets)).toContain(2)
  expect(new Set(offsets)).toContain(3)
})

test('chooses the first and the last place where they tell texts apart', () => {
  expect(new Set(chooseOffsets(['abcd1', 'abcd2', 'xbcd1', 'xbcd2']))).toEqual(new Set([0, 4]))
})

test('tells more texts apart than it looks at', () => {
  const texts = Array.from({ length: 2000 }, (_, i) => `/${1000 + i}`)
  const offsets = chooseOffsets(texts)
  expect(new Set(texts.map((text) => keyAt(text, offsets))).size).toBe(2000)
})

test('gives a key that is a number of 31 bits, for any characters', () => {
  const character = fc.string({ unit: fc.constantFrom('\u0000', 'a', '\uffff'), minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(character, (text) => {
      const key = keyAt(text, [0, 1, 2, 3])
      expect(key).toBe(key | 0)
      expect(key).toBeGreaterThanOrEqual(0)
    }),
  )
  expect(keyOf(0xffff, 0xffff, 0xffff, 0xffff)).toBeLessThan(2 ** 31)
})

test('has two places for each text', () => {
  expect([1, 2, 3, 4, 5, 2000].map(roomFor)).toEqual([2, 4, 8, 8, 16, 4096])
})
