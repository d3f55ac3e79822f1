import type { Parameter } from './pattern-tokens.ts'

/**
 * Finds the values in a segment of text and parameters: each parameter takes the shortest text, of one character at least, that lets the
 * text behind it follow; the last takes the rest. Text at the end is looked for at the end.
 *
 * The segment is percent-encoded, so text is never found inside of an escape. Begin and end of each value are written to `spans` from `at` on,
 * counted from `offset`. Linear in the length of the segment.
 */
export function matchMixed(
  parts: readonly (string | Parameter)[],
  segment: string,
  spans: number[],
  at: number,
  offset: number,
): boolean {
  let limit = segment.length
  let count = parts.length
  const last = parts[count - 1]
  if (typeof last === 'string') {
    limit -= last.length
    if (!segment.endsWith(last) || isInsideEscape(segment, limit)) return false
    count--
  }
  const [first] = parts
  let position = 0
  let next = 0
  if (typeof first === 'string') {
    if (!segment.startsWith(first)) return false
    position = first.length
    next = 1
  }
  // A parameter and the text behind it at a time.
  for (let slot = at; next < count; next += 2, slot += 2) {
    const text = parts[next + 1]
    const last = next + 1 >= count
    const end = last ? limit : findText(text as string, segment, position)
    if (end <= position || end > limit) return false
    spans[slot] = offset + position
    spans[slot + 1] = offset + end
    position = last ? end : end + (text as string).length
  }
  return position === limit
}

/** Where a text stands behind at least one character; -1 when it does not. */
export function findText(text: string, segment: string, start: number): number {
  let found = segment.indexOf(text, start + 1)
  while (found !== -1 && isInsideEscape(segment, found)) found = segment.indexOf(text, found + 1)
  return found
}

/** Whether one of the two characters before is the '%' of an escape (`%2F`) that reaches up to here. */
export function isInsideEscape(segment: string, position: number): boolean {
  return segment.charCodeAt(position - 1) === PERCENT || segment.charCodeAt(position - 2) === PERCENT
}

const PERCENT = 37
