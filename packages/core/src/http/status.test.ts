import { STATUS_CODES } from 'node:http'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isFieldValue } from './field.ts'
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

test('every code from 200 to 999 has a line that begins with it and holds no control (robustness.md H1)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 999 }), (code) => {
      const line = statusLine(code)
      expect(line.startsWith(`${code} `)).toBe(true)
      expect(isFieldValue(line)).toBe(true)
      expect(line.slice(4)).toBe(reasonPhrases.get(code) ?? '')
    }),
  )
})

test.each([-1, 0, 100, 101, 103, Number.POSITIVE_INFINITY, 2 ** 31, '404\r\nX: y', null, undefined])(
  '%j is no status of an answer',
  (code) => {
    expect(() => statusLine(code as number)).toThrow(/expected an integer from 200 to 999/)
  },
)

test.each([
  [413, 'Content Too Large'],
  [422, 'Unprocessable Content'],
  [421, 'Misdirected Request'],
  [425, 'Too Early'],
  [308, 'Permanent Redirect'],
  [451, 'Unavailable For Legal Reasons'],
])('%d has the reason of RFC 9110 and the registry: %s', (code, reason) => {
  expect(reasonPhrases.get(code)).toBe(reason)
})
