/**
 * What a header field may consist of (RFC 9110 section 5).
 *
 * The threat: a CR, LF or NUL in a name or value lets whoever chose it write headers, or a whole second answer, of his own. Nothing
 * that fails these checks reaches the wire. What a well-formed value means is not checked here.
 *
 * @module
 */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// RFC 9110 section 5.5 allows HTAB, and no other control.
const forbiddenInValue = /[^\t\x20-\x7e\x80-\xff]/

/** Whether a text is a token (RFC 9110 section 5.6.2), as header names and methods are. */
export function isToken(text: string): boolean {
  return token.test(text)
}

/** Whether a text may be sent as a field value: HTAB, visible ASCII and space, 0x80 to 0xFF (RFC 9110 section 5.5). */
export function isFieldValue(text: string): boolean {
  // Many values are short; to start the expression costs as much as looking at some ten characters.
  if (text.length > 10) return !forbiddenInValue.test(text)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff || code === 0x7f || (code < 0x20 && code !== 0x09)) return false
  }
  return true
}

/**
 * Headers that belong to one connection, which an application may not set (RFC 9110 section 7.6.1); names in lower case.
 */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
