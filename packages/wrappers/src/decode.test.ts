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
