const encoder = new TextEncoder()
const escapes: string[] = []

/** Each byte of a text in UTF-8 as an escape with digits in upper case (RFC 3986 section 2.1). Half a surrogate pair becomes U+FFFD. */
export function percentEncode(text: string): string {
  // Most of what is encoded is one character of ASCII, which needs no encoder.
  if (text.length === 1 && text.charCodeAt(0) < 0x80) return percentEncodeByte(text.charCodeAt(0))
  let encoded = ''
  for (const byte of encoder.encode(text)) encoded += percentEncodeByte(byte)
  return encoded
}

/** A byte, from 0 to 255, as an escape with digits in upper case. */
export function percentEncodeByte(byte: number): string {
  escapes[byte] ??= `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  return escapes[byte]
}
