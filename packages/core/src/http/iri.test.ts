import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import { toIri, toUri } from './iri.ts'

/** Escapes, whole and torn, delimiters, names and text, in any order. */
const near = fc.string({
  unit: fc.constantFrom(
    'http:',
    '//',
    '/',
    '?',
    '#',
    '@',
    ':80',
    ':',
    'xn--bcher-kva',
    'xn--',
    '.',
    'bücher',
    'ü',
    '☃',
    '%',
    '%C3%BC',
    '%c3%bc',
    '%C3',
    '%E2%80%AE',
    '%F0%9F%98%80',
    '%41',
    '%2F',
    '%00',
    ' ',
    '\\',
    '[',
    '\ud83d',
    'a',
    '1',
  ),
  maxLength: 10,
})
const any = fc.oneof({ weight: 3, arbitrary: near }, fc.string({ unit: 'binary' }))
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]*$/

describe('toUri', () => {
  test.each([
    // RFC 3987 sections 3.1 and 3.2
    ['http://www.example.org/red%09rosé#red', 'http://www.example.org/red%09ros%C3%A9#red'],
    ['http://example.com/𐌀𐌁', 'http://example.com/%F0%90%8C%80%F0%90%8C%81'],
    ['http://résumé.example.org', 'http://xn--rsum-bpad.example.org'],
    ['http://ü:ä@bücher.example:8080/?ö#ß', 'http://%C3%BC:%C3%A4@xn--bcher-kva.example:8080/?%C3%B6#%C3%9F'],
    ['//☃.net/', '//xn--n3h.net/'],
    ['/über uns?q=a b&c[]=1', '/%C3%BCber%20uns?q=a%20b&c[]=1'],
    ['über', '%C3%BCber'],
    // Not the start of an authority
    ['/a//bücher.example', '/a//b%C3%BCcher.example'],
    ['mailto:jürgen@bücher.example', 'mailto:j%C3%BCrgen@b%C3%BCcher.example'],
    ['/100%/%zz/%4ü', '/100%/%zz/%4%C3%BC'],
    ['"<>\\^`{|}\x7f\n', '%22%3C%3E%5C%5E%60%7B%7C%7D%7F%0A'],
    ['\ud83d', '%EF%BF%BD'],
    ['', ''],
  ])('%j is %j', (iri, uri) => {
    expect(toUri(iri)).toBe(uri)
  })

  test.each([
    // A solidus that normalizes to `/`, a character that names may not have, user information, an address
    'http://a／b.example/',
    'http://bü cher.example/',
    'http://ü\\evil.example/',
    'http://[::1]ü/',
  ])('escapes a host that is no name: %j', (iri) => {
    expect(toUri(iri)).toMatch(uriCharacters)
    expect(toUri(iri)).not.toContain('xn--')
  })

  test('leaves a URI as it is', () => {
    const uri = 'HTTPS://User%3a@Example.ORG:/a/../b;c=%c3%bc?d=%20&e=[1]#f'
    expect(toUri(uri)).toBe(uri)
  })

  test('gives what a URI may hold, and of that the same, whatever it gets', () => {
    fc.assert(
      fc.property(any, (text) => {
        const uri = toUri(text)
        expect(uri).toMatch(uriCharacters)
        expect(toUri(uri)).toBe(uri)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('toIri', () => {
  test.each([
    ['http://xn--99zt52a.example.org/%e2%80%ae', 'http://納豆.example.org/%e2%80%ae'],
    ['http://www.example.org/r%E9sum%C3%A9', 'http://www.example.org/r%E9sumé'],
    ['http://XN--BCHER-KVA.example:8080/%C3%BC?%C3%B6#%C3%9F', 'http://bücher.example:8080/ü?ö#ß'],
    ['//xn--n3h.net', '//☃.net'],
    ['%F0%9F%98%80', '😀'],
    ['', ''],
  ])('%j is %j', (uri, iri) => {
    expect(toIri(uri)).toBe(iri)
  })

  test.each([
    // Delimiters, controls, spaces, and letters that need no escape: a path stays the same path
    '/%2F%3F%23%25%41%2e%2E/%00%0A%20',
    // A host without Punycode keeps its letter case, and one that is no name stays
    'http://Example.ORG/',
    'http://[::1]:80/',
    'http://xn--tda@xn--a%20b/',
    // Not UTF-8: alone, cut off, overlong, half a surrogate pair, beyond Unicode
    '%FC',
    '%C3',
    '%C0%AF',
    '%E0%80%AF',
    '%ED%A0%80',
    '%F4%90%80%80',
    // A no-break space, a line separator, marks of direction, a soft hyphen, an invisible operator, private use, unassigned
    '%C2%A0%E2%80%A8%E2%80%8F%E2%80%AE%C2%AD%E2%81%A3%EE%80%80%CD%B8',
    // What is no Punycode, and that of a text which has another, or no, name
    'http://b%C3%BCcher.example/',
    'http://xn--a/',
    'http://xn--99999999999.example/',
    'http://xn--bcher-kva%2Eexample/',
    'http://xn--www-hoa-.example/',
    'http://xn--example-.org/',
  ])('leaves %j as it is', (uri) => {
    expect(toIri(uri)).toBe(uri)
  })

  test('is undone by toUri, whatever it gets', () => {
    /** Hex digits and hosts have no case. */
    const plain = (uri: string): string =>
      uri.replace(/%[0-9a-f]{2}/gi, (escaped) => escaped.toUpperCase()).toLowerCase()
    fc.assert(
      fc.property(any, (text) => {
        const uri = toUri(text)
        expect(plain(toUri(toIri(uri)))).toBe(plain(uri))
      }),
      { numRuns: 1000 },
    )
  })

  test('shows no control, no space and no sign without a shape', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(toIri(toUri(text))).not.toMatch(/[\p{C}\p{Z}]/u)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('characters', () => {
  const kept = sorted(`-._~:/?#[]@!$&'()*+,;=%${digits}${upper}${lower}`)

  test('that a URI may hold stay, all others are escaped (RFC 3986 section 2)', () => {
    expect(acceptedOf((character) => toUri(`a${character}b`) === `a${character}b`)).toBe(kept)
    for (let code = 0; code < 0x80; code++) {
      const character = String.fromCharCode(code)
      const escaped = `%${code.toString(16).toUpperCase().padStart(2, '0')}`
      expect(toUri(`a${character}b`)).toBe(kept.includes(character) ? `a${character}b` : `a${escaped}b`)
    }
  })

  test('of ASCII are never decoded', () => {
    for (let code = 0; code < 0x80; code++) {
      const escaped = `%${code.toString(16).padStart(2, '0')}`
      expect(toIri(escaped)).toBe(escaped)
    }
  })

  test.each([
    ['%C2%A1', '\u00a1'],
    ['%c3%bf', '\u00ff'],
    ['%DF%BF', '\u07ff'],
    ['%CD%B8', '%CD%B8'],
    ['%D0%B0', '\u0430'],
    ['%E0%A4%85', '\u0905'],
    ['%E1%B8%80', '\u1e00'],
    ['%EA%99%80', '\ua640'],
    ['%EF%BD%81', '\uff41'],
    ['%F0%90%80%80', '\u{10000}'],
    ['%F0%9F%98%80', '\u{1f600}'],
    ['%F3%A0%84%80', '%F3%A0%84%80'],
    ['%F4%8F%BF%BF', '%F4%8F%BF%BF'],
    ['%C2%80', '%C2%80'],
    ['%C2%A0', '%C2%A0'],
    ['%C2%AD', '%C2%AD'],
    ['%E2%80%8B', '%E2%80%8B'],
    ['%E2%80%AE', '%E2%80%AE'],
    ['%E2%80%A8', '%E2%80%A8'],
    ['%E3%80%80', '%E3%80%80'],
    ['%EE%80%80', '%EE%80%80'],
    ['%EF%BB%BF', '%EF%BB%BF'],
    ['%C0%AF', '%C0%AF'],
    ['%C1%81', '%C1%81'],
    ['%E0%80%AF', '%E0%80%AF'],
    ['%ED%A0%80', '%ED%A0%80'],
    ['%F0%80%80%AF', '%F0%80%80%AF'],
    ['%F4%90%80%80', '%F4%90%80%80'],
    ['%F5%80%80%80', '%F5%80%80%80'],
    ['%C3', '%C3'],
    ['%C3%', '%C3%'],
    ['%C3%4', '%C3%4'],
    ['%C3%C3%BC', '%C3\u00fc'],
    ['%E2%82', '%E2%82'],
    ['%BC', '%BC'],
  ])(
    'of the escapes %s are shown as %j: whole, assigned and visible ones only (RFC 3987 section 3.2)',
    (uri, iri) => {
      expect(toIri(uri)).toBe(iri)
      expect(toUri(iri)).toBe(iri === uri ? uri : uri.toUpperCase())
    },
  )
})

describe('the host', () => {
  test.each([
    ['http://\u00fc', 'http://xn--tda'],
    ['//\u00fc', '//xn--tda'],
    ['a+b.c-d9:///\u00fc', 'a+b.c-d9:///%C3%BC'],
    ['Z9://\u00fc', 'Z9://xn--tda'],
    ['http://\u00fc:', 'http://xn--tda:'],
    ['http://\u00fc:0890', 'http://xn--tda:0890'],
    ['http://\u00fc/\u00fc', 'http://xn--tda/%C3%BC'],
    ['http://\u00fc?\u00fc', 'http://xn--tda?%C3%BC'],
    ['http://\u00fc#\u00fc', 'http://xn--tda#%C3%BC'],
    ['http://\u00fc@\u00fc', 'http://%C3%BC@xn--tda'],
    ['http://a@b@\u00fc', 'http://a@b@xn--tda'],
    ['http://\u00fc/@\u00fc', 'http://xn--tda/@%C3%BC'],
    ['http://a?@\u00fc', 'http://a?@%C3%BC'],
    ['/a//\u00fc', '/a//%C3%BC'],
    ['x http://\u00fc', 'x%20http://%C3%BC'],
    ['1http://\u00fc', '1http://%C3%BC'],
    ['\u00fc', '%C3%BC'],
    ['http://\u00fc b', 'http://%C3%BC%20b'],
    ['http://\u00fc%41', 'http://%C3%BC%41'],
    [`http://${'\u00fc'.repeat(256)}`, `http://${'%C3%BC'.repeat(256)}`],
    ['http://a.\u{1f600}', 'http://a.xn--e28h'],
  ])('of %s is written so: %s', (iri, uri) => {
    expect(toUri(iri)).toBe(uri)
    expect(toUri(uri)).toBe(uri)
  })

  test.each([
    ['http://xn--tda', 'http://\u00fc'],
    ['http://XN--TDA', 'http://\u00fc'],
    ['http://a.xn--tda', 'http://a.\u00fc'],
    ['http://axn--tda', 'http://axn--tda'],
    ['http://xn--', 'http://xn--'],
    ['http://xn--a', 'http://xn--a'],
    ['http://xn--a-', 'http://xn--a-'],
    ['http://xn--tda!', 'http://xn--tda!'],
    ['http://xn--tda.xn--99999999', 'http://xn--tda.xn--99999999'],
    ['http://xn--ihqwcrb4cv8a8dqg056pqjye', 'http://\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587'],
    ['/xn--tda', '/xn--tda'],
  ])('of %s is shown so: %s', (uri, iri) => {
    expect(toIri(uri)).toBe(iri)
  })
})

test('the escapes of a character become it wherever it is in Unicode, unless it cannot be seen', () => {
  const every = (first: number, last: number, step: number) =>
    Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step)
  const codes = [...every(0x80, 0x7ff, 1), ...every(0x800, 0xd7ff, 61), ...every(0xe000, 0x10ffff, 1021)]
  const wrong = codes
    .map((code) => String.fromCodePoint(code))
    .filter((character) => {
      const isSeen = !/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(character)
      const upperCase = encodeURIComponent(character)
      const lowerCase = upperCase.toLowerCase()
      const shown = [toIri(upperCase), toIri(lowerCase)]
      return isSeen
        ? shown.some((text) => text !== character)
        : shown[0] !== upperCase || shown[1] !== lowerCase
    })
  expect(wrong).toEqual([])
})

test('a scheme is of letters, digits, +, - and ., and begins with a letter (RFC 3986 section 3.1)', () => {
  const hasHost = (scheme: string) => toUri(`${scheme}://ü`).endsWith('://xn--tda')
  expect(acceptedOf(hasHost)).toBe(sorted(upper + lower))
  expect(acceptedOf((character) => hasHost(`a${character}`))).toBe(sorted(`+-.${digits}${upper}${lower}`))
})
