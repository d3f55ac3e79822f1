import { expect, test } from 'vitest'
import { PathTable } from './path-table.ts'

test('finds what was set for a path', () => {
  const table = new PathTable<number>()
  table.set('/a', 1)
  expect(table.get('/a')).toBe(1)
  expect(table.get('/b')).toBeUndefined()
  expect(table.get('')).toBeUndefined()
  expect(table.get('/aa')).toBeUndefined()
})

test('tells paths of one length apart', () => {
  const table = new PathTable<number>()
  for (const [index, path] of ['/a', '/b', '/c', '/ab'].entries()) table.set(path, index)
  expect(['/a', '/b', '/c', '/ab', '/d'].map((path) => table.get(path))).toEqual([0, 1, 2, 3, undefined])
})

test('finds the same however often it is asked, and what is added later', () => {
  const table = new PathTable<number>()
  const paths = Array.from({ length: 50 }, (_, i) => `/item-${10 + i}`)
  for (const [i, path] of paths.entries()) {
    table.set(path, i)
    for (let time = 0; time < 3; time++) {
      expect(table.get(path)).toBe(i)
      expect(paths.map((each) => table.get(each))).toEqual(paths.map((_, at) => (at <= i ? at : undefined)))
    }
  }
  table.set('/item-10', -1)
  for (let time = 0; time < 100; time++) expect(table.get('/item-10')).toBe(-1)
  expect(table.get('/item-99')).toBeUndefined()
})

test('finds paths that no few characters tell apart', () => {
  const table = new PathTable<number>()
  const paths = Array.from({ length: 256 }, (_, i) => `/${i.toString(2).padStart(8, '0')}`)
  for (const [i, path] of paths.entries()) table.set(path, i)
  for (let time = 0; time < 3; time++)
    expect(paths.map((path) => table.get(path))).toEqual(paths.map((_, i) => i))
})

test('tells very long paths apart', () => {
  const table = new PathTable<string>()
  const [one, two] = [`/${'x'.repeat(300)}`, `/${'x'.repeat(400)}`]
  table.set(one, 'one')
  expect(table.get(two)).toBeUndefined()
  table.set(two, 'two')
  for (let time = 0; time < 3; time++)
    expect([table.get(one), table.get(two), table.get(`${two}x`)]).toEqual(['one', 'two', undefined])
})

// robustness.md K2
test('has nothing for names that every object has', () => {
  const table = new PathTable<number>()
  table.set('/a', 1)
  for (const name of ['__proto__', 'constructor', 'toString', 'length'])
    expect(table.get(name)).toBeUndefined()
})
