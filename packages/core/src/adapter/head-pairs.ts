/** A name and a value, and whether the name is there for the first time. */
export type HeadPair = readonly [name: string, value: unknown, first: boolean]

/** The headers in any of the forms that Node's `writeHead` takes: an object, a list of pairs, or names and values in one list. */
export function* headPairs(headers: unknown): Generator<HeadPair> {
  if (headers === undefined || headers === null) return
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) yield [name, value, true]
    return
  }
  const seen = new Set<string>()
  const pairs = Array.isArray(headers[0]) ? headers : paired(headers)
  for (const [name, value] of pairs as [string, unknown][]) {
    const key = name.toLowerCase()
    yield [name, value, !seen.has(key)]
    seen.add(key)
  }
}

function paired(flat: readonly unknown[]): unknown[][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2], flat[index * 2 + 1]])
}
