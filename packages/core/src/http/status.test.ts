import { STATUS_CODES } from 'node:http'
import { expect, test } from 'vitest'
import { isEmptyStatus, reasonPhrases, statusLine } from './status.ts'

test('a known code gets its reason', () => {
  expect(statusLine(200)).toBe('200 OK')
  expect(statusLine(413)).toBe('413 Content Too Large')
})

test('an unknown code gets an empty reason', () => {
  expect(statusLine(299)).toBe('299 ')
  expect(statusLine(999)).toBe('999 ')
})

test.each([199, 1000, 200.5, Number.NaN, '200'])('%s is refused', (code) => {
  expect(() => statusLine(code as number)).toThrow(RangeError)
})

test('every final code that Node knows is known', () => {
  const final = Object.keys(STATUS_CODES)
    .map(Number)
    .filter((code) => code >= 200)
  // 509 is in no registry.
  expect(final.filter((code) => !reasonPhrases.has(code) && code !== 509 && code !== 510)).toEqual([])
})

test.each([
  { code: 100, empty: true },
  { code: 200, empty: false },
  { code: 204, empty: true },
  { code: 205, empty: true },
  { code: 206, empty: false },
  { code: 304, empty: true },
  { code: 404, empty: false },
])('$code is empty: $empty', ({ code, empty }) => {
  expect(isEmptyStatus(code)).toBe(empty)
})
