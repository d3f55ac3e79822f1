import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAuth, isCredentialToken, parseAuthParameter, parseAuthParameters } from './credentials.ts'
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
