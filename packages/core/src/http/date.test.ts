import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatHttpDate, parseHttpDate } from './date.ts'

describe('formatHttpDate', () => {
  test('gives the form of RFC 9110, for a Date and for milliseconds', () => {
    const text = 'Sun, 06 Nov 1994 08:49:37 GMT'
    expect(formatHttpDate(new Date(Date.UTC(1994, 10, 6, 8, 49, 37)))).toBe(text)
    expect(formatHttpDate(784_111_777_999)).toBe(text)
  })

  test.each([
    Number.NaN,
    new Date('never'),
    Number.POSITIVE_INFINITY,
    8.64e15,
    Date.UTC(10_000, 0),
    Date.UTC(-1, 0),
  ])('refuses %s', (date) => {
    expect(() => formatHttpDate(date)).toThrow(RangeError)
  })
})

describe('parseHttpDate', () => {
  const expected = new Date(Date.UTC(1994, 10, 6, 8, 49, 37))

  test.each([
    { form: 'IMF-fixdate', text: 'Sun, 06 Nov 1994 08:49:37 GMT' },
    { form: 'RFC 850', text: 'Sunday, 06-Nov-94 08:49:37 GMT' },
    { form: 'asctime', text: 'Sun Nov  6 08:49:37 1994' },
  ])('reads $form', ({ text }) => {
    expect(parseHttpDate(text)).toEqual(expected)
  })

  test.each([
    '',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Tue, 31 Feb 1994 08:49:37 GMT',
    'Tue, 29 Feb 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 32 Jan 1994 08:49:37 GMT',
    'Sun, \u0660\u0666 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  ])('ignores %j', (text) => {
    expect(parseHttpDate(text)).toBe(undefined)
  })

  test('knows leap years', () => {
    expect(parseHttpDate('Thu, 29 Feb 1996 00:00:00 GMT')).toEqual(new Date(Date.UTC(1996, 1, 29)))
  })

  test('takes a leap second for the start of the next minute', () => {
    expect(parseHttpDate('Sat, 31 Dec 2016 23:59:60 GMT')).toEqual(new Date(Date.UTC(2017, 0, 1)))
  })

  test('keeps years of four digits as they are', () => {
    expect(parseHttpDate('Sat, 06 Nov 0094 08:49:37 GMT')?.getUTCFullYear()).toBe(94)
  })

  test('puts a year of two digits in the past when it would lie more than 50 years ahead', () => {
    const year = new Date().getUTCFullYear()
    const digits = (offset: number): string => String((year + offset) % 100).padStart(2, '0')
    expect(parseHttpDate(`Sunday, 06-Nov-${digits(50)} 08:49:37 GMT`)?.getUTCFullYear()).toBe(year + 50)
    expect(parseHttpDate(`Sunday, 06-Nov-${digits(51)} 08:49:37 GMT`)?.getUTCFullYear()).toBe(year - 49)
    expect(parseHttpDate(`Sunday, 06-Nov-${digits(0)} 08:49:37 GMT`)?.getUTCFullYear()).toBe(year)
  })

  test('reads what formatHttpDate writes, in whole seconds', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        const seconds = Math.floor(date.getTime() / 1000) * 1000
        expect(parseHttpDate(formatHttpDate(date))?.getTime()).toBe(seconds)
      }),
    )
  })

  test('gives a valid date or undefined for any text', () => {
    const near = fc
      .tuple(
        fc.constantFrom('Sun, ', 'Sunday, ', 'Sun '),
        fc.stringMatching(/^[0-9A-Za-z :,-]{0,24}$/),
        fc.constantFrom(' GMT', '', ' 1994'),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const date = parseHttpDate(text)
        expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true)
      }),
    )
  })
})

test.each(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'])(
  '%s is taken for the weekday of any date',
  (day) => {
    const long = {
      Mon: 'Monday',
      Tue: 'Tuesday',
      Wed: 'Wednesday',
      Thu: 'Thursday',
      Fri: 'Friday',
      Sat: 'Saturday',
    }
    const name = long[day as keyof typeof long] ?? 'Sunday'
    for (const text of [
      `${day}, 06 Nov 1994 08:49:37 GMT`,
      `${name}, 06-Nov-94 08:49:37 GMT`,
      `${day} Nov  6 08:49:37 1994`,
    ]) {
      expect(parseHttpDate(text)?.toISOString()).toBe('1994-11-06T08:49:37.000Z')
    }
  },
)

test.each(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'])(
  '%s is read in all three forms, in this case only',
  (month) => {
    const index = new Date(`${month} 1 2000`).getMonth()
    for (const text of [
      `Mon, 02 ${month} 2034 03:04:05 GMT`,
      `Monday, 02-${month}-34 03:04:05 GMT`,
      `Mon ${month}  2 03:04:05 2034`,
    ]) {
      expect(parseHttpDate(text)).toEqual(new Date(Date.UTC(2034, index, 2, 3, 4, 5)))
      expect(parseHttpDate(text.replace(month, month.toUpperCase()))).toBeUndefined()
      expect(parseHttpDate(text.replace(month, month.toLowerCase()))).toBeUndefined()
    }
  },
)

test('a year of two digits is at most fifty years ahead, else in the past (RFC 9110 section 5.6.7)', () => {
  const now = new Date().getUTCFullYear()
  for (let ahead = -49; ahead <= 50; ahead++) {
    const text = String((now + ahead + 100) % 100).padStart(2, '0')
    const year = parseHttpDate(`Monday, 02-Jan-${text} 03:04:05 GMT`)?.getUTCFullYear() ?? 0
    expect(year % 100).toBe(Number(text))
    expect(year).toBeLessThanOrEqual(now + 50)
    expect(year).toBeGreaterThan(now - 100)
  }
})

test.each([
  'Sun, 06 Nov 1994 08:49:37 gmt',
  'Sun, 06 Nov 1994 08:49:37 GMT ',
  'Sun,06 Nov 1994 08:49:37 GMT',
  'Sun 06 Nov 1994 08:49:37 GMT',
  'Sun, 06-Nov-1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 8:49:37 GMT',
  'Sun, 06 Nov 1994 08:49 GMT',
  'Sun, 06 Nov 1994 08:49:37.5 GMT',
  'Sun, 06 Nov 19940 08:49:37 GMT',
  'Sun, 06 November 1994 08:49:37 GMT',
  'Xyz, 06 Nov 1994 08:49:37 GMT',
  'Sun, 32 Nov 1994 08:49:37 GMT',
  'Sun, 30 Feb 2000 08:49:37 GMT',
  'Sunday, 06 Nov 94 08:49:37 GMT',
  'Sunday, 06-Nov-1994 08:49:37 GMT',
  'Sun, 06-Nov-94 08:49:37 GMT',
  'Wedday, 06-Nov-94 08:49:37 GMT',
  'Sun Nov 6 08:49:37 1994',
  'Sun Nov  6 08:49:37 94',
  'Sun Nov  6 08:49:37 1994 GMT',
  'Sun Nov 0  08:49:37 1994',
  'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
  'Sun, 06\xa0Nov 1994 08:49:37 GMT',
  'Sun, 0\uff16 Nov 1994 08:49:37 GMT',
])('%j is no date', (text) => {
  expect(parseHttpDate(text)).toBeUndefined()
})
