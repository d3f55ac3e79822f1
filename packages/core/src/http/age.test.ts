import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAge, parseAge } from './age.ts'
import { DELTA_SECONDS_LIMIT } from './delta-seconds.ts'

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

test('any age that is written is read back, alone and as the first of several', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: DELTA_SECONDS_LIMIT }),
      fc.string({ unit: 'binary' }),
      (seconds, rest) => {
        expect(parseAge(formatAge(seconds))).toBe(seconds)
        expect(parseAge(`${formatAge(seconds)}, ${rest}`)).toBe(seconds)
      },
    ),
  )
})
