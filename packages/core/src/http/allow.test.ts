import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAllow, parseAllow } from './allow.ts'
import { LIST_LIMIT } from './list.ts'

describe('parseAllow', () => {
  test('gives the methods in their order, each once, told apart by case (RFC 9110 section 9.1)', () => {
    expect(parseAllow('GET, HEAD,PUT , GET, get')).toEqual(['GET', 'HEAD', 'PUT', 'get'])
  })

  test('takes an empty header for no methods (RFC 9110 section 10.2.1)', () => {
    expect(parseAllow('')).toEqual([])
    expect(parseAllow(' , ,')).toEqual([])
  })

  test('leaves out what is no method', () => {
    expect(parseAllow('GET, P UT, "HEAD", DELETE;x, M-SEARCH, GÉT, *')).toEqual(['GET', 'M-SEARCH', '*'])
  })

  test('stops after the most members of a list', () => {
    expect(parseAllow(Array.from({ length: 1000 }, (_, i) => `M${i}`).join())).toHaveLength(LIST_LIMIT)
  })

  test('gives methods that can be formatted and read back, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[A-Z, "]*$/)), (header) => {
        const methods = parseAllow(header)
        expect(parseAllow(formatAllow(methods))).toEqual(methods)
      }),
    )
  })
})

describe('formatAllow', () => {
  test('writes each method once', () => {
    expect(formatAllow(['GET', 'HEAD', 'GET'])).toBe('GET, HEAD')
    expect(formatAllow(new Set(['PUT']))).toBe('PUT')
    expect(formatAllow([])).toBe('')
  })

  test.each(['', 'GET,PUT', 'P UT', 'GET\r\nX: y', 'GÉT'])('refuses %j (robustness.md H1)', (method) => {
    expect(() => formatAllow(['GET', method])).toThrow(RangeError)
  })
})
