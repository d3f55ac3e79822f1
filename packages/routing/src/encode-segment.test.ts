import { normalizePath } from '@stapel/core/http'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodePart, encodeSegment, isDotSegment } from './encode-segment.ts'

const anyText = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))

describe('encodeSegment', () => {
  test('keeps the characters of a segment (RFC 3986 section 3.3)', () => {
    const kept = "AZaz09-._~!$&'()*+,;=:@"
    expect(encodeSegment(kept)).toBe(kept)
  })

  test('encodes the others as UTF-8, in upper case', () => {
    expect(encodeSegment('a/b?c#d e%\u00e9\u20ac\\"<>^`{|}[]\n')).toBe(
      'a%2Fb%3Fc%23d%20e%25%C3%A9%E2%82%AC%5C%22%3C%3E%5E%60%7B%7C%7D%5B%5D%0A',
    )
  })

  // RFC 3629 section 3
  test.each([0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x1_0000, 0x10_ffff])(
    'writes character %d, where the number of its bytes changes, as UTF-8 has it',
    (point) => {
      const text = `a${String.fromCodePoint(point)}b`
      expect(encodeSegment(text)).toBe(encodeURIComponent(text))
      expect(encodePart(text)).toBe(encodeURIComponent(text))
    },
  )

  test('keeps marks beside what it encodes', () => {
    expect(encodeSegment('me@example.org/\u00e9')).toBe('me@example.org%2F%C3%A9')
  })

  test('encodes the sign of an escape, so that none is decoded twice', () => {
    expect(encodeSegment('%2F%40%zz')).toBe('%252F%2540%25zz')
  })

  test.each([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', '\ud800'],
    ['the other half', 'a\udfff'],
    ['the halves in the wrong order', '\udfff\ud800'],
  ])('gives nothing for %s', (_title, text) => {
    expect(encodeSegment(text)).toBeUndefined()
    expect(encodePart(text)).toBeUndefined()
  })

  test('gives one segment in normal form, which decodes to the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const encoded = encodeSegment(text) as string
        expect(decodeURIComponent(encoded)).toBe(text)
        expect(encoded).toMatch(/^[\w\-.~!$&'()*+,;=:@%]*$/)
        expect(normalizePath(`/x${encoded}`)).toBe(`/x${encoded}`)
      }),
    )
  })
})

describe('encodePart', () => {
  test('encodes the marks that the normal form keeps encoded', () => {
    expect(encodePart('a@b:c')).toBe('a%40b%3Ac')
    expect(encodePart('a-b.c~d_e')).toBe('a-b.c~d_e')
  })

  test('gives a part in normal form, which decodes to the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const encoded = encodePart(text) as string
        expect(decodeURIComponent(encoded)).toBe(text)
        expect(normalizePath(`/x${encoded}`)).toBe(`/x${encoded}`)
      }),
    )
  })
})

test('isDotSegment knows the two of them', () => {
  expect(['.', '..'].every(isDotSegment)).toBe(true)
  expect(['', '...', '.a', 'a.', '..a', 'a'].some(isDotSegment)).toBe(false)
})
