import { formatHttpDate, parseHttpDate } from './date.ts'
import { formatDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts'

/**
 * When to try again by a `Retry-After` (RFC 9110 section 10.2.3): in so many seconds, or at a date; `undefined` for what is neither.
 *
 * @example
 * ```ts
 * import { parseRetryAfter } from '@stapel/core/http'
 *
 * parseRetryAfter('120') // 120
 * ```
 */
export function parseRetryAfter(header: string): number | Date | undefined {
  return parseDeltaSeconds(header) ?? parseHttpDate(header)
}

/**
 * The value of a `Retry-After`: seconds from now, a fraction rounded up, or a date. Throws a RangeError for a time that is negative, no number
 * or more than `DELTA_SECONDS_LIMIT`, and for a date that HTTP cannot hold.
 */
export function formatRetryAfter(when: number | Date): string {
  if (when instanceof Date) return formatHttpDate(when)
  return formatDeltaSeconds(when < 0 ? when : Math.ceil(when))
}
