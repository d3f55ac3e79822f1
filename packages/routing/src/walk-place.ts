/** A position in a path, as generated code says it: a variable, if any, and what is added to it. */
export interface Place {
  readonly code: string
  readonly base: string
  readonly offset: number
}

/** The beginning of a path. */
export const beginning: Place = { code: '0', base: '', offset: 0 }

/** The position that a variable holds. */
export function placeAt(base: string): Place {
  return { code: base, base, offset: 0 }
}

/** So many characters further. */
export function shift({ base, offset }: Place, by: number): Place {
  const sum = offset + by
  if (base === '') return { code: String(sum), base, offset: sum }
  return { code: sum === 0 ? base : `${base} + ${sum}`, base, offset: sum }
}
