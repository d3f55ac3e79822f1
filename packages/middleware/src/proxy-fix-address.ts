/**
 * IP addresses as text and as numbers, on any runtime (`node:net` knows them too, but is not everywhere). Every function is total, and looks at
 * no more characters than an address can have.
 *
 * @module
 */

/** The bits of an address in words of 32: one of IPv4, four of IPv6. */
export type AddressWords = readonly number[]

/**
 * An address as numbers: dotted IPv4 without leading zeros, or IPv6 (RFC 4291 section 2.2) without brackets and zone. IPv4-mapped IPv6
 * (`::ffff:192.0.2.7`) is IPv4, as a server that listens on both sees the same client. `undefined` for anything else.
 */
export function parseAddress(text: string): AddressWords | undefined {
  if (text.length > ADDRESS_LIMIT) return undefined
  if (!text.includes(':')) {
    const word = parseIPv4(text)
    return word === undefined ? undefined : [word]
  }
  const words = parseIPv6(text)
  return words !== undefined && isMapped(words) ? words.slice(3) : words
}

/** The one spelling of an address, so that allow lists and counters see one client once: RFC 5952 for IPv6; IPv4-mapped IPv6 is IPv4. */
export function normalizeAddress(text: string): string | undefined {
  const words = parseAddress(text)
  if (words === undefined) return undefined
  return text.includes(':') ? formatAddress(words) : text
}

function formatAddress(words: AddressWords): string {
  if (words.length === 1) return octets(words[0] as number).join('.')
  const groups = words.flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)])
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`, the longest address. */
const ADDRESS_LIMIT = 45

const DOT = 46
const ZERO = 48
const NINE = 57

function parseIPv4(text: string): number | undefined {
  let word = 0
  let octet = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i <= text.length; i++) {
    const code = i === text.length ? DOT : text.charCodeAt(i)
    if (code === DOT) {
      if (digits === 0 || octet > 255) return undefined
      word = (word << 8) | octet
      octet = digits = 0
      dots++
    } else if (code >= ZERO && code <= NINE) {
      // A leading zero is octal to some readers and decimal to others.
      if (digits === 3 || (digits === 1 && octet === 0)) return undefined
      octet = octet * 10 + code - ZERO
      digits++
    } else return undefined
  }
  return dots === 4 ? word >>> 0 : undefined
}

function parseIPv6(text: string): AddressWords | undefined {
  const gap = text.indexOf('::')
  const head = gap === 0 ? [] : parseGroups(gap === -1 ? text : text.slice(0, gap), gap === -1)
  const rest = gap === -1 ? '' : text.slice(gap + 2)
  const tail = rest === '' ? [] : parseGroups(rest, true)
  if (head === undefined || tail === undefined) return undefined
  const zeros = 8 - head.length - tail.length
  if (gap === -1 ? zeros !== 0 : zeros < 1) return undefined
  const groups = [...head, ...Array<number>(zeros).fill(0), ...tail]
  return [0, 2, 4, 6].map((i) => (((groups[i] as number) << 16) | (groups[i + 1] as number)) >>> 0)
}

/** Groups of 16 bits; the last may be an IPv4 address where the whole address ends. */
function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  const parts = text.split(':')
  const groups: number[] = []
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const word = atEnd && index === parts.length - 1 ? parseIPv4(part) : undefined
    if (word === undefined) return undefined
    groups.push(word >>> 16, word & 0xffff)
  }
  return groups
}

function isMapped(words: AddressWords): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff
}

function octets(word: number): number[] {
  return [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]
}

/** The first of the longest runs (RFC 5952 section 4.2.3). */
function longestZeros(groups: readonly string[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let end = start
    while (groups[end] === '0') end++
    if (end - start > longest.length) longest = { start, length: end - start }
  }
  return longest
}
