import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SPLIT_LIMIT, splitConverted } from './converted-segment.ts'
import { type Converter, int, oneOf, string } from './index.ts'
import type { Parameter } from './pattern-tokens.ts'

const parameter = (converter?: Converter<unknown>): Parameter => ({ name: 'x', converter })

/** The values of a segment, and how many texts were tried. */
function valuesOf(
  parts: (string | Parameter)[],
  segment: string,
): { values: unknown[] | undefined; tried: number } {
  const values: unknown[] = []
  let tried = 0
  const found = splitConverted({
    parts,
    segment,
    accept({ converter }, index, start, end) {
      tried++
      const text = segment.slice(start, end)
      values[index] = converter === undefined ? text : converter.parse(text)
      return values[index] !== undefined
    },
  })
  return { values: found ? values : undefined, tried }
}

test('takes the shortest texts that the converters accept', () => {
  expect(valuesOf([parameter(), '-', parameter(int())], 'a-7').values).toEqual(['a', 7])
  expect(valuesOf([parameter(), '-', parameter(int())], 'a-b-7').values).toEqual(['a-b', 7])
  expect(valuesOf([parameter(int()), '.', parameter()], '1.2.3').values).toEqual([1, '2.3'])
  expect(valuesOf([parameter(oneOf('a-b', 'c')), '-', parameter()], 'a-b-c').values).toEqual(['a-b', 'c'])
  expect(valuesOf([parameter(string({ min: 3 })), '.json'], 'a.json.json').values).toEqual(['a.json'])
})

test('finds nothing where no text is accepted', () => {
  expect(valuesOf([parameter(), '-', parameter(int())], 'a-b').values).toBeUndefined()
  expect(valuesOf([parameter(int()), '.json'], 'a.json').values).toBeUndefined()
  expect(valuesOf(['v', parameter(int())], 'v').values).toBeUndefined()
  expect(valuesOf(['v', parameter(int())], 'w1').values).toBeUndefined()
  expect(valuesOf([parameter(int()), 'x'], 'x').values).toBeUndefined()
})

test('finds no text inside of an escape', () => {
  expect(valuesOf([parameter(), '2', parameter(int())], 'a%2021').values).toEqual(['a%20', 1])
  expect(valuesOf([parameter(int()), '0'], '1%20').values).toBeUndefined()
})

test('looks for text at the end only there', () => {
  expect(valuesOf([parameter(int()), '-x'], '1-x-x-x').tried).toBe(1)
})

// robustness.md L4
test('tries a bounded number of texts, however long the segment is', () => {
  const parts = [parameter(), '-', parameter(), '-', parameter(int())]
  expect(valuesOf(parts, 'a-'.repeat(30_000)).tried).toBe(SPLIT_LIMIT)
})

test('takes what the last text of those that are tried gives', () => {
  const parts = [parameter(), '-', parameter(int())]
  const before = (dashes: number): string => `${'a-'.repeat(dashes)}7`
  // Each dash has two texts tried, what is before it and what is behind.
  expect(valuesOf(parts, before(SPLIT_LIMIT / 2)).values?.[1]).toBe(7)
  expect(valuesOf(parts, before(SPLIT_LIMIT / 2 + 1)).values).toBeUndefined()
})

test('agrees with every way to split a short segment', () => {
  const converters = [undefined, int(), oneOf('a', 'b-', '-a'), string({ length: 2 })]
  const segments = fc.string({ unit: fc.constantFrom('a', 'b', '-', '1'), minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(
      fc.constantFrom('', 'a'),
      fc.constantFrom(...converters),
      fc.constantFrom('-', 'b-'),
      fc.constantFrom(...converters),
      fc.constantFrom('', '-', 'b'),
      segments,
      (before, one, between, two, after, segment) => {
        const parts = [before, parameter(one), between, parameter(two), after].filter((part) => part !== '')
        expect(valuesOf(parts, segment).values).toEqual(firstOfAll(before, one, between, two, after, segment))
      },
    ),
    { numRuns: 3000 },
  )
})

/** Tries every end of the first value, the nearest first. */
function firstOfAll(
  before: string,
  one: Converter<unknown> | undefined,
  between: string,
  two: Converter<unknown> | undefined,
  after: string,
  segment: string,
): unknown[] | undefined {
  const parse = (converter: Converter<unknown> | undefined, text: string): unknown => {
    if (text === '') return undefined
    return converter === undefined ? text : converter.parse(text)
  }
  if (!segment.startsWith(before) || !segment.endsWith(after)) return undefined
  for (let end = before.length + 1; end < segment.length; end++) {
    if (!segment.startsWith(between, end)) continue
    const start = end + between.length
    if (start >= segment.length - after.length) continue
    const values = [
      parse(one, segment.slice(before.length, end)),
      parse(two, segment.slice(start, segment.length - after.length)),
    ]
    if (!values.includes(undefined)) return values
  }
  return undefined
}
