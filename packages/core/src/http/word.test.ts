import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFieldValue } from './field.ts'
import { formatWord, parseWord, quote } from './word.ts'

describe('parseWord', () => {
  test.each([
    ['max-age', 'max-age'],
    ['"a b"', 'a b'],
    ['""', ''],
    [String.raw`"say \"hi\""`, 'say "hi"'],
    [String.raw`"back\\slash"`, String.raw`back\slash`],
    [String.raw`"\a\,"`, 'a,'],
    ['"a,b;c=d"', 'a,b;c=d'],
    ['"\xe4\t"', '\xe4\t'],
  ])('reads %j as %j', (text, word) => {
    expect(parseWord(text)).toBe(word)
  })

  test.each([
    '',
    'a b',
    ' a',
    'a ',
    '"',
    '"a',
    'a"',
    '"a"b',
    '"a" ',
    '"a""b"',
    '"a\\"',
    '(a)',
    'a=b',
    '\xe4',
  ])('finds no word in %j', (text) => {
    expect(parseWord(text)).toBeUndefined()
  })

  test('gives a text or undefined for any text', () => {
    const near = fc.string({ unit: fc.constantFrom('a', '"', '\\', ' ', ',') })
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (text) => {
        expect(['string', 'undefined']).toContain(typeof parseWord(text))
      }),
    )
  })
})

test('a word is a token or a quoted string, and nothing else is (RFC 9110 sections 5.6.2 and 5.6.4)', () => {
  const grammar = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[^"\\]|\\.)*")$/s
  const near = fc.string({
    unit: fc.constantFrom('a', 'Z', '-', '"', '"', '\\', ' ', ',', ';', '\t', '\xe4'),
  })
  fc.assert(
    fc.property(near, (text) => {
      expect(parseWord(text) !== undefined).toBe(grammar.test(text))
    }),
    { numRuns: 1000 },
  )
})

describe('formatWord', () => {
  test('quotes what is no token', () => {
    expect(formatWord('utf-8')).toBe('utf-8')
    expect(formatWord('a b')).toBe('"a b"')
    expect(formatWord('')).toBe('""')
    expect(formatWord('"\\')).toBe(String.raw`"\"\\"`)
  })

  test.each(['a\r\nb', '\0', '\x7f', '\u0100', '\u{1f600}'])(
    'refuses %j, which no header can hold',
    (text) => {
      expect(() => formatWord(text)).toThrow(RangeError)
      expect(() => quote(text)).toThrow(/RFC 8187/)
    },
  )

  test('writes what parseWord reads back, for every text that a header can hold', () => {
    const latin1 = fc
      .array(fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)))
      .map((characters) => characters.filter(isFieldValue).join(''))
    fc.assert(
      fc.property(latin1, (text) => {
        expect(parseWord(formatWord(text))).toBe(text)
        expect(parseWord(quote(text))).toBe(text)
        expect(isFieldValue(quote(text))).toBe(true)
      }),
    )
  })
})
