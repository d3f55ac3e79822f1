/** The median of numbers: of two in the middle, the mean. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The medians of rounds, each `{ perSecond, microseconds }`. */
export function summary(rounds) {
  return {
    perSecond: median(rounds.map((round) => round.perSecond)),
    microseconds: median(rounds.map((round) => round.microseconds)),
  }
}

/** A line of a table: requests a second and processor time a request, each with its ratio to the first of the table. */
export function line(name, { perSecond, microseconds }, first, width = 16) {
  return (
    `  ${name.padEnd(width)} ${perSecond.toFixed(0).padStart(7)} req/s  ${(perSecond / first.perSecond).toFixed(2)}` +
    `   ${microseconds.toFixed(1).padStart(8)} µs/req  ${(first.microseconds / microseconds).toFixed(2)}`
  )
}
