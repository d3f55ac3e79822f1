import { normalizePath } from '@stapel/core/http'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPlainText, parsePathTokens, toPathSegment } from './path-tokens.ts'

describe('the text of a pattern', () => {
  // RFC 3986 section 6.2.2
  test.each([
    ['/a-b_c~d', '/a-b_c~d'],
    ['/%7Ea%41', '/~aA'],
    ['/%c3%a9', '/%C3%A9'],
    ['/é', '/%C3%A9'],
    ['/a b', '/a%20b'],
    ['/a%2fb', '/a%2Fb'],
    ['/%25', '/%25'],
    ['/a.b/..c/.well-known', '/a.b/..c/.well-known'],
    ['/@;=,', '/@;=,'],
    ['//a//', '//a//'],
    ['', ''],
  ])('%j is %j in normal form', (source, value) => {
    expect(parsePathTokens(source)).toEqual(value === '' ? [] : [{ type: 'text', value }])
  })

  test('is brought to normal form within groups too, and names are left alone', () => {
    expect(parsePathTokens('/é{/%7e:é{ }}')).toEqual([
      { type: 'text', value: '/%C3%A9' },
      {
        type: 'group',
        tokens: [
          { type: 'text', value: '/~' },
          { type: 'param', name: 'é' },
          { type: 'group', tokens: [{ type: 'text', value: '%20' }] },
        ],
      },
    ])
  })

  test('is that of the path it is written for, whatever it is', () => {
    // No sign of a pattern, and no dot segment, which a path loses.
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '~', ' ', '%41', '%2f', '%c3%a9', '@', '/b') })
    fc.assert(
      fc.property(text, (rest) => {
        const source = `/x${rest}`
        expect(parsePathTokens(source)).toEqual([{ type: 'text', value: normalizePath(source) }])
      }),
    )
  })

  test.each(['/a\0', '/%00', '/b/%00/c'])('holds no NUL: %j', (source) => {
    expect(() => parsePathTokens(source)).toThrow('no path holds NUL')
  })

  test.each(['/100%', '/%zz', '/%2', '/%4g', '/%g4', '/a{/%}'])(
    'holds no %% that begins no escape: %s',
    (source) => {
      expect(() => parsePathTokens(source)).toThrow(
        "it holds a '%' that begins no escape; write '%25' for the sign itself",
      )
    },
  )
})

test.each(['', 'a', 'Z9_', '/a/b-c', '~'])('%j is plain text', (text) => {
  expect(isPlainText(text)).toBe(true)
})

test.each([':a', 'a{', '*', '\\', '%41', 'é', 'a.b', ' a', 'a\n', '@'])('%j may be no plain text', (text) => {
  expect(isPlainText(text)).toBe(false)
})

describe('a segment of a path', () => {
  test.each(['.', '..'])('is not %s, which no path in normal form has', (text) => {
    expect(() => toPathSegment([text], `/${text}`)).toThrow(
      `Got the pattern "/${text}", but no path in normal form has the segment "${text}".`,
    )
  })

  test.each(['...', '.a', 'a.', '..a', ''])('may be %j', (text) => {
    expect(toPathSegment([text], `/${text}`)).toEqual({ kind: 'static', text })
  })

  test('may have dots before a parameter', () => {
    const parameter = { name: 'a', converter: undefined, wildcard: false }
    expect(toPathSegment(['..', parameter], '/..:a')).toMatchObject({ kind: 'mixed' })
    expect(toPathSegment([parameter], '/:a')).toMatchObject({ kind: 'parameter' })
  })
})
