import { describe, expect, test } from 'vitest'
import { int } from './index.ts'
import { parsePattern, rootPrefix, SEGMENTS_LIMIT } from './pattern.ts'
import { PATTERN_LENGTH_LIMIT } from './pattern-tokens.ts'

/** The shapes of a pattern's alternatives. */
function shapesOf(pattern: string, convert = {}): string[] {
  return parsePattern(pattern, convert).alternatives.map(({ shape }) => shape)
}

describe('parsePattern', () => {
  test('gives one shape to patterns that match the same paths', () => {
    expect(shapesOf('/users/:id')).toEqual(shapesOf('/users/:name'))
    expect(shapesOf('/:a.:b/*c')).toEqual(shapesOf('/:x.:y/*z'))
    expect(shapesOf('/caf\u00e9')).toEqual(shapesOf('/caf%c3%a9'))
    expect(shapesOf('/:id', { id: int() })).toEqual(shapesOf('/:n', { n: int({}) }))
  })

  test('gives different shapes to patterns that do not', () => {
    const shapes = [
      '/a',
      '/A',
      '/a/',
      '/:a',
      '/*a',
      '/:a/:b',
      '/:a.:b',
      '/:a-:b',
      '/{*}',
      '/%7Ba%7D',
    ].flatMap((each) => shapesOf(each === '/{*}' ? '/\\{\\*\\}' : each))
    expect(
      new Set([...shapes, ...shapesOf('/:a', { a: int() }), ...shapesOf('/:a', { a: int({ min: 1 }) })]).size,
    ).toBe(12)
  })

  test('expands optional groups, the fuller first', () => {
    expect(shapesOf('/a{/b{/c}}{/}')).toEqual(['/a/b/c/', '/a/b/c', '/a/b/', '/a/b', '/a/', '/a'])
    expect(shapesOf('{/:x}')).toEqual(['/{}', ''])
    expect(shapesOf('/a{b}c')).toEqual(['/abc', '/ac'])
  })

  test('joins text around a group to one text', () => {
    expect(parsePattern('/a{b}:x').alternatives.map(({ segments }) => segments)).toMatchObject([
      [{ kind: 'mixed', parts: ['ab', { name: 'x' }] }],
      [{ kind: 'mixed', parts: ['a', { name: 'x' }] }],
    ])
  })

  test('takes escaped signs and quoted names', () => {
    const [alternative] = parsePattern('/\\:a/:"first name"').alternatives
    expect(alternative).toMatchObject({ shape: '/:a/{}', captures: [{ name: 'first name', kind: 'text' }] })
  })

  test('encodes what a path cannot hold, and keeps reserved escapes apart from the signs', () => {
    expect(shapesOf('/a b\\?c#d"%2f%41;=@')).toEqual(['/a%20b%3Fc%23d%22%2FA;=@'])
    expect(shapesOf('/%40')).not.toEqual(shapesOf('/@'))
  })

  test('lets dots stand beside parameters', () => {
    expect(shapesOf('/.:ext')).toEqual(['/.{}'])
    expect(shapesOf('/..:ext')).toEqual(['/..{}'])
    expect(shapesOf('/:a/.well-known')).toEqual(['/{}/.well-known'])
  })

  test.each([
    ['/users/<id>', '<id>', ':id'],
    ['/users/<int:id>', '<int:id>', ':id'],
    ['/x/<any(a, b):kind>', '<any(a, b):kind>', ':kind'],
  ])('says how %s is written here', (pattern, angled, written) => {
    expect(() => parsePattern(pattern)).toThrow(
      `${angled} is no parameter here; write ${written}, with convert`,
    )
  })

  test.each([
    ['/files/*', 'a wildcard has a name here; write *path'],
    ['/files/*/raw', 'a wildcard has a name here; write *path'],
    ['/posts/:year?', 'write {/:name}'],
    ['/users/:id(\\d+)', 'write :id, with convert'],
    ['/users/:id{[0-9]+}', 'write :id, with convert'],
    ['/users/:id+', 'write *path for several'],
    ['/users/:id*', 'write *path for several'],
    ['/users/[id]', 'write :name'],
    ['/users/[...rest]', 'write *path'],
    ['https://example.org/users', 'write the path alone, with the host as an option'],
    ['/users?page=1', 'no pattern has a query'],
  ])('says how %s of other routers is written here', (pattern, message) => {
    expect(() => parsePattern(pattern)).toThrow(TypeError)
    expect(() => parsePattern(pattern)).toThrow(`Got the pattern ${JSON.stringify(pattern)}, but `)
    expect(() => parsePattern(pattern)).toThrow(message)
  })

  test('says where any other mistake is, and what to do about signs', () => {
    expect(() => parsePattern('/\\*{')).toThrow(
      /^Got the pattern "\/\\\\\*\{", but it is malformed \(Unexpected end at index 4, expected }\); put a backslash before a sign that is meant as text\.$/,
    )
    expect(() => parsePattern('/*größe+')).toThrow('malformed (Unexpected + at index 7)')
    expect(() => parsePattern('/:')).toThrow('malformed (Missing parameter name at index 2)')
  })

  test('names what is captured, whichever way its groups are filled', () => {
    const convert = { b: int() }
    const pattern = parsePattern('/:a{/:b}{/x/*c}', convert)
    expect([pattern.source, [...pattern.names]]).toEqual(['/:a{/:b}{/x/*c}', ['a', 'b', 'c']])
    expect([...pattern.wildcards]).toEqual(['c'])
    expect([...pattern.converters.keys()]).toEqual(['b'])
    expect(pattern.names).toBe(pattern.names)
    expect(pattern.wildcards).toBe(pattern.wildcards)
  })

  test.each([
    ['/:a', { b: int() }, 'it has no parameter "b" to convert'],
    ['/a', { a: int() }, 'it has no parameter "a" to convert'],
    ['/*a', { a: int() }, 'its wildcard a gives a list, which no converter takes'],
    ['/:a{/*b}', { b: int() }, 'its wildcard b gives a list, which no converter takes'],
    ['/:a{/:b}', { a: int(), c: int() }, 'it has no parameter "c" to convert'],
  ])('refuses for %s a converter that nothing takes', (source, convert, reason) => {
    expect(() => parsePattern(source, convert)).toThrow(reason)
  })

  test('takes a converter for what only some ways to fill the groups have', () => {
    expect(shapesOf('/a{/:b}', { b: int() })).toEqual(['/a/{"int()"}', '/a'])
  })

  test.each([
    ['users', "it does not start with '/'"],
    [':a', "it does not start with '/'"],
    ['*a', "it does not start with '/'"],
    ['{a}/b', "it does not start with '/'"],
    ['//users', "it stands for a path that starts with '//'"],
    ['/{/:a}', "it stands for a path that starts with '//'"],
    ['{/}/a', "it stands for a path that starts with '//'"],
    ['/a/../b', 'no path in normal form has the segment ".."'],
  ])('refuses %s, as no request has such a path', (source, reason) => {
    expect(() => parsePattern(source)).toThrow(TypeError)
    expect(() => parsePattern(source)).toThrow(reason)
  })

  test.each([
    ['/', ['/']],
    ['', ['']],
    ['{/}', ['/', '']],
    ['/a//b', ['/a//b']],
    ['/:a/', ['/{}/']],
    ['/:a//b', ['/{}//b']],
  ])('takes %j', (source, shapes) => {
    expect(shapesOf(source)).toEqual(shapes)
  })

  test('has as many characters and segments as the limits say', () => {
    expect(shapesOf(`/${'a'.repeat(PATTERN_LENGTH_LIMIT - 1)}`)).toHaveLength(1)
    expect(() => parsePattern(`/${'a'.repeat(PATTERN_LENGTH_LIMIT)}`)).toThrow('expected at most')
    expect(shapesOf('/a'.repeat(SEGMENTS_LIMIT))).toHaveLength(1)
    expect(() => parsePattern('/a'.repeat(SEGMENTS_LIMIT + 1))).toThrow('it has more than')
    expect(() => parsePattern(`/a{${'/b'.repeat(SEGMENTS_LIMIT)}}`)).toThrow('it has more than')
  })

  test('refuses what is no text', () => {
    expect(() => parsePattern(/x/ as never)).toThrow(
      "Got an object of class RegExp; expected a pattern, as in '/users/:id'.",
    )
    expect(() => parsePattern(['/a', '/b'] as never)).toThrow('Got a list; expected a pattern')
  })
})

test('the prefix / is that of the empty path', () => {
  const { source, alternatives } = rootPrefix()
  expect(source).toBe('/')
  expect(alternatives).toMatchObject([{ shape: '', segments: [], captures: [] }])
  expect(() => rootPrefix({ a: int() })).toThrow('it has no parameter "a" to convert')
})
