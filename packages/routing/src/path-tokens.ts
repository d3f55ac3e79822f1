import { normalizePath } from '@stapel/core/http'
import type { Token } from 'path-to-regexp'
import { type Part, parseTokens, refuse, type Segment, toSegment } from './pattern-tokens.ts'

/** The tokens of a path, whose text is in normal form; throws a TypeError for what is malformed. */
export function parsePathTokens(source: string): readonly Token[] {
  return normalizeTokens(parseTokens(source), source)
}

/** Whether a text holds no sign that means something in a pattern, and is in normal form. */
export function isPlainText(text: string): boolean {
  return /^[\w/~-]*$/.test(text)
}

/** The segment of what lies between two slashes; throws a TypeError for one that no path in normal form has. */
export function toPathSegment(row: readonly Part[], source: string): Segment {
  const segment = toSegment(row, source)
  if (segment.kind === 'static' && /^\.\.?$/.test(segment.text)) {
    throw refuse(source, `no path in normal form has the segment ${JSON.stringify(segment.text)}`)
  }
  return segment
}

function normalizeTokens(tokens: readonly Token[], source: string): Token[] {
  return tokens.map((token): Token => {
    if (token.type === 'group') return { type: 'group', tokens: normalizeTokens(token.tokens, source) }
    if (token.type !== 'text') return token
    const value = normalizeText(token.value, source)
    return value === token.value ? token : { type: 'text', value }
  })
}

function normalizeText(text: string, source: string): string {
  if (isPlainText(text)) return text
  // Piece by piece behind a letter, because a piece such as '.' before a parameter is no dot segment.
  const pieces = text.split('/').map((piece) => normalizePath(`x${piece}`)?.slice(1))
  const normal = pieces.join('/')
  if (pieces.includes(undefined)) throw refuse(source, 'no path holds NUL')
  if (/%(?![0-9A-F]{2})/.test(normal)) {
    throw refuse(source, "it holds a '%' that begins no escape; write '%25' for the sign itself")
  }
  return normal
}
