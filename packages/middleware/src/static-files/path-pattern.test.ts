import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PATTERN_LIMIT, type PathPatterns, pathTest } from './path-pattern.ts'

const matches = (patterns: PathPatterns, path: string): boolean => pathTest(patterns)(path)

describe('a pattern without a slash is matched with the last name', () => {
  test.each([
    ['*.html', '/index.html'],
    ['*.html', '/docs/a b/index.html'],
    ['*.html', '/.html'],
    ['robots.txt', '/robots.txt'],
    ['app.*.js', '/js/app.3f9a2c1b.js'],
    ['*', '/a/b'],
    ['**', '/a/b'],
    ['a*b*c', '/abc'],
    ['a*b*c', '/a-b-b-c'],
  ])('%j matches %j', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true)
  })

  test.each([
    ['*.html', '/index.htm'],
    ['*.html', '/a.html/b'],
    ['*.html', '/INDEX.HTML'],
    ['robots.txt', '/robots-txt'],
    ['app.*.js', '/app.js'],
    ['ab*ba', '/aba'],
    ['a*b*c', '/acb'],
    ['*a*a*', '/a'],
  ])('%j does not match %j', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false)
  })
})

describe('a pattern with a slash is matched with the whole path', () => {
  test.each([
    ['/index.html', '/index.html'],
    ['/assets/*', '/assets/a.js'],
    ['/assets/**', '/assets/a.js'],
    ['/assets/**', '/assets/deep/er/a.js'],
    ['/**', '/a'],
    ['/**/*.map', '/a.map'],
    ['/**/*.map', '/a/b/c.map'],
    ['/a/**/b', '/a/b'],
    ['/a/**/x/**/b', '/a/1/x/2/x/3/b'],
    ['/**/v*/**/*.js', '/lib/v1/js/a.js'],
    ['/a.b', '/a.b'],
  ])('%j matches %j', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true)
  })

  test.each([
    ['/index.html', '/docs/index.html'],
    ['/assets/*', '/assets/deep/a.js'],
    ['/assets/**', '/assets-old/a.js'],
    ['/assets/**', '/a/assets/b'],
    ['/a/**/b', '/a/b/c'],
    ['/a/**/a', '/a'],
    ['/a/**/x/**/b', '/a/1/b'],
    ['/a/x/**/x/b', '/a/x/b'],
    ['/a.b', '/aXb'],
    ['/a/b', '/a'],
  ])('%j does not match %j', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false)
  })
})

test('of several patterns one has to match', () => {
  expect(matches(['*.js', '/css/**'], '/css/a.css')).toBe(true)
  expect(matches(['*.js', '/css/**'], '/js/a.js')).toBe(true)
  expect(matches(['*.js', '/css/**'], '/a.css')).toBe(false)
})

// robustness.md P8: no expression is made of a path or pattern.
test('what means something in an expression is a character like others', () => {
  expect(matches('a.(b)+$', '/a.(b)+$')).toBe(true)
  expect(matches('a.(b)+$', '/a.bb')).toBe(false)
  expect(matches('/x^|y/*', '/x^|y/z')).toBe(true)
})

test('matches what the obvious definition matches', () => {
  const name = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 5 }).map(join)
  const pattern = fc
    .array(fc.oneof(fc.constant('**'), name.filter(isName)), { minLength: 1, maxLength: 5 })
    .map((names) => `/${names.join('/')}`)
  const plain = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 }).map(join)
  const path = fc.array(plain, { minLength: 1, maxLength: 6 }).map((names) => `/${names.join('/')}`)
  fc.assert(
    fc.property(pattern, path, (pattern, path) => {
      expect(matches(pattern, path)).toBe(obvious(pattern.slice(1).split('/'), path.slice(1).split('/')))
    }),
    { numRuns: 2000 },
  )
})

test('gives an answer for any path, and throws nothing but TypeErrors for any pattern', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (pattern, path) => {
      let test: (path: string) => boolean
      try {
        test = pathTest(pattern)
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        return
      }
      expect(typeof test(path)).toBe('boolean')
    }),
  )
})

// robustness.md P8
test('looks for each piece once, however long the path', () => {
  const slow = pathTest(`/${'**/a*b*c/'.repeat(20)}end`)
  const look = (size: number): boolean => slow(`/${'aaab/'.repeat(size)}end`)
  expect(look(1000)).toBe(false)
  expect(look(100_000)).toBe(false)
})

describe('misuse throws a TypeError that shows what it got', () => {
  test.each([
    ...['', '/', '//', 'a/b', './a', '/a//b', '/a/', 'a**', '/a/b**', '***', '/**.js'],
    ...['*.{js,css}', '/[id].js', 'a?.js', 'a\\b', 'a\0', 'a'.repeat(PATTERN_LIMIT + 1)],
  ])('%j', (pattern) => {
    expect(() => pathTest(pattern)).toThrow(TypeError)
    expect(() => pathTest(['*', pattern])).toThrow(JSON.stringify(pattern).slice(0, 90))
  })

  test.each([[[]], [undefined], [42], [[42]], [/a/]])('%s', (patterns) => {
    expect(() => pathTest(patterns as unknown as PathPatterns)).toThrow(TypeError)
  })
})

function join(parts: readonly string[]): string {
  return parts.join('')
}

function isName(name: string): boolean {
  return name !== '' && !name.includes('**')
}

function obvious(pattern: readonly string[], names: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return names.length === 0
  if (first === '**') return obvious(rest, names) || (names.length > 0 && obvious(pattern, names.slice(1)))
  return names.length > 0 && obviousName(first, names[0] as string) && obvious(rest, names.slice(1))
}

function obviousName(pattern: string, name: string): boolean {
  if (pattern === '') return name === ''
  if (!pattern.startsWith('*')) return pattern[0] === name[0] && obviousName(pattern.slice(1), name.slice(1))
  return obviousName(pattern.slice(1), name) || (name !== '' && obviousName(pattern, name.slice(1)))
}
