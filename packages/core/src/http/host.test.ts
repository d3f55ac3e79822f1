import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { formatHost, parseHost } from './host.ts'

describe('parseHost', () => {
  test.each([
    ['example.org', 'example.org', undefined],
    ['Example.ORG:8080', 'example.org', 8080],
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['[2001:DB8::1]', '[2001:db8::1]', undefined],
    ['[::1]:443', '[::1]', 443],
    ['[::ffff:192.0.2.1]:0', '[::ffff:192.0.2.1]', 0],
    ['a_b.internal', 'a_b.internal', undefined],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', undefined],
    ['localhost:65535', 'localhost', 65_535],
    ['example.org:0080', 'example.org', 80],
  ])('%s is %s with the port %s', (text, name, port) => {
    expect(parseHost(text)).toEqual({ name, port })
  })

  // robustness.md O1
  test.each([
    '',
    ' ',
    'user@example.org',
    'example.org/path',
    'example.org?q',
    'example.org#f',
    'example.org\\',
    'example.org, evil.example',
    ' example.org',
    'example.org ',
    'example.org\n',
    'example.org\u0000',
    'exämple.org',
    'ex%61mple.org',
    'example.org:',
    'example.org:+80',
    'example.org:٨٠',
    'example.org:65536',
    'example.org:123456',
    ':80',
    '::1',
    '[::1',
    '[]',
    '[::1]x',
    '[fe80::1%25eth0]',
    'a:b:80',
    '"example.org"',
    "example.org'",
    'example.org;a',
    '*',
  ])('%j is no host', (text) => {
    expect(parseHost(text)).toBeUndefined()
  })

  test('any text gives a host that can stand in a URL, or none', () => {
    const near = fc.string({
      unit: fc.constantFrom('a', 'B', '0', '9', '.', ':', '[', ']', '-', '@', '/', '%'),
    })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const host = parseHost(text)
        if (host === undefined) return
        expect(formatHost(host)).not.toMatch(/[^a-z0-9.:_~[\]-]/)
        expect(parseHost(formatHost(host))).toEqual(host)
      }),
    )
  })
})

describe('formatHost', () => {
  test.each([
    { name: 'example.org', port: undefined, text: 'example.org' },
    { name: 'example.org', port: 8080, text: 'example.org:8080' },
    { name: '[::1]', port: 0, text: '[::1]:0' },
  ])('$text', ({ name, port, text }) => {
    expect(formatHost({ name, port })).toBe(text)
  })

  test.each([
    { name: '', port: undefined },
    { name: 'a b', port: undefined },
    { name: 'Example.org', port: undefined },
    { name: '::1', port: 80 },
    { name: 'a:1', port: undefined },
    { name: 'a', port: 65_536 },
    { name: 'a', port: -1 },
    { name: 'a', port: 1.5 },
    { name: 'a', port: Number.NaN },
  ])('refuses $name with $port', (host) => {
    expect(() => formatHost(host)).toThrow(RangeError)
  })
})

test('a name is of letters, digits and -._~, an address in brackets of hex digits, colons and dots', () => {
  const name = sorted(`-._~${digits}${upper}${lower}`)
  const address = sorted(`.:${digits}ABCDEFabcdef`)
  expect(acceptedOf((character) => parseHost(character) !== undefined)).toBe(name)
  expect(acceptedOf((character) => parseHost(`a${character}`) !== undefined)).toBe(name)
  expect(acceptedOf((character) => parseHost(`[${character}]`) !== undefined)).toBe(address)
  expect(acceptedOf((character) => parseHost(`[:${character}:]:80`) !== undefined)).toBe(address)
  expect(acceptedOf((character) => parseHost(`a:${character}`) !== undefined)).toBe(digits)
  expect(acceptedOf((character) => parseHost(`a:1${character}`) !== undefined)).toBe(digits)
})

test.each([
  ['a:0', 0],
  ['a:00000', 0],
  ['a:65535', 65_535],
  ['a:65536', undefined],
  ['a:99999', undefined],
  ['a:000080', undefined],
  ['a:1e3', undefined],
])('%s has the port %j', (text, port) => {
  expect(parseHost(text)?.port).toBe(port)
})

test.each([
  { name: 'a', port: 80.5 },
  { name: 'a:80', port: 80 },
  { name: '[::1', port: 80 },
])('$name with $port is not written', (host) => {
  expect(() => formatHost(host)).toThrow(RangeError)
})
