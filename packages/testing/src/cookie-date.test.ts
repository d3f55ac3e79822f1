import { assert, property, string } from 'fast-check'
import { expect, test } from 'vitest'
import { parseCookieDate } from './cookie-date.ts'

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37.000Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37.000Z'],
  ['08:49:37 6 november 94', '1994-11-06T08:49:37.000Z'],
  ['1 Jan 69 0:0:0', '2069-01-01T00:00:00.000Z'],
  ['1 Jan 70 0:0:0', '1970-01-01T00:00:00.000Z'],
  ['Thu, 01 Jan 1970 00:00:00', '1970-01-01T00:00:00.000Z'],
  ['6th Nov 1994 08:49:37pm', '1994-11-06T08:49:37.000Z'],
  ['Wed, 31-Dec-9999 23:59:59 GMT', '9999-12-31T23:59:59.000Z'],
])('%s is %s', (text, iso) => {
  expect(parseCookieDate(text)?.toISOString()).toBe(iso)
})

test.each([
  '',
  'tomorrow',
  '06 Nov 1994',
  '08:49:37 06 Nov',
  '08:49:37 1994 Nov',
  '24:00:00 06 Nov 1994',
  '08:60:00 06 Nov 1994',
  '08:49:60 06 Nov 1994',
  '00 Nov 1994 08:49:37',
  '31 Feb 1994 08:49:37',
  '1 Jan 1600 08:49:37',
  '1 Jan 19945 08:49:37',
  '008:49:37 06 Nov 1994',
])('%j is none', (text) => {
  expect(parseCookieDate(text)).toBeUndefined()
})

test('any text gives a valid date or none', () => {
  assert(
    property(string(), string(), (before, after) => {
      const date = parseCookieDate(`${before} 06 Nov 1994 08:49:37 ${after}`)
      expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true)
    }),
  )
})
