import { expect, test } from 'vitest'
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
