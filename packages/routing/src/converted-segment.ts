import { findText } from './mixed-segment.ts'
import type { Parameter } from './pattern-tokens.ts'

/** The most texts of one segment that are tried for one rule; a way to split it in two takes two. */
export const SPLIT_LIMIT = 64

/** A segment, and where its values go. */
export interface Split {
  readonly parts: readonly (string | Parameter)[]
  /** Percent-encoded. */
  readonly segment: string
  /** Takes the value between two positions of the segment as that of the `index`-th parameter, unless its converter refuses it. */
  readonly accept: (parameter: Parameter, index: number, start: number, end: number) => boolean
}

/**
 * Finds the values in a segment of text and parameters of which some have converters: as `matchMixed`, but where a converter refuses the
 * shortest text, longer ones are tried, and other texts for the parameters before.
 *
 * At most {@link SPLIT_LIMIT} texts are tried, so that the time stays linear in the length of the segment.
 */
export function splitConverted(split: Split): boolean {
  return walk(split, 0, 0, 0, { left: SPLIT_LIMIT })
}

function walk(split: Split, part: number, position: number, index: number, tries: { left: number }): boolean {
  const { parts, segment, accept } = split
  const current = parts[part]
  if (current === undefined) return position === segment.length
  // Text behind a parameter is found with it: this stands first.
  if (typeof current === 'string') {
    if (!segment.startsWith(current)) return false
    return walk(split, part + 1, current.length, index, tries)
  }
  const text = parts[part + 1] as string | undefined
  if (text === undefined) {
    return position < segment.length && tries.left-- > 0 && accept(current, index, position, segment.length)
  }
  // Text at the end stands only there.
  const first = part + 2 === parts.length ? Math.max(position, segment.length - text.length - 1) : position
  for (let end = findText(text, segment, first); end !== -1; end = findText(text, segment, end)) {
    if (tries.left-- <= 0) return false
    if (!accept(current, index, position, end)) continue
    if (walk(split, part + 2, end + text.length, index + 1, tries)) return true
  }
  return false
}
