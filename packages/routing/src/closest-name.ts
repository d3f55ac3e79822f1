/** The most characters that a name may have to be compared with others. */
export const COMPARED_NAME_LIMIT = 100

/**
 * The name that a misspelled one was probably meant to be: the one with the fewest changes, when they are few; otherwise one that ends in it
 * behind a dot, as the names of mounted routers do.
 */
export function closestName(wanted: string, names: Iterable<string>): string | undefined {
  if (wanted.length > COMPARED_NAME_LIMIT) return undefined
  let closest: string | undefined
  let behindDot: string | undefined
  let fewest = Math.max(2, Math.floor(wanted.length / 3)) + 1
  for (const name of names) {
    if (name.endsWith(`.${wanted}`)) behindDot ??= name
    if (Math.abs(name.length - wanted.length) >= fewest) continue
    const changes = countChanges(wanted, name)
    if (changes < fewest) {
      closest = name
      fewest = changes
    }
  }
  return closest ?? behindDot
}

/** The Levenshtein distance, case ignored. */
export function countChanges(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
