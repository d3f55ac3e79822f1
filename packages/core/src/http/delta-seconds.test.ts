import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAge, parseAge } from './age.ts'
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

describe('the age of an answer', () => {
  test('is read of the first of several (RFC 9111 section 5.1)', () => {
    expect(parseAge('60')).toBe(60)
    expect(parseAge(' 60 , 120')).toBe(60)
  })

  test.each(['', ',', ', 60', '-1', '1.5', 'old', '60 120', '"60"'])('is not known by %j', (header) => {
    expect(parseAge(header)).toBeUndefined()
  })

  test('is written in whole seconds', () => {
    expect(formatAge(0)).toBe('0')
    expect(parseAge(formatAge(DELTA_SECONDS_LIMIT))).toBe(DELTA_SECONDS_LIMIT)
    expect(() => formatAge(-1)).toThrow(RangeError)
    expect(() => formatAge(1.5)).toThrow(RangeError)
  })
})
