import { countChanges } from './closest-name.ts'
import type { Alternative, Segment } from './pattern.ts'

/** The longest text whose changes are counted, in characters; a longer one is like no other. */
export const COMPARED_LENGTH_LIMIT = 64

/**
 * How many characters of a path would have to be others, roughly, for it to match; `undefined` when it is nothing like the pattern. A
 * parameter or wildcard costs nothing where it takes the segment.
 */
export function countMisses(
  { segments }: Alternative,
  path: readonly string[],
  mounted: boolean,
): number | undefined {
  let changes = 0
  let length = 0
  let at = 0
  for (const segment of segments) {
    const text = path[at++]
    if (segment.kind === 'wildcard') return isFew(changes, length) ? changes : undefined
    length += segment.kind === 'static' ? segment.text.length : 0
    changes += text === undefined ? MISSING : missesOf(segment, text)
  }
  if (!mounted) changes += MISSING * Math.max(0, path.length - at)
  return isFew(changes, length) ? changes : undefined
}

/** What a segment costs that is on one side alone. */
const MISSING = 2

function missesOf(segment: Segment, text: string): number {
  if (segment.kind !== 'static') return text === '' ? MISSING : 0
  if (segment.text === text) return 0
  if (
    segment.text === '' ||
    text === '' ||
    Math.max(text.length, segment.text.length) > COMPARED_LENGTH_LIMIT
  ) {
    return Infinity
  }
  return countChanges(segment.text, text)
}

function isFew(changes: number, length: number): boolean {
  return length > 0 && changes <= Math.max(2, Math.floor(length / 2))
}
