/**
 * The date of a cookie's `Expires`, by the lenient algorithm of RFC 6265bis section 5.1.1, which is not that of HTTP's other dates;
 * `undefined` for what has no date in it.
 */
export function parseCookieDate(text: string): Date | undefined {
  let time: readonly number[] | undefined
  let day: number | undefined
  let month: number | undefined
  let year: number | undefined
  for (const token of text.split(delimiters)) {
    if (time === undefined && timePattern.test(token)) {
      time = timePattern.exec(token)?.slice(1).map(Number)
    } else if (day === undefined && dayPattern.test(token)) {
      day = Number.parseInt(token, 10)
    } else if (month === undefined && monthPattern.test(token)) {
      month = months.indexOf(token.slice(0, 3).toLowerCase())
    } else if (year === undefined && yearPattern.test(token)) {
      year = fullYear(Number.parseInt(token, 10))
    }
  }
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined
  const [hour, minute, second] = time as [number, number, number]
  if (day < 1 || year < 1601 || hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(Date.UTC(year, month, day, hour, minute, second))
  // `31 Feb` would silently become a day in March.
  return date.getUTCDate() === day ? date : undefined
}

const delimiters = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const timePattern = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/
const dayPattern = /^\d{1,2}(?!\d)/
const monthPattern = new RegExp(`^(?:${months.join('|')})`, 'i')
const yearPattern = /^\d{2,4}(?!\d)/

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900
  return year <= 69 ? year + 2000 : year
}
