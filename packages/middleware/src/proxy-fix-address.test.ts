import { isIP, SocketAddress } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeAddress, parseAddress } from './proxy-fix-address.ts'

describe('normalizeAddress', () => {
  // robustness.md T6
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::192.0.2.7', '64:ff9b::c000:207'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('of %s is %s', (text, expected) => {
    expect(normalizeAddress(text)).toBe(expected)
  })

  test.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '192.0.2.07',
    '0x7f.0.0.1',
    '192.0.2.7 ',
    '192.0.2.7\n',
    '١.1.1.1',
    '[::1]',
    ':',
    ':::',
    '1:::2',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '1:2:3:4::5:6:7:8',
    ':1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:',
    '12345::',
    'g::',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '::1.2.3.256',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:1.2.3.4',
  ])('refuses %j', (text) => {
    expect(isIP(text.replace(/%.*/, 'x'))).toBe(0)
    expect(normalizeAddress(text)).toBeUndefined()
  })

  const near = fc.string({
    unit: fc.constantFrom('0', '1', 'f', 'F', ':', '::', '.', '1.2.3.4', '255', '256', '01', '%', 'g', ' '),
    maxLength: 14,
  })
  const texts = fc.oneof(
    near,
    fc.ipV4(),
    fc.ipV6(),
    fc.string(),
    near.map((text) => `::ffff:${text}`),
  )

  test('takes what node:net takes, but for zones', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'))
      }),
      { numRuns: 5000 },
    )
  })

  test('gives the same address as node:net, and the same again', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const normal = normalizeAddress(text)
        if (normal === undefined) return
        expect(normalizeAddress(normal)).toBe(normal)
        const family = isIP(text) === 4 ? 'ipv4' : 'ipv6'
        const { address } = new SocketAddress({ address: text, family })
        // Node writes every IPv6 address that begins with 96 zero bits with an IPv4 address at its end.
        expect(normal).toBe(address.includes('.') ? normalizeAddress(address) : address)
      }),
      { numRuns: 5000 },
    )
  })
})
