import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits } from './characters.test-support.ts'
import { DELTA_SECONDS_LIMIT, formatDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts'

describe('parseDeltaSeconds', () => {
  test.each([
    ['0', 0],
    ['60', 60],
    ['007', 7],
    ['2147483648', DELTA_SECONDS_LIMIT],
    ['2147483649', DELTA_SECONDS_LIMIT],
    ['9'.repeat(400), DELTA_SECONDS_LIMIT],
  ])('reads %s', (text, seconds) => {
    expect(parseDeltaSeconds(text)).toBe(seconds)
  })

  // robustness.md O6: numbers are ASCII digits only.
  test.each(['', '-1', '+1', '1.5', '1e3', '0x10', '1_0', ' 1', '1 ', '1\n', '\u0661', '1,2', 'Infinity'])(
    'finds no time in %j',
    (text) => {
      expect(parseDeltaSeconds(text)).toBeUndefined()
    },
  )
})

describe('formatDeltaSeconds', () => {
  test('writes what is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: DELTA_SECONDS_LIMIT }), (seconds) => {
        expect(parseDeltaSeconds(formatDeltaSeconds(seconds))).toBe(seconds)
      }),
    )
  })

  // robustness.md M6: a bad number never passes silently.
  test.each([
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    DELTA_SECONDS_LIMIT + 1,
    '60' as unknown as number,
  ])('refuses %s', (seconds) => {
    expect(() => formatDeltaSeconds(seconds)).toThrow(RangeError)
  })
})

test('any text is a time that can be written and read back, or none', () => {
  const near = fc.stringMatching(/^[0-9+\-. ]{0,12}$/)
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      const seconds = parseDeltaSeconds(text)
      expect(seconds !== undefined).toBe(/^[0-9]+$/.test(text))
      if (seconds === undefined) return
      expect(seconds).toBeLessThanOrEqual(DELTA_SECONDS_LIMIT)
      expect(parseDeltaSeconds(formatDeltaSeconds(seconds))).toBe(seconds)
    }),
  )
})

test.each([0, 1, 2_147_483_647, DELTA_SECONDS_LIMIT])('%d s is written and read back', (seconds) => {
  expect(formatDeltaSeconds(seconds)).toBe(String(seconds))
  expect(parseDeltaSeconds(formatDeltaSeconds(seconds))).toBe(seconds)
})

test('numbers are of ASCII digits only', () => {
  expect(acceptedOf((character) => parseDeltaSeconds(character) !== undefined)).toBe(digits)
  expect(acceptedOf((character) => parseDeltaSeconds(`1${character}`) !== undefined)).toBe(digits)
  expect(acceptedOf((character) => parseDeltaSeconds(`${character}1`) !== undefined)).toBe(digits)
})
