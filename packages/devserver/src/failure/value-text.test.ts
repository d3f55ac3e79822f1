import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classOf, cut, describeValue, isError, VALUE_LIMIT } from './value-text.ts'

class Point {
  x = 1
}

test.for([
  ['text "quoted"\n', '"text \\"quoted\\"\\n"'],
  [42, '42'],
  [10n, '10n'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('s'), 'Symbol(s)'],
  [() => {}, 'the function (anonymous)'],
  [function named() {}, 'the function named'],
  [[1, 'a', {}, []], '[1, "a", an object, a list]'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  [new Point(), 'an object of class Point { x: 1 }'],
  [new RangeError('far'), 'RangeError: far'],
  [new Date(0), String(new Date(0))],
] as const)('%o is %s', ([value, text]) => {
  expect(describeValue(value)).toBe(text)
})

test('of long texts, lists and objects the first is shown', () => {
  expect(describeValue('x'.repeat(10_000_000)).length).toBeLessThanOrEqual(VALUE_LIMIT + 1)
  expect(describeValue(Array.from({ length: 1_000 }, (_, i) => i))).toBe('[0, 1, 2, 3, 4, 5, 6, 7, …]')
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`k${i}`, i]))
  expect(describeValue(wide)).toMatch(/ k7: 7, … \}$/)
})

// robustness.md D4
test('any value has a text of one line, within its limit', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }), (value) => {
      const text = describeValue(value)
      expect(text.length).toBeGreaterThan(0)
      expect(text.length).toBeLessThanOrEqual(VALUE_LIMIT + 1)
    }),
  )
})

test('what fails when it is looked at is shown as that', () => {
  const refuse = (): never => {
    throw new Error('no access')
  }
  const hostile = new Proxy({}, { get: refuse, ownKeys: refuse, getPrototypeOf: refuse })
  expect(describeValue(hostile)).toBe('a value that cannot be shown')
  expect(isError(hostile)).toBe(false)
  expect(classOf(hostile)).toBeUndefined()
})

test('a cut leaves no half of a character', () => {
  expect(cut('ab😀', 3)).toBe('ab…')
  expect(cut('ab😀', 4)).toBe('ab😀')
})
