/**
 * From the path of a request to names of the file system.
 *
 * The threat: a path that means another file than it says: dot segments (encoded once or twice), encoded separators, NUL bytes, drive letters,
 * alternate streams and device names of Windows, names that Windows takes for shorter ones, and two spellings of one file of which a guard
 * knows one. Each segment is decoded exactly once; one that is dangerous anywhere is refused everywhere, so that what is served does not
 * depend on the platform. A hostile path is never made a good one. What is not stopped here: links, and a file system that ignores case and gives
 * one file for several spellings (see `open-named.ts`).
 *
 * @module
 */
import { BadRequest } from '@stapel/core'
import { isSafeName } from '@stapel/core/http'
import { allowsHidden } from './open-named.ts'

/**
 * What becomes of names that begin with a dot, but for `.well-known` (RFC 8615): they are as absent (`'ignore'`), answered 403 whether there is
 * such a file or not (`'deny'`), or served (`'allow'`).
 */
export type Dotfiles = 'ignore' | 'deny' | 'allow'

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
 * Throws {@link BadRequest} for an invalid escape, invalid UTF-8 and NUL, `Forbidden` for a hidden name where these are denied.
 */
export function parseFilePath(path: string, dotfiles: Dotfiles): FilePath | undefined {
  if (path === '') return { names: [], slash: false, canonical: '' }
  const names = path.slice(1).split('/').map(decode)
  const slash = names.at(-1) === ''
  if (slash) names.pop()
  if (!names.every(isSafeName) || !allowsHidden(names, dotfiles)) return undefined
  return { names, slash, canonical: path.replace(needlessEscape, (escaped) => decodeURIComponent(escaped)) }
}

/** A name as it stands in the canonical path of its file; what is no Unicode text gets a replacement character. */
export function encodeName(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd')).replace(needlessEscape, (escaped) =>
    decodeURIComponent(escaped),
  )
}

// The sub-delims, `:` and `@`, which a path may hold as they are (RFC 3986 section 3.3).
const needlessEscape = /%(?:2[1467-9A-C]|3[ABD]|40)/gi

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
