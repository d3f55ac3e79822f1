import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentEncode, percentEncodeByte } from './percent-encode.ts'

test.each([
  ['', ''],
  ['a', '%61'],
  ['\0\n ', '%00%0A%20'],
  ['ä€', '%C3%A4%E2%82%AC'],
  ['\u{1f600}', '%F0%9F%98%80'],
  ['\ud83d', '%EF%BF%BD'],
])('%j becomes %s', (text, encoded) => {
  expect(percentEncode(text)).toBe(encoded)
})

test.each([
  [0, '%00'],
  [0x0a, '%0A'],
  [0xe4, '%E4'],
  [0xff, '%FF'],
])('the byte %i is %s', (byte, encoded) => {
  expect(percentEncodeByte(byte)).toBe(encoded)
})

test('what is encoded is decoded to the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = percentEncode(text)
      expect(encoded).toMatch(/^(?:%[0-9A-F]{2})*$/)
      expect(decodeURIComponent(encoded)).toBe(text)
    }),
  )
})
