/**
 * Names of files that somebody else chose.
 *
 * The threat: a name that is a path (separators, `..`), or another thing on some systems: drive letters, alternate streams and device names of
 * Windows, and names of which it drops the end. Every check holds on every system, so that what is refused does not depend on where a
 * program runs. What is not stopped: links, and a file system that ignores case and gives one file for several names.
 *
 * @module
 */
import { FILENAME_LIMIT } from './content-disposition.ts'

/**
 * Whether a name stands for exactly one entry of a directory, on every system: not empty, without `/`, `\`, `:` and NUL, without a dot or space
 * at its end, no device of Windows, and of at most {@link FILENAME_LIMIT} UTF-16 units.
 *
 * @example
 * ```ts
 * import { isSafeName } from '@stapel/core/http'
 *
 * isSafeName('cat.png') // true
 * isSafeName('..') // false
 * ```
 */
export function isSafeName(name: string): boolean {
  return name !== '' && name.length <= FILENAME_LIMIT && !unsafe.test(name) && !isDeviceName(name)
}

/** Whether Windows takes a name for a device, which it also does of `nul.txt` and `NUL .tar.gz`. */
export function isDeviceName(name: string): boolean {
  return device.test(name)
}

/** Whether a name is hidden by the dot that it begins with; `.well-known` (RFC 8615) is not. */
export function isDotfile(name: string): boolean {
  return name.startsWith('.') && name !== '.well-known'
}

// Windows drops dots and spaces from the end of a name; `.` and `..` are among these.
const unsafe = /[/\\:\0]|[. ]$/

const device = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\.|$)/i
