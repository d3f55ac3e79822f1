/**
 * A date as RFC 9110 section 5.6.7 has it: `'Sun, 06 Nov 1994 08:49:37 GMT'`. Throws a RangeError for an invalid date, and for a year that
 * four digits cannot hold.
 */
export function formatHttpDate(date: Date | number): string {
  const value = new Date(date)
  const year = value.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) {
    throw new RangeError(`Got ${String(date)}; expected a valid date of the years 0 to 9999.`)
  }
  return value.toUTCString()
}

/**
 * The three forms of RFC 9110 section 5.6.7 (IMF-fixdate, RFC 850, asctime), in whole seconds; `undefined` for anything else, which
 * a recipient ignores.
 */
export function parseHttpDate(text: string): Date | undefined {
  const match = imfFixdate.exec(text) ?? rfc850.exec(text) ?? asctime.exec(text)
  if (match?.groups === undefined) return undefined
  const { day, month, year, hour, minute, second } = match.groups as Record<string, string>
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  // Not Date.UTC, which takes the year 94 for 1994.
  const date = new Date(0)
  date.setUTCFullYear(fullYear(year as string), months.indexOf(month as string), Number(day))
  // `31 Feb` would silently become a day in March.
  if (date.getUTCDate() !== Number(day)) return undefined
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  return date
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const month = `(?<month>${months.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
const imfFixdate = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`,
)
const rfc850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`,
)
const asctime = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`,
)

// RFC 9110: a two-digit year that would lie more than 50 years ahead is in the past.
function fullYear(text: string): number {
  if (text.length === 4) return Number(text)
  const now = new Date().getUTCFullYear()
  const year = now - (now % 100) + Number(text)
  return year > now + 50 ? year - 100 : year
}
