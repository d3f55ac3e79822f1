import { type Place, shift } from './walk-place.ts'

/** A text as a literal: no text leaves it. */
export function quoteText(text: string): string {
  return JSON.stringify(text)
}

/**
 * A condition that a text stands at a place of the path; nothing for no text. V8 copies pieces of up to twelve characters, and points into the path for longer ones,
 * which then are slow to compare.
 */
export function compareText(text: string, place: Place): string {
  const conditions: string[] = []
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.slice(from, from + PIECE)
    const start = shift(place, from)
    const end = shift(start, piece.length)
    conditions.push(`path.slice(${start.code}, ${end.code}) === ${quoteText(piece)}`)
  }
  return conditions.join(' && ')
}

const PIECE = 12
