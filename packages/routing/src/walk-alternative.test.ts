import { describe, expect, test } from 'vitest'
import type { Converters } from './converter.ts'
import { int } from './converters.ts'
import { type Alternative, parsePattern } from './pattern.ts'
import { splitPath, type Walk, walkAlternative } from './walk-alternative.ts'

function walk(pattern: string, path: string, convert: Converters = {}, mounted = false): Walk {
  const [alternative] = parsePattern(pattern, convert).alternatives
  return walkAlternative(alternative as Alternative, splitPath(path) ?? [], mounted)
}

describe('a path that matches', () => {
  test('matches with all of its segments', () => {
    expect(walk('/users/:id/posts', '/users/7/posts')).toEqual({
      segments: 3,
      wildcards: [],
      failure: undefined,
      undecodable: undefined,
    })
  })

  test('tells how many segments each wildcard takes: the fewest that lead on', () => {
    expect(walk('/*a/x/*b', '/1/x/2/x/3').wildcards).toEqual([1, 3])
    expect(walk('/*a/x', '/1/x/2/x').wildcards).toEqual([3])
    expect(walk('/*a', '/1//').wildcards).toEqual([3])
  })

  test('may go on below a mount', () => {
    expect(walk('/admin', '/admin/users', {}, true)).toMatchObject({ segments: 1, failure: undefined })
    expect(walk('', '/anything', {}, true)).toMatchObject({ segments: 0, failure: undefined })
  })

  test('may hold what cannot be decoded, the first of which is told', () => {
    expect(walk('/:a/:b', '/%FF/%FE').undecodable).toEqual({ kind: 'encoding', parameter: 'a', text: '%FF' })
    expect(walk('/*w/x', '/a/%FF/x').undecodable).toEqual({ kind: 'encoding', parameter: 'w', text: '%FF' })
    expect(walk('/:a-:b', '/%41-%FF').undecodable).toEqual({ kind: 'encoding', parameter: 'b', text: '%FF' })
    expect(walk('/%C3%A9/:a', '/%C3%A9/b').undecodable).toBeUndefined()
  })
})

describe('a path that does not match', () => {
  test('tells where the way ended that led furthest', () => {
    expect(walk('/*a/x/:id', '/1/x/z/x/y', { id: int() })).toMatchObject({
      segments: 4,
      failure: { kind: 'converter', parameter: 'id', converter: 'int()', text: 'y' },
    })
  })

  test('is not told to be at its end because a wildcard took all of it', () => {
    expect(walk('/*a/x', '/1/2/3').failure).toEqual({ kind: 'segment', expected: 'x', got: '3' })
    expect(walk('/*a/x', '/1').failure).toEqual({ kind: 'end', expected: '/x' })
  })

  test('ends, or goes on, where the pattern does not', () => {
    expect(walk('/a/:b{/*c}', '/a').failure).toEqual({ kind: 'end', expected: '/:b/*c' })
    expect(walk('/a', '/a/b//c').failure).toEqual({ kind: 'rest', got: '/b//c' })
    expect(walk('/a', '/a/').failure).toEqual({ kind: 'rest', got: '/' })
  })

  test('is the empty path, or one segment that is empty', () => {
    expect(walk('/', '').failure).toEqual({ kind: 'end', expected: '/' })
    expect(walk('/:a', '/').failure).toEqual({ kind: 'segment', expected: ':a', got: '' })
    expect(walk('/*a', '//b').failure).toEqual({ kind: 'segment', expected: '*a', got: '' })
  })
})

describe('splitPath', () => {
  test('gives the segments behind the first slash', () => {
    expect(splitPath('')).toEqual([])
    expect(splitPath('/')).toEqual([''])
    expect(splitPath('//a/')).toEqual(['', 'a', ''])
  })

  test('gives nothing for what is no path', () => {
    expect(splitPath('a/b')).toBeUndefined()
    expect(splitPath('*')).toBeUndefined()
  })
})
