import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHttpDate } from './date.ts'
import { formatEntityTag } from './etag.ts'
import { formatIfRange, matchesIfRange, parseIfRange } from './if-range.ts'

const etag = { value: '1', weak: false }
const lastModified = new Date('2024-02-03T04:05:06.789Z')

describe('parseIfRange', () => {
  test('reads a tag or a date', () => {
    expect(parseIfRange(' "1" ')).toEqual(etag)
    expect(parseIfRange('W/"1"')).toEqual({ value: '1', weak: true })
    expect(parseIfRange('Sat, 03 Feb 2024 04:05:06 GMT')).toEqual(new Date('2024-02-03T04:05:06Z'))
  })

  test.each(['', '*', '1', '"1", "1"', 'yesterday', '2024-02-03T04:05:06Z'])(
    'finds neither in %j',
    (header) => {
      expect(parseIfRange(header)).toBeUndefined()
      expect(matchesIfRange(header, { etag, lastModified })).toBe(false)
    },
  )
})

describe('formatIfRange', () => {
  test('writes a tag or a date', () => {
    expect(formatIfRange(etag)).toBe('"1"')
    expect(formatIfRange(lastModified)).toBe('Sat, 03 Feb 2024 04:05:06 GMT')
  })

  test('refuses what matches nothing', () => {
    expect(() => formatIfRange({ value: '1', weak: true })).toThrow(/weak tag "1"/)
    expect(() => formatIfRange({ value: '"', weak: false })).toThrow(RangeError)
    expect(() => formatIfRange(new Date(Number.NaN))).toThrow(RangeError)
  })

  test('writes what is read back', () => {
    const tag = fc.record({ value: fc.stringMatching(/^[!#-~\x80-\xff]*$/), weak: fc.constant(false) })
    const date = fc.integer({ min: 0, max: 253_402_300_799 }).map((seconds) => new Date(seconds * 1000))
    fc.assert(
      fc.property(fc.oneof(tag, date), (validator) => {
        expect(parseIfRange(formatIfRange(validator))).toEqual(validator)
      }),
    )
  })
})

describe('matchesIfRange', () => {
  test('compares tags strongly (robustness.md G4)', () => {
    expect(matchesIfRange('"1"', { etag, lastModified })).toBe(true)
    expect(matchesIfRange('"2"', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('W/"1"', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('"1"', { etag: { value: '1', weak: true }, lastModified })).toBe(false)
    expect(matchesIfRange('"1"', { lastModified })).toBe(false)
    expect(matchesIfRange('"1"', {})).toBe(false)
  })

  test('wants exactly the date of the last modification, in whole seconds', () => {
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { etag, lastModified })).toBe(true)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { lastModified })).toBe(true)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:07 GMT', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:05 GMT', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { etag })).toBe(false)
  })

  test('takes no date for a representation that may still change within the second', () => {
    const weak = { value: '1', weak: true }
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { etag: weak, lastModified })).toBe(false)
  })

  test('matches what the answer carried, whatever the tag and the date', () => {
    const value = fc.stringMatching(/^[!#-~]{0,20}$/)
    const date = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    fc.assert(
      fc.property(value, date, (value, lastModified) => {
        const validators = { etag: { value, weak: false }, lastModified }
        expect(matchesIfRange(formatEntityTag(validators.etag), validators)).toBe(true)
        expect(matchesIfRange(formatHttpDate(lastModified), validators)).toBe(true)
      }),
    )
  })

  test('answers for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(matchesIfRange(header, { lastModified })).toBe(false)
      }),
    )
  })
})
