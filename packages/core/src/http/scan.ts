/**
 * What the parsers of header fields have in common: white space, quoted strings, and the end of a member (RFC 9110 section 5.6).
 *
 * The threat: a regular expression with nested quantifiers, or `\s*,\s*`, takes time that grows with the square of what a client sends.
 * Each function here passes over its text once.
 *
 * @module
 */

/** The code of `,`. */
export const COMMA = 0x2c
/** The code of `;`. */
export const SEMICOLON = 0x3b
/** The code of `"`. */
export const QUOTE = 0x22

const BACKSLASH = 0x5c
const SPACE = 0x20
const TAB = 0x09

/** The offset of the first character that is neither space nor tab. */
export function skipSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}

/** A slice without the spaces and tabs around it. Not `trim()`, which also takes away 0xA0, a byte that a field may hold. */
export function trimSpace(text: string, start = 0, end: number = text.length): string {
  let first = start
  let last = end
  while (first < last && isSpace(text.charCodeAt(first))) first++
  while (last > first && isSpace(text.charCodeAt(last - 1))) last--
  return text.slice(first, last)
}

/** The offset of the first separator at or after `start` that is not within quotes; a quote that never closes runs to the end. */
export function endOfMember(text: string, start: number, separator: number): number {
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) quoted = !quoted
    else if (quoted && code === BACKSLASH) at++
    else if (!quoted && code === separator) return at
  }
  return text.length
}

/** A text that was taken out of another, and the offset after it. */
export interface Piece {
  /** What was taken out. */
  readonly text: string
  /** The offset after it. */
  readonly end: number
}

/**
 * The text of the quoted string whose opening quote stands at `start`; `undefined` when it never closes. A backslash stands for the
 * character after it; with `literalBackslash` it does so only before a quote or another backslash.
 */
export function readQuoted(text: string, start: number, literalBackslash = false): Piece | undefined {
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return { text: value + text.slice(from, at), end: at + 1 }
    if (code !== BACKSLASH) continue
    const escaped = text.charCodeAt(at + 1)
    if (literalBackslash && escaped !== QUOTE && escaped !== BACKSLASH) continue
    value += text.slice(from, at)
    from = at + 1
    at++
  }
  return undefined
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB
}
