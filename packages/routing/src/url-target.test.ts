import { describe, expect, test } from 'vitest'
import { PathBuilder } from './path-builder.ts'
import { Rule, type RuleInit } from './rule.ts'
import { UrlTarget } from './url-target.ts'

function target(init: RuleInit): UrlTarget {
  return new UrlTarget(rule(init))
}

function rule(init: RuleInit): Rule {
  return new Rule({ app: () => '', ...init })
}

function below(init: RuleInit, inner: UrlTarget): UrlTarget {
  const mount = rule({ ...init, mounted: true })
  return new UrlTarget(inner.rule, {
    target: inner,
    mount,
    prefix: new PathBuilder(mount.parsed, { mounted: true }),
  })
}

describe('a target knows', () => {
  test('its parameters, those of the host too', () => {
    expect([...target({ pattern: '/:a{/*b}', host: ':c.example.org' }).names]).toEqual(['a', 'b', 'c'])
  })

  test('what it is below mounts', () => {
    const inner = target({ pattern: '/:c', defaults: { x: 1, y: 1 } })
    const middle = below({ pattern: '/:b', host: 'inner.example', defaults: { y: 2, z: 2 } }, inner)
    const outer = below({ pattern: '/', host: 'outer.example', defaults: { z: 3 } }, middle)
    expect(outer.source).toBe('/:b/:c')
    expect([...outer.names]).toEqual(['b', 'c'])
    expect(outer.defaults).toEqual({ x: 1, y: 1, z: 2 })
    expect(outer.hostOf({})).toBe('inner.example')
    expect(outer.path({ b: '1', c: '2' })).toBe('/1/2')
  })

  test('its sets of parameters', () => {
    const sets = (init: RuleInit): string[] =>
      [...target(init).parameterSets()].map((set) => set.replaceAll('\n', ' ').trim())
    expect(sets({ pattern: '/' })).toEqual([''])
    expect(sets({ pattern: '/:b/:a' })).toEqual(['"a" "b"'])
    expect(sets({ pattern: '/:b{/:a}', host: '{:c.}example.org' })).toEqual([
      '"a" "b" "c"',
      '"a" "b"',
      '"b" "c"',
      '"b"',
    ])
  })
})

describe('plainPath', () => {
  test('builds what needs no choice', () => {
    expect(target({ pattern: '/a' }).plainPath({})).toBe('/a')
    expect(target({ pattern: '/:a' }).plainPath({ a: 'x' })).toBe('/x')
    expect(target({ pattern: '/p{/:a}' }).plainPath({})).toBe('/p')
  })

  test.each([
    ['a value too many', { pattern: '/:a' }, { a: 'x', b: 'y' }],
    ['a value for a path that is fixed', { pattern: '/a' }, { b: 'y' }],
    ['a missing value', { pattern: '/:a' }, {}],
    ['another value', { pattern: '/:a' }, { b: 'x' }],
    ['a value that does not fit', { pattern: '/:a' }, { a: '..' }],
    ['undefined', { pattern: '/p{/:a}' }, { a: undefined }],
    ['a host', { pattern: '/', host: 'example.org' }, {}],
    ['defaults', { pattern: '/', defaults: { a: 1 } }, {}],
    ['a rule for WebSockets', { pattern: '/', websocket: true }, {}],
  ])('leaves %s to the others', (_title, init, params) => {
    expect(target(init).plainPath(params)).toBeUndefined()
  })
})

describe('fit counts', () => {
  const page = { pattern: '/:a{/:b}', defaults: { page: 1, size: 10 } }
  test.each([
    ['nothing', {}, { missing: 1, unknown: 0, contradicted: 0, filled: 0, assumed: 2 }],
    ['a parameter', { a: 'x' }, { missing: 0, unknown: 0, contradicted: 0, filled: 1, assumed: 2 }],
    [
      'a default',
      { a: 'x', b: 'y', page: 1 },
      { missing: 0, unknown: 0, contradicted: 0, filled: 2, assumed: 1 },
    ],
    [
      'others',
      { a: 'x', page: 2, c: 1, d: null },
      { missing: 0, unknown: 2, contradicted: 1, filled: 1, assumed: 1 },
    ],
  ])('%s', (_title, params, fit) => {
    expect(target(page).fit(params)).toEqual(fit)
  })
})

test('rest has what has no place', () => {
  const given = { a: 'x', page: 1, b: 2, none: null, missing: undefined }
  const at = target({ pattern: '/:a', defaults: { page: 1 } })
  expect({ ...at.rest(given) }).toEqual({ b: 2, none: null })
  expect([at.takes(given), at.takes({ a: 'x', page: 1, c: undefined })]).toEqual([false, true])
  expect([at.contradicts(given), at.contradicts({ page: 2 })]).toEqual([false, true])
})
