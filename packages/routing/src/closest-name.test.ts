import { expect, test } from 'vitest'
import { COMPARED_NAME_LIMIT, closestName } from './closest-name.ts'

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

test('takes the first of those that are as close', () => {
  expect(closestName('cat', ['hat', 'bat'])).toBe('hat')
})

test('does not compare what is too long to be a name', () => {
  const long = 'x'.repeat(COMPARED_NAME_LIMIT + 1)
  expect(closestName(long, [`${long}y`])).toBeUndefined()
  expect(closestName(long.slice(1), [long])).toBe(long)
})
