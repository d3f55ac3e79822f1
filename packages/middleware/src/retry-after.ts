import type { Environ } from '@stapel/core'
import { formatRetryAfter } from '@stapel/core/http'
import { type OptionCheck, show } from './check-options.ts'

/** In how many seconds, or at which date, to try again; or a function that gives one of them, or `undefined`, for the status of a page. */
export type RetryAfter = number | Date | ((status: number, environ: Environ) => number | Date | undefined)

/** A {@link RetryAfter} whose fixed value a header can hold. */
export const retryAfterCheck: OptionCheck = {
  expected: 'a number of seconds from 0 up, a valid date, or a function that gives one of them',
  accepts: (value) => typeof value === 'function' || formatOrRefuse(value) !== undefined,
}

/** The value of the header; one that cannot be made is reported, and must not cost the visitor the page. */
export function currentRetryAfter(
  middleware: string,
  retryAfter: () => number | Date | undefined,
  report: (error: unknown) => void,
): string | undefined {
  try {
    const value = retryAfter()
    if (value === undefined) return undefined
    const formatted = formatOrRefuse(value)
    if (formatted !== undefined) return formatted
    report(
      new TypeError(`${middleware}: retryAfter gave ${show(value)}; expected ${retryAfterCheck.expected}.`),
    )
  } catch (error) {
    report(error)
  }
  return undefined
}

/** `undefined` for what is no time that the header can hold. */
function formatOrRefuse(when: unknown): string | undefined {
  if (typeof when !== 'number' && !(when instanceof Date)) return undefined
  try {
    return formatRetryAfter(when)
  } catch {
    return undefined
  }
}
