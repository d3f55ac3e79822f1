import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { SIGNING_KEYS_LIMIT, SigningKeys } from './signing-keys.ts'

const newKey = 'n'.repeat(32)
const oldKey = 'o'.repeat(32)

test('signs with HMAC-SHA-256, by a key made with HKDF for the purpose', async () => {
  const derived = hkdfSync('sha256', newKey, '', 'stapel signer 1: test', 32)
  const expected = createHmac('sha256', Buffer.from(derived)).update('a text').digest()
  expect(Buffer.from(await new SigningKeys(newKey, 'test').sign('a text'))).toEqual(expected)
})

test('a string is the same key as its bytes, which may be changed afterwards', async () => {
  const bytes = new TextEncoder().encode(newKey)
  const keys = new SigningKeys(bytes, 'test')
  bytes.fill(0)
  expect(await keys.sign('a')).toEqual(await new SigningKeys(newKey, 'test').sign('a'))
})

// robustness.md C6
test('the first key signs, all verify, no other does', async () => {
  const old = Uint8Array.from(await new SigningKeys(oldKey, 'test').sign('a'))
  const rotated = new SigningKeys([newKey, oldKey], 'test')
  expect(await rotated.verify('a', old)).toBe(1)
  expect(await rotated.verify('a', Uint8Array.from(await rotated.sign('a')))).toBe(0)
  expect(await new SigningKeys(newKey, 'test').verify('a', old)).toBe(-1)
  expect(await rotated.verify('b', old)).toBe(-1)
  expect(await rotated.verify('a', old.subarray(0, 31))).toBe(-1)
})

test('a signature for one purpose is none for another', async () => {
  const signature = Uint8Array.from(await new SigningKeys(newKey, 'one').sign('a'))
  expect(await new SigningKeys(newKey, 'two').verify('a', signature)).toBe(-1)
})

test('makes each key once, when it is needed', async () => {
  const derive = vi.spyOn(crypto.subtle, 'deriveKey')
  try {
    const keys = new SigningKeys([newKey, oldKey], 'test')
    expect(derive).toHaveBeenCalledTimes(0)
    const signature = Uint8Array.from(await keys.sign('a'))
    await Promise.all([keys.verify('a', signature), keys.sign('b')])
    expect(derive).toHaveBeenCalledTimes(1)
  } finally {
    derive.mockRestore()
  }
})

test('verifies with as many keys as the limit says', async () => {
  const keys = new SigningKeys([...new Array(SIGNING_KEYS_LIMIT - 1).fill(newKey), oldKey], 'test')
  const old = Uint8Array.from(await new SigningKeys(oldKey, 'test').sign('a'))
  expect(await keys.verify('a', old)).toBe(SIGNING_KEYS_LIMIT - 1)
})

describe('refuses', () => {
  test.each([
    ['no keys', []],
    ['too many keys', new Array(SIGNING_KEYS_LIMIT + 1).fill(newKey)],
    ['an empty key, as of a variable that is not set', ''],
    ['a short key among good ones', [newKey, 'short']],
    ['short bytes', new Uint8Array(31)],
  ])('%s', (_what, keys) => {
    expect(() => new SigningKeys(keys, 'test')).toThrow(RangeError)
  })

  test.each([undefined, null, 5, {}])('%j for a key', (key) => {
    expect(() => new SigningKeys(key as never, 'test')).toThrow(TypeError)
  })

  test('a key without showing it', () => {
    expect(() => new SigningKeys('hunter2', 'test')).toThrow(
      /^Got a key of 7 bytes; expected 32 random ones or more/,
    )
  })
})
