import { isFieldValue, isToken } from './field.ts'
import { readQuoted } from './scan.ts'

/**
 * The text of a word, which is what most values in header fields are: a token, or a quoted string (RFC 9110 sections 5.6.2 and 5.6.4).
 * `undefined` for what is neither.
 */
export function parseWord(text: string): string | undefined {
  if (!text.startsWith('"')) return isToken(text) ? text : undefined
  const quoted = readQuoted(text, 0)
  return quoted?.end === text.length ? quoted.text : undefined
}

/** A text as a token where it is one, else as a quoted string. Throws what {@link quote} throws. */
export function formatWord(text: string): string {
  return isToken(text) ? text : quote(text)
}

/** A text as a quoted string. Throws a RangeError for a character that no field can hold: a control, or one beyond latin-1. */
export function quote(text: string): string {
  if (!isFieldValue(text)) {
    throw new RangeError(
      `Got ${JSON.stringify(text)} to be quoted; expected HTAB, 0x20-0x7E and 0x80-0xFF only. Other text needs an extended value (RFC 8187).`,
    )
  }
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
