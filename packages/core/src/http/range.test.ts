import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ByteRangeSpec,
  formatRange,
  parseRange,
  RANGE_LIMIT,
  resolveRange,
  resolveRanges,
} from './range.ts'

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
    'bytes=\xa00-1',
    'bytes=0-1\n',
  ])('is to be ignored when it is %j (robustness.md G1)', (header) => {
    expect(parseRange(header)).toBeUndefined()
  })

  test('is to be ignored when it holds more ranges than the limit (robustness.md G3)', () => {
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
})

describe('several ranges of a representation', () => {
  const resolve = (header: string, size: number) => resolveRanges(parseRange(header) ?? [], size)

  test('are given in ascending order', () => {
    expect(resolve('bytes=8-9,0-1,4-5', 10)).toEqual([
      { first: 0, last: 1 },
      { first: 4, last: 5 },
      { first: 8, last: 9 },
    ])
  })

  test('are made one where they overlap or touch (robustness.md G3)', () => {
    expect(resolve('bytes=0-4,3-6', 10)).toEqual([{ first: 0, last: 6 }])
    expect(resolve('bytes=0-4,5-6', 10)).toEqual([{ first: 0, last: 6 }])
    expect(resolve('bytes=0-8,2-3', 10)).toEqual([{ first: 0, last: 8 }])
    expect(resolve('bytes=0-,0-,-5', 10)).toEqual([{ first: 0, last: 9 }])
    expect(resolve('bytes=0-3,5-6', 10)).toHaveLength(2)
  })

  test('leave out those that select nothing', () => {
    expect(resolve('bytes=0-1,20-30', 10)).toEqual([{ first: 0, last: 1 }])
    expect(resolve('bytes=20-30,-0', 10)).toEqual([])
  })

  test('select exactly the bytes that the ranges select one by one', () => {
    const spec: fc.Arbitrary<ByteRangeSpec> = fc.oneof(
      fc.record({ suffix: fc.nat(30) }),
      fc.record({ first: fc.nat(30), last: fc.constant(undefined) }),
      fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })),
    )
    const selected = (ranges: readonly { first: number; last: number }[]) =>
      Array.from({ length: 20 }, (_, at) => ranges.some(({ first, last }) => first <= at && at <= last))
    fc.assert(
      fc.property(fc.array(spec), (specs) => {
        const ranges = resolveRanges(specs, 20)
        expect(selected(ranges)).toEqual(selected(specs.flatMap((spec) => resolveRange(spec, 20) ?? [])))
        expect(ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)).toBeLessThanOrEqual(20)
      }),
    )
  })
})

test.each([
  ['bytes=0-499', [{ first: 0, last: 499 }]],
  ['bytes=500-999', [{ first: 500, last: 999 }]],
  ['bytes=-500', [{ first: 9500, last: 9999 }]],
  ['bytes=9500-', [{ first: 9500, last: 9999 }]],
  [
    'bytes=0-0,-1',
    [
      { first: 0, last: 0 },
      { first: 9999, last: 9999 },
    ],
  ],
  [
    'bytes= 0-999, 4500-5499, -1000',
    [
      { first: 0, last: 999 },
      { first: 4500, last: 5499 },
      { first: 9000, last: 9999 },
    ],
  ],
  ['bytes=500-600,601-999', [{ first: 500, last: 999 }]],
  ['bytes=500-700,601-999', [{ first: 500, last: 999 }]],
])('of 10000 bytes, the example %j of RFC 9110 section 14.1.2 selects %j', (header, expected) => {
  expect(resolveRanges(parseRange(header) ?? [], 10_000)).toEqual(expected)
})

describe('formatRange', () => {
  test('writes closed, open and suffix ranges', () => {
    expect(formatRange([{ first: 0, last: 499 }, { first: 500, last: undefined }, { suffix: 5 }])).toBe(
      'bytes=0-499,500-,-5',
    )
    expect(formatRange([{ first: 0, last: 0 }, { suffix: 0 }])).toBe('bytes=0-0,-0')
  })

  test.each([
    [[]],
    [[{ first: -1, last: 2 }]],
    [[{ first: 2, last: 1 }]],
    [[{ first: 0.5, last: 1 }]],
    [[{ first: 0, last: Number.POSITIVE_INFINITY }]],
    [[{ suffix: -1 }]],
    [[{ suffix: Number.NaN }]],
  ])('refuses %j', (ranges) => {
    expect(() => formatRange(ranges)).toThrow(RangeError)
  })

  test('writes what parseRange reads back', () => {
    const position = fc.maxSafeNat()
    const spec = fc.oneof(
      fc.record({ suffix: position }),
      fc.record({ first: position, last: fc.constant(undefined) }),
      fc.tuple(position, position).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) })),
    )
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: RANGE_LIMIT }), (ranges) => {
        expect(parseRange(formatRange(ranges))).toEqual(ranges)
      }),
    )
  })
})

test('any text gives ranges that can be formatted and read back, or is to be ignored', () => {
  const near = fc
    .string({ unit: fc.constantFrom('0', '1', '9', '-', ',', ' ', '+', '.') })
    .map((rest) => `bytes=${rest}`)
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const ranges = parseRange(header)
      if (ranges !== undefined) expect(parseRange(formatRange(ranges))).toEqual(ranges)
    }),
  )
})

test.each([
  ['bytes=0-0', [{ first: 0, last: 0 }]],
  ['BYTES=0-', [{ first: 0, last: undefined }]],
  ['bytes=-0', [{ suffix: 0 }]],
  [
    'bytes=\t0-1 ,\t2-3',
    [
      { first: 0, last: 1 },
      { first: 2, last: 3 },
    ],
  ],
  ['bytes=,,0-1,', [{ first: 0, last: 1 }]],
  ['bytes=007-008', [{ first: 7, last: 8 }]],
  ['bytes=5-5', [{ first: 5, last: 5 }]],
  [`bytes=0-${'9'.repeat(400)}`, [{ first: 0, last: Number.MAX_SAFE_INTEGER }]],
  [`bytes=-${'9'.repeat(400)}`, [{ suffix: Number.MAX_SAFE_INTEGER }]],
  ['bytes=9007199254740991-', [{ first: Number.MAX_SAFE_INTEGER, last: undefined }]],
  ['bytes=', undefined],
  ['bytes', undefined],
  ['bytes=,', undefined],
  ['bytes=-', undefined],
  ['bytes=--1', undefined],
  ['bytes=1--', undefined],
  ['bytes=5-4', undefined],
  ['bytes=0-1,5-4', undefined],
  ['bytes=0-1;2-3', undefined],
  ['bytes=0-1 2-3', undefined],
  ['bytes=0 -1', undefined],
  ['bytes=0- 1', undefined],
  ['bytes =0-1', undefined],
  ['bytes:0-1', undefined],
  [' bytes=0-1', undefined],
  ['xbytes=0-1', undefined],
  ['bytes=0-1,bytes=2-3', undefined],
  ['bytes="0-1"', undefined],
  ['bytes=0x0-0x1', undefined],
  ['bytes=+0-1', undefined],
  ['bytes=0-1e3', undefined],
  ['bytes=0-\u0661', undefined],
  ['bytes=0-1\xa0', undefined],
  ['bytes=0-1\r\n', undefined],
  ['seconds=0-1', undefined],
  ['none', undefined],
])('%s is %j (RFC 9110 section 14.1)', (header, expected) => {
  expect(parseRange(header)).toEqual(expected)
})

test.each([
  [{ suffix: 1 }, 10, { first: 9, last: 9 }],
  [{ suffix: 10 }, 10, { first: 0, last: 9 }],
  [{ suffix: 11 }, 10, { first: 0, last: 9 }],
  [{ suffix: 0 }, 10, undefined],
  [{ suffix: 1 }, 0, undefined],
  [{ first: 0, last: undefined }, 0, undefined],
  [{ first: 0, last: undefined }, 1, { first: 0, last: 0 }],
  [{ first: 9, last: undefined }, 10, { first: 9, last: 9 }],
  [{ first: 10, last: undefined }, 10, undefined],
  [{ first: 0, last: 8 }, 10, { first: 0, last: 8 }],
  [{ first: 0, last: 9 }, 10, { first: 0, last: 9 }],
  [{ first: 0, last: 10 }, 10, { first: 0, last: 9 }],
  [{ first: 9, last: 9 }, 10, { first: 9, last: 9 }],
])('%j of %d bytes is %j', (range, size, expected) => {
  expect(resolveRange(range, size)).toEqual(expected)
})

test.each([
  ['0-1,2-3', ['0-3']],
  ['0-1,3-4', ['0-1', '3-4']],
  ['3-4,0-1', ['0-1', '3-4']],
  ['0-5,1-2', ['0-5']],
  ['1-2,0-5', ['0-5']],
  ['0-1,0-5,0-3', ['0-5']],
  ['-1,0-', ['0-9']],
  ['-2,0-0', ['0-0', '8-9']],
  ['20-,0-0', ['0-0']],
  ['20-,30-', []],
  ['0-0,0-0,0-0', ['0-0']],
])('%s of ten bytes are %j: ascending, and no byte twice (RFC 9110 section 14.2)', (ranges, expected) => {
  const resolved = resolveRanges(parseRange(`bytes=${ranges}`) ?? [], 10)
  expect(resolved.map(({ first, last }) => `${first}-${last}`)).toEqual(expected)
})

test.each([
  [{ suffix: -1 }],
  [{ suffix: 1.5 }],
  [{ suffix: Number.NaN }],
  [{ suffix: 2 ** 53 }],
  [{ first: -1, last: 1 }],
  [{ first: 0.5, last: 1 }],
  [{ first: 2, last: 1 }],
  [{ first: 0, last: 1.5 }],
  [{ first: 2 ** 53, last: undefined }],
])('%j is no range of bytes', (range) => {
  expect(() => formatRange([range])).toThrow(RangeError)
})
