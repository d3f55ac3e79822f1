import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SieveCache } from './sieve-cache.ts'

describe('bounds', () => {
  test('the number of entries', () => {
    const cache = new SieveCache<number>({ maxWeight: 100, maxEntries: 2 })
    for (const [index, key] of ['a', 'b', 'c'].entries()) cache.set(key, index, 1)
    expect([cache.size, cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([2, undefined, 1, 2])
  })

  test('the sum of the weights, for which several may have to go', () => {
    const cache = new SieveCache<string>({ maxWeight: 10, maxEntries: 100 })
    cache.set('a', 'a', 4)
    cache.set('b', 'b', 4)
    cache.set('c', 'c', 9)
    expect([cache.size, cache.weight, cache.get('c')]).toEqual([1, 9, 'c'])
  })

  test('what is too heavy is not kept, nor what it replaces', () => {
    const cache = new SieveCache<string>({ maxWeight: 10, maxEntries: 100 })
    cache.set('a', 'a', 4)
    cache.set('b', 'b', 4)
    cache.set('a', 'heavy', 11)
    expect([cache.size, cache.weight, cache.get('a'), cache.get('b')]).toEqual([1, 4, undefined, 'b'])
  })

  test('with no entries allowed nothing is kept', () => {
    const cache = new SieveCache<string>({ maxWeight: 10, maxEntries: 0 })
    cache.set('a', 'a', 1)
    expect([cache.size, cache.weight]).toEqual([0, 0])
  })
})

test('a value that grows pushes others out, not itself', () => {
  const cache = new SieveCache<string>({ maxWeight: 10, maxEntries: 100 })
  cache.set('a', 'a', 3)
  cache.set('b', 'b', 3)
  cache.set('a', 'more', 8)
  expect([cache.get('a'), cache.get('b'), cache.weight]).toEqual(['more', undefined, 8])
})

test('what was asked for is spared once', () => {
  const cache = new SieveCache<string>({ maxWeight: 100, maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1)
  cache.get('a')
  cache.set('d', 'd', 1)
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBe('a')
})

test('a scan of things that are asked for once leaves those that are asked for again', () => {
  const cache = new SieveCache<number>({ maxWeight: 1000, maxEntries: 100 })
  const hot = Array.from({ length: 20 }, (_, index) => `hot ${index}`)
  let misses = 0
  const ask = (key: string): void => {
    if (cache.get(key) !== undefined) return
    if (key.startsWith('hot')) misses++
    cache.set(key, 1, 1)
  }
  for (let round = 0; round < 1000; round++) {
    for (const key of hot) if (round % 5 === 0) ask(key)
    for (let i = 0; i < 10; i++) ask(`scanned ${round} ${i}`)
  }
  // Each of them once, when it is first asked for.
  expect(misses).toBe(20)
})

test('a deleted entry is gone, the others stay in order', () => {
  const cache = new SieveCache<string>({ maxWeight: 100, maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) cache.set(key, key, 1)
  cache.delete('b')
  cache.delete('b')
  for (const key of ['d', 'e']) cache.set(key, key, 1)
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => cache.get(key))).toEqual([
    undefined,
    undefined,
    'c',
    'd',
    'e',
  ])
  expect(cache.weight).toBe(3)
})

const step = fc.oneof(
  fc.record({ does: fc.constant('set' as const), key: fc.nat(12), weight: fc.nat(15) }),
  fc.record({ does: fc.constant('get' as const), key: fc.nat(12), weight: fc.constant(0) }),
  fc.record({ does: fc.constant('delete' as const), key: fc.nat(12), weight: fc.constant(0) }),
)

test('it never gives another value than the last one, holds no more than it may, and counts what it holds', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.nat(40), fc.nat(8), (steps, maxWeight, maxEntries) => {
      const cache = new SieveCache<number>({ maxWeight, maxEntries })
      const model = new Map<string, { value: number; weight: number }>()
      for (const [value, { does, key: number, weight }] of steps.entries()) {
        const key = String(number)
        if (does === 'get') {
          const got = cache.get(key)
          if (got !== undefined) expect(got).toBe(model.get(key)?.value)
          continue
        }
        if (does === 'delete') {
          cache.delete(key)
          model.delete(key)
          expect(cache.get(key)).toBeUndefined()
          continue
        }
        cache.set(key, value, weight)
        model.set(key, { value, weight })
        if (weight <= maxWeight && maxEntries > 0) expect(cache.get(key)).toBe(value)
        expect(cache.weight).toBeLessThanOrEqual(maxWeight)
        expect(cache.size).toBeLessThanOrEqual(maxEntries)
      }
      const kept = [...model.keys()].filter((key) => cache.get(key) !== undefined)
      expect(cache.size).toBe(kept.length)
      expect(cache.weight).toBe(kept.reduce((sum, key) => sum + (model.get(key)?.weight ?? 0), 0))
    }),
  )
})
