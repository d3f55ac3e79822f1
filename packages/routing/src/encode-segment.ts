/**
 * Values as text of a path.
 *
 * The threat: a value that ends its segment, begins a query, or is decoded twice. Everything but the characters of a segment (`pchar`, RFC 3986
 * section 3.3) is percent-encoded; what no encoding protects is refused: half a surrogate pair, which has no UTF-8, and NUL, with which no path is
 * accepted. A value that is a dot segment as a whole is for the caller to refuse.
 *
 * @module
 */

/** A text as a segment of its own; `!$&'()*+,:;=@` stay. `undefined` for a text that no path can hold. */
export function encodeSegment(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    const kind = plain[text.charCodeAt(i)]
    if (kind !== PLAIN && kind !== MARK) return encodeOthers(text)?.replace(mark, decodeURIComponent)
  }
  return text
}

/**
 * A text that shares a segment with others; `undefined` as above. Of the marks that might part it from them, those are encoded which the normal
 * form leaves so: the `@` of a value is not the `@` of the pattern then.
 */
export function encodePart(text: string): string | undefined {
  for (let i = 0; i < text.length; i++) {
    if (plain[text.charCodeAt(i)] !== PLAIN) return encodeOthers(text)
  }
  return text
}

/** Whether a text is `.` or `..`, which means another path where it is a segment. */
export function isDotSegment(text: string): boolean {
  return text.charCodeAt(0) === DOT && (text.length === 1 || text === '..')
}

function encodeOthers(text: string): string | undefined {
  if (text.includes('\0')) return undefined
  try {
    return encodeURIComponent(text)
  } catch {
    return undefined
  }
}

const DOT = 46
const PLAIN = 1
const MARK = 2
const mark = /%(?:24|26|2B|2C|3A|3B|3D|40)/g

const plain = new Uint8Array(128)
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*") {
  plain[character.charCodeAt(0)] = PLAIN
}
for (const character of '$&+,:;=@') plain[character.charCodeAt(0)] = MARK
