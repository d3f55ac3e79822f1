import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Converters } from './converter.ts'
import { int, oneOf } from './converters.ts'
import { Router } from './index.ts'
import { parsePattern } from './pattern.ts'
import type { Segment } from './pattern-tokens.ts'
import { decodeText, formatSegment, type Taken, takeSegment } from './take-segment.ts'

function segmentOf(text: string, convert: Converters = {}): Segment {
  return parsePattern(`/${text}`, convert).alternatives[0]?.segments[0] as Segment
}

function take(segment: string, text: string, convert: Converters = {}): Taken {
  return takeSegment(segmentOf(segment, convert), text)
}

describe('what is captured', () => {
  test('by a parameter, a wildcard, text and parameters: encoded as it came', () => {
    expect(take(':a', '%C3%A9').captures).toEqual([['a', '%C3%A9']])
    expect(take('*w', 'b').captures).toEqual([['w', 'b']])
    expect(take(':a.:b', 'x.y.z').captures).toEqual([
      ['a', 'x'],
      ['b', 'y.z'],
    ])
    expect(take('a', 'a')).toEqual({ captures: [], failure: undefined })
    expect(take('*w', '')).toEqual({ captures: [['w', '']], failure: undefined })
    expect(take(':a', '%FF')).toEqual({ captures: [['a', '%FF']], failure: undefined })
  })

  test('by converted parameters of a segment, at the first split that they accept', () => {
    expect(take(':a-:b', 'x-y-7', { b: int() }).captures).toEqual([
      ['a', 'x-y'],
      ['b', '7'],
    ])
  })
})

describe('why a segment does not match', () => {
  test('it is another', () => {
    expect(take('a', 'b').failure).toEqual({ kind: 'segment', expected: 'a', got: 'b' })
    expect(take(':a.:b', 'xy').failure).toEqual({ kind: 'segment', expected: ':a.:b', got: 'xy' })
  })

  test('it is empty', () => {
    expect(take(':a', '').failure).toEqual({ kind: 'segment', expected: ':a', got: '' })
    expect(take(':a', '', { a: int() }).failure).toEqual({ kind: 'segment', expected: ':a', got: '' })
  })

  test('a converter refuses it, or cannot be asked', () => {
    expect(take(':a', 'x%20y', { a: int() }).failure).toEqual({
      kind: 'converter',
      parameter: 'a',
      converter: 'int()',
      text: 'x y',
    })
    expect(take(':a', '%FF', { a: int() }).failure).toEqual({ kind: 'encoding', parameter: 'a', text: '%FF' })
  })

  test('a converter throws, whatever it throws', () => {
    const failing = {
      name: 'failing',
      parse: () => {
        throw new Error('Not now.')
      },
      format: String,
    }
    expect(take(':a', 'x', { a: failing }).failure).toEqual({
      kind: 'converter',
      parameter: 'a',
      converter: 'failing',
      text: 'x',
    })
  })

  test('it cannot be taken apart, so that no converter was asked', () => {
    const refused = take(':a-:b', 'x', { b: int() })
    expect(refused).toEqual({ captures: [], failure: { kind: 'segment', expected: ':a-:b', got: 'x' } })
    expect(take(':a-:b', '', { b: int() }).failure).toMatchObject({ kind: 'segment', got: '' })
  })

  test('nothing is captured then', () => {
    expect(take('a', 'b').captures).toEqual([])
    expect(take(':a', '', {}).captures).toEqual([])
    expect(take(':a', 'x', { a: int() }).captures).toEqual([])
    expect(take(':a.:b', 'xy').captures).toEqual([])
    expect(take(':a-:b', 'x-y', { b: int() }).captures).toEqual([])
  })

  test('of several converters, the one furthest to the right that was asked refused first', () => {
    expect(take(':a-:b', '1-x-y', { a: int(), b: oneOf('b') }).failure).toMatchObject({
      parameter: 'b',
      text: 'x-y',
    })
    expect(take(':a-:b', 'x-y', { a: int(), b: oneOf('b') }).failure).toMatchObject({
      parameter: 'a',
      text: 'x',
    })
  })
})

test('matches what the router matches, and captures what it captures', () => {
  const pattern = fc.constantFrom('a', ':a', ':a-:b', 'x-:a', ':a-x', ':a-:b-x', ':a.:b')
  const text = fc.array(fc.constantFrom('a', 'x', '7', '-', '.', '%C3%A9', '%2D'), { maxLength: 7 })
  const converters = fc.constantFrom({}, { a: int() }, { a: oneOf('a', 'a-x') })
  fc.assert(
    fc.property(pattern, text, converters, (source, pieces, given) => {
      const convert = source.includes(':a') ? given : {}
      const segment = pieces.join('')
      const match = new Router().get(`/${source}`, () => '', { convert }).match('GET', `/${segment}`)
      const { captures, failure } = take(source, segment, convert)
      expect(failure === undefined).toBe(match.rule !== undefined)
      if (match.rule === undefined) return
      const texts = Object.entries(match.params).map(([name, value]) => [name, String(value)])
      expect(captures.map(([name, encoded]) => [name, decodeText(encoded)])).toEqual(texts)
    }),
    { numRuns: 500 },
  )
})

test('a segment is written as in a pattern', () => {
  for (const text of ['a', ':a', ':a.:b', '*w', 'x-:a-y']) expect(formatSegment(segmentOf(text))).toBe(text)
})

test.each([
  ['', ''],
  ['a b', 'a b'],
  ['%C3%A9', 'é'],
  ['a%2Fb', 'a/b'],
  ['%FF', undefined],
  ['%', undefined],
  ['%zz', undefined],
])('%j is decoded to %j', (text, decoded) => {
  expect(decodeText(text)).toBe(decoded)
})
