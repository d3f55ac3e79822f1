import { describe, expect, test } from 'vitest'
import { createPeerCheck, PEER_CACHE_LIMIT } from './proxy-fix-peers.ts'

test.each([
  [['192.0.2.7'], '192.0.2.7', true],
  [['192.0.2.7'], '192.0.2.8', false],
  [['192.0.2.0/24'], '192.0.2.255', true],
  [['192.0.2.0/24'], '192.0.3.0', false],
  [['192.0.2.7/32'], '192.0.2.7', true],
  [['0.0.0.0/0'], '203.0.113.9', true],
  [['0.0.0.0/0'], '2001:db8::1', false],
  [['2001:db8::/32'], '2001:DB8:ffff::1', true],
  [['2001:db8::/32'], '2001:db9::1', false],
  [['192.0.2.7'], '::ffff:192.0.2.7', true],
  [['::ffff:192.0.2.7'], '192.0.2.7', true],
  [['loopback'], '127.255.0.1', true],
  [['loopback'], '::1', true],
  [['loopback'], '10.0.0.1', false],
  [['private'], '10.255.255.255', true],
  [['private'], '172.31.0.1', true],
  [['private'], '172.32.0.1', false],
  [['private'], '192.168.1.1', true],
  [['private'], 'fdff::1', true],
  [['private'], 'fe00::1', false],
  [['private'], '127.0.0.1', false],
  [['fe80::/10'], 'fe80::1%eth0', true],
  [['unix'], undefined, true],
  [['unix'], '127.0.0.1', false],
  [['loopback', 'private'], undefined, false],
  [['loopback', 'private'], '192.168.1.1', true],
  [[], '127.0.0.1', false],
  [['0.0.0.0/0', '::/0'], 'not an address', false],
] as const)('%j and %s: %s', (peers, address, expected) => {
  const isPeer = createPeerCheck(peers)
  expect(isPeer(address)).toBe(expected)
  expect(isPeer(address)).toBe(expected)
})

test('is right for more addresses than it remembers', () => {
  const isPeer = createPeerCheck(['10.0.0.0/24'])
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < PEER_CACHE_LIMIT + 8; i++) {
      expect(isPeer(`10.0.${i >> 8}.${i & 255}`)).toBe(i < 256)
    }
  }
})

test.each([
  ['', 'an address, a network'],
  ['localhost', 'an address, a network'],
  ['Loopback', 'an address, a network'],
  ['10.0.0.0/33', 'a length from 0 to 32'],
  ['10.0.0.0/', 'a length from 0 to 32'],
  ['10.0.0.0/08', 'a length from 0 to 32'],
  ['10.0.0.0/255.0.0.0', 'a length from 0 to 32'],
  ['::/129', 'a length from 0 to 128'],
  ['10.1.2.3/8', 'a network: no bits set beyond the first 8'],
  ['2001:db8::1/32', 'a network: no bits set beyond the first 32'],
  ['::1.2.3.4/96', 'a network: no bits set beyond the first 96'],
  ['::ffff:10.0.0.0/104', 'an IPv4 network written as IPv4'],
  ['300.1.1.1', 'an address, a network'],
  ['fe80::1%eth0', 'an address, a network'],
])('refuses the peer %j', (peer, message) => {
  expect(() => createPeerCheck([peer])).toThrow(TypeError)
  expect(() => createPeerCheck([peer])).toThrow(
    `got ${JSON.stringify(peer)} among the peers; expected ${message}`,
  )
})

describe('takes time in proportion to the text of an address (robustness.md L1)', () => {
  const units = ['%', ':', '.', '0', 'f', '::', '1.', ' ', '\n', '/', '[', 'a%']

  /** Milliseconds of the processor, which others on the machine do not use. */
  function cost(read: () => unknown): number {
    const start = process.cpuUsage()
    read()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }

  function isLinear(read: (text: string) => unknown, unit: string): boolean {
    const [small, large] = [`1${unit.repeat(25_000)}\0`, `1${unit.repeat(100_000)}\0`]
    for (let attempt = 0; attempt < 6; attempt++) {
      const time = cost(() => read(large))
      // The square would take seconds; four times the work is in proportion, sixteen times is the square.
      if (time < 20 || time < cost(() => read(small)) * 9) return true
    }
    return false
  }

  test('of a peer that connects', () => {
    const slow = units.filter((unit) => !isLinear((text) => createPeerCheck(['loopback'])(text), unit))
    expect(slow).toEqual([])
  })

  test('of a network among the peers', () => {
    const refused = (text: string) => {
      for (const peer of [text, `10.0.0.0/${text}`, `${text}/8`]) {
        expect(() => createPeerCheck([peer])).toThrow(TypeError)
      }
    }
    const slow = units.filter((unit) => !isLinear(refused, unit))
    expect(slow).toEqual([])
  })
})
