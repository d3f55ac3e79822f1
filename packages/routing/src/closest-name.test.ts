import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { COMPARED_NAME_LIMIT, closestName, countChanges } from './closest-name.ts'

test('finds the name with the fewest changes', () => {
  expect(closestName('usr', ['home', 'user', 'users'])).toBe('user')
  expect(closestName('userdetail', ['userDetail', 'user'])).toBe('userDetail')
  expect(closestName('hoem', ['home', 'user'])).toBe('home')
  expect(closestName('article-list', ['article-lists', 'article-edit'])).toBe('article-lists')
})

test('finds nothing where little agrees', () => {
  expect(closestName('xy', ['home', 'user'])).toBeUndefined()
  expect(closestName('anything', [])).toBeUndefined()
})

test('finds a name that the beginning is missing of', () => {
  expect(closestName('detail', ['home', 'user.detail', 'group.detail'])).toBe('user.detail')
  expect(closestName('detail', ['user.detail', 'details'])).toBe('details')
})

test('counts changes of one letter alike, wherever they are', () => {
  expect(closestName('abcdef', ['xbcdef'])).toBe('xbcdef')
  expect(closestName('abcdef', ['abcdefg'])).toBe('abcdefg')
  expect(closestName('abcdef', ['abdef'])).toBe('abdef')
})

test.each([
  ['two changes, however short the name is', 'ab', 'xy', 'xyz'],
  ['two changes of eight characters', 'abcdefgh', 'abcdefxy', 'abcdexyz'],
  ['three changes of nine', 'abcdefghi', 'abcdefxyz', 'abcdewxyz'],
  ['four changes of twelve', 'abcdefghijkl', 'abcdefghwxyz', 'abcdefgvwxyz'],
])('forgives %s', (_title, wanted, near, far) => {
  expect(closestName(wanted, [far, near])).toBe(near)
  expect(closestName(wanted, [far])).toBeUndefined()
})

test('finds nothing in a name that ends in it without a dot before', () => {
  expect(closestName('detail', ['user-detail'])).toBeUndefined()
})

test.each([
  ['kitten', 'sitting', 3],
  ['flaw', 'lawn', 2],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['', '', 0],
  ['User', 'uSER', 0],
])('counts the changes from %j to %j', (a, b, changes) => {
  expect(countChanges(a, b)).toBe(changes)
})

test('counts as few changes as there are', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'C'), maxLength: 5 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(countChanges(a, b)).toBe(fewestChanges(a.toLowerCase(), b.toLowerCase()))
    }),
  )
})

/** By trying each change at the first character. */
function fewestChanges(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  if (a[0] === b[0]) return fewestChanges(a.slice(1), b.slice(1))
  const [shorter, other] = [a.slice(1), b.slice(1)]
  return 1 + Math.min(fewestChanges(shorter, b), fewestChanges(a, other), fewestChanges(shorter, other))
}

test('takes the first of those that are as close', () => {
  expect(closestName('cat', ['hat', 'bat'])).toBe('hat')
})

test('does not compare what is too long to be a name', () => {
  const long = 'x'.repeat(COMPARED_NAME_LIMIT + 1)
  expect(closestName(long, [`${long}y`])).toBeUndefined()
  expect(closestName(long.slice(1), [long])).toBe(long)
})
