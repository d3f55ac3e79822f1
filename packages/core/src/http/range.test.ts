import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatContentRange, matchesIfRange, parseRange, RANGE_LIMIT, resolveRange } from './range.ts'

describe('a Range header', () => {
  test('gives closed, open and suffix ranges', () => {
    expect(parseRange('bytes=0-499')).toEqual([{ first: 0, last: 499 }])
    expect(parseRange('bytes=500-')).toEqual([{ first: 500, last: undefined }])
    expect(parseRange('bytes=-500')).toEqual([{ suffix: 500 }])
  })

  test('gives several ranges in their order, past empty members', () => {
    expect(parseRange('bytes=0-0, ,\t5-6,-1')).toEqual([
      { first: 0, last: 0 },
      { first: 5, last: 6 },
      { suffix: 1 },
    ])
  })

  test('takes the unit in any case (RFC 9110 section 14.1)', () => {
    expect(parseRange('Bytes=0-1')).toEqual([{ first: 0, last: 1 }])
  })

  test.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes 0-1',
    'bytes =0-1',
    'bytes=-',
    'bytes=1',
    'bytes=a-b',
    'bytes=0x1-2',
    'bytes=+1-2',
    'bytes=--1',
    'bytes=1-2-3',
    'bytes=1.5-2',
    'bytes=2-1',
    'bytes=0-1,x',
    'bytes=١-٢',
    'items=0-1',
  ])('is to be ignored when it is %j (G1)', (header) => {
    expect(parseRange(header)).toBeUndefined()
  })

  test('is to be ignored when it holds more ranges than the limit (G3)', () => {
    const ranges = (count: number) =>
      `bytes=${Array.from({ length: count }, (_, i) => `${i}-${i}`).join(',')}`
    expect(parseRange(ranges(RANGE_LIMIT))).toHaveLength(RANGE_LIMIT)
    expect(parseRange(ranges(RANGE_LIMIT + 1))).toBeUndefined()
  })

  test('takes numbers of any length', () => {
    const [range] = parseRange(`bytes=5-${'9'.repeat(4000)}`) ?? []
    expect(range && resolveRange(range, 10)).toEqual({ first: 5, last: 9 })
  })
})

describe('a range of a representation', () => {
  test('is cut at the end', () => {
    expect(resolveRange({ first: 5, last: 100 }, 10)).toEqual({ first: 5, last: 9 })
    expect(resolveRange({ first: 9, last: undefined }, 10)).toEqual({ first: 9, last: 9 })
    expect(resolveRange({ suffix: 3 }, 10)).toEqual({ first: 7, last: 9 })
    expect(resolveRange({ suffix: 30 }, 10)).toEqual({ first: 0, last: 9 })
    expect(resolveRange({ first: 0, last: 0 }, 10)).toEqual({ first: 0, last: 0 })
  })

  test('is none at or past the end, of no last bytes, or of nothing', () => {
    expect(resolveRange({ first: 10, last: undefined }, 10)).toBeUndefined()
    expect(resolveRange({ first: 11, last: 12 }, 10)).toBeUndefined()
    expect(resolveRange({ suffix: 0 }, 10)).toBeUndefined()
    expect(resolveRange({ suffix: 5 }, 0)).toBeUndefined()
    expect(resolveRange({ first: 0, last: undefined }, 0)).toBeUndefined()
  })

  test('lies within the representation, whatever was asked for', () => {
    const digits = fc.oneof(fc.constant(''), fc.nat(50).map(String), fc.bigInt({ min: 0n }).map(String))
    fc.assert(
      fc.property(digits, digits, fc.nat(40), (first, last, size) => {
        for (const spec of parseRange(`bytes=${first}-${last}`) ?? []) {
          const range = resolveRange(spec, size)
          if (range === undefined) continue
          expect(range.first).toBeGreaterThanOrEqual(0)
          expect(range.last).toBeGreaterThanOrEqual(range.first)
          expect(range.last).toBeLessThan(size)
        }
      }),
    )
  })

  test('is formatted for Content-Range', () => {
    expect(formatContentRange({ first: 0, last: 9 }, 100)).toBe('bytes 0-9/100')
    expect(formatContentRange(undefined, 100)).toBe('bytes */100')
  })
})

describe('If-Range', () => {
  const etag = { value: '1', weak: false }
  const lastModified = new Date('2024-02-03T04:05:06.789Z')

  test('matches the same strong tag only (G4)', () => {
    expect(matchesIfRange('"1"', { etag, lastModified })).toBe(true)
    expect(matchesIfRange('"2"', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('W/"1"', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('"1"', { etag: { value: '1', weak: true }, lastModified })).toBe(false)
    expect(matchesIfRange('"1"', { lastModified })).toBe(false)
  })

  test('matches exactly the date of the last modification, in whole seconds', () => {
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { etag, lastModified })).toBe(true)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:07 GMT', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:05 GMT', { etag, lastModified })).toBe(false)
    expect(matchesIfRange('Sat, 03 Feb 2024 04:05:06 GMT', { etag })).toBe(false)
  })

  test.each(['', '*', '1', '"1", "1"', 'yesterday'])('does not match %j', (header) => {
    expect(matchesIfRange(header, { etag, lastModified })).toBe(false)
  })
})
