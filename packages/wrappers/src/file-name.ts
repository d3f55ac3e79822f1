/**
 * File names that somebody else chose.
 *
 * The threat: a name that leads out of its folder (`..`, absolute paths, backslashes), names another thing on some systems (drive letters, alternate streams and
 * device names of Windows, names of which Windows drops the end), or is hidden. Every check holds on every system, so that what is
 * refused does not depend on where a program runs. A hostile path is never made a good one by taking its dots away. What is not stopped:
 * links (`sendFromDirectory` checks the real path), a file system that ignores case, and a name that is there already.
 *
 * @module
 */
import { FILENAME_LIMIT, isDeviceName, isSafeName } from '@stapel/core/http'

/**
 * A path below `root`, of decoded paths that a client chose: each is split at `/`, and every segment must be the name of one entry of a
 * directory on every system. `undefined` where one is not: empty, `.` or `..`, with `\`, `:` or NUL, with a dot or space at its end, a
 * device of Windows, longer than 255. Absolute paths and a slash at the end are refused by that; `''` as root stands for `.`.
 *
 * @example
 * ```ts
 * import { safeJoin } from '@stapel/wrappers'
 *
 * safeJoin('uploads', 'ada/cat.png') // 'uploads/ada/cat.png'
 * safeJoin('uploads', '../secret') // undefined
 * ```
 */
export function safeJoin(root: string, ...paths: readonly string[]): string | undefined {
  const names = paths.flatMap((path) => path.split('/'))
  if (!names.every(isSafeName)) return undefined
  const base = root === '' ? '.' : root
  if (names.length === 0) return base
  return `${base}${/[/\\]$/.test(base) ? '' : '/'}${names.join('/')}`
}

/**
 * A file name that can be stored under any system, of one that a client chose: ASCII letters, digits, `.`, `-` and `_` only. Accents are
 * taken off, separators and spaces become `_`, everything else is left out; no dot or underscore stands at its ends, but one underscore
 * before what Windows takes for a device. At most 255 characters, of which the extension is kept.
 *
 * `''` when nothing is left, as of `'..'` or a name in another script: have a name of your own for that. Two names may give the same one.
 *
 * @example
 * ```ts
 * import { secureFilename } from '@stapel/wrappers'
 *
 * secureFilename('../../etc/pass wd') // 'etc_pass_wd'
 * secureFilename('Übersicht.pdf') // 'Ubersicht.pdf'
 * ```
 */
export function secureFilename(filename: string): string {
  const ascii = filename
    .normalize('NFKD')
    .replace(/[/\\]/g, ' ')
    .replace(/[^\x20-\x7e\s]/g, '')
  const name = trim(
    ascii
      .split(/\s/)
      .filter((word) => word !== '')
      .join('_')
      .replace(/[^A-Za-z0-9_.-]/g, ''),
  )
  const short = name.length < FILENAME_LIMIT ? name : cut(name)
  return isDeviceName(short) ? `_${short}` : short
}

/** Without dots and underscores at its ends. Not by a regular expression, whose time would grow with the square of their number. */
function trim(name: string): string {
  let start = 0
  let end = name.length
  while (start < end && isTrimmed(name.charAt(start))) start++
  while (end > start && isTrimmed(name.charAt(end - 1))) end--
  return name.slice(start, end)
}

function isTrimmed(character: string): boolean {
  return character === '.' || character === '_'
}

/** Leaves room for the underscore before a device. */
function cut(name: string): string {
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  return trim(name.slice(0, FILENAME_LIMIT - 1 - extension.length)) + extension
}
