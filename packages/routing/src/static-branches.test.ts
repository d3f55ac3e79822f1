import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBranches, findBranch } from './static-branches.ts'
import type { Node } from './tree.ts'

/** Which of several texts a path goes on with, when each may end a path or be followed by a segment. */
function find(texts: readonly string[], path: string, position = 0): string | undefined {
  const nodes = new Map(texts.map((text) => [{} as Node, text]))
  const runs = Array.from(nodes, ([next, text]) => ({ text, next, ends: true, continues: true }))
  const branches = createBranches(runs)
  const next = branches && findBranch(branches, path, position)?.next
  return next && nodes.get(next)
}

function findOne(run: { ends: boolean; continues: boolean }, path: string): boolean {
  const branches = createBranches([
    { text: '/a-text-of-more-than-twelve/characters', next: {} as Node, ...run },
  ])
  return branches !== undefined && findBranch(branches, path, 0) !== undefined
}

test('finds whole segments only', () => {
  const texts = ['/user', '/users', '/use/x', '/']
  expect(find(texts, '/user')).toBe('/user')
  expect(find(texts, '/users/1')).toBe('/users')
  expect(find(texts, '/use/x/y')).toBe('/use/x')
  expect(find(texts, '/use/y')).toBeUndefined()
  expect(find(texts, '/userx')).toBeUndefined()
  expect(find(texts, '/us')).toBeUndefined()
  expect(find(texts, '/')).toBe('/')
  expect(find(texts, '//x')).toBe('/')
})

test('looks from a position on', () => {
  expect(find(['/a', '/b'], '/x/b/c', 2)).toBe('/b')
  expect(find(['/a', '/b'], '/x/c', 2)).toBeUndefined()
})

test('a text that ends paths only is found at the end', () => {
  const run = { ends: true, continues: false }
  expect(findOne(run, '/a-text-of-more-than-twelve/characters')).toBe(true)
  expect(findOne(run, '/a-text-of-more-than-twelve/characters/')).toBe(false)
  expect(findOne(run, '/a-text-of-more-than-twelve/character')).toBe(false)
  expect(findOne(run, '/a-text-of-more-than-twelvE/characters')).toBe(false)
  expect(findOne(run, '/a-text-of-more-than-twelve/characterz')).toBe(false)
})

test('a text that never ends a path is found before a slash', () => {
  const run = { ends: false, continues: true }
  expect(findOne(run, '/a-text-of-more-than-twelve/characters/')).toBe(true)
  expect(findOne(run, '/a-text-of-more-than-twelve/characters/x')).toBe(true)
  expect(findOne(run, '/a-text-of-more-than-twelve/characters')).toBe(false)
  expect(findOne(run, '/a-text-of-more-than-twelve/charactersx')).toBe(false)
})

test('has nothing for no texts', () => {
  expect(createBranches([])).toBeUndefined()
})

test('finds what a comparison with each text finds', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '~', '!'), maxLength: 4 })
  fc.assert(
    fc.property(fc.uniqueArray(segment, { maxLength: 12 }), segment, segment, (segments, wanted, rest) => {
      const texts = segments.map((each) => `/${each}`)
      expect(find(texts, `/${wanted}/${rest}`)).toBe(texts.find((text) => text === `/${wanted}`))
      expect(find(texts, `/${wanted}`)).toBe(texts.find((text) => text === `/${wanted}`))
    }),
    { numRuns: 1000 },
  )
})

test('finds each of many texts, and no other', () => {
  const texts = Array.from({ length: 400 }, (_, i) => `/${'user photo order'.split(' ')[i % 3]}-${i}`)
  expect(texts.map((text) => find(texts, text))).toEqual(texts)
  expect(texts.map((text) => find(texts, `/x${text}/y`, 2))).toEqual(texts)
  expect(['/user-1', '/user-0000', '/photo', '/', '', '/user-0x'].map((text) => find(texts, text))).toEqual(
    Array(6).fill(undefined),
  )
})

test('finds many texts whose first characters tell them apart badly', () => {
  const long = Array.from({ length: 300 }, (_, i) => `/${'a'.repeat(20)}${i.toString(2).padStart(9, '0')}`)
  const texts = [...long, '/', '/a', '/b']
  expect(texts.map((text) => find(texts, `${text}/7`))).toEqual(texts)
  expect(find(texts, `/${'a'.repeat(20)}111111111`)).toBeUndefined()
  expect(find(texts, `/${'a'.repeat(20)}`)).toBeUndefined()
})

test('finds what a comparison with each of many texts finds', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '~', '!'), minLength: 0, maxLength: 5 })
  fc.assert(
    fc.property(
      fc.uniqueArray(segment, { minLength: 129, maxLength: 300 }),
      fc.array(segment, { maxLength: 20 }),
      (segments, wanted) => {
        const texts = segments.map((each) => `/${each}`)
        for (const each of [...wanted, ...segments.slice(0, 20)].map((text) => `/${text}`)) {
          const expected = texts.includes(each) ? each : undefined
          expect(find(texts, each)).toBe(expected)
          expect(find(texts, `/x/y${each}/rest`, 4)).toBe(expected)
        }
      },
    ),
    { numRuns: 50 },
  )
})
