import { expect, test } from 'vitest'
import { closestName } from './closest-name.ts'

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
