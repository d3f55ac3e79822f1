/**
 * Spans of time in whole seconds, as `Age`, `Retry-After`, `Cache-Control` and `Access-Control-Max-Age` carry them (RFC 9111 section 1.2.2).
 *
 * @module
 */

/** The greatest number of seconds that is read or written; what is more stands for this much (RFC 9111 section 1.2.2). */
export const DELTA_SECONDS_LIMIT: number = 2 ** 31

/** The seconds, at most {@link DELTA_SECONDS_LIMIT}; `undefined` for anything but digits: no sign, no fraction, no spaces. */
export function parseDeltaSeconds(text: string): number | undefined {
  return /^[0-9]+$/.test(text) ? Math.min(Number(text), DELTA_SECONDS_LIMIT) : undefined
}

/** The seconds as digits. Throws a RangeError for anything but an integer from 0 to {@link DELTA_SECONDS_LIMIT}. */
export function formatDeltaSeconds(seconds: number): string {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= DELTA_SECONDS_LIMIT) return String(seconds)
  throw new RangeError(
    `Got ${String(seconds)} for a time; expected an integer of seconds from 0 to ${DELTA_SECONDS_LIMIT}.`,
  )
}
