interface Item {
  readonly text: string
}

/**
 * The place of the character by which at least two texts are told apart best: of those within the shortest the one that leaves the fewest together, its end
 * counting as a slash. No text may be another one, or begin with another one and a slash; all begin with a slash.
 */
export function chooseOffset(items: readonly Item[]): number {
  const shortest = items.reduce((least, item) => (item.text.length < least.text.length ? item : least))
  const step = Math.ceil(items.length / SAMPLE)
  // Each other one differs from the shortest within its length, so that some character divides the sample.
  const sample = step === 1 ? items : [shortest, ...items.filter((_, i) => i % step === 0)]
  let best = 0
  let fewest = Number.POSITIVE_INFINITY
  for (let offset = 1; offset <= shortest.text.length && fewest > sample.length; offset++) {
    const together = countTogether(sample, offset)
    if (together >= fewest) continue
    fewest = together
    best = offset
  }
  return best
}

/** The code of a character; that of a slash at the end, since the end of a path ends a segment as a slash does. */
export function codeAt(text: string, index: number): number {
  return index < text.length ? text.charCodeAt(index) : SLASH
}

const SLASH = 47

/** The most texts that are looked at. */
const SAMPLE = 32

/** How many texts have the character of a text, summed up over all texts. */
function countTogether(items: readonly Item[], offset: number): number {
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
