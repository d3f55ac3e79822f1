import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DELTA_SECONDS_LIMIT } from './delta-seconds.ts'
import { formatRetryAfter, parseRetryAfter } from './retry-after.ts'

describe('parseRetryAfter', () => {
  test('reads the examples of RFC 9110 section 10.2.3', () => {
    expect(parseRetryAfter('120')).toBe(120)
    expect(parseRetryAfter('Fri, 31 Dec 1999 23:59:59 GMT')).toEqual(new Date('1999-12-31T23:59:59Z'))
  })

  test.each(['', '-1', '1.5', '+3', '120, 120', 'soon', '1999-12-31', 'Fri, 31 Feb 1999 23:59:59 GMT'])(
    'ignores %j',
    (header) => {
      expect(parseRetryAfter(header)).toBeUndefined()
    },
  )

  test('reads any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9A-Za-z, :]*$/)),
        (header) => {
          const when = parseRetryAfter(header)
          if (when !== undefined) expect(parseRetryAfter(formatRetryAfter(when))).toEqual(when)
        },
      ),
    )
  })
})

describe('formatRetryAfter', () => {
  test('rounds up, so that nobody comes too early', () => {
    expect(formatRetryAfter(0)).toBe('0')
    expect(formatRetryAfter(0.001)).toBe('1')
    expect(formatRetryAfter(59.9)).toBe('60')
  })

  test('writes a date', () => {
    expect(formatRetryAfter(new Date('2030-01-02T03:04:05Z'))).toBe('Wed, 02 Jan 2030 03:04:05 GMT')
  })

  test.each([-1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, DELTA_SECONDS_LIMIT + 1, new Date(Number.NaN)])(
    'refuses %s',
    (when) => {
      expect(() => formatRetryAfter(when)).toThrow(RangeError)
    },
  )

  test('writes what is read back', () => {
    const date = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000))
    fc.assert(
      fc.property(fc.oneof(date, fc.integer({ min: 0, max: DELTA_SECONDS_LIMIT })), (when) => {
        expect(parseRetryAfter(formatRetryAfter(when))).toEqual(when)
      }),
    )
  })
})

test.each([
  ['0', 0],
  ['00', 0],
  ['2147483648', DELTA_SECONDS_LIMIT],
  ['99999999999', DELTA_SECONDS_LIMIT],
  [' 120', undefined],
  ['120 ', undefined],
  ['-0', undefined],
  ['1e3', undefined],
  ['0x10', undefined],
  ['120, 60', undefined],
  ['Friday, 31-Dec-99 23:59:59 GMT', new Date('1999-12-31T23:59:59Z')],
  ['Fri Dec 31 23:59:59 1999', new Date('1999-12-31T23:59:59Z')],
  ['Mon, 31 Dec 1999 23:59:59 GMT', new Date('1999-12-31T23:59:59Z')],
  ['Fri, 31 Dec 1999 23:59:59', undefined],
])('%j is %j (RFC 9110 section 10.2.3)', (header, expected) => {
  expect(parseRetryAfter(header)).toEqual(expected)
})
