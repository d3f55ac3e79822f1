const SMALL = 25_000
const LARGE = 100_000

/** Below so many milliseconds of the processor for the large text nothing grows with the square: that would take seconds. */
const UNDOUBTED_MS = 20

// Four times the work is in proportion, sixteen times is the square.
const GROWTH = 9

/**
 * Whether the work of a reader grows with the size of its text and not with its square: compares two sizes, in time of the processor, which
 * others on the machine do not use, and again where the first comparison was disturbed.
 */
export function isLinear(read: (text: string) => unknown, make: (size: number) => string): boolean {
  const large = make(LARGE)
  if (cost(read, large) < UNDOUBTED_MS) return true
  const small = make(SMALL)
  for (let attempt = 0; attempt < 6; attempt++) {
    const least = (text: string) => Math.min(cost(read, text), cost(read, text), cost(read, text))
    const time = least(large)
    if (time < UNDOUBTED_MS || time < least(small) * GROWTH) return true
  }
  return false
}

function cost(read: (text: string) => unknown, text: string): number {
  const start = process.cpuUsage()
  read(text)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}
