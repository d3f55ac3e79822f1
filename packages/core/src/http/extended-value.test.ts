import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, digits, lower, sorted, upper } from './characters.test-support.ts'
import {
  extendedParameters,
  extendedValueOf,
  formatExtendedValue,
  parseExtendedValue,
} from './extended-value.ts'
import { isToken } from './field.ts'
import { formatParameters, parseParameters } from './parameters.ts'

describe('an extended value (RFC 8187)', () => {
  test.each([
    ["iso-8859-1'en'%A3%20rates", { value: '£ rates', language: 'en' }],
    ["UTF-8''%c2%a3%20and%20%e2%82%ac%20rates", { value: '£ and € rates', language: '' }],
    ["utf-8'de-CH'plain", { value: 'plain', language: 'de-CH' }],
    ["us-ascii''a%20b", { value: 'a b', language: '' }],
    ["UTF-8''", { value: '', language: '' }],
    ["UTF-8''%F0%9F%98%80", { value: '\u{1f600}', language: '' }],
  ])('is read: %s', (text, expected) => {
    expect(parseExtendedValue(text)).toEqual(expected)
  })

  test.each([
    '',
    'abc',
    "UTF-8'abc",
    "''abc",
    "utf-7''+ADw-",
    "utf-16''%00a",
    "UTF-8''%",
    "UTF-8''%4",
    "UTF-8''%zz",
    "UTF-8''%E4",
    "UTF-8''%C0%AF",
    "UTF-8''%ED%A0%80",
    "us-ascii''%E4",
    "UTF-8''a b",
    "UTF-8''a'b",
    "UTF-8''\xe4",
    "UTF-8'e n'a",
    '"UTF-8\'\'a"',
  ])('is malformed: %j', (text) => {
    expect(parseExtendedValue(text)).toBeUndefined()
  })

  test('is written in UTF-8, with everything escaped that the grammar does not take', () => {
    expect(formatExtendedValue('€ rates')).toBe("UTF-8''%E2%82%AC%20rates")
    expect(formatExtendedValue("it's (100%)*", 'en')).toBe("UTF-8'en'it%27s%20%28100%25%29%2A")
    expect(formatExtendedValue('a\r\nb: c')).toBe("UTF-8''a%0D%0Ab%3A%20c")
  })

  test('has U+FFFD for half a surrogate pair', () => {
    expect(formatExtendedValue('a\ud800')).toBe("UTF-8''a%EF%BF%BD")
  })

  test('refuses a language that is no tag', () => {
    expect(() => formatExtendedValue('a', "en'x")).toThrow(RangeError)
  })

  test('is read back as it was written, and needs no quotes', () => {
    const language = fc.constantFrom('', 'en', 'de-CH', 'zh-Hant-TW')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), language, (value, language) => {
        const text = formatExtendedValue(value, language)
        expect(isToken(text)).toBe(true)
        expect(parseExtendedValue(text)).toEqual({ value, language })
      }),
    )
  })

  test('is read or refused, whatever the text', () => {
    const near = fc
      .tuple(
        fc.constantFrom("utf-8''", "iso-8859-1'en'", "us-ascii''", ''),
        fc.string({ unit: fc.constantFrom('%', 'a', 'F', '0', "'", 'g', '\xff') }),
      )
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const parsed = parseExtendedValue(text)
        expect(parsed === undefined || typeof parsed.value === 'string').toBe(true)
      }),
    )
  })
})

describe('the text of a parameter', () => {
  const textOf = (parameters: string) => extendedValueOf(parseParameters(parameters) ?? [], 'title')

  test('is that of the extended form, in whatever order they come', () => {
    expect(textOf("; title=EURO; title*=utf-8''%e2%82%ac")).toBe('€')
    expect(textOf("; title*=utf-8''%e2%82%ac; title=EURO")).toBe('€')
  })

  test('is the plain one when the extended form is missing or malformed (RFC 8187 section 4.2)', () => {
    expect(textOf('; title=EURO')).toBe('EURO')
    expect(textOf("; title=EURO; title*=utf-8''%e2%82")).toBe('EURO')
    expect(textOf("; title=EURO; title*=koi8-r''%e2")).toBe('EURO')
  })

  test('is undefined when there is none', () => {
    expect(textOf('; other=EURO')).toBeUndefined()
    expect(textOf("; title*=koi8-r''%e2")).toBeUndefined()
    expect(textOf('; title*0=a; title*1=b')).toBeUndefined()
  })
})

describe('the parameters for a text', () => {
  test('are one for plain ASCII', () => {
    expect(extendedParameters('title', 'Plain, text')).toEqual([['title', 'Plain, text']])
  })

  test('are a fallback and then the extended form for anything else', () => {
    expect(extendedParameters('title', 'naïve \u{1f600}')).toEqual([
      ['title', 'na_ve _'],
      ['title*', "UTF-8''na%C3%AFve%20%F0%9F%98%80"],
    ])
    expect(extendedParameters('title', '100%')).toEqual([
      ['title', '100_'],
      ['title*', "UTF-8''100%25"],
    ])
  })

  test('take a fallback and a language of the caller', () => {
    expect(extendedParameters('title', '€', { fallback: 'EUR', language: 'en' })).toEqual([
      ['title', 'EUR'],
      ['title*', "UTF-8'en'%E2%82%AC"],
    ])
    expect(extendedParameters('title', 'rate', { language: 'en' })).toEqual([
      ['title', 'rate'],
      ['title*', "UTF-8'en'rate"],
    ])
  })

  test('give any text back once they are formatted and parsed', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), (value) => {
        const text = formatParameters(extendedParameters('title', value))
        expect(extendedValueOf(parseParameters(text) ?? [], 'title')).toBe(value)
      }),
    )
  })
})

describe('characters', () => {
  const plain = sorted(`!#$&+-.^_\`|~${digits}${upper}${lower}`)

  test('of a value are attr-char, all others come as escapes (RFC 8187 section 3.2.1)', () => {
    const reads = (text: string) => parseExtendedValue(`UTF-8''${text}`) !== undefined
    expect(acceptedOf(reads)).toBe(plain)
    expect(acceptedOf((character) => reads(`a${character}`))).toBe(plain)
    expect(acceptedOf((character) => formatExtendedValue(character) === `UTF-8''${character}`)).toBe(plain)
  })

  test('of an escape are two hex digits', () => {
    const hex = sorted(`${digits}ABCDEFabcdef`)
    const reads = (text: string) => parseExtendedValue(`iso-8859-1''${text}`) !== undefined
    expect(acceptedOf((character) => reads(`%${character}0`))).toBe(hex)
    expect(acceptedOf((character) => reads(`%0${character}`))).toBe(hex)
  })

  test('of a language are letters, digits and hyphens', () => {
    const tag = sorted(`-${digits}${upper}${lower}`)
    expect(acceptedOf((character) => parseExtendedValue(`UTF-8'${character}'a`) !== undefined)).toBe(tag)
  })

  test('of a charset beyond ASCII name none', () => {
    expect(parseExtendedValue("\u0130SO-8859-1''a")).toBeUndefined()
    expect(parseExtendedValue("UTF\u20118''a")).toBeUndefined()
  })

  test('are all read of their escapes as the charset has them', () => {
    for (let code = 0; code <= 0xff; code++) {
      const escaped = `%${code.toString(16).padStart(2, '0')}`
      const character = String.fromCharCode(code)
      const value = (charset: string) => parseExtendedValue(`${charset}''${escaped}`)?.value
      expect(value('iso-8859-1')).toBe(character)
      expect(value('us-ascii')).toBe(code < 0x80 ? character : undefined)
      expect(value('utf-8')).toBe(code < 0x80 ? character : undefined)
    }
  })
})

test.each([
  'utf-8',
  'utf-8x',
  "UTF-8'",
  "'UTF-8''a",
  " UTF-8''a",
  "UTF-8 ''a",
  "UTF-8''a ",
  "UTF-8' 'a",
  "UTF-8''%2",
  "UTF-8''%2%",
  "UTF-8''%%20",
  "UTF-8''%u20ac",
  "UTF-8''%F8%88%80%80%80",
  "UTF-8''%E2%82",
  "UTF-8''%E2%82%41",
  "UTF-8''%F0%82%82%AC",
])('%j is no extended value', (text) => {
  expect(parseExtendedValue(text)).toBeUndefined()
})

test('of two extended forms the first counts, also where it is malformed', () => {
  const textOf = (parameters: string) => extendedValueOf(parseParameters(parameters) ?? [], 'title')
  expect(textOf("; title*=UTF-8''a; title*=UTF-8''b")).toBe('a')
  expect(textOf("; title*=UTF-8''%ff; title*=UTF-8''b; title=c; title=d")).toBe('c')
})
