import { BadHost } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTrustedHost, compileTrustedHosts } from './trusted-hosts.ts'

const hosts = [
  'example.org',
  '.example.net',
  '*.example.com:8443',
  '[2001:db8::1]',
  '192.0.2.1',
  'Bücher.example',
]

describe('checkTrustedHost', () => {
  test.each([
    'example.org',
    'EXAMPLE.org',
    'example.org.',
    'example.org:8080',
    'www.example.com:8443',
    'example.net',
    'a.example.net',
    'a.b.example.net:443',
    '[2001:db8::1]:80',
    '[2001:DB8::1]',
    '192.0.2.1:5000',
    'xn--bcher-kva.example',
  ])('%s is answered for', (host) => {
    expect(() => checkTrustedHost(host, hosts)).not.toThrow()
  })

  // robustness.md O1
  test.each([
    'evil.example',
    'www.example.org',
    'notexample.net',
    'example.net.evil.example',
    'example.orgx',
    '.example.org',
    'a..example.net',
    'www.example.com',
    'example.com:8443',
    'example.org@evil.example',
    'evil.example#example.org',
    'example.org/evil.example',
    'example.org:80:80',
    'example.org,evil.example',
    '2001:db8::1',
    '[2001:db8::2]',
    '192.0.2.12',
    '',
  ])('%j is refused', (host) => {
    expect(() => checkTrustedHost(host, hosts)).toThrow(BadHost)
  })

  test('a host without a port has the usual one of the scheme', () => {
    expect(() => checkTrustedHost('example.org', ['example.org:443'], 'https')).not.toThrow()
    expect(() => checkTrustedHost('example.org', ['example.org:443'])).toThrow(BadHost)
  })

  test('a refusal does not show the list', () => {
    expect(() => checkTrustedHost('evil.example', hosts)).toThrow(
      '400 Bad Request: This server does not answer for the host of the request.',
    )
  })

  test('what is trusted is a name of the list, or ends in one behind a dot', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '.', 'b.c', ':', '8', '@', '/'), maxLength: 8 })
    fc.assert(
      fc.property(text, (host) => {
        let trusted = true
        try {
          checkTrustedHost(host, ['a', '.b.c'])
        } catch {
          trusted = false
        }
        expect(trusted).toBe(/^(?:a|(?:[a-z8]+\.)*b\.c)\.?(?::[0-9]{1,5})?$/.test(host))
      }),
    )
  })
})

describe('compileTrustedHosts', () => {
  test('compiles a list once', () => {
    expect(compileTrustedHosts(hosts)).toBe(compileTrustedHosts(hosts))
  })

  test.each([
    { list: [] },
    { list: 'example.org' },
    { list: [''] },
    { list: ['.'] },
    { list: ['*'] },
    { list: ['*.*.example.org'] },
    { list: ['https://example.org'] },
    { list: ['example.org:*'] },
    { list: ['example.org/'] },
    { list: ['user@example.org'] },
    { list: ['ä/b'] },
    { list: ['.[::1]'] },
    { list: ['::1'] },
    { list: [42] },
    { list: [undefined] },
  ])('$list is refused with what was given', ({ list }) => {
    expect(() => compileTrustedHosts(list as string[])).toThrow(TypeError)
    expect(() => compileTrustedHosts(list as string[])).toThrow('trustedHosts; expected')
  })
})
