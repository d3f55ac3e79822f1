import type { Parameter } from './pattern.ts'

/**
 * Finds the values in a segment of text and parameters: each parameter takes the shortest text, of one character at least, that lets the
 * text behind it follow; the last takes the rest. Text at the end is looked for at the end.
 *
 * The path is percent-encoded, so text is never found inside of an escape. Writes begin and end of each value to `spans`, from `at` on; linear in
 * the length of the segment.
 */
export function matchMixed(
  parts: readonly (string | Parameter)[],
  path: string,
  start: number,
  end: number,
  spans: number[],
  at: number,
): boolean {
  let position = start
  let limit = end
  let count = parts.length
  const last = parts[count - 1]
  if (typeof last === 'string') {
    limit = end - last.length
    if (limit < start || !path.startsWith(last, limit) || isInsideEscape(path, limit, start)) return false
    count--
  }
  let slot = at
  for (let i = 0; i < count; i++) {
    const part = parts[i] as string | Parameter
    if (typeof part === 'string') {
      // Only the first part: text behind a parameter is looked for together with it.
      if (!path.startsWith(part, position) || position + part.length > limit) return false
      position += part.length
      continue
    }
    const text = i + 1 < count ? (parts[i + 1] as string) : undefined
    const stop = text === undefined ? limit : findText(text, path, position, limit)
    if (stop <= position) return false
    spans[slot] = position
    spans[slot + 1] = stop
    slot += 2
    position = stop
    if (text !== undefined) {
      position += text.length
      i++
    }
  }
  return position === limit
}

/** Where a text stands behind at least one character; -1 when it does not. */
function findText(text: string, path: string, start: number, limit: number): number {
  let found = path.indexOf(text, start + 1)
  while (found !== -1 && isInsideEscape(path, found, start)) found = path.indexOf(text, found + 1)
  return found !== -1 && found + text.length <= limit ? found : -1
}

/** Whether a position is that of a digit of an escape (`%2F`), or follows one that is cut. */
function isInsideEscape(path: string, position: number, start: number): boolean {
  return (
    (position - 1 >= start && path.charCodeAt(position - 1) === PERCENT) ||
    (position - 2 >= start && path.charCodeAt(position - 2) === PERCENT)
  )
}

const PERCENT = 37
