/**
 * The normal form of a path (RFC 3986 section 6.2.2), which every layer reads.
 *
 * The threat: two spellings of one path (`/%61dmin`, `/public/../admin`), of which a guard knows one and the file server behind it the
 * other. In normal form each path has one spelling. What is not stopped: `%2F` stays distinct from `/`, and `//` from `/`; a consumer that
 * takes them for the same opens the hole again.
 *
 * @module
 */
import { percentEncode } from './percent-encode.ts'

/**
 * A path in normal form: escapes of unreserved characters decoded, other escapes in upper case, everything that is no `pchar` and no `/`
 * percent-encoded (as UTF-8), dot segments removed. Empty segments and invalid escapes (`%zz`) stay,
 * and nothing makes valid ones of them: the normal form of a normal form is the same.
 *
 * `undefined` for a path that climbs above its root or holds a NUL: such a request is answered 400.
 */
export function normalizePath(path: string): string | undefined {
  if (isNormalPath(path)) return path
  const encoded = path.replace(irregular, normalizeCharacter)
  if (encoded.includes('%00')) return undefined
  return encoded.includes('/.') || encoded.startsWith('.') ? removeDotSegments(encoded) : encoded
}

/** Whether a path certainly is in normal form; a path with an escape is always looked at more closely. */
export function isNormalPath(path: string): boolean {
  let previous = 0
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code > 127 || plain[code] === 0) return false
    if (code === DOT && (previous === SLASH || i === 0)) return false
    previous = code
  }
  return true
}

const SLASH = 47
const DOT = 46

// pchar without '%', and '/' (RFC 3986 section 3.3).
const plain = new Uint8Array(128)
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/") {
  plain[character.charCodeAt(0)] = 1
}

const irregular = /%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]+/g
const unreserved = /^[A-Za-z0-9\-._~]$/
const hexDigit = /^[0-9A-Fa-f]$/

function normalizeCharacter(text: string, offset: number, path: string): string {
  if (text === '%') return text
  if (text.charCodeAt(0) !== 37) return percentEncode(text)
  const character = String.fromCharCode(Number.parseInt(text.slice(1), 16))
  return unreserved.test(character) && !wouldComplete(path, offset, character)
    ? character
    : text.toUpperCase()
}

// The `f` of `%2%66` would make an escape of what was none, which is decoded a second time then: `/%2%65%2%65` would become `/..`.
function wouldComplete(path: string, offset: number, character: string): boolean {
  if (!hexDigit.test(character)) return false
  const before = path.charAt(offset - 1)
  return before === '%' || (path.charAt(offset - 2) === '%' && hexDigit.test(before))
}

function removeDotSegments(path: string): string | undefined {
  const absolute = path.startsWith('/')
  const segments = (absolute ? path.slice(1) : path).split('/')
  const kept: string[] = []
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] as string
    const last = i === segments.length - 1
    if (segment === '..' && kept.pop() === undefined) return undefined
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (last) kept.push('')
  }
  return (absolute ? '/' : '') + kept.join('/')
}
