import { expect, test } from 'vitest'
import { CHOICE_CACHE_LIMIT, createCodingChoice } from './compress-choice.ts'
import { createCodings } from './compress-codings.ts'

const codings = createCodings(['br', 'gzip'])

test.each([
  ['gzip, br', 'br'],
  ['gzip;q=0.9, br;q=0.8', 'gzip'],
  ['*', 'br'],
  ['br;q=0, *;q=0.1', 'gzip'],
  ['br;q=0.2, gzip;q=0.3, identity;q=0.25', 'gzip'],
  ['br;q=0.2, gzip;q=0.3, identity;q=0.4', undefined],
  ['', undefined],
])('of two codings it chooses for %j %s', (header, name) => {
  const choose = createCodingChoice(codings)
  expect(choose(header)?.name).toBe(name)
  expect(choose(header)?.name).toBe(name)
})

test('without a header it chooses none', () => {
  expect(createCodingChoice(codings)(undefined)).toBeUndefined()
})

// Rack once took time by the square of their number (CVE-2026-34230).
test('of thousands of ranges only the first are read', () => {
  const choose = createCodingChoice(codings)
  expect(choose(`gzip, ${'a;q=0.1, '.repeat(5000)}br`)?.name).toBe('gzip')
  expect(choose(`${'a;q=0.1, '.repeat(5000)}gzip`)).toBeUndefined()
})

test('is right for more headers than it remembers', () => {
  const choose = createCodingChoice(codings)
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < CHOICE_CACHE_LIMIT * 2; i++) {
      expect(choose(`x${i}, gzip;q=${i % 2}`)?.name).toBe(i % 2 === 1 ? 'gzip' : undefined)
    }
  }
})
