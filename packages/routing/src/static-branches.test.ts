import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBranches, findBranch } from './static-branches.ts'
import type { Node } from './tree.ts'

const node = {} as Node

/** Which of several texts a path goes on with. */
function find(texts: readonly string[], path: string, position = 0): string | undefined {
  const branches = createBranches(texts.map((text) => ({ text, next: node })))
  return branches && findBranch(branches, path, position)?.text
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
