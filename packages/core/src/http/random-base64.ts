/**
 * Random texts that nobody can guess, at little cost: a call of `crypto.getRandomValues` takes 4 µs for 16 bytes and hardly more for 2048, so bytes are taken
 * from a store that is filled by one call.
 *
 * The threat: bytes that are given twice, or read from memory after they were given. Each is given once and cleared as it is. What is not
 * stopped: a copy of all that runs (a snapshot of a virtual machine that is started twice) gives the rest of its store in both.
 *
 * @module
 */

/** 128 random bits in base64, 24 characters with the two `=` at their end. */
export function randomBase64(): string {
  if (taken === STORE_SIZE) {
    // On first use: Workers refuse random values while a module is loaded.
    crypto.getRandomValues(store)
    taken = 0
  }
  const end = taken + 16
  let place = 0
  for (let i = taken; i < end - 1; i += 3) {
    const bits = (byteAt(i) << 16) | (byteAt(i + 1) << 8) | byteAt(i + 2)
    codes[place++] = digitOf(bits >> 18)
    codes[place++] = digitOf((bits >> 12) & 63)
    codes[place++] = digitOf((bits >> 6) & 63)
    codes[place++] = digitOf(bits & 63)
  }
  const last = byteAt(end - 1)
  codes[place++] = digitOf(last >> 2)
  codes[place] = digitOf((last & 3) << 4)
  store.fill(0, taken, end)
  taken = end
  return String.fromCharCode.apply(undefined, codes)
}

/** Random bytes that are kept ready: 2 KiB, enough for 128 texts. A multiple of 16. */
const STORE_SIZE = 2048

const store = new Uint8Array(STORE_SIZE)
let taken = STORE_SIZE

const EQUALS = 61
const codes: number[] = new Array(24).fill(EQUALS)

const digits = Uint8Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (digit) =>
  digit.charCodeAt(0),
)

function byteAt(index: number): number {
  return store[index] as number
}

function digitOf(sixBits: number): number {
  return digits[sixBits] as number
}
