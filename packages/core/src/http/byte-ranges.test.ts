import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ContentPiece, frameByteRanges, type PartialContent, selectByteRanges } from './byte-ranges.ts'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { RANGE_LIMIT } from './range.ts'

const get = (range: string, ifRange?: string) => ({
  REQUEST_METHOD: 'GET',
  HTTP_RANGE: range,
  HTTP_IF_RANGE: ifRange,
})

function partsOf(answer: PartialContent | string): PartialContent {
  if (typeof answer === 'string') throw new Error(`Got ${answer}; expected parts.`)
  return answer
}

/** What a recipient gets: letters of the alphabet stand for the bytes of the whole. */
function send(pieces: readonly ContentPiece[], whole: string): string {
  return pieces
    .map((piece) => (typeof piece === 'string' ? piece : whole.slice(piece.first, piece.last + 1)))
    .join('')
}

describe('one range', () => {
  test.each([
    ['bytes=0-0', 'bytes 0-0/26', 1],
    ['bytes=20-', 'bytes 20-25/26', 6],
    ['bytes=-5', 'bytes 21-25/26', 5],
    ['bytes=-500', 'bytes 0-25/26', 26],
    ['bytes=0-500', 'bytes 0-25/26', 26],
    ['bytes=0-25', 'bytes 0-25/26', 26],
  ])('%s is sent as %s', (range, contentRange, contentLength) => {
    const parts = partsOf(selectByteRanges(get(range), { size: 26, contentType: 'text/plain' }))
    expect(parts).toMatchObject({ contentRange, contentLength, contentType: undefined })
    expect(parts.pieces).toHaveLength(1)
  })

  test('several that overlap or touch are one (robustness.md G3)', () => {
    const parts = partsOf(selectByteRanges(get('bytes=5-9,0-4,2-7'), { size: 26 }))
    expect(parts.contentRange).toBe('bytes 0-9/26')
  })
})

describe('the whole is sent', () => {
  test.each([
    ['without a Range', { REQUEST_METHOD: 'GET' }],
    ['for another unit (robustness.md G1)', get('items=0-1')],
    ['for a malformed Range (robustness.md G1)', get('bytes=1-0')],
    ['for HEAD (robustness.md G4)', { ...get('bytes=0-1'), REQUEST_METHOD: 'HEAD' }],
    ['for POST (robustness.md G4)', { ...get('bytes=0-1'), REQUEST_METHOD: 'POST' }],
    ['when If-Range does not match (robustness.md G4)', get('bytes=0-1', '"other"')],
    ['when If-Range is weak (robustness.md G4)', get('bytes=0-1', 'W/"v1"')],
  ])('%s', (_name, request) => {
    const representation = { size: 26, etag: { value: 'v1', weak: false } }
    expect(selectByteRanges(request, representation)).toBe('whole')
  })

  test('when it is empty (robustness.md G2)', () => {
    expect(selectByteRanges(get('bytes=0-'), { size: 0 })).toBe('whole')
    expect(selectByteRanges(get('bytes=-1'), { size: 0 })).toBe('whole')
  })

  test('when there are too many ranges (robustness.md G3)', () => {
    const many = Array.from({ length: RANGE_LIMIT + 1 }, (_, i) => `${i * 1000}-${i * 1000}`)
    expect(selectByteRanges(get(`bytes=${many}`), { size: 1e9 })).toBe('whole')
    expect(selectByteRanges(get(`bytes=${many.slice(1)}`), { size: 1e9 })).not.toBe('whole')
  })

  test('when the parts with their headers would be as long (robustness.md G3)', () => {
    expect(selectByteRanges(get('bytes=0-0,5-5'), { size: 26 })).toBe('whole')
    expect(selectByteRanges(get('bytes=0-0,5-5'), { size: 2600 })).not.toBe('whole')
  })
})

test('If-Range that matches keeps the range', () => {
  const representation = { size: 26, etag: { value: 'v1', weak: false } }
  expect(partsOf(selectByteRanges(get('bytes=0-1', '"v1"'), representation)).contentLength).toBe(2)
})

test.each(['bytes=26-', 'bytes=26-30', 'bytes=-0', 'bytes=30-40,50-'])(
  '%s selects nothing (robustness.md G1)',
  (range) => {
    expect(selectByteRanges(get(range), { size: 26 })).toBe('unsatisfiable')
  },
)

describe('several ranges', () => {
  const whole = 'abcdefghijklmnopqrstuvwxyz'
  const ranges = [
    { first: 0, last: 1 },
    { first: 24, last: 25 },
  ]

  test('are framed as RFC 9110 section 14.6 has it', () => {
    const parts = frameByteRanges(ranges, 26, 'text/plain', 'B')
    expect(parts.contentType).toBe('multipart/byteranges; boundary=B')
    expect(parts.contentRange).toBeUndefined()
    expect(send(parts.pieces, whole)).toBe(
      '--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/26\r\n\r\nab\r\n' +
        '--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 24-25/26\r\n\r\nyz\r\n' +
        '--B--\r\n',
    )
  })

  test('have no content type where the whole has none', () => {
    expect(send(frameByteRanges(ranges, 26, undefined, 'B').pieces, whole)).toBe(
      '--B\r\nContent-Range: bytes 0-1/26\r\n\r\nab\r\n--B\r\nContent-Range: bytes 24-25/26\r\n\r\nyz\r\n--B--\r\n',
    )
  })

  test('get another boundary each time', () => {
    const [a, b] = [frameByteRanges(ranges, 26), frameByteRanges(ranges, 26)]
    expect(a.contentType).not.toBe(b.contentType)
  })

  test.each(['', 'a b', 'a"b', 'a\r\nX: 1', 'a'.repeat(71)])('the boundary %j is refused', (boundary) => {
    expect(() => frameByteRanges(ranges, 26, 'text/plain', boundary)).toThrow(RangeError)
  })

  test('a content type with a line break is refused (robustness.md H1)', () => {
    expect(() => frameByteRanges(ranges, 26, 'text/plain\r\nX: 1', 'B')).toThrow('text/plain')
  })

  test('no ranges, and ranges outside of the size, are refused', () => {
    expect(() => frameByteRanges([], 26)).toThrow(RangeError)
    expect(() => frameByteRanges([{ first: 0, last: 26 }], 26)).toThrow(RangeError)
    expect(() => frameByteRanges([...ranges, { first: 30, last: 40 }], 26)).toThrow(RangeError)
  })
})

test('whatever is asked for, the length is that of what is sent, and never more than the whole and one part', () => {
  const spec = fc.tuple(fc.nat(300), fc.nat(300)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 20 }), fc.nat(2000), (specs, size) => {
      const answer = selectByteRanges(get(`bytes=${specs}`), { size, contentType: 'text/ü' })
      if (typeof answer === 'string') return
      const sent = new TextEncoder().encode(send(answer.pieces, 'x'.repeat(size)))
      expect(sent.byteLength).toBe(answer.contentLength)
      expect(answer.contentLength).toBeLessThanOrEqual(size)
    }),
  )
})

test('any header gives an answer (robustness.md L1)', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-, \t=') }), fc.nat(100), (text, size) => {
      expect(() => selectByteRanges(get(`bytes=${text}`), { size })).not.toThrow()
    }),
  )
})

test('a boundary is of 1 to 70 letters, digits and hyphens (RFC 2046 section 5.1.1)', () => {
  const two = [
    { first: 0, last: 0 },
    { first: 2, last: 2 },
  ]
  const frames = (boundary: string) => {
    try {
      return frameByteRanges(two, 10, undefined, boundary).contentType?.endsWith(`=${boundary}`) === true
    } catch {
      return false
    }
  }
  expect(acceptedOf(frames)).toBe(sorted(`-${digits}${upper}${lower}`))
  expect(frames('a'.repeat(70))).toBe(true)
  expect(frames('a'.repeat(71))).toBe(false)
  expect(frames('')).toBe(false)
})

test('several parts that are no shorter than the whole give the whole, one range never does', () => {
  const request = (range: string) => ({ REQUEST_METHOD: 'GET', HTTP_RANGE: range })
  const partial = selectByteRanges(request('bytes=0-0,2-2'), { size: 999 })
  const { contentLength } = partial as PartialContent
  expect(selectByteRanges(request('bytes=0-0,2-2'), { size: contentLength })).toBe('whole')
  expect(selectByteRanges(request('bytes=0-0,2-2'), { size: contentLength + 1 })).not.toBe('whole')
  expect(selectByteRanges(request('bytes=0-'), { size: 1 })).toMatchObject({ contentRange: 'bytes 0-0/1' })
})

test.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'get', ''])(
  'a Range with the method %j is ignored (RFC 9110 section 14.2)',
  (method) => {
    expect(selectByteRanges({ REQUEST_METHOD: method, HTTP_RANGE: 'bytes=0-0' }, { size: 10 })).toBe('whole')
    expect(selectByteRanges({ REQUEST_METHOD: method, HTTP_RANGE: 'bytes=99-' }, { size: 10 })).toBe('whole')
  },
)
