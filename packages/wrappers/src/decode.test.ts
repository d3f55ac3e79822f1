import { describe, expect, test } from 'vitest'
import { decodeText, decodeUtf8 } from './decode.ts'

describe('decodeUtf8', () => {
  test('decodes and drops a byte order mark', () => {
    expect(decodeUtf8(new TextEncoder().encode('\ufeffgrün 🌲'))).toBe('grün 🌲')
  })

  test('a replacement character that was sent is kept', () => {
    expect(decodeUtf8(new TextEncoder().encode('a\ufffdb'))).toBe('a\ufffdb')
  })

  test.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]], [[0x61, 0xc0, 0x80]]])(
    '%j is answered 400',
    (bytes) => {
      expect(() => decodeUtf8(Uint8Array.from(bytes))).toThrow('not valid UTF-8')
    },
  )
})

describe('decodeText', () => {
  const latin1 = Uint8Array.from([0x67, 0x72, 0xfc, 0x6e])

  test('decodes by charset, UTF-8 where there is none', () => {
    expect(decodeText(latin1, 'ISO-8859-1')).toBe('grün')
    expect(decodeText(new TextEncoder().encode('grün'), undefined)).toBe('grün')
    expect(decodeText(new TextEncoder().encode('grün'), 'UTF-8')).toBe('grün')
  })

  test('replaces what is invalid', () => {
    expect(decodeText(latin1, 'utf-8')).toBe('gr\ufffdn')
  })

  test.each(['klingon', '__proto__', 'utf-7', ''])(
    'the charset %j is answered 415 (robustness.md K2)',
    (charset) => {
      expect(() => decodeText(latin1, charset)).toThrow('unknown charset')
    },
  )
})

describe('text in a charset (robustness.md B5)', () => {
  test.each([
    ['iso-8859-1', [0xe4], '\u00e4'],
    ['us-ascii', [0xe4], '\u00e4'],
    ['utf-16le', [0xe4, 0x00], '\u00e4'],
    ['UTF-16BE', [0x00, 0xe4], '\u00e4'],
    ['shift_jis', [0x93, 0xfa], '\u65e5'],
    ['koi8-r', [0xc1], '\u0430'],
    [' utf-8 ', [0xc3, 0xa4], '\u00e4'],
    ['UTF8', [0xc3, 0xa4], '\u00e4'],
    ['Utf-8', [0xef, 0xbb, 0xbf, 0x61], 'a'],
    ['utf-8', [0xff, 0x61], '\ufffda'],
    ['utf-8', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['utf-8', [], ''],
  ])('%s: %j is %j', (charset, bytes, text) => {
    expect(decodeText(Uint8Array.from(bytes), charset)).toBe(text)
  })

  test.each(['utf-32', 'utf-7', 'x', '"utf-8"', 'utf-8;', 'utf\u20118', 'constructor', 'iso-8859-99'])(
    '%j is answered 415, with the cause',
    (charset) => {
      expect(() => decodeText(new Uint8Array(1), charset)).toThrow(
        expect.objectContaining({ status: 415, cause: expect.any(RangeError) }),
      )
    },
  )
})

test('what is no UTF-8 is answered 400, with the cause', () => {
  expect(() => decodeUtf8(Uint8Array.from([0x61, 0x80]))).toThrow(
    expect.objectContaining({ status: 400, cause: expect.any(TypeError) }),
  )
  expect(decodeUtf8(new Uint8Array(0))).toBe('')
})
