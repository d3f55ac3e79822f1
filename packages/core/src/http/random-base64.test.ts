import { afterEach, describe, expect, test, vi } from 'vitest'
import { randomBase64 } from './random-base64.ts'

afterEach(() => vi.restoreAllMocks())

/** Makes texts until the store is filled again by `fill`, and gives those that are made of it. */
function madeOf(fill: (bytes: Uint8Array) => void): { texts: string[]; stores: Uint8Array[] } {
  const stores: Uint8Array[] = []
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => {
    fill(bytes as Uint8Array)
    stores.push(bytes as Uint8Array)
    return bytes
  })
  const texts: string[] = []
  while (stores.length < 2) {
    const text = randomBase64()
    if (stores.length === 1) texts.push(text)
  }
  return { texts, stores }
}

test('gives 16 bytes in base64, and others each time', () => {
  const texts = Array.from({ length: 5000 }, randomBase64)
  expect(new Set(texts).size).toBe(5000)
  expect(texts.every((text) => /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(text) && atob(text).length === 16)).toBe(
    true,
  )
})

test('every byte that the host gives is in one text, in its place', () => {
  const { texts } = madeOf((bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7 + (i >> 8)) & 255
  })
  const bytes = texts.flatMap((text) => Array.from(atob(text), (character) => character.charCodeAt(0)))
  expect(texts).toHaveLength(128)
  expect(bytes).toEqual(Array.from({ length: 2048 }, (_, i) => (i * 7 + (i >> 8)) & 255))
})

describe('the store', () => {
  test('is filled once for 128 texts', () => {
    const { texts, stores } = madeOf((bytes) => bytes.fill(1))
    expect([texts.length, stores[0]?.byteLength]).toEqual([128, 2048])
  })

  test('holds nothing of what was given', () => {
    const before: number[] = []
    const { stores } = madeOf((bytes) => {
      before.push(bytes.reduce((sum, byte) => sum + byte, 0))
      bytes.fill(255)
    })
    // All of the first store was given when the second was asked for, and of that one text.
    expect(before[1]).toBe(0)
    expect(stores[1]?.findIndex((byte) => byte !== 0)).toBe(16)
  })
})

test('how bits are spread over texts is even', () => {
  const ones = new Array<number>(128).fill(0)
  for (let i = 0; i < 2000; i++) {
    const bytes = atob(randomBase64())
    for (let bit = 0; bit < 128; bit++) {
      ones[bit] = (ones[bit] as number) + ((bytes.charCodeAt(bit >> 3) >> (bit & 7)) & 1)
    }
  }
  // 1000 are expected; that one of 128 is 200 off happens once in 10 to the 16th runs.
  expect(ones.every((count) => Math.abs(count - 1000) < 200)).toBe(true)
})
