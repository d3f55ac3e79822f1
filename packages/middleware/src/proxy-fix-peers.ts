import { type AddressWords, parseAddress } from './proxy-fix-address.ts'

/** Whether a proxy's word is taken: by its address, or by `undefined` where it came over a unix socket. */
export type PeerCheck = (address: string | undefined) => boolean

/**
 * A check of who is at the other end of a connection.
 *
 * `peers` are addresses, networks and the names `'loopback'`, `'private'` and `'unix'`. Throws a TypeError that shows the first that is
 * none of these, also for a network with bits set beyond its length, since nobody can tell which of the two was meant.
 */
export function createPeerCheck(peers: readonly string[]): PeerCheck {
  const unix = peers.includes('unix')
  const networks = peers
    .filter((peer) => peer !== 'unix')
    .flatMap((peer) => groups.get(peer) ?? [peer])
    .map(parseNetwork)

  return (address) => {
    if (address === undefined) return unix
    // A link-local peer has a zone (`fe80::1%eth0`); no other address has one.
    const zone = address.indexOf('%')
    const words = parseAddress(zone === -1 ? address : address.slice(0, zone))
    return words !== undefined && networks.some((network) => contains(network, words))
  }
}

/** An address belongs to it when it has as many words, and each of them under its mask is that of `words`. */
interface Network {
  readonly words: AddressWords
  readonly masks: readonly number[]
}

const groups = new Map<string, readonly string[]>([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

function contains({ words, masks }: Network, address: AddressWords): boolean {
  if (words.length !== address.length) return false
  for (let i = 0; i < words.length; i++) {
    if (((((address[i] as number) & (masks[i] as number)) ^ (words[i] as number)) | 0) !== 0) return false
  }
  return true
}

function parseNetwork(text: string): Network {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const words = parseAddress(address)
  if (words === undefined) throw refuse(text, "an address, a network, 'loopback', 'private' or 'unix'")
  const bits = words.length * 32
  if (slash === -1) return { words, masks: masksOf(bits, words.length) }
  if (address.includes(':') && words.length === 1) throw refuse(text, 'an IPv4 network written as IPv4')
  const digits = text.slice(slash + 1)
  const length = /^(?:0|[1-9][0-9]{0,2})$/.test(digits) ? Number(digits) : -1
  if (length < 0 || length > bits) throw refuse(text, `a length from 0 to ${bits} after the slash`)
  const masks = masksOf(length, words.length)
  if (words.some((word, i) => (word & ~(masks[i] as number)) !== 0)) {
    throw refuse(text, `a network: no bits set beyond the first ${length}`)
  }
  return { words, masks }
}

/** The first `length` bits set. */
function masksOf(length: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    const set = Math.min(32, Math.max(0, length - index * 32))
    // A shift by 32 is one by 0.
    return set === 0 ? 0 : (-1 << (32 - set)) >>> 0
  })
}

function refuse(text: string, expected: string): TypeError {
  return new TypeError(`proxyFix: got ${JSON.stringify(text)} among the peers; expected ${expected}.`)
}
