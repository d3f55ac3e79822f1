import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { acceptedOf, between, sorted } from './characters.test-support.ts'
import {
  FILENAME_LIMIT,
  formatContentDisposition,
  parseContentDisposition,
  safeFilename,
} from './content-disposition.ts'
import { isFieldValue } from './field.ts'

describe('formatContentDisposition', () => {
  test('writes plain names as they are', () => {
    expect(formatContentDisposition('attachment', 'report.pdf')).toBe('attachment; filename=report.pdf')
    expect(formatContentDisposition('inline', 'my report.pdf')).toBe('inline; filename="my report.pdf"')
    expect(formatContentDisposition('attachment')).toBe('attachment')
  })

  test('writes other names twice, first without accents, then whole', () => {
    expect(formatContentDisposition('attachment', 'Übersicht.pdf')).toBe(
      "attachment; filename=Ubersicht.pdf; filename*=UTF-8''%C3%9Cbersicht.pdf",
    )
    expect(formatContentDisposition('attachment', '日本.txt')).toBe(
      "attachment; filename=__.txt; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt",
    )
  })

  test('keeps percent signs and quotes from recipients that misread them (RFC 6266 appendix D)', () => {
    expect(formatContentDisposition('attachment', '50%41.txt')).toBe(
      "attachment; filename=50_41.txt; filename*=UTF-8''50%2541.txt",
    )
    expect(formatContentDisposition('attachment', 'a"b.txt')).toBe(
      "attachment; filename=a_b.txt; filename*=UTF-8''a%22b.txt",
    )
  })

  test('takes a fallback of the caller, made safe as well', () => {
    expect(formatContentDisposition('attachment', '€.txt', { fallback: 'euro.txt' })).toBe(
      "attachment; filename=euro.txt; filename*=UTF-8''%E2%82%AC.txt",
    )
    expect(formatContentDisposition('attachment', '€.txt', { fallback: '../"é".txt' })).toBe(
      "attachment; filename=___.txt; filename*=UTF-8''%E2%82%AC.txt",
    )
  })

  test('sends no path and no line break, whoever chose the name', () => {
    expect(formatContentDisposition('attachment', '../../etc/passwd')).toBe('attachment; filename=passwd')
    expect(formatContentDisposition('attachment', 'C:\\dir\\a.txt')).toBe('attachment; filename=a.txt')
    expect(formatContentDisposition('attachment', 'a\r\nSet-Cookie: b')).toBe(
      'attachment; filename="a__Set-Cookie: b"',
    )
    expect(formatContentDisposition('attachment', '..')).toBe('attachment')
  })

  test('refuses a type that is no token', () => {
    expect(() => formatContentDisposition('attachment; x')).toThrow(RangeError)
    expect(() => formatContentDisposition('')).toThrow(RangeError)
  })
})

describe('parseContentDisposition', () => {
  test.each([
    ['attachment', 'attachment', undefined],
    ['INLINE; FILENAME="an example.html"', 'inline', 'an example.html'],
    ["attachment; filename*=UTF-8''%e2%82%ac%20rates", 'attachment', '€ rates'],
    ['attachment; filename="EURO rates"; filename*=utf-8\'\'%e2%82%ac%20rates', 'attachment', '€ rates'],
    ["attachment; filename*=utf-8''%e2%82; filename=a.txt", 'attachment', 'a.txt'],
    ['attachment; filename="/etc/passwd"', 'attachment', 'passwd'],
    [String.raw`attachment; filename="..\\..\\x.exe"`, 'attachment', 'x.exe'],
    ["attachment; filename*=UTF-8''..%2F..%2Fx", 'attachment', 'x'],
    ["attachment; filename*=UTF-8''a%00b%0Ac", 'attachment', 'a_b_c'],
    ['attachment; filename=".."', 'attachment', undefined],
    ['attachment; filename=""', 'attachment', undefined],
    ['x-other; a=b', 'x-other', undefined],
  ])('reads %s', (header, type, filename) => {
    expect(parseContentDisposition(header)).toMatchObject({ type })
    expect(parseContentDisposition(header)?.filename).toBe(filename)
  })

  test('keeps the other parameters', () => {
    expect(parseContentDisposition('form-data; name=a; filename=b')?.parameters).toEqual([
      ['name', 'a'],
      ['filename', 'b'],
    ])
  })

  test.each([
    '',
    '; filename=a',
    'attachment filename=a',
    'attachment; filename="a',
    'a/b; filename=c',
    '"inline"',
  ])('ignores %j', (header) => {
    expect(parseContentDisposition(header)).toBeUndefined()
  })
})

describe('the examples of RFC 6266 section 5', () => {
  test.each([
    ['Attachment; filename=example.html', 'attachment', 'example.html'],
    ['INLINE; FILENAME= "an example.html"', undefined, undefined],
    ['INLINE; FILENAME="an example.html"', 'inline', 'an example.html'],
    ["attachment; filename*= UTF-8''%e2%82%ac%20rates", undefined, undefined],
    ["attachment; filename*=UTF-8''%e2%82%ac%20rates", 'attachment', '€ rates'],
    ['attachment; filename="EURO rates"; filename*=utf-8\'\'%e2%82%ac%20rates', 'attachment', '€ rates'],
  ])('%s', (header, type, filename) => {
    const disposition = parseContentDisposition(header)
    expect(disposition?.type).toBe(type)
    expect(disposition?.filename).toBe(filename)
  })
})

/** After the collection of cases that browsers were compared with, by Julian Reschke. */
describe('headers that browsers read differently', () => {
  test.each([
    ['inline', undefined],
    ['inline; filename="Not an attachment!"', 'Not an attachment!'],
    ['ATTACHMENT; FILENAME="foo.html"', 'foo.html'],
    ['attachment; filename="0000000000111111111122222"', '0000000000111111111122222'],
    [String.raw`attachment; filename="f\oo.html"`, 'foo.html'],
    [String.raw`attachment; filename="\"quoting\" tested.html"`, '"quoting" tested.html'],
    [`attachment; filename="Here's a semicolon;.html"`, "Here's a semicolon;.html"],
    ['attachment; foo="bar"; filename="foo.html"', 'foo.html'],
    [String.raw`attachment; foo="\"\\";filename="foo.html"`, 'foo.html'],
    ['attachment; filename=foo.html ;', 'foo.html'],
    ['attachment; ;filename=foo', 'foo'],
    ["attachment; filename='foo.bar'", "'foo.bar'"],
    ['attachment; filename="foo-\xe4.html"', 'foo-ä.html'],
    ['attachment; filename="foo-\xc3\xa4.html"', 'foo-Ã¤.html'],
    ['attachment; filename="foo-%41.html"', 'foo-%41.html'],
    ['attachment; filename="50%.html"', '50%.html'],
    [String.raw`attachment; filename="foo-%\41.html"`, 'foo-%41.html'],
    ['attachment; name="foo-%41.html"', undefined],
    ['attachment; filename="foo.html"; filename="bar.html"', 'foo.html'],
    ['attachment; xfilename=foo.html', undefined],
    ['attachment; filename="/foo.html"', 'foo.html'],
    [String.raw`attachment; filename="\\foo.html"`, 'foo.html'],
    ['foobar; filename="foo.html"', 'foo.html'],
    ["attachment; filename*=iso-8859-1''foo-%E4.html", 'foo-ä.html'],
    ["attachment; filename*=UTF-8''foo-%c3%a4-%e2%82%ac.html", 'foo-ä-€.html'],
    ["attachment; filename*=''foo-%c3%a4-%e2%82%ac.html", undefined],
    ["attachment; filename*=UTF-8''foo-a%cc%88.html", 'foo-a\u0308.html'],
    ["attachment; filename*=iso-8859-1''foo-%c3%a4-%e2%82%ac.html", 'foo-Ã¤-â_¬.html'],
    ["attachment; filename*=utf-8''foo-%E4.html", undefined],
    ['attachment; filename*="foo%20bar.html"', undefined],
    ["attachment; filename*=UTF-8'foo-%c3%a4.html", undefined],
    ["attachment; filename*=UTF-8''foo%", undefined],
    ["attachment; filename*=UTF-8''f%oo.html", undefined],
    ["attachment; filename*=UTF-8''A-%2541.html", 'A-%41.html'],
    ["attachment; filename*=UTF-8''%5cfoo.html", 'foo.html'],
    ['attachment; filename*0="foo."; filename*1="html"', undefined],
    ['attachment; filename*0*=UTF-8\'\'foo-%c3%a4; filename*1=".html"', undefined],
    ['attachment; filename="foo-ae.html"; filename*=UTF-8\'\'foo-%c3%a4.html', 'foo-ä.html'],
    ['attachment; filename*=UTF-8\'\'foo-%c3%a4.html; filename="foo-ae.html"', 'foo-ä.html'],
    [
      "attachment; filename*0*=ISO-8859-15''euro-sign%3d%a4; filename*=ISO-8859-1''currency-sign%3d%a4",
      'currency-sign=¤',
    ],
    ['attachment; filename="=?ISO-8859-1?Q?foo-=E4.html?="', '=?ISO-8859-1?Q?foo-=E4.html?='],
  ])('%s has the name %j', (header, filename) => {
    const disposition = parseContentDisposition(header)
    expect(disposition?.type).toBe(header.split(';')[0]?.toLowerCase())
    expect(disposition?.filename).toBe(filename)
  })

  test.each([
    '"inline"',
    '"attachment"; filename="foo.html"',
    'attachment; filename=foo,bar.html',
    'attachment; filename=foo bar.html',
    'attachment; filename ="foo.html"',
    'attachment; filename= "foo.html"',
    'attachment; filename=foo[1](2).html',
    'attachment; filename=foo-\xe4.html',
    'filename=foo.html',
    'x=y; filename=foo.html',
    '"foo; filename=bar;baz"; filename=qux',
    'filename=foo.html, filename=bar.html',
    '; filename=foo.html',
    ': inline; attachment; filename=foo.html',
    'inline; attachment; filename=foo.html',
    'attachment; inline; filename=foo.html',
    'attachment; filename="foo.html".txt',
    'attachment; filename="bar',
    'attachment; filename=foo"bar;baz"qux',
    'attachment; filename=foo.html, attachment; filename=bar.html',
    'attachment; foo=foo filename=bar',
    'attachment; filename=bar foo=foo ',
    'attachment filename=bar',
    'filename=foo.html; attachment',
    "attachment; filename *=UTF-8''foo-%c3%a4.html",
    "attachment; filename*= UTF-8''foo-%c3%a4.html",
    "attachment; filename* =UTF-8''foo-%c3%a4.html",
    'attachment; filename==?ISO-8859-1?Q?foo-=E4.html?=',
  ])('%s is ignored', (header) => {
    expect(parseContentDisposition(header)).toBeUndefined()
  })
})

describe('safeFilename', () => {
  test('takes the last segment of a path of any system', () => {
    expect(safeFilename('/a/b/c.txt')).toBe('c.txt')
    expect(safeFilename('C:\\a\\c.txt')).toBe('c.txt')
    expect(safeFilename('a/b\\c.txt')).toBe('c.txt')
  })

  test.each(['', '.', '..', '../..', 'a/', 'a\\'])('leaves nothing of %j', (name) => {
    expect(safeFilename(name)).toBe('')
  })

  test('replaces controls and marks that turn the direction of text', () => {
    expect(safeFilename('a\0b\x1b[2Jc\x9f\u2028')).toBe('a_b_[2Jc__')
    expect(safeFilename('invoice\u202etxt.exe')).toBe('invoice_txt.exe')
  })

  test('leaves letters of all scripts alone', () => {
    expect(safeFilename('دفتر ملاحظات 日本 naïve \u{1f600}.txt')).toBe(
      'دفتر ملاحظات 日本 naïve \u{1f600}.txt',
    )
  })

  test('cuts a long name before its extension, and never within a character', () => {
    const cut = safeFilename(`${'x'.repeat(10_000)}.tar`)
    expect(cut).toHaveLength(FILENAME_LIMIT)
    expect(cut.endsWith('x.tar')).toBe(true)
    expect(safeFilename('\u{1f600}'.repeat(200))).toBe('\u{1f600}'.repeat(Math.floor(FILENAME_LIMIT / 2)))
    expect(safeFilename(`a.${'x'.repeat(1000)}`)).toHaveLength(FILENAME_LIMIT)
    expect(safeFilename('x'.repeat(FILENAME_LIMIT))).toBe('x'.repeat(FILENAME_LIMIT))
  })

  test('gives the same name when it is applied again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (name) => {
        expect(safeFilename(safeFilename(name))).toBe(safeFilename(name))
      }),
    )
  })
})

test('any name arrives as its safe form', () => {
  const near = fc.string({
    unit: fc.constantFrom('a', '.', '/', '\\', '"', '%', '4', "'", ' ', 'é', '\u202e'),
  })
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary', maxLength: 300 })), (name) => {
      const header = formatContentDisposition('attachment', name)
      expect(isFieldValue(header)).toBe(true)
      const filename = safeFilename(name)
      expect(parseContentDisposition(header)?.filename).toBe(filename === '' ? undefined : filename)
    }),
  )
})

test('any header is read or ignored', () => {
  const near = fc
    .string({ unit: fc.constantFrom('a', ';', '=', '"', '\\', ' ', 'filename', '*', "utf-8''", '%41', '/') })
    .map((rest) => `attachment; ${rest}`)
  fc.assert(
    fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (header) => {
      const disposition = parseContentDisposition(header)
      expect(disposition?.filename).not.toBe('')
      expect(disposition?.filename?.includes('/') ?? false).toBe(false)
    }),
  )
})

test('characters that would act on the line are replaced, all others stay', () => {
  const replaced = `${between(0, 0x1f)}${between(0x7f, 0x9f)}\u2028`
  expect(acceptedOf((character) => safeFilename(`a${character}b`) === 'a_b')).toBe(sorted(`_${replaced}`))
  for (let code = 0x2020; code <= 0x2070; code++) {
    const turns = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)
    const character = String.fromCharCode(code)
    expect(safeFilename(`a${character}b`)).toBe(turns ? 'a_b' : `a${character}b`)
  }
})

test('all marks are taken from the letters of a fallback, and one _ stands for what is left of each', () => {
  expect(formatContentDisposition('inline', 'A\u0301e\u0301\u0302.txt')).toMatch(
    /^inline; filename=Ae\.txt; /,
  )
  expect(formatContentDisposition('inline', '\u{1f600}\u{1f601}.txt')).toMatch(/^inline; filename=__\.txt; /)
  expect(formatContentDisposition('inline', 'Cr\u00e8me br\u00fbl\u00e9e.txt')).toMatch(
    /filename="Creme brulee\.txt"; /,
  )
})

describe('a name of more than 255 characters', () => {
  test('is cut, one of 255 is not', () => {
    const longest = 'a'.repeat(255)
    expect(safeFilename(longest)).toBe(longest)
    expect(safeFilename(`${longest}a`)).toBe(longest)
    expect(safeFilename(`${'\n'.repeat(255)}`)).toBe('_'.repeat(255))
  })

  test('keeps an extension of up to 15 characters', () => {
    const name = 'a'.repeat(300)
    expect(safeFilename(`${name}.${'x'.repeat(15)}`)).toBe(`${'a'.repeat(239)}.${'x'.repeat(15)}`)
    expect(safeFilename(`${name}.${'x'.repeat(16)}`)).toBe('a'.repeat(255))
    expect(safeFilename(`.${'x'.repeat(300)}`)).toBe(`.${'x'.repeat(254)}`)
    expect(safeFilename(`a.${'x'.repeat(300)}.gz`)).toBe(`a.${'x'.repeat(250)}.gz`)
    expect(safeFilename(`${name}.`)).toBe(`${'a'.repeat(254)}.`)
  })

  test('is not cut within a surrogate pair', () => {
    expect(safeFilename('\u{1f600}'.repeat(128))).toBe('\u{1f600}'.repeat(127))
    expect(safeFilename(`a${'\u{1f600}'.repeat(128)}`)).toBe(`a${'\u{1f600}'.repeat(127)}`)
  })
})
