/** Texts in groups by one of their characters. */
export interface Division<T> {
  /** Where the character stands. */
  readonly offset: number
  /** The code of the first group's character. */
  readonly base: number
  /** One group for each code from `base` on, up to the last that any text has. */
  readonly groups: readonly (readonly T[] | undefined)[]
}

/**
 * Divides at least two texts by the character that leaves the fewest together, of those that all of them have; the end of a text counts as a slash. No text may
 * be another one, or begin with another one and a slash.
 */
export function divideTexts<T extends { readonly text: string }>(items: readonly T[]): Division<T> {
  const offset = chooseOffset(items)
  const groups = new Map<number, T[]>()
  let base = Number.POSITIVE_INFINITY
  let last = 0
  for (const item of items) {
    const code = codeAt(item.text, offset)
    const group = groups.get(code)
    if (group === undefined) groups.set(code, [item])
    else group.push(item)
    if (code < base) base = code
    if (code > last) last = code
  }
  return { offset, base, groups: Array.from({ length: last - base + 1 }, (_, i) => groups.get(base + i)) }
}

/** The code of a character; that of a slash at the end, since the end of a path ends a segment as a slash does. */
export function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : SLASH
}

const SLASH = 47

/** The first character is a slash in all of them. */
function chooseOffset(items: readonly { readonly text: string }[]): number {
  const shortest = items.reduce((least, { text }) => Math.min(least, text.length), Number.POSITIVE_INFINITY)
  let best = 1
  let fewest = Number.POSITIVE_INFINITY
  for (let offset = 1; offset <= shortest && fewest > items.length; offset++) {
    const together = countTogether(items, offset)
    if (together >= fewest) continue
    fewest = together
    best = offset
  }
  return best
}

/** How many texts have the character of a text, summed up over all texts. */
function countTogether(items: readonly { readonly text: string }[], offset: number): number {
  const counts = new Map<number, number>()
  let sum = 0
  for (const { text } of items) {
    const code = codeAt(text, offset)
    const count = counts.get(code) ?? 0
    // The difference between one square and the next.
    sum += 2 * count + 1
    counts.set(code, count + 1)
  }
  return sum
}
