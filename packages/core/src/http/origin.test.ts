import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { parseOrigin } from './origin.ts'

describe('parseOrigin', () => {
  test.each([
    'https://example.com',
    'http://localhost:8000',
    'https://192.0.2.1',
    'https://[2001:db8::1]:8443',
    'https://a_b.example',
    'chrome-extension://abcdefghijklmnop',
    'null',
  ])('takes %s', (origin) => {
    expect(parseOrigin(origin)).toBe(origin)
  })

  test('gives lower case, so that equal origins are equal texts', () => {
    expect(parseOrigin('HTTPS://Example.COM:8443')).toBe('https://example.com:8443')
  })

  test.each([
    ['', 'nothing'],
    ['*', 'an asterisk'],
    ['NULL', 'null in another case'],
    ['example.com', 'no scheme'],
    ['//example.com', 'no scheme'],
    ['://example.com', 'an empty scheme'],
    ['1http://example.com', 'a scheme that begins with a digit'],
    ['https://', 'no host'],
    ['https:example.com', 'no slashes'],
    ['https://example.com/', 'a path'],
    ['https://example.com?', 'a query'],
    ['https://example.com#', 'a fragment'],
    ['https://user@example.com', 'user information (robustness.md O1)'],
    ['https://a.example https://b.example', 'two origins'],
    ['https://a.example, https://b.example', 'two headers that were joined'],
    ['https://example.com:', 'no port after the colon'],
    ['https://example.com:65536', 'a port beyond the last'],
    ['https://example.com\\@evil.example', 'a backslash'],
    ['https://ex%41mple.com', 'an escape'],
    ['https://exämple.com', 'a name that is not in its ASCII form'],
    [' https://example.com', 'a space'],
    ['https://example.com\n', 'a line break'],
  ])('finds none in %j: %s', (header) => {
    expect(parseOrigin(header)).toBeUndefined()
  })

  test('agrees with URL, whatever it takes', () => {
    const near = fc
      .string({ unit: fc.constantFrom('a', 'A', '.', ':', '1', '/', '@', '[', ']', '-', '%', '\\', ' ') })
      .map((rest) => `https://${rest}`)
    fc.assert(
      fc.property(near, (header) => {
        const origin = parseOrigin(header)
        if (origin === undefined || !URL.canParse(origin)) return
        const { username, pathname, search, hash } = new URL(origin)
        expect([username, pathname, search, hash]).toEqual(['', '/', '', ''])
        expect(parseOrigin(origin)).toBe(origin)
      }),
    )
  })

  test('reads any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        expect(parseOrigin(header)).toBe(header === 'null' ? 'null' : undefined)
      }),
    )
  })
})

test('a scheme begins with a letter; letters, digits, +, - and . follow (RFC 3986 section 3.1)', () => {
  const letters = upper + lower
  const reads = (scheme: string) => parseOrigin(`${scheme}://a`) === `${scheme.toLowerCase()}://a`
  expect(acceptedOf(reads)).toBe(letters)
  expect(acceptedOf((character) => reads(`a${character}`))).toBe(sorted(`+-.${digits}${letters}`))
})

test('a scheme is not looked for after the host', () => {
  expect(parseOrigin('a b://c')).toBeUndefined()
  expect(parseOrigin('https ://c')).toBeUndefined()
  expect(parseOrigin('https://a://b')).toBeUndefined()
})
