import fc from 'fast-check'
import { expect, test } from 'vitest'
import { percentEncode } from './percent-encode.ts'

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

test('what is encoded is decoded to the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = percentEncode(text)
      expect(encoded).toMatch(/^(?:%[0-9A-F]{2})*$/)
      expect(decodeURIComponent(encoded)).toBe(text)
    }),
  )
})
