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
