import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  charsetOf,
  essenceOf,
  formatMediaType,
  isJsonType,
  isXmlType,
  type MediaType,
  matchesMediaType,
  mediaRangeSpecificity,
  parseMediaType,
  suffixOf,
} from './media-type.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

const parse = (text: string) => parseMediaType(text) as MediaType

describe('parseMediaType', () => {
  test('takes a media type apart', () => {
    expect(parseMediaType('Text/HTML; Charset=UTF-8 ;a="b;c"')).toEqual({
      essence: 'text/html',
      parameters: [
        ['charset', 'UTF-8'],
        ['a', 'b;c'],
      ],
    })
  })

  test('takes ranges', () => {
    expect(parseMediaType('text/*;level=1')).toEqual({ essence: 'text/*', parameters: [['level', '1']] })
    expect(parseMediaType('*/*')).toEqual({ essence: '*/*', parameters: [] })
  })

  test.each([
    '',
    'text',
    '/plain',
    'text/',
    'text/pl ain',
    'text /plain',
    'text/plain/x',
    'te,xt/plain',
    'text/plain, text/html',
    'text/plain; charset',
    'a/b; =c',
    'a/b; c="d',
    'a/b; c=d e',
    'a/b; c=',
    '\xa0a/b',
    `a/b${';c=d'.repeat(PARAMETER_LIMIT + 1)}`,
  ])('finds none in %j', (text) => {
    expect(parseMediaType(text)).toBeUndefined()
  })

  test('gives a media type or undefined for any text', () => {
    const near = fc.string({ unit: fc.constantFrom('a', '/', ';', '=', '"', '\\', ' ', '\n') })
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' })), (text) => {
        const type = parseMediaType(text)
        expect(type === undefined || /^[^/]+\/[^/]+$/.test(type.essence)).toBe(true)
      }),
    )
  })
})

describe('formatMediaType', () => {
  test('quotes parameters where it must', () => {
    expect(formatMediaType({ essence: 'text/html', parameters: [['charset', 'utf-8']] })).toBe(
      'text/html; charset=utf-8',
    )
    expect(formatMediaType({ essence: 'multipart/mixed', parameters: [['boundary', 'a b']] })).toBe(
      'multipart/mixed; boundary="a b"',
    )
  })

  test.each(['', 'text', '/html', 'text/', 'a/b/c', 'a/b;c', 'a/b\r\n'])(
    'refuses the essence %j',
    (essence) => {
      expect(() => formatMediaType({ essence, parameters: [] })).toThrow(RangeError)
    },
  )

  test('writes what parseMediaType reads back', () => {
    const name = fc.stringMatching(/^[a-z0-9!#$&^_.+-]{1,10}$/)
    const type = fc.record({
      essence: fc.tuple(name, name).map((parts) => parts.join('/')),
      parameters: fc.array(fc.tuple(name, fc.string()), { maxLength: 5 }),
    })
    fc.assert(
      fc.property(type, (type) => {
        expect(parseMediaType(formatMediaType(type))).toEqual(type)
      }),
    )
  })
})

test.each([
  ['text/plain', 'text/plain'],
  [' TEXT/plain\t; charset=x', 'text/plain'],
  ['', ''],
  [';', ''],
])('the essence of %j is %j', (text, essence) => {
  expect(essenceOf(text)).toBe(essence)
})

test('the charset is the first one, in lower case', () => {
  expect(charsetOf(parse('text/html; charset="UTF-8"; charset=utf-7'))).toBe('utf-8')
  expect(charsetOf(parse('text/html'))).toBeUndefined()
})

test.each([
  ['application/ld+json', 'json'],
  ['image/svg+xml', 'xml'],
  ['application/a+b+zip', 'zip'],
  ['application/json', undefined],
  ['application/x+', undefined],
  ['a+b/c', undefined],
  ['nothing', undefined],
  ['', undefined],
])('the suffix of %j is %j', (essence, suffix) => {
  expect(suffixOf(essence)).toBe(suffix)
})

test.each([
  { essence: 'application/json', json: true, xml: false },
  { essence: 'text/json', json: true, xml: false },
  { essence: 'application/problem+json', json: true, xml: false },
  { essence: 'application/jsonp', json: false, xml: false },
  { essence: 'application/xml', json: false, xml: true },
  { essence: 'image/svg+xml', json: false, xml: true },
  { essence: 'text/html', json: false, xml: false },
])('$essence: JSON $json, XML $xml', ({ essence, json, xml }) => {
  expect(isJsonType(essence)).toBe(json)
  expect(isXmlType(essence)).toBe(xml)
})

describe('a media range', () => {
  test.each([
    { range: '*/*', type: 'text/html', specificity: 1 },
    { range: 'text/*', type: 'text/html', specificity: 2 },
    { range: 'text/html', type: 'text/html', specificity: 3 },
    { range: 'text/html', type: 'text/html;level=1', specificity: 3 },
    { range: 'text/html;level=1', type: 'text/html;level=1', specificity: 4 },
    { range: 'text/html;level=1', type: 'text/html;a=b;LEVEL="1"', specificity: 4 },
    { range: 'text/html;level=1;a=B', type: 'text/html;a=b;level=1', specificity: 5 },
    { range: 'text/html;level=1', type: 'text/html', specificity: 0 },
    { range: 'text/html;level=1', type: 'text/html;level=2', specificity: 0 },
    { range: 'text/*;level=1', type: 'text/html;level=1', specificity: 2 },
    { range: '*/*;level=1', type: 'text/html', specificity: 0 },
    { range: 'text/*', type: 'textual/html', specificity: 0 },
    { range: 'text/html', type: 'text/plain', specificity: 0 },
    { range: '*/html', type: 'text/html', specificity: 0 },
  ])('$range covers $type with $specificity', ({ range, type, specificity }) => {
    expect(mediaRangeSpecificity(parse(range), parse(type))).toBe(specificity)
  })

  test('with a charset covers a type that names none, and one that names the same', () => {
    const range = parse('application/json; charset=utf-8')
    expect(mediaRangeSpecificity(range, parse('application/json'))).toBe(3)
    expect(mediaRangeSpecificity(range, parse('application/json; charset=UTF-8'))).toBe(4)
    expect(mediaRangeSpecificity(range, parse('application/json; charset=utf-16'))).toBe(0)
    const versioned = parse('application/json; charset=utf-8; version=1')
    expect(mediaRangeSpecificity(versioned, parse('application/json; version=2'))).toBe(0)
    expect(mediaRangeSpecificity(versioned, parse('application/json; version=1'))).toBe(4)
  })

  test('is matched by texts, of which a malformed one matches nothing', () => {
    expect(matchesMediaType('text/*', 'Text/HTML; charset=utf-8')).toBe(true)
    expect(matchesMediaType('image/*', 'text/html')).toBe(false)
    expect(matchesMediaType('text', 'text')).toBe(false)
    expect(matchesMediaType('*/*', 'html')).toBe(false)
    expect(matchesMediaType('*', 'text/html')).toBe(false)
  })
})

test.each([
  ['text/html', 'text/html'],
  ['TEXT/HTML ; charset=utf-8', 'text/html'],
  ['\ttext/html\t', 'text/html'],
  ["a!#$%&'*+-.^_`|~/b!#$%&'*+-.^_`|~", "a!#$%&'*+-.^_`|~/b!#$%&'*+-.^_`|~"],
  ['text/\u212a', undefined],
  ['\u212a/html', undefined],
  ['text/ html', undefined],
  ['text /html', undefined],
  ['text/html/x', undefined],
  ['/html', undefined],
  ['text/', undefined],
  ['text', undefined],
  ['', undefined],
  [';charset=utf-8', undefined],
  ['text/html charset=utf-8', undefined],
  ['text/html,text/plain', undefined],
  ['"text/html"', undefined],
  ['text/html;charset', undefined],
  ['text/html;charset=', undefined],
  ['text/html;charset= utf-8', undefined],
  ['text/html;charset =utf-8', undefined],
  ['text/html;\u212aey=a', undefined],
  ['text/html\r\n', undefined],
  ['text/html\xa0', undefined],
])('the essence of %j is %j (RFC 9110 section 8.3.1)', (text, essence) => {
  expect(parseMediaType(text)?.essence).toBe(essence)
})

test.each([
  ['application/json', 'json'],
  ['text/json', 'json'],
  ['application/ld+json', 'json'],
  ['application/a+b+json', 'json'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
  ['image/svg+xml', 'xml'],
  ['application/jsonx', undefined],
  ['application/json+x', undefined],
  ['application/x+jsonx', undefined],
  ['application/+json', 'json'],
  ['application/json+', undefined],
  ['text/json+xml', 'xml'],
  ['json', undefined],
  ['a+json/b', undefined],
  ['text/xmlx', undefined],
  ['image/json', undefined],
])('%s holds %j', (essence, syntax) => {
  expect([isJsonType(essence), isXmlType(essence)]).toEqual([syntax === 'json', syntax === 'xml'])
})

describe('how precisely a range covers a type', () => {
  const specificity = (range: string, type: string) => {
    const [a, b] = [parseMediaType(range), parseMediaType(type)]
    return a && b && mediaRangeSpecificity(a, b)
  }

  test.each([
    ['*/*', 'text/html', 1],
    ['text/*', 'text/html', 2],
    ['text/html', 'text/html', 3],
    ['text/html;level=1', 'text/html;level=1', 4],
    ['text/html;level=1;a=b', 'text/html;a=b;level=1', 5],
    ['text/html;level=1', 'text/html', 0],
    ['text/html;level=1', 'text/html;level=2', 0],
    ['text/html;a=B', 'text/html;a=b', 4],
    ['text/html;charset=utf-8', 'text/html', 3],
    ['text/html;charset=utf-8', 'text/html;charset=UTF-8', 4],
    ['text/html;charset=utf-8', 'text/html;charset=latin1', 0],
    ['text/*;level=1', 'text/html;level=1', 2],
    ['text/*;level=1', 'text/html', 0],
    ['*/*;level=1', 'text/html;level=2', 0],
    ['*/html', 'text/html', 0],
    ['text/h*', 'text/html', 0],
    ['text', 'text/html', undefined],
    ['text/ht', 'text/html', 0],
    ['texts/*', 'text/html', 0],
    ['tex/*', 'text/html', 0],
    ['text/*', 'text/*', 3],
  ])('%s covers %s by %j (RFC 9110 section 12.5.1)', (range, type, expected) => {
    expect(specificity(range, type)).toBe(expected)
  })
})
