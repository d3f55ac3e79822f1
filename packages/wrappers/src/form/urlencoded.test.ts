import { BadRequest, ContentTooLarge } from '@stapel/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { readUrlencoded } from './urlencoded.ts'

function read(
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
