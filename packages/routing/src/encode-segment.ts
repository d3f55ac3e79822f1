/**
 * Values as text of a path.
 *
 * The threat: a value that ends its segment, begins a query, or is decoded twice. Everything but the characters of a segment (`pchar`, RFC 3986
 * section 3.3) is percent-encoded; what no encoding protects is refused: half a surrogate pair, which has no UTF-8, and NUL, with which no path is
 * accepted. A value that is a dot segment as a whole is for the caller to refuse.
 *
 * @module
 */

/** A text as a segment of its own; `!$&'()*+,;:=@` stay. `undefined` for a text that no path can hold. */
export function encodeSegment(text: string): string | undefined {
  return encode(text, MARK)
}

/**
 * A text that shares a segment with others; `undefined` as above. Of the marks that might part it from them, those are encoded which the normal
 * form leaves so: the `@` of a value is not the `@` of the pattern then.
 */
export function encodePart(text: string): string | undefined {
  return encode(text, PLAIN)
}

/** Whether a text is `.` or `..`, which means another path where it is a segment. */
export function isDotSegment(text: string): boolean {
  return text.charCodeAt(0) === DOT && (text.length === 1 || text === '..')
}

/** Keeps what is of this kind or plainer. Measured, `encodeURIComponent` takes longer, and would have to be undone for the marks. */
function encode(text: string, kept: number): string | undefined {
  let encoded = ''
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 128 && (kinds[code] as number) <= kept) continue
    const isPair = code >= 0xd800 && code < 0xe000
    const point = isPair ? (text.codePointAt(i) as number) : code
    // NUL, or half a pair.
    if (point === 0 || (isPair && point < 0x1_0000)) return undefined
    if (i > start) encoded += text.slice(start, i)
    encoded += encodePoint(point)
    if (isPair) i++
    start = i + 1
  }
  return start === 0 ? text : encoded + text.slice(start)
}

/** The bytes of a character in UTF-8 (RFC 3629 section 3), each as an escape. */
function encodePoint(point: number): string {
  if (point < 0x800) return encodeShort(point)
  const last = escapeByte(0x80 | (point & 0x3f))
  const middle = escapeByte(0x80 | ((point >> 6) & 0x3f)) + last
  if (point < 0x1_0000) return escapeByte(0xe0 | (point >> 12)) + middle
  return escapeByte(0xf0 | (point >> 18)) + escapeByte(0x80 | ((point >> 12) & 0x3f)) + middle
}

/** The same for a character of one or two bytes; kept, since there are only 2048. */
function encodeShort(point: number): string {
  shorts[point] ??=
    point < 0x80 ? escapeByte(point) : escapeByte(0xc0 | (point >> 6)) + escapeByte(0x80 | (point & 0x3f))
  return shorts[point]
}

function escapeByte(byte: number): string {
  return escapes[byte] as string
}

const shorts: (string | undefined)[] = new Array(0x800).fill(undefined)

const DOT = 46
const PLAIN = 0
const MARK = 1
const OTHER = 2

const kinds: Uint8Array = new Uint8Array(128).fill(OTHER)
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!'()*") {
  kinds[character.charCodeAt(0)] = PLAIN
}
for (const character of '$&+,:;=@') kinds[character.charCodeAt(0)] = MARK

const escapes: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
)
