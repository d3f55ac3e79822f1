import { formatDeltaSeconds, parseDeltaSeconds } from './delta-seconds.ts'
import { trimSpace } from './scan.ts'

/**
 * The seconds of an `Age`: of the first where there are several; `undefined` for what is no number of seconds, which a cache ignores
 * (RFC 9111 section 5.1).
 */
export function parseAge(header: string): number | undefined {
  const comma = header.indexOf(',')
  return parseDeltaSeconds(trimSpace(header, 0, comma === -1 ? header.length : comma))
}

/** The value of an `Age`. Throws a RangeError for anything but an integer of seconds from 0 to `DELTA_SECONDS_LIMIT`. */
export function formatAge(seconds: number): string {
  return formatDeltaSeconds(seconds)
}
