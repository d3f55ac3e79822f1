import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseHost } from './host.ts'
import { compileHostPatterns, type HostPattern, parseHostPattern } from './host-pattern.ts'

/** Whether a `Host` is one of a list. */
function isListed(patterns: readonly string[], text: string, scheme?: 'http' | 'https'): boolean {
  const host = parseHost(text)
  const matches = compileHostPatterns(patterns.map((pattern) => parseHostPattern(pattern) as HostPattern))
  return host !== undefined && matches(host, scheme)
}

describe('parseHostPattern', () => {
  test.each([
    ['example.org', { name: 'example.org', port: undefined, subdomains: 'none' }],
    ['Example.ORG:8080', { name: 'example.org', port: 8080, subdomains: 'none' }],
    ['*.example.org', { name: 'example.org', port: undefined, subdomains: 'only' }],
    ['.example.org:443', { name: 'example.org', port: 443, subdomains: 'also' }],
    ['example.org.', { name: 'example.org', port: undefined, subdomains: 'none' }],
    ['localhost', { name: 'localhost', port: undefined, subdomains: 'none' }],
    ['192.0.2.1:80', { name: '192.0.2.1', port: 80, subdomains: 'none' }],
    ['[2001:DB8:0::1]', { name: '[2001:db8::1]', port: undefined, subdomains: 'none' }],
    ['[::1]:8080', { name: '[::1]', port: 8080, subdomains: 'none' }],
    ['a_b.internal', { name: 'a_b.internal', port: undefined, subdomains: 'none' }],
    ['*.Bücher.example:81', { name: 'xn--bcher-kva.example', port: 81, subdomains: 'only' }],
  ])('of %s', (text, expected) => {
    expect(parseHostPattern(text)).toEqual(expected)
  })

  test.each([
    '',
    '.',
    '*',
    '*.',
    '**.example.org',
    '*.*.example.org',
    'a.*.example.org',
    '*example.org',
    '..example.org',
    'example..org',
    'https://example.org',
    'example.org/',
    'example.org:',
    'example.org:0',
    'example.org:65536',
    'example.org:*',
    'user@example.org',
    'ä/b',
    'ä b',
    '::1',
    '[::1',
    '[1::2::3]',
    '*.[::1]',
    '.[::1]',
    ' example.org',
  ])('refuses %j', (text) => {
    expect(parseHostPattern(text)).toBeUndefined()
  })

  test('takes any text, and what it gives is a host', () => {
    const near = fc.string({ unit: fc.constantFrom('a', 'ü', '.', '*', ':', '8', '[', ']', '::', '/', '@') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const pattern = parseHostPattern(text)
        if (pattern !== undefined) expect(parseHost(pattern.name)?.name).toBe(pattern.name)
      }),
    )
  })
})

describe('compileHostPatterns', () => {
  const list = [
    'example.org',
    '.example.net',
    '*.example.com',
    '[2001:db8::1]',
    '192.0.2.1',
    'Bücher.example',
  ]

  test.each([
    'example.org',
    'EXAMPLE.org',
    'example.org.',
    'example.org:8080',
    'example.net',
    'a.example.net',
    'a.b.example.net.:443',
    'www.example.com',
    'a.b.example.com',
    '[2001:db8::1]:80',
    '[2001:0DB8:0:0:0::1]',
    '192.0.2.1:5000',
    'xn--bcher-kva.example',
  ])('lists %s', (host) => {
    expect(isListed(list, host)).toBe(true)
  })

  // robustness.md O1
  test.each([
    'evil.example',
    'www.example.org',
    'example.com',
    'notexample.com',
    'notexample.net',
    'example.net.evil.example',
    'example.orgx',
    'example.org..',
    '.example.org',
    '.example.com',
    'a..example.com',
    '.',
    '*.example.com',
    '[2001:db8::2]',
    '[::192.0.2.1]',
    '[192.0.2.1]',
    '192.0.2.12',
    '1.192.0.2.1',
    'example',
    'org',
  ])('does not list %s', (host) => {
    expect(isListed(list, host)).toBe(false)
  })

  test('lists a port that is named, and none but it', () => {
    const ports = ['example.org:8080', 'example.org:8081', '*.example.org:443', '[::1]:80']
    expect(isListed(ports, 'example.org:8080')).toBe(true)
    expect(isListed(ports, 'example.org:8081')).toBe(true)
    expect(isListed(ports, 'example.org:8082')).toBe(false)
    expect(isListed(ports, 'example.org')).toBe(false)
    expect(isListed(ports, '[::1]')).toBe(true)
    expect(isListed(ports, '[::1]:443')).toBe(false)
  })

  test('takes the usual port of the scheme where none is named', () => {
    expect(isListed(['*.example.org:443'], 'a.example.org', 'https')).toBe(true)
    expect(isListed(['*.example.org:443'], 'a.example.org', 'http')).toBe(false)
    expect(isListed(['example.org:80'], 'example.org')).toBe(true)
  })

  test('lists any port where one entry of a name has none', () => {
    for (const both of [
      ['example.org:1', 'example.org'],
      ['example.org', 'example.org:1'],
    ]) {
      expect(isListed(both, 'example.org:2')).toBe(true)
    }
  })

  test('lists nothing for an empty list', () => {
    expect(isListed([], 'example.org')).toBe(false)
  })

  test('does not look at names that are longer than any', () => {
    expect(isListed(['.b.c'], `${'a.'.repeat(125)}b.c`)).toBe(true)
    expect(isListed(['.b.c'], `${'a.'.repeat(126)}b.c`)).toBe(false)
  })

  test('lists what is a name of the list, or ends in one behind a label', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '.', 'b.c', ':', '8', '@', '/'), maxLength: 8 })
    fc.assert(
      fc.property(text, (host) => {
        const expected = /^(?:a|(?:[a-z8]+\.)*b\.c|(?:[a-z8]+\.)+a)\.?(?::[0-9]{1,5})?$/.test(host)
        expect(isListed(['a', '.b.c', '*.a'], host)).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })
})

test.each([
  ['0x7f.1', '0x7f.1'],
  ['127.1', '127.1'],
  ['2130706433', '2130706433'],
  ['a~b.example', 'a~b.example'],
  ['b\u00fccher.example.', 'xn--bcher-kva.example'],
  ['\u00fc', 'xn--tda'],
  ['B\u00dcCHER.example', 'xn--bcher-kva.example'],
  ['a-b.\u00fc', 'a-b.xn--tda'],
  ['\u65e5\u672c.example:65535', 'xn--wgv71a.example'],
  ['\u00fc:9', 'xn--tda'],
  ['\u00fc:10', 'xn--tda'],
])('%s is the name %s: what is ASCII stays as it is written', (text, name) => {
  expect(parseHostPattern(text)?.name).toBe(name)
})

test.each([
  '\u00fc:',
  '\u00fc:x',
  '\u00fc:123456',
  '\u00fc:65536',
  '\u00fc:0',
  '\u00fc:80:80',
  '\u00fc@a.example',
  'a.example/\u00fc',
  'a.example?\u00fc',
  'a.example#\u00fc',
  'a.example\\\u00fc',
  '%C3%BC\u00fc',
  '\u00fc_a',
  '\u2488com',
  '\uff0e\u00fc',
  '\u00ad\u00fc',
  '\ud800\u00fc',
  `\u00fc${'a'.repeat(255)}`,
])('%j is no host: what a URL would take for something else is refused', (text) => {
  expect(parseHostPattern(text)).toBeUndefined()
})

test('the scheme is http where none is said', () => {
  expect(isListed(['example.org:80'], 'example.org')).toBe(true)
  expect(isListed(['example.org:80'], 'example.org', 'https')).toBe(false)
  expect(isListed(['example.org:443'], 'example.org')).toBe(false)
  expect(isListed(['example.org:443'], 'example.org', 'https')).toBe(true)
})

test('a list with ports and without takes any port, in either order', () => {
  expect(isListed(['a.example:80', 'a.example'], 'a.example:81')).toBe(true)
  expect(isListed(['a.example', 'a.example:80'], 'a.example:81')).toBe(true)
  expect(isListed(['a.example:80', 'a.example:81'], 'a.example:81')).toBe(true)
  expect(isListed(['a.example:80', 'a.example:81'], 'a.example:82')).toBe(false)
})
