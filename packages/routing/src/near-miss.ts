import { countChanges } from './closest-name.ts'
import type { Alternative } from './pattern.ts'
import type { Segment } from './pattern-tokens.ts'

/** The longest text whose changes are counted, in characters; a longer one is like no other. */
export const COMPARED_LENGTH_LIMIT = 64

/** The most characters that may be others in all of a path. */
export const CHANGES_LIMIT = 4

/**
 * How many characters of a path would have to be others, roughly, for it to match; `undefined` when it is nothing like the pattern: when half of a
 * segment would have to be another, or more than {@link CHANGES_LIMIT} in all. A parameter or wildcard costs nothing where it takes the segment.
 */
export function countMisses(
  { segments }: Alternative,
  path: readonly string[],
  mounted: boolean,
): number | undefined {
  let changes = 0
  let at = 0
  let isTold = false
  for (const segment of segments) {
    const text = path[at++]
    changes += text === undefined ? MISSING : missesOf(segment, text)
    if (changes > CHANGES_LIMIT) return undefined
    isTold ||= segment.kind === 'static' && segment.text !== ''
    if (segment.kind === 'wildcard') at = Math.max(at, path.length)
  }
  if (!mounted) changes += MISSING * Math.max(0, path.length - at)
  return isTold && changes <= CHANGES_LIMIT ? changes : undefined
}

/** What a segment costs that is on one side alone. */
const MISSING = 2

function missesOf(segment: Segment, text: string): number {
  if (segment.kind !== 'static') return text === '' ? MISSING : 0
  const expected = segment.text
  if (expected === text) return 0
  const length = Math.max(text.length, expected.length)
  if (expected === '' || text === '' || length > COMPARED_LENGTH_LIMIT) return Infinity
  const changes = countChanges(expected, text)
  return changes <= Math.max(1, Math.floor(length / 2)) ? changes : Infinity
}
