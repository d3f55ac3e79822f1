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

test('every byte is two digits in upper case', () => {
  for (let byte = 0; byte <= 0xff; byte++) {
    const written = percentEncodeByte(byte)
    expect(written).toMatch(/^%[0-9A-F]{2}$/)
    expect(Number.parseInt(written.slice(1), 16)).toBe(byte)
    expect(percentEncodeByte(byte)).toBe(written)
  }
})

test.each([
  ['\x7f', '%7F'],
  ['\x80', '%C2%80'],
  ['\x00', '%00'],
  ['\u07ff', '%DF%BF'],
  ['\u0800', '%E0%A0%80'],
  ['\uffff', '%EF%BF%BF'],
  ['\u{10000}', '%F0%90%80%80'],
  ['\u{10ffff}', '%F4%8F%BF%BF'],
  ['ab', '%61%62'],
  ['\udc00\ud800', '%EF%BF%BD%EF%BF%BD'],
])('%j is %s in UTF-8', (text, encoded) => {
  expect(percentEncode(text)).toBe(encoded)
})
