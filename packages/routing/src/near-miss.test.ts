import { describe, expect, test } from 'vitest'
import { CHANGES_LIMIT, COMPARED_LENGTH_LIMIT, countMisses } from './near-miss.ts'
import { type Alternative, parsePattern } from './pattern.ts'
import { splitPath } from './walk-alternative.ts'

function misses(pattern: string, path: string, mounted = false): number | undefined {
  const [alternative] = parsePattern(pattern).alternatives
  return countMisses(alternative as Alternative, splitPath(path) ?? [], mounted)
}

describe('counts', () => {
  test('the characters that are others, upper and lower case being the same', () => {
    expect(misses('/users', '/user')).toBe(1)
    expect(misses('/users', '/Users')).toBe(0)
    expect(misses('/users/:id/posts', '/user/7/post')).toBe(2)
  })

  test('nothing for what a parameter or a wildcard takes', () => {
    expect(misses('/users/:id', '/users/anything')).toBe(0)
    expect(misses('/files/*path', '/file/a/b/c/d/e/f')).toBe(1)
  })

  test('segments that are there too much or too little', () => {
    expect(misses('/users', '/users/7')).toBe(2)
    expect(misses('/users/:id', '/users')).toBe(2)
    expect(misses('/users/:id', '/users//')).toBe(4)
  })

  test('nothing for what is below a mount', () => {
    expect(misses('/admin', '/adnim/users/7', true)).toBe(2)
  })
})

describe('gives nothing', () => {
  test('for a pattern that tells nothing', () => {
    expect(misses('/:a/:b', '/x/y')).toBeUndefined()
    expect(misses('/', '/x')).toBeUndefined()
    expect(misses('/:a/', '/x/')).toBeUndefined()
  })

  test('where half of a segment would be another', () => {
    expect(misses('/about', '/other')).toBeUndefined()
    expect(misses('/ab', '/cd')).toBeUndefined()
    expect(misses('/a', '/b')).toBe(1)
    expect(misses('/abcdef', '/abcxyz')).toBe(3)
    expect(misses('/abcde', '/abxyz')).toBeUndefined()
  })

  test('where a segment is empty on one side', () => {
    expect(misses('/users/', '/users/x')).toBeUndefined()
    expect(misses('/users/x', '/users/')).toBeUndefined()
  })

  test('beyond the limit in all', () => {
    expect(misses('/about/things', '/abuot/thigns')).toBe(CHANGES_LIMIT)
    expect(misses('/users', '/users/1/2')).toBe(CHANGES_LIMIT)
    expect(misses('/users', '/users/1/2/3')).toBeUndefined()
    expect(misses('/about/things/here', '/abuot/thigns/hree')).toBeUndefined()
  })

  test('for texts beyond the length that is compared', () => {
    const long = 'a'.repeat(COMPARED_LENGTH_LIMIT)
    expect(misses(`/${long}`, `/${long.slice(1)}`)).toBe(1)
    expect(misses(`/${long}b`, `/${long}`)).toBeUndefined()
    expect(misses('/users', `/${'a'.repeat(100_000)}`)).toBeUndefined()
  })
})
