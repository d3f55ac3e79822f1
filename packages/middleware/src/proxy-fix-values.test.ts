import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeAddress } from './proxy-fix-address.ts'
import {
  parseForwardedAddress,
  parseForwardedFor,
  parseForwardedHost,
  parseForwardedPort,
  parseForwardedPrefix,
  parseForwardedScheme,
  valuesFromRight,
  withPort,
} from './proxy-fix-values.ts'

describe('valuesFromRight', () => {
  test.each([
    ['a', 9, ['a']],
    ['a, b', 9, ['b', 'a']],
    ['a, b', 1, ['b']],
    ['a, b', 0, []],
    ['a,,b', 9, ['b', '', 'a']],
    [',b', 9, ['b', '']],
    [',', 9, ['', '']],
    ['', 9, ['']],
    ['"a", " b "', 9, [' b ', 'a']],
    ['"', 9, ['"']],
    ['"a, b"', 9, ['b"', '"a']],
    [undefined, 9, []],
  ])('of %j, at most %i, are %j', (list, limit, expected) => {
    expect(valuesFromRight(list, limit)).toEqual(expected)
  })

  test('are those that splitting the list gives', () => {
    const list = fc.array(fc.stringMatching(/^[ a-c"]{0,3}$/), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 8 }), (values, limit) => {
        const expected = values.map((value) => value.trim().replace(/^"(.*)"$/, '$1'))
        expect(valuesFromRight(values.join(','), limit)).toEqual(expected.reverse().slice(0, limit))
      }),
    )
  })
})

describe('parseForwardedAddress', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', undefined],
    ['192.0.2.7:567', '192.0.2.7', '567'],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['[2001:db8::1]', '2001:db8::1', undefined],
    ['[2001:db8::1]:567', '2001:db8::1', '567'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1', undefined],
    ['::ffff:192.0.2.7', '192.0.2.7', undefined],
    ['[::ffff:c000:207]:80', '192.0.2.7', '80'],
  ])('reads %s', (value, address, port) => {
    expect(parseForwardedAddress(value)).toEqual({ address, port })
  })

  test.each([
    '',
    'unknown',
    '_obfuscated',
    'example.org',
    '192.0.2.256',
    '192.0.2.07',
    '192.0.2.7:',
    '192.0.2.7:0',
    '192.0.2.7:65536',
    '192.0.2.7:_port',
    '[192.0.2.7]',
    '[192.0.2.7]:80',
    '[2001:db8::1',
    '[2001:db8::1]80',
    '[2001:db8::1]:',
    '2001:db8:::1',
    'fe80::1%eth0',
    '192.0.2.7\t1',
  ])('refuses %j', (value) => {
    expect(parseForwardedAddress(value)).toBeUndefined()
  })

  test('gives nothing, or an address in its one spelling, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (value) => {
        const parsed = parseForwardedAddress(value)
        if (parsed !== undefined) expect(normalizeAddress(parsed.address)).toBe(parsed.address)
      }),
    )
  })
})

describe('parseForwardedFor', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7', undefined],
    ['192.0.2.7:567', '192.0.2.7', '567'],
    ['192.0.2.7:_port', '192.0.2.7', undefined],
    ['[2001:DB8::1]', '2001:db8::1', undefined],
    ['[::ffff:192.0.2.7]:80', '192.0.2.7', '80'],
  ])('reads %s', (value, address, port) => {
    expect(parseForwardedFor(value)).toEqual({ address, port })
  })

  test.each([
    undefined,
    '',
    'unknown',
    '_hidden',
    '_hidden:80',
    '2001:db8::1',
    '192.0.2.256',
    '192.0.2.7:0',
    '192.0.2.7:65536',
    '[192.0.2.7]',
    'example.org',
  ])('refuses %j', (value) => {
    expect(parseForwardedFor(value)).toBeUndefined()
  })
})

describe('parseForwardedScheme', () => {
  test.each([
    ['http', 'http'],
    ['HTTPS', 'https'],
    ['ws', 'http'],
    ['wss', 'https'],
    ['file', undefined],
    ['constructor', undefined],
    [undefined, undefined],
  ])('of %j is %j', (value, expected) => {
    expect(parseForwardedScheme(value)).toBe(expected)
  })
})

describe('parseForwardedHost', () => {
  test.each([
    'example.org',
    'example.org:8080',
    'EXAMPLE.org',
    'a_b',
    '192.0.2.7',
    '[::1]',
    '[2001:db8::1]:443',
  ])('takes %s', (value) => {
    expect(parseForwardedHost(value)).toBe(value)
  })

  test.each([
    '',
    '.',
    'user@example.org',
    'example.org:',
    'example.org:0',
    'example.org:080',
    'example.org:123456',
    '-a',
    '.a',
    'a~b',
    '[1::2::3]',
    '[192.0.2.7]',
    'example.org:70000',
    'example.org/a',
    'example.org\\a',
    'exämple.org',
    '::1',
    '[::1',
    '[]',
    '[::1]x',
    'a,b',
    'a'.repeat(300),
  ])('refuses %j', (value) => {
    expect(parseForwardedHost(value)).toBeUndefined()
  })
})

test('parseForwardedPort takes 1 to 65535 in digits', () => {
  const taken = ['0', '1', '01', '443', '65535', '65536', '+80', '８０', ''].filter(parseForwardedPort)
  expect(taken).toEqual(['1', '443', '65535'])
})

describe('parseForwardedPrefix', () => {
  test.each([
    ['', ''],
    ['/', ''],
    ['/app', '/app'],
    ['/app/', '/app'],
    ['/app//', '/app'],
    ['/a/b', '/a/b'],
    ['/a//b', '/a//b'],
    ['/.well-known', '/.well-known'],
    ['/%7euser/%2f', '/~user/%2F'],
  ])('makes %j %j', (value, expected) => {
    expect(parseForwardedPrefix(value)).toBe(expected)
  })

  test.each([
    'app',
    '//app',
    '/..',
    '/../a',
    '/a/..',
    '/a/./b',
    '/%2E%2e/a',
    '/.%2e',
    '/%00',
    '/%',
    '/%g0',
    '/\\a',
    '/a\u0001',
    '/ä',
    '/a?b',
    '/a#b',
    'http://example.org',
  ])('refuses %j', (value) => {
    expect(parseForwardedPrefix(value)).toBeUndefined()
  })

  test('gives nothing, or the same again, for any text', () => {
    const path = fc.stringMatching(/^[/.a%2eE0f]{0,12}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string(), path), (value) => {
        const prefix = parseForwardedPrefix(value)
        if (prefix === undefined) return
        expect(prefix).toMatch(/^(?:|\/(?!\/).*[^/])$/)
        expect(parseForwardedPrefix(prefix)).toBe(prefix)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('withPort', () => {
  test.each([
    ['example.org', undefined, 'http', 'example.org'],
    ['example.org:8000', '8080', 'http', 'example.org:8080'],
    ['example.org', '80', 'http', 'example.org'],
    ['example.org', '80', 'https', 'example.org:80'],
    ['example.org:8000', '443', 'https', 'example.org'],
    ['[::1]', '8080', 'http', '[::1]:8080'],
    ['[::1]:1', '8080', 'http', '[::1]:8080'],
  ])('of %s, %s and %s is %s', (host, port, scheme, expected) => {
    expect(withPort(host, port, scheme)).toBe(expected)
  })
})
