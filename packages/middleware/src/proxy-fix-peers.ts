import { BlockList, isIP } from 'node:net'
import { normalizeAddress } from './proxy-fix-values.ts'

/** How many verdicts are remembered, so that a proxy's requests after the first cost one lookup (a BlockList takes about 2 µs). */
export const PEER_CACHE_LIMIT = 256

/**
 * A check of who is at the other end of a connection: `undefined` is a unix socket.
 *
 * `peers` are addresses, networks and the names `'loopback'`, `'private'` and `'unix'`. Throws a TypeError that shows the first that is
 * none of these, also for a network with bits set beyond its length, since nobody can tell which of the two was meant.
 */
export function createPeerCheck(peers: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const peer of peers) {
    for (const network of groups.get(peer) ?? [peer]) if (network !== 'unix') addNetwork(list, network)
  }
  const unix = peers.includes('unix')
  const verdicts = new Map<string, boolean>()

  return (address) => {
    if (address === undefined) return unix
    const known = verdicts.get(address)
    if (known !== undefined) return known
    const normal = normalizeAddress(address.replace(/%.*$/s, ''))
    const verdict = normal !== undefined && list.check(normal, isIP(normal) === 6 ? 'ipv6' : 'ipv4')
    if (verdicts.size >= PEER_CACHE_LIMIT) verdicts.clear()
    verdicts.set(address, verdict)
    return verdict
  }
}

const groups = new Map<string, readonly string[]>([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

function addNetwork(list: BlockList, text: string): void {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const normal = normalizeAddress(address)
  if (normal === undefined) throw refuse(text, "an address, a network, 'loopback', 'private' or 'unix'")
  const family = isIP(normal) === 6 ? 'ipv6' : 'ipv4'
  if (slash === -1) {
    list.addAddress(normal, family)
    return
  }
  if (isIP(address) !== isIP(normal)) throw refuse(text, 'an IPv4 network written as IPv4')
  const bits = family === 'ipv6' ? 128 : 32
  const length = /^(?:0|[1-9][0-9]{0,2})$/.test(text.slice(slash + 1)) ? Number(text.slice(slash + 1)) : -1
  if (length < 0 || length > bits) throw refuse(text, `a length from 0 to ${bits} after the slash`)
  if ((toBits(normal, family) & ((1n << BigInt(bits - length)) - 1n)) !== 0n) {
    throw refuse(text, `a network: no bits set beyond the first ${length}`)
  }
  list.addSubnet(normal, length, family)
}

function toBits(address: string, family: 'ipv4' | 'ipv6'): bigint {
  if (family === 'ipv4') return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)
  // A URL spells every address in hexadecimal groups, also those that end like an IPv4 address.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

function refuse(text: string, expected: string): TypeError {
  return new TypeError(`proxyFix: got ${JSON.stringify(text)} among the peers; expected ${expected}.`)
}
