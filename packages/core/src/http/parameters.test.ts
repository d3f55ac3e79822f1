import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFieldValue, isToken } from './field.ts'
import {
  firstValueOf,
  formatParameters,
  PARAMETER_LIMIT,
  type Parameter,
  parseParameters,
  valuesOf,
} from './parameters.ts'

describe('parameters', () => {
  test('are read in their order, names in lower case, values without quotes', () => {
    expect(parseParameters('; Charset=UTF-8 ;a="b;c=d,\\"e"')).toEqual([
      ['charset', 'UTF-8'],
      ['a', 'b;c=d,"e'],
    ])
  })

  test('are read from where they start', () => {
    expect(parseParameters('text/html; q=1', 9)).toEqual([['q', '1']])
    expect(parseParameters('text/html', 9)).toEqual([])
  })

  test('may have spaces around the semicolon, none around the equals sign', () => {
    expect(parseParameters(' ;\ta=1 \t; b=2 ')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(parseParameters(';a =1')).toBeUndefined()
    expect(parseParameters(';a= 1')).toBeUndefined()
    expect(parseParameters(';a= "1"')).toBeUndefined()
  })

  test('may be empty ones', () => {
    expect(parseParameters('; ; a=1;;')).toEqual([['a', '1']])
    expect(parseParameters('')).toEqual([])
  })

  test('keep repeats for the caller to refuse', () => {
    const parameters = parseParameters('; a=1; A=2') ?? []
    expect(valuesOf(parameters, 'a')).toEqual(['1', '2'])
    expect(firstValueOf(parameters, 'a')).toBe('1')
    expect(valuesOf(parameters, 'b')).toEqual([])
    expect(firstValueOf(parameters, 'b')).toBeUndefined()
  })

  test('with hostile names are only names (robustness.md K2)', () => {
    expect(parseParameters(';__proto__=1')).toEqual([['__proto__', '1']])
  })

  test.each([
    'a=1',
    '; charset',
    '; =c',
    '; a=',
    '; a="b',
    '; a=b c',
    '; a="b"c',
    '; a=b"c"',
    '; a b=c',
    '; a=b, c=d',
    '; \xe4=1',
    ';a\n=1',
  ])('are malformed as %j', (text) => {
    expect(parseParameters(text)).toBeUndefined()
  })

  test('beyond the limit are malformed', () => {
    expect(parseParameters(';a=1'.repeat(PARAMETER_LIMIT))).toHaveLength(PARAMETER_LIMIT)
    expect(parseParameters(';a=1'.repeat(PARAMETER_LIMIT + 1))).toBeUndefined()
  })

  test('of old browsers may have backslashes that stand for themselves', () => {
    const text = String.raw`;a="say \"hi\" C:\dir\\x"`
    expect(parseParameters(text, 0, { literalBackslash: true })).toEqual([
      ['a', String.raw`say "hi" C:\dir\x`],
    ])
    expect(parseParameters(text)).toEqual([['a', String.raw`say "hi" C:dir\x`]])
  })
})

describe('formatParameters', () => {
  test('quotes where it must', () => {
    expect(
      formatParameters([
        ['charset', 'utf-8'],
        ['title', 'a "b"'],
        ['empty', ''],
      ]),
    ).toBe(String.raw`; charset=utf-8; title="a \"b\""; empty=""`)
  })

  test('refuses what would become another header', () => {
    expect(() => formatParameters([['a\r\nSet-Cookie', 'x']])).toThrow(RangeError)
    expect(() => formatParameters([['a', 'x\r\nSet-Cookie: y']])).toThrow(RangeError)
    expect(() => formatParameters([['', 'x']])).toThrow(RangeError)
  })
})

test('what is formatted is read back', () => {
  const name = fc
    .string({ unit: fc.constantFrom('a', 'b', '-', '*', "'", '0'), minLength: 1 })
    .filter(isToken)
  const value = fc.string({ unit: fc.constantFrom('a', '"', '\\', ';', '=', ',', ' ', '\t', '\xe4') })
  const list = fc.array(fc.tuple(name, value), { maxLength: PARAMETER_LIMIT })
  fc.assert(
    fc.property(list, (parameters: Parameter[]) => {
      expect(parseParameters(formatParameters(parameters))).toEqual(parameters)
    }),
  )
})

test('what is read is exactly the grammar (RFC 9110 section 5.6.6)', () => {
  const grammar = /^(?:[ \t]*;[ \t]*(?:[a-z*]+=(?:[a-z*]+|"(?:[^"\\]|\\.)*"))?)*[ \t]*$/s
  const piece = fc.constantFrom('a', '*', ';', ';', '=', '"', '\\', ' ', ',', ';a=b', ';a="', 'a="b"', '; ')
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 12 }), (text) => {
      expect(parseParameters(text) !== undefined).toBe(grammar.test(text))
    }),
    { numRuns: 2000 },
  )
})

test('any text gives parameters that can be formatted, or undefined', () => {
  const near = fc.string({ unit: fc.constantFrom('a', ';', '=', '"', '\\', ' ', ',') })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
      const parameters = parseParameters(`;${text}`)
      if (parameters === undefined || !isFieldValue(text)) return
      expect(parseParameters(formatParameters(parameters))).toEqual(parameters)
    }),
  )
})

test.each([
  ['', []],
  [';', []],
  ['; ;\t;', []],
  [';a=b', [['a', 'b']]],
  [' \t;\ta=b\t', [['a', 'b']]],
  [';A=B', [['a', 'B']]],
  [';a=""', [['a', '']]],
  [';a="\\""', [['a', '"']]],
  [';a="\\\\"', [['a', '\\']]],
  [';a="b;c=d"', [['a', 'b;c=d']]],
  [
    ';a="b" ;c=d',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    ';a=b;a=c',
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
  ],
  [";a*=UTF-8''b", [['a*', "UTF-8''b"]]],
  [
    ';__proto__=a;constructor=b',
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
  ],
  [';a="\u00e4"', [['a', '\u00e4']]],
  ['a=b', undefined],
  [';a', undefined],
  [';a=', undefined],
  [';=b', undefined],
  [';a =b', undefined],
  [';a= b', undefined],
  [';a="b', undefined],
  [';a="b\\', undefined],
  [';a="b\\"', undefined],
  [';a="b"c', undefined],
  [';a=b"c"', undefined],
  [';a=b c', undefined],
  [';a=\u00e4', undefined],
  [';\u00e4=a', undefined],
  [';\u212a=a', undefined],
  [';a=b,c=d', undefined],
  [';a==b', undefined],
  [';"a"=b', undefined],
  ['\xa0;a=b', undefined],
  [';a=b\xa0', undefined],
  [';a=b\r\n', undefined],
])('%j has the parameters %j (RFC 9110 section 5.6.6)', (text, expected) => {
  expect(parseParameters(text)).toEqual(expected)
})

test.each([
  [String.raw`;a="C:\dir\name"`, String.raw`C:\dir\name`, 'C:dirname'],
  [String.raw`;a="\\\\host\\x"`, String.raw`\\host\x`, String.raw`\\host\x`],
  [String.raw`;a="say \"x\""`, 'say "x"', 'say "x"'],
  [String.raw`;a="\a\b"`, String.raw`\a\b`, 'ab'],
])('of %s a backslash that stands for itself gives %j, else %j', (text, literal, quoted) => {
  expect(parseParameters(text, 0, { literalBackslash: true })).toEqual([['a', literal]])
  expect(parseParameters(text)).toEqual([['a', quoted]])
})
