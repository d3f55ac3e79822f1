/** No name that differs by more than this from the one that was looked for is offered, in characters. */
const DISTANCE_LIMIT = 3
/** Longer names are compared with nothing. */
const NAME_LIMIT = 100

/** The name that was probably meant: the one that differs least; `undefined` where none is near, by `limit` characters at the most. */
export function closest(
  name: string,
  names: Iterable<string>,
  limit: number = DISTANCE_LIMIT,
): string | undefined {
  let best: string | undefined
  let least = Math.min(limit, Math.floor(name.length / 2)) + 1
  for (const other of names) {
    const distance = name.toLowerCase() === other.toLowerCase() ? 0 : distanceOf(name, other)
    if (distance < least) {
      least = distance
      best = other
    }
  }
  return best
}

/** How many characters have to be added, taken away or replaced. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > DISTANCE_LIMIT || a.length > NAME_LIMIT || b.length > NAME_LIMIT) {
    return Number.POSITIVE_INFINITY
  }
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
