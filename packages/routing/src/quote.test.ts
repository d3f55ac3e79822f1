import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeValue, quote, SHOWN_LENGTH_LIMIT, showValue } from './quote.ts'

test('quoted texts are cut, and stay on their line', () => {
  expect(quote('a'.repeat(SHOWN_LENGTH_LIMIT))).toBe(`"${'a'.repeat(SHOWN_LENGTH_LIMIT)}"`)
  expect(quote('a'.repeat(SHOWN_LENGTH_LIMIT + 1))).toBe(`"${'a'.repeat(SHOWN_LENGTH_LIMIT)}…"`)
  expect(quote('a"\n\u009b\u2028\u202e')).toBe(String.raw`"a\"\n\u009b\u2028\u202e"`)
})

test.each(['\u007f', '\u009f', '\u2028', '\u2029', '\u200e', '\u200f', '\u202a', '\u2066', '\u2069'])(
  'shows %j, which a terminal would act on, as an escape',
  (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    expect(quote(`a${character}b`)).toBe(`"a\\u${code}b"`)
  },
)

test.each([
  ['a', '"a"'],
  [7, '7'],
  [7n, '7'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('a'), 'Symbol(a)'],
  [['a'], 'a list'],
  [{ a: 1 }, 'an object'],
  [Object.create(null), 'an object'],
  [new Map(), 'an object of class Map'],
  [() => 1, 'the function (anonymous)'],
  [String, 'the function String'],
  [new (class {})(), 'an object'],
  [{ constructor: { name: 7 } }, 'an object'],
])('%o is described', (value, expected) => {
  expect(describeValue(value)).toBe(expected)
})

test('shows values as JSON, where they have that form', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const throwing = {
    toJSON: () => {
      throw new Error('No JSON.')
    },
  }
  expect(showValue(['a', 7, 7n, null])).toBe('["a",7,"7",null]')
  expect(showValue({ a: [1] })).toBe('{"a":[1]}')
  expect(showValue(undefined)).toBe('undefined')
  expect(showValue(cyclic)).toBe('a list')
  expect(showValue([throwing])).toBe('a list')
  expect(showValue(throwing)).toBe('an object')
})

test('never shows more than the limit', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, maxDepth: 4 }), (value) => {
      // A character that has an escape takes six.
      expect(showValue(value).length).toBeLessThanOrEqual(SHOWN_LENGTH_LIMIT + 1)
      expect(describeValue(value).length).toBeLessThanOrEqual(6 * SHOWN_LENGTH_LIMIT + 3)
    }),
  )
})
