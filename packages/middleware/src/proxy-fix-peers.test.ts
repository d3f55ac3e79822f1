import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPeerCheck } from './proxy-fix-peers.ts'

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

describe('agrees with the BlockList of node:net', () => {
  /** The text of 4 or 16 octets. */
  const format = (octets: readonly number[]): string =>
    octets.length === 4
      ? octets.join('.')
      : Array.from({ length: 8 }, (_, i) =>
          (((octets[2 * i] as number) << 8) | (octets[2 * i + 1] as number)).toString(16),
        ).join(':')

  /** What of an octet is left of a network of this length. */
  const masked = (octets: readonly number[], length: number): number[] =>
    octets.map((octet, i) => octet & (0xff00 >> Math.min(8, Math.max(0, length - 8 * i))) & 0xff)

  test.each([
    ['ipv4', 4],
    ['ipv6', 16],
  ] as const)('on %s networks', (family, size) => {
    const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: size, maxLength: size })
    const flipped = fc.option(fc.integer({ min: 0, max: size * 8 - 1 }))
    fc.assert(
      fc.property(
        octets,
        fc.integer({ min: 0, max: size * 8 }),
        flipped,
        octets,
        (base, length, flip, other) => {
          const network = format(masked(base, length))
          const list = new BlockList()
          list.addSubnet(network, length, family)
          const near = base.map((octet, i) =>
            flip !== null && flip >> 3 === i ? octet ^ (1 << (7 - (flip & 7))) : octet,
          )
          const isPeer = createPeerCheck([`${network}/${length}`])
          for (const address of [base, near, other].map(format)) {
            expect(isPeer(address)).toBe(list.check(address, family))
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('on addresses of the other family, which are in no network', () => {
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.ipV6().filter((text) => !/ffff:/i.test(text)),
        (four, six) => {
          expect(createPeerCheck(['::/0'])(four)).toBe(false)
          expect(createPeerCheck(['0.0.0.0/0'])(six)).toBe(false)
        },
      ),
    )
  })
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
