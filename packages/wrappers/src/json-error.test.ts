import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { locateJsonError } from './json-error.ts'

describe('the position is that of the first character that cannot be', () => {
  test.each([
    ['', 0],
    ['  ', 2],
    ['x', 0],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[,1]', 1],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1]', 6],
    ['[1}', 2],
    ['[1', 2],
    ['{"a"', 4],
    ['1 2', 2],
    ['tru', 3],
    ['trux', 3],
    ['nul1', 3],
    ['NaN', 0],
    ['01', 1],
    ['-', 1],
    ['-x', 1],
    ['1.', 2],
    ['1.x', 2],
    ['1e', 2],
    ['1e+', 3],
    ['+1', 0],
    ['.5', 0],
    ["'a'", 0],
    ['"abc', 4],
    ['"a\nb"', 2],
    ['"a\tb"', 2],
    [String.raw`"a\x"`, 2],
    [String.raw`"a\u12"`, 2],
    ['"ok" // comment', 5],
    ['\u00a0[]', 0],
    ['[1]]', 3],
  ])('%j at %i', (text, position) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(locateJsonError(text).position).toBe(position)
  })
})

test('lines and columns count from one', () => {
  expect(locateJsonError('{\r\n "a": 1\n "b"')).toEqual({ position: 12, line: 3, column: 2 })
  expect(locateJsonError('x')).toEqual({ position: 0, line: 1, column: 1 })
})

test('what precedes the position could go on, what includes it could not', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-',
    '.5',
    'true',
    'nul',
    ' ',
    '\\',
    '"',
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('')
      if (isJson(text)) return
      const { position } = locateJsonError(text)
      expect(position).toBeLessThanOrEqual(text.length)
      // A prefix that ends before the position has its error at its own end, or none.
      const before = text.slice(0, position)
      if (!isJson(before) && text[position] !== '\\') expect(locateJsonError(before).position).toBe(position)
    }),
  )
})

test('deep nesting takes no stack', () => {
  expect(locateJsonError('['.repeat(200_000)).position).toBe(200_000)
  expect(locateJsonError('{"a":'.repeat(100_000)).position).toBe(500_000)
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
