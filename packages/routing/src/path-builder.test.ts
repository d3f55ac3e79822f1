import { normalizePath } from '@stapel/core/http'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BuildError } from './build-error.ts'
import type { Converters } from './converter.ts'
import { date, int, oneOf, string } from './converters.ts'
import { Router } from './index.ts'
import { PathBuilder } from './path-builder.ts'
import { parsePattern } from './pattern.ts'

function build(source: string, params: object, convert?: Converters, defaults?: object): string {
  return new PathBuilder(parsePattern(source, convert)).build(params as never, defaults as never)
}

describe('fills', () => {
  test.each([
    ['/', {}, '/'],
    ['', {}, ''],
    ['/about/', {}, '/about/'],
    ['/users/:id', { id: 'ada' }, '/users/ada'],
    ['/:a/x/:b/', { a: '1', b: '2' }, '/1/x/2/'],
    ['/v:major.:minor', { major: '1', minor: '2' }, '/v1.2'],
    ['/@:user', { user: 'ada@example.org' }, '/@ada%40example.org'],
    ['/mail/:user', { user: 'ada@example.org' }, '/mail/ada@example.org'],
    ['/files/*path', { path: ['a', '', 'b', ''] }, '/files/a//b/'],
    ['/*path/edit', { path: ['a', 'edit'] }, '/a/edit/edit'],
    ['/posts{/:year{/:month}}', { year: '2026' }, '/posts/2026'],
    ['/:"a b"', { 'a b': 'c' }, '/c'],
    ['/:constructor', { constructor: 'x' }, '/x'],
  ])('%s', (source, params, path) => {
    expect(build(source, params)).toBe(path)
    // A second time, because ways are kept.
    const builder = new PathBuilder(parsePattern(source))
    builder.build(params as never, undefined)
    expect(builder.build(params as never, undefined)).toBe(path)
  })

  test('values as converters write them', () => {
    const convert = { day: date(), size: int(), unit: oneOf('px', 'em') }
    const params = { day: '2026-11-21', size: 12, unit: 'px' }
    expect(build('/:day/:size-:unit', params, convert)).toBe('/2026-11-21/12-px')
  })

  test('defaults in', () => {
    expect(build('/:lang/:page', { page: '2' }, undefined, { lang: 'en' })).toBe('/en/2')
    expect(build('/a{/:page}', { page: '1' }, undefined, { page: '1' })).toBe('/a')
    expect(build('/a{/:page}', { page: '2' }, undefined, { page: '1' })).toBe('/a/2')
  })

  test('more optional names than a number has bits', () => {
    const names = Array.from({ length: 33 }, (_, i) => `p${i}`)
    const source = `${names
      .slice(0, 32)
      .map((name) => `/:${name}`)
      .join('')}{/:${names[32]}}`
    const values = Object.fromEntries(names.map((name) => [name, 'x']))
    expect(build(source, values)).toBe('/x'.repeat(33))
    expect(build(source, { ...values, p32: undefined })).toBe('/x'.repeat(32))
  })
})

describe('refuses values that a match would give back as others', () => {
  test.each([
    ['/:from-:to', { from: 'a-b', to: 'c' }, '{"from":"a","to":"b-c"}'],
    ['/:a--:b', { a: 'x-', b: 'y' }, '{"a":"x","b":"-y"}'],
    ['/*a/x/*b', { a: ['p', 'x', 'q'], b: ['r'] }, '{"a":["p"],"b":["q","x","r"]}'],
    ['/a{/:x.js}{/:y}', { y: 'k.js' }, '{"x":"k"}'],
    ['/:a%3A:b', { a: 'x:y', b: 'z' }, '{"a":"x","b":"y:z"}'],
  ])('%s', (source, params, read) => {
    expect(() => build(source, params)).toThrow(BuildError)
    expect(() => build(source, params)).toThrow(read)
  })

  test('and takes those that only look so', () => {
    expect(build('/:from-:to', { from: 'a', to: 'b-c' })).toBe('/a-b-c')
    expect(build('/:from-:to', { from: '-', to: '-' })).toBe('/---')
    expect(build('/:a--:b', { a: 'x', b: '-y' })).toBe('/x---y')
    expect(build('/:a@:b', { a: 'x@y', b: 'z@' })).toBe('/x%40y@z%40')
    expect(build('/*a/x/*b', { a: ['p', 'q'], b: ['r'] })).toBe('/p/q/x/r')
    expect(build('/a{/:x.js}{/:y}', { y: 'k.ts' })).toBe('/a/k.ts')
  })

  test('but not of a pattern that nobody matches', () => {
    const builder = new PathBuilder(parsePattern('/:from-:to'), { matched: false })
    expect(builder.build({ from: 'a-b', to: 'c' }, undefined)).toBe('/a-b-c')
  })
})

describe('refuses values that change the path', () => {
  test.each([
    ['/x/:v', { v: '..' }, 'a dot segment'],
    ['/x/:v', { v: '.' }, 'a dot segment'],
    ['/.:v', { v: '.' }, 'a dot segment'],
    ['/:v.', { v: '.' }, 'a dot segment'],
    ['/*v', { v: ['', 'evil.example'] }, 'the first not empty'],
    ['/*v', { v: ['a', '..', 'b'] }, 'a dot segment'],
    ['/x/:v', { v: 'a\0' }, 'no path holds NUL'],
    ['/x/:v', { v: '\ud83d' }, 'a form in UTF-8'],
    ['/x-:v', { v: '' }, 'a text that is not empty'],
    ['/x-:v', { v: 5 }, 'got 5 for v'],
    ['/*v', { v: ['a', 5] }, 'a list of texts'],
  ])('%s with %j', (source, params, message) => {
    expect(() => build(source, params)).toThrow(BuildError)
    expect(() => build(source, params)).toThrow(message)
  })
})

test('refuses a value that a converter throws on, and keeps what it threw', () => {
  const day = {
    name: 'day',
    parse: (text: string) => new Date(text),
    format: (value: Date) => value.toISOString().slice(0, 10),
  }
  expect(build('/:day', { day: new Date('2026-11-21') }, { day })).toBe('/2026-11-21')
  try {
    build('/:day', { day: '2026-11-21' }, { day })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(BuildError)
    expect(error).toMatchObject({
      message: 'No URL of "/:day" can be built: got "2026-11-21" for day, which day does not accept.',
      cause: expect.any(TypeError),
    })
  }
})

test.each([
  ['..', 'got 7 for a, which own writes as "..", a dot segment, which no URL keeps.'],
  ['a\0', 'got 7 for a, which own writes as "a\\u0000", and no path holds NUL.'],
  [
    '\ud800',
    'got 7 for a, which own writes as "\\ud800", expected a text that is not empty, and has a form in UTF-8.',
  ],
])('says what a converter of its own makes that no path holds: %j', (text, reason) => {
  const own = { name: 'own', parse: () => 7, format: () => text }
  expect(() => build('/:a', { a: 7 }, { a: own })).toThrow(`No URL of "/:a" can be built: ${reason}`)
})

test('shows what a path would be read as, whatever the values are', () => {
  const big = {
    name: 'big',
    parse: (text: string) => BigInt(text.length),
    format: (value: bigint) => 'x'.repeat(Number(value)),
  }
  expect(() => build('/:a-:b', { a: 'x-', b: 2n }, { b: big })).toThrow('would be read as {"a":"x","b":"3"}')
})

describe('a converter takes its value', () => {
  test('as a segment, which keeps its marks and is no dot segment', () => {
    const convert = { a: string() }
    expect(build('/:a', { a: 'ada@example.org:1' }, convert)).toBe('/ada@example.org:1')
    expect(build('/:a', { a: 'a/b' }, convert)).toBe('/a%2Fb')
    expect(() => build('/x/:a', { a: '..' }, convert)).toThrow('a dot segment, which no URL keeps')
    expect(() => build('/x/:a', { a: 'a\0' }, convert)).toThrow('no path holds NUL')
  })

  test('as a part of one, whose marks are encoded', () => {
    expect(build('/x:a', { a: 'ada@example.org' }, { a: string() })).toBe('/xada%40example.org')
    expect(() => build('/.:a', { a: '.' }, { a: string() })).toThrow('a dot segment')
    expect(build('/.:a-', { a: '.' }, { a: string() })).toBe('/..-')
  })

  test('or it is missing, and not one that does not fit', () => {
    expect(() => build('/:a/:b', { b: 1 }, { a: int(), b: int() })).toThrow('a value is missing for a.')
    expect(() => build('/:a', { a: undefined }, { a: int() })).toThrow('a value is missing for a.')
    expect(() => build('/:a', { a: null }, { a: int() })).toThrow(
      'got null for a, which int() does not accept',
    )
  })

  test('only where its text is one, and is taken back', () => {
    const none = { name: 'none', parse: () => 1, format: () => '' }
    const other = { name: 'other', parse: () => 1, format: () => 1 as never }
    expect(() => build('/:a', { a: 1 }, { a: none })).toThrow('which none does not accept')
    expect(() => build('/:a', { a: 1 }, { a: other })).toThrow('which other does not accept')
  })
})

test('shows a list that does not fit as it is', () => {
  expect(() => build('/*a', { a: ['x', 7] })).toThrow('got ["x",7] for a, expected a list of texts')
  expect(() => build('/*a', { a: ['x', '..'] })).toThrow('got ["x",".."] for a, a dot segment')
  expect(() => build('/*a', { a: [7, '\0'] })).toThrow('got [7,"\\u0000"] for a, and no path holds NUL')
})

test('says how a number would be taken', () => {
  expect(() => build('/:a', { a: 5n })).toThrow("give it a converter, as int(), or write '5'")
  expect(() => build('/*a', { a: 5 })).toThrow(
    /got 5 for a, expected a list of texts, the first not empty\.$/,
  )
})

test('names all that is missing', () => {
  expect(() => build('/:a/:b/:c', { b: '1' })).toThrow(
    'No URL of "/:a/:b/:c" can be built: a value is missing for a, c.',
  )
})

test('buildExactly takes just so many values', () => {
  const builder = new PathBuilder(parsePattern('/a{/:b}'))
  expect(builder.buildExactly({ b: 'x' }, 1)).toBe('/a/x')
  expect(builder.buildExactly({ b: 'x', c: 'y' }, 2)).toBeUndefined()
  expect(builder.buildExactly({}, 0)).toBe('/a')
})

describe('over random patterns and values', () => {
  const awkward = fc.constantFrom(
    '.',
    '..',
    '-',
    '--',
    '@',
    ':',
    'a-b',
    'a.b',
    '%2F',
    '/',
    '//',
    '\\',
    '?',
    '#',
    'x',
    'b',
    '\u00e9',
    '\ud83d\ude00',
    ' ',
  )
  const value = fc.oneof(awkward, fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }))
  const piece = fc.oneof(
    fc.constantFrom(
      '/x',
      '/b',
      '/:1',
      '/:1-:2',
      '/v:1.:2',
      '/:1@:2',
      '/.:1',
      '/:1--:2',
      '/*1',
      '/*1/x',
      '{/:1}',
      '{/x/:1}',
      '{/:1{/:2}}',
      '{/b}',
      '{.:1}',
    ),
  )
  const source = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => {
    const numbered = pieces.map((text, i) =>
      text.replaceAll(/[:*]\d/g, (name) => `${name.charAt(0)}p${i}_${name.charAt(1)}`),
    )
    return `/r${numbered.join('')}`
  })

  test('url gives what match gives back, or refuses', () => {
    let built = 0
    fc.assert(
      fc.property(
        source,
        fc.infiniteStream(value),
        fc.infiniteStream(fc.boolean()),
        (pattern, values, chances) => {
          const router = new Router()
          try {
            router.get(pattern as '/', () => '', { name: 'r' })
          } catch {
            return
          }
          const next = (): string => values.next().value as string
          const given = [...pattern.matchAll(/([:*])(\w+)/g)].filter(() => chances.next().value as boolean)
          const params = Object.fromEntries(
            given.map(([, sign, name]) => [name, sign === '*' ? [next(), next()] : next()]),
          )
          let path: string
          try {
            path = (router as Router).url('r', params)
          } catch (error) {
            expect(error).toBeInstanceOf(BuildError)
            return
          }
          built++
          expect(normalizePath(path)).toBe(path)
          expect(path).toMatch(/^\/r/)
          const found = router.match('GET', path)
          expect(found).toMatchObject({ params })
          expect('params' in found && { ...found.params }).toEqual(params)
        },
      ),
      { numRuns: 1000 },
    )
    expect(built).toBeGreaterThan(150)
  })

  test('no value adds a segment, takes one away, or begins a query', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        let path: string
        try {
          path = build('/s/:a/t/:b/u', { a, b })
        } catch {
          return
        }
        const url = new URL(path, 'http://here.example')
        expect(url.href).toBe(`http://here.example${url.pathname}`)
        expect(url.pathname.split('/')).toHaveLength(6)
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 's', a, 't', b, 'u'])
      }),
      { numRuns: 1000 },
    )
  })
})
