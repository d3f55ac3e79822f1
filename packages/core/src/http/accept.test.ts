import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACCEPT_LIMIT, parseAccept, quality } from './accept.ts'

describe('parseAccept', () => {
  test('gives ranges in their order, in lower case, with their weights', () => {
    expect(parseAccept('Text/HTML, text/*;q=0.5 , */*; Q=0.001')).toEqual([
      { value: 'text/html', quality: 1 },
      { value: 'text/*', quality: 0.5 },
      { value: '*/*', quality: 0.001 },
    ])
  })

  test('finds the weight among other parameters', () => {
    expect(parseAccept('text/html;level=1;q=0.4;x=y')).toEqual([{ value: 'text/html', quality: 0.4 }])
  })

  test.each(['0', '0.', '0.000', '1', '1.', '1.000', '0.123'])('takes the weight %s', (weight) => {
    expect(parseAccept(`gzip;q=${weight}`)).toEqual([{ value: 'gzip', quality: Number(weight) }])
  })

  test.each(['', '2', '-1', '1.001', '0.1234', '.5', '1e-1', 'NaN', '"0.5"', ' 0.5', '\u0661'])(
    'drops a range with the weight %j',
    (weight) => {
      expect(parseAccept(`gzip;q=${weight}`).some(({ value }) => value === 'gzip')).toBe(false)
    },
  )

  test.each(['', ',', ' , ,', ';q=1', ' ;'])('finds nothing in %j', (header) => {
    expect(parseAccept(header)).toEqual([])
  })

  test('stops after the most ranges that are read', () => {
    const ranges = parseAccept(Array.from({ length: 1000 }, (_, i) => `a/${i}`).join(','))
    expect(ranges).toHaveLength(ACCEPT_LIMIT)
    expect(ranges.at(-1)).toEqual({ value: `a/${ACCEPT_LIMIT - 1}`, quality: 1 })
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
          elements.map(({ value, thousandths }) => ({
            value,
            quality: thousandths === undefined ? 1 : thousandths / 1000,
          })),
        )
      }),
    )
  })

  test('gives weights from 0 to 1 for any text', () => {
    const near = fc.stringMatching(/^[a-z*/;=q,. 01"-]{0,60}$/)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (header) => {
        const ranges = parseAccept(header)
        expect(ranges.length).toBeLessThanOrEqual(ACCEPT_LIMIT)
        for (const range of ranges) {
          expect(range.value).not.toBe('')
          expect(range.quality >= 0 && range.quality <= 1).toBe(true)
        }
      }),
    )
  })
})

describe('quality', () => {
  const ranges = parseAccept('text/*;q=0.3, text/html;q=0.7, text/plain;q=0, */*;q=0.5')

  test.each([
    { value: 'text/html', expected: 0.7 },
    { value: 'text/plain', expected: 0 },
    { value: 'text/css', expected: 0.3 },
    { value: 'image/png', expected: 0.5 },
  ])('$value is wanted with $expected', ({ value, expected }) => {
    expect(quality(ranges, value)).toBe(expected)
  })

  test('the order of the ranges does not matter', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(ranges, { minLength: 4 }),
        fc.constantFrom('text/html', 'text/css', 'a/b'),
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

  test('codings and languages have no groups', () => {
    expect(quality(parseAccept('gzip, *;q=0.1'), 'gzip')).toBe(1)
    expect(quality(parseAccept('gzip, *;q=0.1'), 'br')).toBe(0.1)
    expect(quality(parseAccept('identity;q=0, *'), 'identity')).toBe(0)
  })

  test('a group covers its own types only', () => {
    expect(quality(parseAccept('text/*'), 'textual/html')).toBe(0)
    expect(quality(parseAccept('text/*'), 'text')).toBe(0)
  })
})
