import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHost } from './host.ts'
import { canonicalAddress, HOST_LENGTH_LIMIT, normalizeHost, normalizeHostName } from './host-name.ts'

describe('normalizeHost', () => {
  test.each([
    ['example.org', 'example.org'],
    ['EXAMPLE.Org', 'example.org'],
    ['example.org:8080', 'example.org'],
    ['example.org.', 'example.org'],
    ['example.org.:443', 'example.org'],
    ['localhost', 'localhost'],
    ['xn--BCHER-kva.example', 'xn--bcher-kva.example'],
    ['a_b.example', 'a_b.example'],
    ['127.0.0.1:80', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[0:0:0:0:0:0:0:1]:8080', '[::1]'],
    ['[2001:DB8::A]', '[2001:db8::a]'],
    ['[::ffff:192.0.2.1]', '[::ffff:c000:201]'],
  ])('brings %j to %j', (text, host) => {
    expect(normalizeHost(text)).toBe(host)
  })

  test.each([
    '',
    '.',
    '..',
    '.example.org',
    'example..org',
    'example.org..',
    ' example.org',
    'example.org ',
    'example.org\n',
    'user@example.org',
    'example.org/path',
    'example.org:',
    'example.org:http',
    'example.org:99999',
    'a.org,b.org',
    'bücher.example',
    '%65xample.org',
    '[::1',
    '::1',
    '[:::]',
    '[1.2.3.4]',
    '[fe80::1%25eth0]',
  ])('gives nothing for %j', (text) => {
    expect(normalizeHost(text)).toBeUndefined()
  })

  test('takes names up to the limit, whatever their port', () => {
    const longest = `${'a'.repeat(HOST_LENGTH_LIMIT - 4)}.org`
    expect(normalizeHost(longest)).toBe(longest)
    expect(normalizeHost(`${longest}.:65535`)).toBe(longest)
    expect(normalizeHost(`a${longest}`)).toBeUndefined()
    expect(normalizeHost('a'.repeat(1_000_000))).toBeUndefined()
  })

  test('gives for any text nothing, or what it leaves as it is', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'aZ0.-_:[]%@/ ') }), fc.ipV6())
    fc.assert(
      fc.property(texts, (text) => {
        const host = normalizeHost(text)
        expect(host === undefined ? undefined : normalizeHost(host)).toBe(host)
      }),
    )
  })
})

test('an address has one spelling', () => {
  expect(canonicalAddress('[0::0:1]')).toBe('[::1]')
  expect(canonicalAddress('::1')).toBeUndefined()
  expect(canonicalAddress('[::1]:80')).toBeUndefined()
  expect(canonicalAddress('[g::1]')).toBeUndefined()
})

test('a host that was taken apart has the same form', () => {
  expect(normalizeHostName(parseHost('WWW.Example.org.:80')?.name ?? '')).toBe('www.example.org')
  expect(normalizeHostName(parseHost('[0::1]')?.name ?? '')).toBe('[::1]')
  expect(normalizeHostName('a..b')).toBeUndefined()
})

test.each([
  ['[::]', '[::]'],
  ['[1::]', '[1::]'],
  ['[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]', '[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]'],
  ['[2001:DB8:0:0:1:0:0:1]', '[2001:db8::1:0:0:1]'],
  ['[2001:db8::1:1:1:1:1]', '[2001:db8:0:1:1:1:1:1]'],
  ['[0001:0002::]', '[1:2::]'],
  ['[a:b:c:d:e:f:A:B]', '[a:b:c:d:e:f:a:b]'],
  ['[:]', undefined],
  ['[]', undefined],
  ['x[::1]', undefined],
  ['[::1]x', undefined],
  ['::1', undefined],
  ['[1:2:3:4:5:6:7]', undefined],
  ['[1:2:3:4:5:6:7:8:9]', undefined],
  ['[::1::]', undefined],
  ['[::256.0.0.1]', undefined],
  ['[::1.2.3]', undefined],
  ['[00001::]', undefined],
  ['[::1%eth0]', undefined],
  [`[${'0'.repeat(46)}]`, undefined],
])('the address %s is %j (RFC 5952 section 4)', (text, address) => {
  expect(canonicalAddress(text)).toBe(address)
})

test('a host has 253 characters at most (RFC 1035 section 2.3.4)', () => {
  expect(HOST_LENGTH_LIMIT).toBe(253)
  expect(normalizeHostName('a'.repeat(253))).toHaveLength(253)
  expect(normalizeHostName(`${'a'.repeat(253)}.`)).toHaveLength(253)
  expect(normalizeHostName('a'.repeat(254))).toBeUndefined()
})
