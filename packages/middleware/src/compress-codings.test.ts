import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { CHOICE_CACHE_LIMIT, type Coding, codings, createCodingChoice } from './compress-codings.ts'

const [gzip] = codings as [Coding]
const other: Coding = { ...gzip, name: 'br' }

test.each([
  ['gzip, br', 'br'],
  ['gzip;q=0.9, br;q=0.8', 'gzip'],
  ['*', 'br'],
  ['br;q=0, *;q=0.1', 'gzip'],
  ['br;q=0.2, gzip;q=0.3, identity;q=0.25', 'gzip'],
  ['br;q=0.2, gzip;q=0.3, identity;q=0.4', undefined],
])('of two codings it chooses for %j %s', (header, name) => {
  const choose = createCodingChoice([other, gzip])
  expect(choose(header)?.name).toBe(name)
  expect(choose(header)?.name).toBe(name)
})

test('is right for more headers than it remembers', () => {
  const choose = createCodingChoice(codings)
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < CHOICE_CACHE_LIMIT * 2; i++) {
      expect(choose(`x${i}, gzip;q=${i % 2}`)?.name).toBe(i % 2 === 1 ? 'gzip' : undefined)
    }
  }
})

test('both ways of gzip give the same bytes, without a time stamp', async () => {
  const bytes = new TextEncoder().encode('a'.repeat(5000))
  const whole = gzip.encodeSync(bytes, 5)
  expect(await gzip.encode(bytes, 5)).toEqual(whole)
  expect(gunzipSync(whole).toString()).toBe('a'.repeat(5000))
  expect([...whole.subarray(4, 8)]).toEqual([0, 0, 0, 0])
})
