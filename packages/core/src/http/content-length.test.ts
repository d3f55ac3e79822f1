import fc from 'fast-check'
import { expect, test } from 'vitest'
import { acceptedOf, digits } from './characters.test-support.ts'
import { formatContentLength, parseContentLength } from './content-length.ts'

test('is a plain number of bytes', () => {
  expect(parseContentLength('0')).toBe(0)
  expect(parseContentLength('0042')).toBe(42)
  expect(parseContentLength('999999999999999')).toBe(999_999_999_999_999)
})

test.each(['', ' 1', '1 ', '+1', '-1', '1.0', '1e3', '0x10', '1,1', '1, 1', '١', '1000000000000000'])(
  '%j is none',
  (header) => {
    expect(parseContentLength(header)).toBeUndefined()
  },
)

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (size) => {
      expect(parseContentLength(formatContentLength(size))).toBe(size)
    }),
  )
})

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is not written', (size) => {
  expect(() => formatContentLength(size)).toThrow(RangeError)
})

test.each([0, 1, 999_999_999_999_999, Number.MAX_SAFE_INTEGER])('%d bytes are written', (size) => {
  expect(formatContentLength(size)).toBe(String(size))
})

test('a length is of ASCII digits only, so that no two readers see two lengths (robustness.md B2)', () => {
  expect(acceptedOf((character) => parseContentLength(character) !== undefined)).toBe(digits)
  expect(acceptedOf((character) => parseContentLength(`1${character}`) !== undefined)).toBe(digits)
  expect(acceptedOf((character) => parseContentLength(`${character}1`) !== undefined)).toBe(digits)
})
