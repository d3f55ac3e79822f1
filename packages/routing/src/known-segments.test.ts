import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConverters } from './converter.ts'
import { int } from './index.ts'
import { KNOWN_SEGMENTS_LIMIT, takeKnownSegments } from './known-segments.ts'
import { parsePathTokens, toPathSegment } from './path-tokens.ts'
import { type FlatToken, shapeOf, splitTokens } from './pattern-tokens.ts'

const noConverters = readConverters(undefined)

/** What the whole path gives when it is parsed in one go. */
function takeWhole(source: string, converters = noConverters): unknown {
  const tokens = parsePathTokens(source) as readonly FlatToken[]
  const { rows, captures } = splitTokens(tokens, '/', source, converters)
  const segments = rows.slice(1).map((row) => toPathSegment(row, source))
  return { segments, captures, shape: segments.map((segment) => `/${shapeOf(segment)}`).join('') }
}

describe('takeKnownSegments', () => {
  test.each([
    '/',
    '/users/',
    '/users/:id/edit',
    '/files/*path/info',
    '/:name.:ext/a%2fb',
    '/café//x',
    '/.well-known/:a-:b',
  ])('gives for %s what the whole path gives', (source) => {
    expect(takeKnownSegments(source, noConverters)).toEqual(takeWhole(source))
  })

  test('gives parameters the converters of the rule that asks', () => {
    const converters = readConverters({ id: int(), part: int({ min: 1 }) })
    const source = '/users/:id/:name/v:part.:ext/*rest'
    expect(takeKnownSegments(source, converters)).toEqual(takeWhole(source, converters))
    expect(takeKnownSegments(source, noConverters)).toEqual(takeWhole(source))
  })

  test.each(['', 'users', '//users', '/a{/b}', '/:"a/b"', '/a\\/b', '/<id>'])(
    'leaves %s to the parser of the whole',
    (source) => {
      expect(takeKnownSegments(source, noConverters)).toBeUndefined()
    },
  )

  test.each(['/:', '/a/..', '/%2e', '/:a/:a', '/:a:b', '/x*path', '/a(b)', '/100%', '/:__proto__'])(
    'leaves it to the parser of the whole to say what is wrong with %s',
    (source) => {
      expect(takeKnownSegments(source, noConverters)).toBeUndefined()
    },
  )

  test('stays right when there are more segments than are kept', () => {
    for (let i = 0; i <= KNOWN_SEGMENTS_LIMIT; i++) {
      const known = takeKnownSegments(`/:id/:p${i}`, noConverters)
      expect(known?.captures.map(({ name }) => name)).toEqual(['id', `p${i}`])
    }
  })

  test('gives what the whole path gives, or nothing', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '.', '-', '%', '2', 'F', ':b', ':c', '*d', '('),
    })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (texts) => {
        const source = `/${texts.join('/')}`
        const known = takeKnownSegments(source, noConverters)
        if (known !== undefined) expect(known).toEqual(takeWhole(source))
      }),
      { numRuns: 2000 },
    )
  })
})
