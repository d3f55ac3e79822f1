/**
 * From the path of a request to names of the file system.
 *
 * The threat: a path that means another file than it says: dot segments (encoded once or twice), encoded separators, NUL bytes, drive letters,
 * alternate streams and device names of Windows, names that Windows takes for shorter ones, and two spellings of one file of which a guard
 * knows one. Each segment is decoded exactly once; one that is dangerous anywhere is refused everywhere, so that what is served does not
 * depend on the platform. A hostile path is never made a good one. What is not stopped: links (the caller checks the real path), and
 * a file system that ignores case gives one file for several spellings.
 *
 * @module
 */
import { BadRequest } from '@stapel/core'

/** Which names that begin with a dot are served: none but `.well-known` (RFC 8615), or all. */
export type Dotfiles = 'ignore' | 'allow'

/** What a path asks for, below a mount. */
export interface FilePath {
  /** The decoded names; empty for the mount itself. */
  readonly names: readonly string[]
  /** Whether it ends in a slash, and so asks for a directory. */
  readonly slash: boolean
  /** The path without needless escapes. When it differs from the path asked for, that one is a second spelling of it. */
  readonly canonical: string
}

/**
 * Reads a path in normal form, `''` or beginning with `/`. `undefined` when it cannot be the path of a file that may be served.
 * Throws {@link BadRequest} for an invalid escape, invalid UTF-8 and NUL.
 */
export function parseFilePath(path: string, dotfiles: Dotfiles): FilePath | undefined {
  if (path === '') return { names: [], slash: false, canonical: '' }
  const names = path.slice(1).split('/').map(decode)
  const slash = names.at(-1) === ''
  if (slash) names.pop()
  for (const name of names) {
    if (!isServable(name) || (dotfiles === 'ignore' && isDotfile(name))) return undefined
  }
  return { names, slash, canonical: path.replace(needlessEscape, (escaped) => decodeURIComponent(escaped)) }
}

/** Whether a name stands for exactly one entry of a directory, on every platform. */
export function isServable(name: string): boolean {
  return (
    name !== '' &&
    name.length <= NAME_LIMIT &&
    !separator.test(name) &&
    !trimmedByWindows.test(name) &&
    !devices.has(stemOf(name))
  )
}

/** Whether a name is hidden by its dot; `.well-known` is not. */
export function isDotfile(name: string): boolean {
  return name.startsWith('.') && name !== '.well-known'
}

// What the common file systems take for one name at most; theirs are bytes, so some longer ones fail there.
const NAME_LIMIT = 255
const separator = /[/\\:]/
// Windows drops these from the end of a name; `.` and `..` are among them.
const trimmedByWindows = /[. ]$/
// The sub-delims, `:` and `@`, which a path may hold as they are (RFC 3986 section 3.3).
const needlessEscape = /%(?:2[1467-9A-C]|3[ABD]|40)/gi
const devices: ReadonlySet<string> = new Set([
  ...['con', 'prn', 'aux', 'nul', 'conin$', 'conout$', 'clock$'],
  ...[...'0123456789\u00b9\u00b2\u00b3'].flatMap((digit) => [`com${digit}`, `lpt${digit}`]),
])

function decode(segment: string): string {
  let name: string
  try {
    name = decodeURIComponent(segment)
  } catch (error) {
    throw new BadRequest('The path holds an invalid escape.', { cause: error })
  }
  if (name.includes('\0')) throw new BadRequest('The path holds a NUL.')
  return name
}

// Windows takes `nul.txt` and `NUL .tar.gz` for the device, too.
function stemOf(name: string): string {
  const dot = name.indexOf('.')
  return (dot === -1 ? name : name.slice(0, dot)).trimEnd().toLowerCase()
}
