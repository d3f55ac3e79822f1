import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatContentRange, parseContentRange } from './content-range.ts'

describe('parseContentRange', () => {
  test.each([
    ['bytes 0-9/100', { range: { first: 0, last: 9 }, size: 100 }],
    ['bytes 99-99/100', { range: { first: 99, last: 99 }, size: 100 }],
    ['BYTES 0-9/*', { range: { first: 0, last: 9 }, size: undefined }],
    ['bytes */100', { range: undefined, size: 100 }],
    ['bytes */0', { range: undefined, size: 0 }],
  ])('reads %j', (header, expected) => {
    expect(parseContentRange(header)).toEqual(expected)
  })

  test.each([
    '',
    'bytes',
    'bytes 0-9',
    'bytes */*',
    'bytes=0-9/100',
    'bytes 0-9/',
    'bytes 0-/100',
    'bytes -9/100',
    'bytes 9-0/100',
    'bytes 0-100/100',
    'bytes 0-9/9',
    'bytes 0-0/0',
    'bytes 0-9/-1',
    'bytes 0 - 9/100',
    ' bytes 0-9/100',
    'bytes 0-9/100, bytes 0-9/100',
    'items 0-9/100',
    'bytes ٠-٩/100',
    `bytes 0-${'9'.repeat(20)}/*`,
    `bytes */${'9'.repeat(400)}`,
  ])('ignores %j', (header) => {
    expect(parseContentRange(header)).toBeUndefined()
  })
})

describe('formatContentRange', () => {
  test('writes a range with the size, known or not, and a size alone', () => {
    expect(formatContentRange({ first: 0, last: 9 }, 100)).toBe('bytes 0-9/100')
    expect(formatContentRange({ first: 0, last: 9 }, undefined)).toBe('bytes 0-9/*')
    expect(formatContentRange(undefined, 100)).toBe('bytes */100')
  })

  test.each([
    { range: undefined, size: undefined },
    { range: undefined, size: -1 },
    { range: undefined, size: 1.5 },
    { range: { first: 0, last: 10 }, size: 10 },
    { range: { first: 2, last: 1 }, size: 10 },
    { range: { first: -1, last: 1 }, size: 10 },
    { range: { first: 0, last: Number.NaN }, size: undefined },
    { range: { first: 0.5, last: 1 }, size: undefined },
  ])('refuses $range of $size bytes', ({ range, size }) => {
    expect(() => formatContentRange(range, size)).toThrow(RangeError)
  })
})

test('what is formatted is read back', () => {
  const positions = fc.tuple(fc.nat(), fc.nat(), fc.nat())
  fc.assert(
    fc.property(positions, fc.boolean(), fc.boolean(), ([a, b, beyond], known, selects) => {
      const first = Math.min(a, b)
      const last = Math.max(a, b)
      const size = known || !selects ? last + 1 + beyond : undefined
      const range = selects ? { first, last } : undefined
      expect(parseContentRange(formatContentRange(range, size))).toEqual({ range, size })
    }),
  )
})

test('any text gives a range that can be formatted and read back, or is ignored', () => {
  const near = fc
    .string({ unit: fc.constantFrom('0', '1', '9', '-', '/', '*', ' ') })
    .map((rest) => `bytes ${rest}`)
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const parsed = parseContentRange(header)
      if (parsed === undefined) return
      expect(parseContentRange(formatContentRange(parsed.range, parsed.size))).toEqual(parsed)
    }),
  )
})

test.each([
  'bytes */',
  'bytes 0-9/ ',
  'bytes  0-9/100',
  'bytes\t0-9/100',
  'bytes 0-9 /100',
  'bytes 0-9/ 100',
  'bytes 0-9/100 ',
  'bytes +0-9/100',
  'bytes 0-+9/100',
  'bytes 0-9/+100',
  'bytes 0x0-0x9/100',
  'bytes 0-9/1e2',
  'bytes *-9/100',
  'bytes 0-*/100',
  'bytes */**',
  'xbytes 0-9/100',
])('%j is malformed (RFC 9110 section 14.4)', (header) => {
  expect(parseContentRange(header)).toBeUndefined()
})

test.each([
  ['bytes 007-008/009', { range: { first: 7, last: 8 }, size: 9 }],
  [
    'bytes 9007199254740990-9007199254740990/9007199254740991',
    {
      range: { first: Number.MAX_SAFE_INTEGER - 1, last: Number.MAX_SAFE_INTEGER - 1 },
      size: Number.MAX_SAFE_INTEGER,
    },
  ],
  ['bytes */9007199254740992', undefined],
  ['bytes 9007199254740992-9007199254740993/*', undefined],
])('%s is read as exactly as JavaScript counts', (header, expected) => {
  expect(parseContentRange(header)).toEqual(expected)
})
