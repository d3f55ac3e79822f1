/**
 * Labels of internationalized names (Punycode, RFC 3492), decoded; `URL` encodes them.
 *
 * The threat: deltas that overflow, and a label whose characters are inserted at the front one by one, which costs the square of its
 * length. A label is at most {@link LABEL_LIMIT} characters long, as in the DNS.
 *
 * @module
 */

/** The most characters of a label in ASCII (RFC 1035 section 2.3.4). */
export const LABEL_LIMIT = 63

/** The text of what follows `xn--`; `undefined` for what is no Punycode, and for more than {@link LABEL_LIMIT} characters. */
export function decodePunycode(label: string): string | undefined {
  if (label.length > LABEL_LIMIT) return undefined
  const hyphen = label.lastIndexOf('-')
  const points = hyphen <= 0 ? [] : Array.from(label.slice(0, hyphen), (basic) => basic.charCodeAt(0))
  if (points.some((point) => point > 0x7f)) return undefined
  let [point, index, bias] = [0x80, 0, 72]
  for (let at = hyphen <= 0 ? 0 : hyphen + 1; at < label.length; ) {
    const start = index
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digitOf(label.charCodeAt(at++))
      if (digit === undefined) return undefined
      index += digit * weight
      if (index > MAX) return undefined
      const threshold = Math.min(Math.max(k - bias, 1), 26)
      if (digit < threshold) break
      weight *= BASE - threshold
    }
    const count = points.length + 1
    bias = adapt(index - start, count, start === 0)
    point += Math.floor(index / count)
    index %= count
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined
    points.splice(index++, 0, point)
  }
  return String.fromCodePoint(...points)
}

const BASE = 36
const MAX = 2 ** 31 - 1

/** The value of `a` to `z` and `0` to `9`; `undefined` for any other character, and beyond the end. */
function digitOf(code: number): number | undefined {
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 26
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 : undefined
}

/** RFC 3492 section 6.1. */
function adapt(delta: number, count: number, first: boolean): number {
  let rest = Math.floor(first ? delta / 700 : delta / 2)
  rest += Math.floor(rest / count)
  let k = 0
  for (; rest > 455; k += BASE) rest = Math.floor(rest / 35)
  return k + Math.floor((36 * rest) / (rest + 38))
}
