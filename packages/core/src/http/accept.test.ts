import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ACCEPT_LIMIT,
  type AcceptRange,
  bestMatch,
  chooseMediaType,
  formatAccept,
  parseAccept,
  prefersHtml,
  quality,
} from './accept.ts'
import { PARAMETER_LIMIT } from './parameters.ts'

const range = (value: string, quality: number, parameters: AcceptRange['parameters'] = []): AcceptRange => ({
  value,
  parameters,
  quality,
})

describe('parseAccept', () => {
  test('gives ranges in their order, in lower case, with their weights', () => {
    expect(parseAccept('Text/HTML, text/*;q=0.5 , */*; Q=0.001')).toEqual([
      range('text/html', 1),
      range('text/*', 0.5),
      range('*/*', 0.001),
    ])
  })

  test('gives the parameters before the weight', () => {
    expect(parseAccept('text/html;Level=1; a="b,c;d";q=0.4;x=y')).toEqual([
      range('text/html', 0.4, [
        ['level', '1'],
        ['a', 'b,c;d'],
      ]),
    ])
  })

  test.each(['0', '0.', '0.000', '1', '1.', '1.000', '0.123'])('takes the weight %s', (weight) => {
    expect(parseAccept(`gzip;q=${weight}`)).toEqual([range('gzip', Number(weight))])
  })

  test.each(['', '2', '-1', '1.001', '0.1234', '.5', '1e-1', 'NaN', '"0.5"', ' 0.5', '\u0661'])(
    'drops a range with the weight %j',
    (weight) => {
      expect(parseAccept(`gzip;q=${weight}, br`)).toEqual([range('br', 1)])
    },
  )

  test('drops a range whose weight is set off with a space or missing', () => {
    expect(parseAccept('b;q = 0.5, c;q, d')).toEqual([range('d', 1)])
  })

  test('reads past parameters that are malformed', () => {
    expect(parseAccept('text/html;level;="";a=b c;;x y=1;q=0.5')).toEqual([range('text/html', 0.5)])
  })

  test.each(['', ',', ' , ,', ';q=1', ' ;', 'a b', '"gzip"', 'text/', '/html', 'a/b/c'])(
    'finds nothing in %j',
    (header) => {
      expect(parseAccept(header)).toEqual([])
    },
  )

  test('stops after the most ranges that are read', () => {
    const ranges = parseAccept(Array.from({ length: 1000 }, (_, i) => `a/${i}`).join(','))
    expect(ranges).toHaveLength(ACCEPT_LIMIT)
    expect(ranges.at(-1)).toEqual(range(`a/${ACCEPT_LIMIT - 1}`, 1))
  })

  test('drops a range with more parameters than the limit', () => {
    expect(parseAccept(`a/b${';c=d'.repeat(PARAMETER_LIMIT)}`)).toHaveLength(1)
    expect(parseAccept(`a/b${';c=d'.repeat(PARAMETER_LIMIT + 1)}`)).toEqual([])
  })

  const element = fc
    .tuple(
      fc.stringMatching(/^[a-z]{1,5}(?:\/[a-z*]{1,5})?$/),
      fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
      fc.constantFrom('', ' ', '  \t'),
    )
    .map(([value, thousandths, space]) => ({ value, thousandths, space }))

  test('reads back every list that is written in the grammar', () => {
    fc.assert(
      fc.property(fc.array(element, { maxLength: ACCEPT_LIMIT }), (elements) => {
        const header = elements
          .map(({ value, thousandths, space }) =>
            thousandths === undefined
              ? `${space}${value}${space}`
              : `${value}${space};${space}q=${(thousandths / 1000).toFixed(3)}`,
          )
          .join(',')
        expect(parseAccept(header)).toEqual(
          elements.map(({ value, thousandths }) =>
            range(value, thousandths === undefined ? 1 : thousandths / 1000),
          ),
        )
      }),
    )
  })

  test('gives ranges that can be formatted and read back for any text', () => {
    const near = fc.string({
      unit: fc.constantFrom('a', '*', '/', ';', '=', 'q', ',', '.', ' ', '0', '1', '"', '\\'),
    })
    fc.assert(
      fc.property(fc.oneof(near, near, fc.string({ unit: 'binary' })), (header) => {
        const ranges = parseAccept(header)
        expect(ranges.length).toBeLessThanOrEqual(ACCEPT_LIMIT)
        expect(ranges.every(({ quality }) => quality >= 0 && quality <= 1)).toBe(true)
        if (!/[^\x20-\x7e]/.test(header)) expect(parseAccept(formatAccept(ranges))).toEqual(ranges)
      }),
    )
  })
})

describe('formatAccept', () => {
  test('leaves out a weight of 1 and rounds others to three decimals', () => {
    expect(
      formatAccept([
        range('text/html', 1, [['level', '1']]),
        range('text/*', 0.5),
        range('*/*', 1 / 3),
        range('a', 0),
      ]),
    ).toBe('text/html; level=1, text/*;q=0.5, */*;q=0.333, a;q=0')
  })

  test.each([
    range('a', 1.5),
    range('a', -0.1),
    range('a', Number.NaN),
    range('', 1),
    range('a b', 1),
    range('a/', 1),
    range('a,b', 1),
    range('a/b', 1, [['q', '0.5']]),
    range('a/b', 1, [['Q', '0.5']]),
    range('a/b', 1, [['c', 'd\r\ne']]),
  ])('refuses %j', (refused) => {
    expect(() => formatAccept([refused])).toThrow(RangeError)
  })

  test('writes what parseAccept reads back', () => {
    const token = fc.stringMatching(/^[a-pr-z0-9*]{1,5}$/)
    const ranges = fc.record({
      value: fc.oneof(
        token,
        fc.tuple(token, token).map((parts) => parts.join('/')),
      ),
      parameters: fc.array(fc.tuple(token, fc.string()), { maxLength: 3 }),
      quality: fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
    })
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: ACCEPT_LIMIT }), (ranges) => {
        expect(parseAccept(formatAccept(ranges))).toEqual(ranges)
      }),
    )
  })
})

describe('quality', () => {
  const ranges = parseAccept('text/*;q=0.3, text/html;q=0.7, text/html;level=1, text/plain;q=0, */*;q=0.5')

  test.each([
    { value: 'text/html', expected: 0.7 },
    { value: 'text/html;level=1', expected: 1 },
    { value: 'text/html;level=2', expected: 0.7 },
    { value: 'TEXT/HTML; charset=utf-8', expected: 0.7 },
    { value: 'text/plain', expected: 0 },
    { value: 'text/css', expected: 0.3 },
    { value: 'image/png', expected: 0.5 },
  ])('$value is wanted with $expected', ({ value, expected }) => {
    expect(quality(ranges, value)).toBe(expected)
  })

  test('the order of the ranges does not matter', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ranges, { minLength: ranges.length }),
        fc.constantFrom('text/html', 'text/html;level=1', 'text/css', 'a/b'),
        (shuffled, value) => {
          expect(quality(shuffled, value)).toBe(quality(ranges, value))
        },
      ),
    )
  })

  test('what no range covers is not wanted', () => {
    expect(quality(parseAccept('text/html'), 'image/png')).toBe(0)
    expect(quality([], 'text/html')).toBe(0)
  })

  test('codings have no groups', () => {
    expect(quality(parseAccept('gzip, *;q=0.1'), 'gzip')).toBe(1)
    expect(quality(parseAccept('gzip, *;q=0.1'), 'br')).toBe(0.1)
    expect(quality(parseAccept('gzip, *;q=0.1'), 'GZIP')).toBe(1)
    expect(quality(parseAccept('identity;q=0, *'), 'identity')).toBe(0)
  })

  test('a group covers its own types only', () => {
    expect(quality(parseAccept('text/*'), 'textual/html')).toBe(0)
    expect(quality(parseAccept('text/*'), 'text')).toBe(0)
  })
})

describe('bestMatch', () => {
  const best = (header: string, ...offers: string[]) => bestMatch(parseAccept(header), offers)

  test('takes the highest weight', () => {
    expect(best('a/x;q=0.5, b/x;q=0.8, c/x;q=0.6', 'a/x', 'b/x', 'c/x')).toBe('b/x')
  })

  test('takes what is named before what is only covered, then the first offer', () => {
    expect(best('text/html, */*', 'image/png', 'text/html')).toBe('text/html')
    expect(best('text/*, */*', 'image/png', 'text/css', 'text/html')).toBe('text/css')
    expect(best('*/*', 'image/png', 'text/html')).toBe('image/png')
    expect(best('a/b;c=1, a/b', 'a/b', 'a/b;c=1')).toBe('a/b;c=1')
  })

  test('takes nothing that is refused or not covered', () => {
    expect(best('a/b;q=0, c/d', 'a/b', 'e/f')).toBeUndefined()
    expect(best('*/*;q=0', 'a/b')).toBeUndefined()
    expect(best('*/*')).toBeUndefined()
  })

  test('gives the offer as it was offered', () => {
    expect(best('application/json', 'Application/JSON; charset=utf-8')).toBe(
      'Application/JSON; charset=utf-8',
    )
  })

  test('is never less wanted than another offer', () => {
    const value = fc.constantFrom('a/b', 'a/c', 'b/c', 'a/b;x=1', 'a/*', '*/*')
    const header = fc
      .array(fc.tuple(value, fc.constantFrom('', ';q=0', ';q=0.5', ';q=0.9')))
      .map((members) => members.map((parts) => parts.join('')).join(','))
    const offers = fc.array(fc.constantFrom('a/b', 'a/c', 'b/c', 'a/b;x=1', 'd/e'))
    fc.assert(
      fc.property(header, offers, (header, offers) => {
        const ranges = parseAccept(header)
        const match = bestMatch(ranges, offers)
        const most = Math.max(0, ...offers.map((offer) => quality(ranges, offer)))
        expect(match === undefined ? 0 : quality(ranges, match)).toBe(most)
      }),
    )
  })
})

test.each([
  { value: 'text/plain;format=flowed', expected: 1 },
  { value: 'text/plain', expected: 0.7 },
  { value: 'text/html', expected: 0.3 },
  { value: 'image/jpeg', expected: 0.5 },
  { value: 'text/plain;format=fixed', expected: 0.4 },
  { value: 'text/html;level=3', expected: 0.3 },
])('the example of RFC 9110 section 12.5.1 gives $value the weight $expected', ({ value, expected }) => {
  const header =
    'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5'
  expect(quality(parseAccept(header), value)).toBe(expected)
})

test('the precedence of RFC 9110 section 12.5.1 is that of the more specific', () => {
  const ranges = parseAccept('text/*, text/plain, text/plain;format=flowed, */*')
  const specific = ['text/plain;format=flowed', 'text/plain', 'text/html', 'image/png']
  for (const [at, value] of specific.entries()) {
    const equal = ranges.map((range) => ({ ...range, quality: 1 }))
    expect(bestMatch(equal, specific.slice(at).toReversed())).toBe(value)
  }
})

describe('chooseMediaType', () => {
  const offers = ['application/json', 'text/html']

  test.each([
    { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', type: 'text/html' },
    { accept: 'application/json, text/plain, */*', type: 'application/json' },
    { accept: 'application/json; charset=utf-8', type: 'application/json' },
    { accept: '*/*', type: 'application/json' },
    { accept: 'text/*', type: 'text/html' },
    { accept: 'image/png', type: undefined },
    { accept: 'image/png, */*;q=0.1', type: 'application/json' },
  ])('$accept: $type', ({ accept, type }) => {
    expect(chooseMediaType(accept, offers)).toBe(type)
  })

  test.each([undefined, '', ' , ', 'text/html;q=2'])('takes the first offer for %j', (accept) => {
    expect(chooseMediaType(accept, offers)).toBe('application/json')
    expect(chooseMediaType(accept, [])).toBeUndefined()
  })
})

test.each([
  { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', html: true },
  { accept: 'text/plain, text/html;q=0.9', html: false },
  { accept: '*/*', html: false },
  { accept: 'text/*', html: false },
  { accept: 'application/xhtml+xml', html: false },
  { accept: undefined, html: false },
])('a client with the Accept $accept prefers HTML: $html', ({ accept, html }) => {
  expect(prefersHtml(accept)).toBe(html)
})

test.each([
  [0.0004, ';q=0.001'],
  [0.0001, ';q=0.001'],
  [0.001, ';q=0.001'],
  [0.9994, ';q=0.999'],
  [0.9996, ''],
  [0, ';q=0'],
  [1, ''],
])('the weight %d is written %j, as only 0 refuses', (quality, written) => {
  expect(formatAccept([range('a', quality)])).toBe(`a${written}`)
})

test.each([
  ['1.0000', undefined],
  ['0.0000', undefined],
  ['00', undefined],
  ['01', undefined],
  ['1.', 1],
  ['0.5 ', 0.5],
  ['0.5\t', 0.5],
  ['+0.5', undefined],
  ['1.1', undefined],
  ['0.5.0', undefined],
  ['0.5a', undefined],
  ['0x1', undefined],
  ['Infinity', undefined],
])('a range with the weight %j has %j (RFC 9110 section 12.4.2)', (weight, quality) => {
  expect(parseAccept(`a;q=${weight}`)[0]?.quality).toBe(quality)
})

test.each<[string, number, AcceptRange['parameters']]>([
  ['a/b;q=0.5;q=1', 0.5, []],
  ['a/b;Q=0.5', 0.5, []],
  ['a/b ; \tq=0.5', 0.5, []],
  ['a/b;c=q;q=0.5', 0.5, [['c', 'q']]],
  ['a/b;c="q=1";q=0.5', 0.5, [['c', 'q=1']]],
  ['a/b;c=";q=1";q=0.5', 0.5, [['c', ';q=1']]],
  ['a/b;c="\\";q=1";q=0.5', 0.5, [['c', '";q=1']]],
  ['a/b;__proto__=c;q=0.5', 0.5, [['__proto__', 'c']]],
  [
    'a/b;c=d;c=e;q=0.5',
    0.5,
    [
      ['c', 'd'],
      ['c', 'e'],
    ],
  ],
  ['a/b;\u212a=c;q=0.5', 0.5, []],
  ['a/b;c="d;q=0.5', 1, []],
])('the range %s has the weight %d and the parameters %j', (header, quality, parameters) => {
  expect(parseAccept(header)).toEqual([range('a/b', quality, parameters)])
})

test('parameters of a range are compared one by one: each counts, and one that differs refuses', () => {
  const ranges = parseAccept('a/b;c=1;q=0.2, a/b;c=1;d=2;q=0.4, a/b;q=0.1')
  expect(quality(ranges, 'a/b;c=1;d=2')).toBe(0.4)
  expect(quality(ranges, 'a/b;d=2;c=1;e=3')).toBe(0.4)
  expect(quality(ranges, 'a/b;c=1;d=3')).toBe(0.2)
  expect(quality(ranges, 'a/b;d=2')).toBe(0.1)
})

test('text is as welcome as HTML to who names neither, and HTML only where it is wanted more', () => {
  expect(prefersHtml('text/html;q=0')).toBe(false)
  expect(prefersHtml('text/html;q=0.1')).toBe(true)
  expect(prefersHtml('text/plain;q=0.5, text/html;q=0.5')).toBe(false)
  expect(prefersHtml('TEXT/HTML')).toBe(false)
})
