import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Converters } from './converter.ts'
import { int, oneOf, string } from './converters.ts'
import { parsePattern } from './pattern.ts'
import { compareWays, type Way } from './specificity.ts'

const convert: Converters = { int: int(), one: oneOf('a'), text: string() }

function wayOf(source: string, { wildcards = [1, 1], mounted = false }: Partial<Way> = {}): Way {
  const names = new Set(source.match(/\w+/g))
  const converters = Object.entries(convert).filter(([name]) => names.has(name))
  const [alternative] = parsePattern(source, Object.fromEntries(converters)).alternatives
  return { segments: alternative?.segments ?? [], wildcards, mounted }
}

/** The patterns in the order in which they are tried, whatever the order they are given in. */
function ordered(...sources: readonly string[]): string[] {
  const ways = sources.map((source) => ({ source, way: wayOf(source) }))
  return ways.sort((a, b) => compareWays(a.way, b.way)).map(({ source }) => source)
}

test('static text goes before text with parameters, converted, plain parameters and wildcards', () => {
  expect(ordered('/*w', '/:p', '/:int', '/x-:p', '/x')).toEqual(['/x', '/x-:p', '/:int', '/:p', '/*w'])
})

test('segments are compared from the left', () => {
  expect(ordered('/:p/a', '/a/:p', '/a/*w')).toEqual(['/a/:p', '/a/*w', '/:p/a'])
})

test('more static text goes first among segments with parameters, then weight', () => {
  expect(ordered('/:p-x', '/:p-xyz', '/x:p-y')).toEqual(['/:p-xyz', '/x:p-y', '/:p-x'])
  expect(ordered('/x-:p', '/x-:int', '/x-:one')).toEqual(['/x-:one', '/x-:int', '/x-:p'])
})

test('the greater weight goes first among converters', () => {
  expect(ordered('/:text', '/:int', '/:one')).toEqual(['/:one', '/:int', '/:text'])
})

test('a wildcard that takes fewer segments goes first, before what follows it is compared', () => {
  const short = wayOf('/*w/:p', { wildcards: [1] })
  const long = wayOf('/*w/a', { wildcards: [2] })
  expect(compareWays(short, long)).toBeLessThan(0)
  expect(compareWays(long, short)).toBeGreaterThan(0)
})

test('of two wildcards the first that differs decides', () => {
  const left = wayOf('/*v/a/*w', { wildcards: [1, 2] })
  const right = wayOf('/*v/a/*w', { wildcards: [1, 3] })
  expect(compareWays(left, right)).toBeLessThan(0)
})

test('a mount goes behind all that is below it, and behind the rule for the same path', () => {
  const mount = wayOf('/a', { mounted: true })
  for (const source of ['/a', '/a/b', '/a/:p', '/a/*w']) {
    expect(compareWays(wayOf(source), mount)).toBeLessThan(0)
    expect(compareWays(mount, wayOf(source))).toBeGreaterThan(0)
  }
  expect(compareWays(mount, wayOf('/:p'))).toBeLessThan(0)
})

test('a shorter rule goes before a longer one that begins as it does', () => {
  expect(ordered('/a/b', '/a')).toEqual(['/a', '/a/b'])
})

test('the same way is equal', () => {
  expect(compareWays(wayOf('/a/:p/*w'), wayOf('/a/:q/*v'))).toBe(0)
})

test('names and texts decide where nothing else does, so that the order is always the same', () => {
  expect(ordered('/b', '/a')).toEqual(['/a', '/b'])
  expect(ordered('/:p-b', '/:p-a')).toEqual(['/:p-a', '/:p-b'])
  expect(ordered('/:low', '/:high')).toEqual(['/:low', '/:high'])
  const ways = ['b()', 'a()'].map((name) => ({
    name,
    segments: parsePattern('/:x', { x: { ...int(), name } }).alternatives[0]?.segments ?? [],
    wildcards: [],
    mounted: false,
  }))
  expect(ways.sort(compareWays).map(({ name }) => name)).toEqual(['a()', 'b()'])
})

test('a converter in a segment with text counts by its weight, one without a weight for nothing', () => {
  const weightless = { name: 'weightless', parse: (text: string) => text, format: String }
  const [light, plain, heavy] = [{ p: weightless }, {}, { p: int() }].map((converters) => ({
    segments: parsePattern('/x-:p', converters).alternatives[0]?.segments ?? [],
    wildcards: [],
    mounted: false,
  })) as readonly Way[] as readonly [Way, Way, Way]
  expect(compareWays(heavy, light)).toBeLessThan(0)
  expect(compareWays(heavy, plain)).toBeLessThan(0)
  expect(compareWays(light, plain)).not.toBe(0)
})

test('a converted parameter goes before a plain one, whatever its weight', () => {
  const converter = { name: 'z', weight: -1, parse: (text: string) => text, format: String }
  const [converted, weightless, plain] = [{ p: converter }, { p: { ...converter, weight: 0 } }, {}].map(
    (converters) => ({
      segments: parsePattern('/:p', converters).alternatives[0]?.segments ?? [],
      wildcards: [],
      mounted: false,
    }),
  ) as readonly Way[] as readonly [Way, Way, Way]
  expect(compareWays(converted, plain)).toBeLessThan(0)
  expect(compareWays(weightless, plain)).toBeLessThan(0)
  expect(compareWays(weightless, converted)).toBeLessThan(0)
})

test('any three ways are in one order', () => {
  const piece = fc.constantFrom('/a', '/b', '/:p', '/:int', '/:text', '/x-:p', '/:p-x', '/x-:int', '/*w', '/')
  const way = fc
    .tuple(fc.uniqueArray(piece, { maxLength: 3 }), fc.array(fc.integer({ min: 1, max: 3 })), fc.boolean())
    .filter(([pieces]) => {
      const names = pieces.join('').match(/[:*]\w+/g) ?? []
      return new Set(names.map((name) => name.slice(1))).size === names.length && pieces[0] !== '/'
    })
    .map(([pieces, lengths, mounted]) =>
      wayOf(pieces.join(''), { wildcards: [...lengths, 1, 1, 1], mounted }),
    )
  fc.assert(
    fc.property(way, way, way, (a, b, c) => {
      expect(Math.sign(compareWays(a, b))).toBe(0 - Math.sign(compareWays(b, a)))
      expect(compareWays(a, a)).toBe(0)
      if (compareWays(a, b) <= 0 && compareWays(b, c) <= 0) {
        expect(compareWays(a, c)).toBeLessThanOrEqual(0)
      }
    }),
    { numRuns: 500 },
  )
})
