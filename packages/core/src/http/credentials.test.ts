import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, between, digits, lower, sorted, upper } from './characters.test-support.ts'
import {
  formatAuth,
  isCredentialToken,
  parseAuthParameter,
  parseAuthParameters,
  readScheme,
} from './credentials.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

const entries = (text: string) => {
  const parameters = parseAuthParameters(text)
  return parameters && [...parameters]
}
const none: ReadonlySet<string> = new Set()

describe('a token of credentials', () => {
  test.each(['a', 'abc.DEF-123_~+/', 'YTpi==', '=', '6|Kz', 'user:key', '====='])('%s', (text) => {
    expect(isCredentialToken(text)).toBe(text.replace(/=+$/, '') !== '')
  })

  test.each(['', 'a b', 'a=b', '=a', 'a,b', '"a"', 'a;b', 'a\\b', 'a\n', 'ä', 'a{b}'])(
    'is not %j',
    (text) => {
      expect(isCredentialToken(text)).toBe(false)
    },
  )
})

describe('parseAuthParameter', () => {
  test.each([
    ['realm="Staff"', ['realm', 'Staff']],
    ['REALM = "a\\"b"', ['realm', 'a"b']],
    ['nc=00000001', ['nc', '00000001']],
    ['realm=""', ['realm', '']],
    ['credential=AKIA/2013/s3', ['credential', 'AKIA/2013/s3']],
    ['a=b=c', ['a', 'b=c']],
    ['__proto__="x"', ['__proto__', 'x']],
  ])('reads %s', (text, expected) => {
    expect(parseAuthParameter(text)).toEqual(expected)
  })

  test.each([
    '',
    'realm',
    '=',
    '="x"',
    'realm=',
    'realm="x',
    'realm="x"y',
    'a b="c"',
    'a=b c',
    'a=b"c"',
    'ä=b',
    'a=ä',
  ])('finds none in %j', (text) => {
    expect(parseAuthParameter(text)).toBeUndefined()
  })
})

describe('parseAuthParameters', () => {
  test('reads a list in its order, past empty members', () => {
    expect(entries(' a=b ,, C="d, e",')).toEqual([
      ['a', 'b'],
      ['c', 'd, e'],
    ])
    expect(entries('')).toEqual([])
  })

  test('takes nothing of a list in which one is malformed or stands twice', () => {
    expect(entries('a=b, c')).toBeUndefined()
    expect(entries('a=b, A=c')).toBeUndefined()
    expect(entries('a="b, c=d')).toBeUndefined()
  })

  test('takes no more than the limit (robustness.md M8)', () => {
    const list = (length: number) => Array.from({ length }, (_, i) => `a${i}=b`).join(',')
    expect(entries(list(PARAMETER_LIMIT))).toHaveLength(PARAMETER_LIMIT)
    expect(entries(list(PARAMETER_LIMIT + 1))).toBeUndefined()
  })
})

describe('formatAuth', () => {
  test('quotes values but those that are known without quotes', () => {
    expect(formatAuth('X', undefined, { a: 'b', c: 'd', e: 'f g' }, new Set(['c', 'e']))).toBe(
      'X a="b", c=d, e="f g"',
    )
  })

  test('writes extended values without quotes', () => {
    expect(formatAuth('X', undefined, [['a*', "UTF-8''%C3%A4"]], none)).toBe("X a*=UTF-8''%C3%A4")
  })

  test('takes records, lists and Maps, and leaves out what is undefined', () => {
    const expected = 'X a="1"'
    expect(formatAuth('X', undefined, { a: '1', b: undefined }, none)).toBe(expected)
    expect(formatAuth('X', undefined, [['a', '1']], none)).toBe(expected)
    expect(formatAuth('X', undefined, new Map([['a', '1']]), none)).toBe(expected)
    expect(formatAuth('X', undefined, {}, none)).toBe('X')
  })

  test('spells schemes as the registry does, others as they are given', () => {
    expect(formatAuth('dpop', 't', undefined, none)).toBe('DPoP t')
    expect(formatAuth('BEARER', 't', undefined, none)).toBe('Bearer t')
    expect(formatAuth('X-Own', 't', undefined, none)).toBe('X-Own t')
    expect(formatAuth('x-own', 't', undefined, none)).toBe('x-own t')
  })

  test.each([
    { scheme: '', token: undefined, parameters: {} },
    { scheme: 'a b', token: undefined, parameters: {} },
    { scheme: 'a', token: 'b c', parameters: {} },
    { scheme: 'a', token: '', parameters: {} },
    { scheme: 'a', token: 'b\r\nc', parameters: {} },
    { scheme: 'a', token: 'b', parameters: { c: 'd' } },
    { scheme: 'a', token: undefined, parameters: { 'b c': 'd' } },
    { scheme: 'a', token: undefined, parameters: { b: 'c\r\nd' } },
    { scheme: 'a', token: undefined, parameters: { b: '€' } },
    { scheme: 'a', token: undefined, parameters: { b: 'c', B: 'd' } },
  ])('refuses $scheme $token $parameters (robustness.md H1)', ({ scheme, token, parameters }) => {
    expect(() => formatAuth(scheme, token, parameters, none)).toThrow(RangeError)
  })

  test('does not show a token that it refuses', () => {
    expect(() => formatAuth('Bearer', 'top secret', undefined, none)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    )
  })

  test('writes parameters that are read back', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/)
    const parameters = fc.uniqueArray(fc.tuple(name, fc.string()), {
      selector: ([name]) => name,
      maxLength: 20,
    })
    fc.assert(
      fc.property(parameters, fc.boolean(), (parameters, bare) => {
        const text = formatAuth('x', undefined, parameters, bare ? new Set(parameters.map(([n]) => n)) : none)
        expect(entries(text.slice(2))).toEqual(parameters)
      }),
    )
  })
})

test('a token of credentials is of what tokens and token68 hold, and colons (RFC 9110 sections 5.6.2 and 11.2)', () => {
  const expected = sorted(`!#$%&'*+-./:^_\`|~${digits}${upper}${lower}`)
  expect(acceptedOf(isCredentialToken)).toBe(expected)
  expect(acceptedOf((character) => isCredentialToken(`a${character}`))).toBe(sorted(`${expected}=`))
})

test('a value without quotes is of what is visible but quotes and commas', () => {
  const visible = between(0x21, 0x7e).replace(/[",]/g, '')
  expect(acceptedOf((character) => parseAuthParameter(`a=${character}`)?.[1] === character)).toBe(visible)
})

describe('the scheme', () => {
  test.each([
    ['Basic YTpi', 'basic', 6],
    ['BASIC\tYTpi', 'basic', 6],
    ['Basic \t YTpi', 'basic', 8],
    ['Basic', 'basic', 5],
    ['Basic ', 'basic', 6],
    ['a!#', 'a!#', 3],
  ])('of %j is %s, and what follows it begins at %d', (text, scheme, end) => {
    expect(readScheme(text)).toEqual({ scheme, end })
  })

  test.each([
    '',
    ' ',
    ' Basic',
    '\tBasic',
    'Basic,',
    'Ba(sic x',
    '"Basic" x',
    'B\u00e4sic x',
    '\u212aey x',
    '=',
    'a=b',
  ])('is none in %j', (text) => {
    expect(readScheme(text)).toBeUndefined()
  })

  test.each([
    'Basic',
    'Bearer',
    'Digest',
    'DPoP',
    'HOBA',
    'Mutual',
    'Negotiate',
    'NTLM',
    'SCRAM-SHA-1',
    'SCRAM-SHA-256',
  ])('%s is written as the registry has it, whatever its case', (scheme) => {
    expect(formatAuth(scheme.toLowerCase(), undefined, undefined, none)).toBe(scheme)
    expect(formatAuth(scheme.toUpperCase(), 'x', undefined, none)).toBe(`${scheme} x`)
  })
})

test.each([
  ['a ="b"', ['a', 'b']],
  ['a\t=\t"b"', ['a', 'b']],
  ['a= b', ['a', 'b']],
  ['a=="', undefined],
  ['a="', undefined],
  ['a="\\"', undefined],
  ['a="b" c', undefined],
  ['a="b""c"', undefined],
  [' a="b"', ['a', 'b']],
  ['a="\\b"', ['a', 'b']],
  ['\u212a="b"', undefined],
])('the parameter %j is %j (RFC 9110 section 11.2)', (text, parameter) => {
  expect(parseAuthParameter(text)).toEqual(parameter)
})
