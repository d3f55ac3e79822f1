import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64Url, encodeBase64Url } from './base64url.ts'

test.each([
  ['', []],
  ['_w', [0xff]],
  ['-_8', [0xfb, 0xff]],
  ['Zm9v', [0x66, 0x6f, 0x6f]],
  ['Zm9vYmE', [0x66, 0x6f, 0x6f, 0x62, 0x61]],
])('%j are the bytes %j', (text, bytes) => {
  expect(encodeBase64Url(Uint8Array.from(bytes))).toBe(text)
  expect(decodeBase64Url(text)).toEqual(Uint8Array.from(bytes))
})

test.each(['A', 'AAAAA', 'Zm9v=', 'Zg==', '+/8', 'Zm 9v', 'Zm9v\n', 'Zm9ü', '_x', 'Zm9vYmF'])(
  '%j is no base64url as it is written here',
  (text) => {
    expect(decodeBase64Url(text)).toBeUndefined()
  },
)

test('bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes)
    }),
  )
})

test('each text has bytes of its own, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9_-]{0,9}$/)), (text) => {
      const bytes = decodeBase64Url(text)
      if (bytes !== undefined) expect(encodeBase64Url(bytes)).toBe(text)
    }),
  )
})
