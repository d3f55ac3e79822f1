import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matchMixed } from './mixed-segment.ts'
import type { Parameter } from './pattern-tokens.ts'

/** The values that a segment gives; each `:` stands for a parameter. */
function valuesOf(pattern: string, segment: string): string[] | undefined {
  const parameter: Parameter = { name: 'x', converter: undefined }
  const parts = (pattern.match(/:|[^:]+/g) ?? []).map((part) => (part === ':' ? parameter : part))
  const spans: number[] = []
  if (!matchMixed(parts, segment, spans, 0, 0)) return undefined
  return Array.from({ length: spans.length / 2 }, (_, i) => segment.slice(spans[i * 2], spans[i * 2 + 1]))
}

describe('matchMixed', () => {
  test.each([
    [':.:', 'report.pdf', ['report', 'pdf']],
    [':.:', 'a.b.c', ['a', 'b.c']],
    [':.:', '..x', ['.', 'x']],
    [':.json', 'a.json.json', ['a.json']],
    ['@:', '@me', ['me']],
    ['v:.:-:x', 'v1.2-3-4x', ['1', '2', '3-4']],
    ['a:a', 'aaa', ['a']],
    [':--:', 'a----b', ['a', '--b']],
  ])('takes %s apart for %s', (pattern, segment, values) => {
    expect(valuesOf(pattern, segment)).toEqual(values)
  })

  test.each([
    [':.:', 'report'],
    [':.:', '.pdf'],
    [':.:', 'report.'],
    ['@:', '@'],
    ['@:', 'me'],
    [':x', 'x'],
    ['a:a', 'aa'],
    ['a:a', 'a'],
    [':-:-x', 'a-x'],
    [':-:-x', 'a--x'],
  ])('does not find %s in %s', (pattern, segment) => {
    expect(valuesOf(pattern, segment)).toBeUndefined()
  })

  test.each([
    [':2:', 'a%20b2c', ['a%20b', 'c']],
    [':F:', 'x%2FyFz', ['x%2Fy', 'z']],
    [':%20:', 'a%20b', ['a', 'b']],
  ])('finds no text of %s inside of an escape in %s', (pattern, segment, values) => {
    expect(valuesOf(pattern, segment)).toEqual(values)
  })

  test('finds no text at the end that is part of an escape', () => {
    expect(valuesOf(':F', 'a%2F')).toBeUndefined()
    expect(valuesOf(':2F', 'a%2F')).toBeUndefined()
    expect(valuesOf(':0', 'a%2F0')).toEqual(['a%2F'])
  })

  test('counts positions from the offset', () => {
    const spans: number[] = []
    const parameter: Parameter = { name: 'x', converter: undefined }
    expect(matchMixed(['v', parameter], 'v12', spans, 2, 10)).toBe(true)
    expect(spans.slice(2)).toEqual([11, 13])
  })

  test('agrees with a lazy regular expression', () => {
    const part = fc.constantFrom('a', 'b', 'ab', 'aa', '-')
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', 'a', '-'),
        fc.constantFrom('', 'b', 'aa'),
        fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 12 }),
        (texts, before, after, segment) => {
          const pattern = `${before}:${texts.map((text) => `${text}:`).join('')}${after}`
          const source = pattern.split(':').join('(.+?)')
          const match = new RegExp(`^${source}$`).exec(segment)
          expect(valuesOf(pattern, segment)).toEqual(match === null ? undefined : match.slice(1))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
