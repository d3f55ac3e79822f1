import { BadRequest, ContentTooLarge } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { readUrlencoded } from './urlencoded.ts'

async function read(
  text: string,
  limits: Partial<FormLimits> = {},
): Promise<(readonly [name: string, value: string])[]> {
  return readUrlencoded(new TextEncoder().encode(text), formLimits(limits))
}

describe('a form', () => {
  test.each([
    ['', []],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['a=b+c%21', [['a', 'b c!']]],
    ['gr%C3%BCn=%F0%9F%8C%B2', [['grün', '🌲']]],
    [
      'a&b=',
      [
        ['a', ''],
        ['b', ''],
      ],
    ],
    ['&&a=1&&', [['a', '1']]],
    ['a=1=2', [['a', '1=2']]],
    [
      'a[b]=1&a.b=2',
      [
        ['a[b]', '1'],
        ['a.b', '2'],
      ],
    ],
  ])('%j', async (text, entries) => {
    expect(await read(text)).toEqual(entries)
  })

  test('only & separates (robustness.md M4)', async () => {
    expect(await read('a=1;b=2')).toEqual([['a', '1;b=2']])
  })

  test('has hostile names as data (robustness.md K1)', async () => {
    expect(await read('__proto__=1&constructor=2')).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })

  test('agrees with URLSearchParams on everything that it writes', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            text.filter((name) => name !== ''),
            text,
          ),
          { maxLength: 5 },
        ),
        async (pairs) => {
          const params = new URLSearchParams(pairs)
          expect(await read(params.toString())).toEqual([...params])
        },
      ),
    )
  })
})

test.each(['a=%', 'a=%z', 'a=%zz', '%', 'a=%4', 'a=1&%g0=2'])('%j is answered 400', async (text) => {
  await expect(read(text)).rejects.toThrow(BadRequest)
})

describe('the limits are those of multipart (robustness.md M4)', () => {
  test('at the limit everything is accepted', async () => {
    const limits = { name: 3, field: 4, fields: 7, parts: 1 }
    expect(await read('abc=1234', limits)).toEqual([['abc', '1234']])
  })

  test.each<[string, string, Partial<FormLimits>]>([
    ['a name', 'abcd=1', { name: 3 }],
    ['a name that is cut far before its end', `${'a'.repeat(5000)}=1`, { name: 3 }],
    ['a field (robustness.md M7)', 'a=12345', { field: 4 }],
    ['a field that is cut far before its end (robustness.md M7)', `a=${'1'.repeat(5000)}`, { field: 4 }],
    ['all fields together (robustness.md M2)', 'a=12&b=34', { fields: 5 }],
    ['parts (robustness.md M1)', 'a&b', { parts: 1 }],
  ])('one more is answered 413: %s', async (_name, text, limits) => {
    await expect(read(text, limits)).rejects.toThrow(ContentTooLarge)
  })
})

test('a form longer than the pieces that it is read in', async () => {
  const pairs = Array.from({ length: 900 }, (_, i): [string, string] => [`n${i}`, 'ü%+&='.repeat(20)])
  const text = String(new URLSearchParams(pairs))
  expect(text.length).toBeGreaterThan(200_000)
  expect(await read(text)).toEqual(pairs)
})

test('nothing happens after a failure, however much was sent (robustness.md F3)', async () => {
  await expect(read('a&'.repeat(200_000))).rejects.toThrow('more than 1000 parts')
  await expect(read(`${'a=%zz&'.repeat(50_000)}`)).rejects.toThrow(BadRequest)
  await new Promise((resolve) => setImmediate(resolve))
})

test.each([
  ['=', [['', '']]],
  ['=1', [['', '1']]],
  ['&', []],
  [
    'a&a',
    [
      ['a', ''],
      ['a', ''],
    ],
  ],
  ['a==', [['a', '=']]],
  ['a=%2B+%20', [['a', '+  ']]],
  ['%61%3D=%26', [['a=', '&']]],
  [
    'a=%C3%BC&b=%FF',
    [
      ['a', '\u00fc'],
      ['b', '\ufffd'],
    ],
  ],
  ['a=%00', [['a', '\0']]],
  ['a=%0d%0a', [['a', '\r\n']]],
  ['a=\n', [['a', '\n']]],
  ['a=1%262', [['a', '1&2']]],
  [
    'toString=1&a=hasOwnProperty',
    [
      ['toString', '1'],
      ['a', 'hasOwnProperty'],
    ],
  ],
])('%j holds %j, decoded once', async (text, entries) => {
  expect(await read(text)).toEqual(entries)
})

describe('bytes that are not escaped', () => {
  test.each([
    ['a=\u00fc', [['a', '\u00fc']]],
    ['\u00fc=a', [['\u00fc', 'a']]],
    ['a=\u00fc%C3%BC+b', [['a', '\u00fc\u00fc b']]],
    ['a=%C3%BC\u{1f332}', [['a', '\u00fc\u{1f332}']]],
  ])('are UTF-8 all the same, as in URLSearchParams: %s', async (text, entries) => {
    expect(await read(text)).toEqual(entries)
    expect([...new URLSearchParams(text)]).toEqual(entries)
  })

  test('are replaced where they are none', async () => {
    const bytes = Uint8Array.from([0x61, 0x3d, 0xff, 0xc3])
    expect(readUrlencoded(bytes, formLimits())).toEqual([['a', '\ufffd\ufffd']])
  })

  test('count as what they are, and may lie on the border of two pieces', async () => {
    expect(await read('a=\u00fc\u00fc', { field: 4 })).toEqual([['a', '\u00fc\u00fc']])
    await expect(read('a=\u00fc\u00fcb', { field: 4 })).rejects.toThrow(ContentTooLarge)
    const long = '\u{1f332}'.repeat(10_000)
    expect(await read(`a${long.slice(0, 40)}=b${long}`)).toEqual([[`a${long.slice(0, 40)}`, `b${long}`]])
  })

  test('make no difference to what URLSearchParams reads of the same text', async () => {
    const unit = fc.constantFrom(
      'a',
      '=',
      '&',
      '+',
      '\u00fc',
      '\u{1f332}',
      '%C3%BC',
      '%41',
      '%26',
      '%ff',
      '\ufeff',
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit }), async (text) => {
        expect(await read(text)).toEqual([...new URLSearchParams(text)])
      }),
    )
  })
})

test.each([
  ['?a=1', [['?a', '1']]],
  ['??', [['??', '']]],
  ['%41', [['A', '']]],
  [
    'a&%C3%BC',
    [
      ['a', ''],
      ['\u00fc', ''],
    ],
  ],
  [
    '=&=',
    [
      ['', ''],
      ['', ''],
    ],
  ],
  ['%EF%BB%BFa=1', [['\ufeffa', '1']]],
  ['\ufeffa=1', [['\ufeffa', '1']]],
])('%j holds %j: nothing is left out at its ends', async (text, entries) => {
  expect(await read(text)).toEqual(entries)
})

test('empty pieces are no fields', async () => {
  expect(await read(`${'&'.repeat(100_000)}a=1`, { parts: 1 })).toEqual([['a', '1']])
})
