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
    ['{"a":1}}', 7],
    ['{"a":1,2}', 7],
    ['{"a":1 "b":2}', 7],
    ['{"a","b"}', 4],
    ['{"a":"b""c"}', 8],
    ['[1:2]', 2],
    ['[}', 1],
    ['{]', 1],
    [':', 0],
    ['truee', 4],
    ['falsx', 4],
    ['n', 1],
    ['--1', 1],
    ['1.e5', 2],
    ['1ex', 2],
    ['1e+x', 3],
    ['0x1', 1],
    ['1/2', 1],
    ['1:2', 1],
    ['/1', 0],
    ['"a', 2],
    ['"\u001f"', 1],
    ['"a\\', 2],
    [String.raw`"\u00G0"`, 1],
    [String.raw`"\u12`, 1],
    [String.raw`"\n\v"`, 3],
    [String.raw`"\U0041"`, 1],
    [String.raw`"\'"`, 1],
    ['\v1', 0],
    ['1\f', 1],
    ['\ufeff1', 0],
  ])('%j at %i', (text, position) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
    expect(locateJsonError(text).position).toBe(position)
  })
})

test('lines and columns count from one', () => {
  expect(locateJsonError('{\r\n "a": 1\n "b"')).toEqual({ position: 12, line: 3, column: 2 })
  expect(locateJsonError('x')).toEqual({ position: 0, line: 1, column: 1 })
  expect(locateJsonError('[\n1\n2\n]\n')).toEqual({ position: 4, line: 3, column: 1 })
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

// RFC 8259 sections 2 to 7
test.each([
  'true',
  'false',
  'null',
  '0',
  '-0',
  '9',
  '10',
  '0.5',
  '-1.25',
  '1e5',
  '1E5',
  '1e+5',
  '1.5E-05',
  '""',
  '"a b\u007f\u2028"',
  String.raw`"\"\\\/\b\f\n\r\t\u0aFf\u9BcD"`,
  '[]',
  '{}',
  '[[],{},[{"a":[1,"b"]}]]',
  ' \t\r\n{ "a" : [ 1 , 2 ] , "b" : { } } \n',
])('of the valid text %j is the end', (text) => {
  expect(isJson(text)).toBe(true)
  expect(locateJsonError(text).position).toBe(text.length)
})

test('of any valid text is its end, and of its beginning where that ends', () => {
  const space = fc.constantFrom(undefined, 1, '\t')
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 3 }),
      space,
      fc.double({ min: 0, max: 1 }),
      (value, indent, share) => {
        const escaped = JSON.stringify(value, null, indent).replace(
          /[^\x20-\x7e\s]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
        expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(locateJsonError(escaped).position).toBe(escaped.length)
        const cut = Math.floor(escaped.length * (share || 0))
        const { position } = locateJsonError(escaped.slice(0, cut))
        // An escape that is cut off is found where it begins.
        if (escaped.charAt(position) !== '\\') expect(position).toBe(cut)
        else expect(escaped.slice(position, cut)).toMatch(/^\\(?:u[0-9a-f]{0,3})?$/)
      },
    ),
    { numRuns: 500 },
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
