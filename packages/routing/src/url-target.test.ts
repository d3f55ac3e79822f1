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

describe('path', () => {
  test('is built of the values that stand in it', () => {
    expect(target({ pattern: '/:a/x' }).path({ a: '1', b: '2' })).toBe('/1/x')
    expect(() => target({ pattern: '/:a' }).path({})).toThrow('a value is missing for a')
  })

  test('is put together of all mounts around the rule', () => {
    const outer = below({ pattern: '/:a' }, below({ pattern: '/m/:b' }, target({ pattern: '/:c' })))
    expect(outer.path({ a: '1', b: '2', c: '3' })).toBe('/1/m/2/3')
    expect(() => outer.path({ a: '1', c: '3' })).toThrow('a value is missing for b')
  })

  test('is refused below a mount where it would be read as mounted elsewhere', () => {
    const inner = below({ pattern: '/:tenant{/:lang}' }, target({ pattern: '/users' }))
    expect(inner.path({ tenant: 'acme', lang: 'de' })).toBe('/acme/de/users')
    expect(() => inner.path({ tenant: 'acme' })).toThrow('would be read as mounted at "/acme/users"')
  })

  test('of a rule that nobody matches may be one that would be read in another way', () => {
    const values = { a: 'x-y', b: 'z' }
    expect(target({ pattern: '/:a-:b', buildOnly: true }).path(values)).toBe('/x-y-z')
    expect(() => target({ pattern: '/:a-:b' }).path(values)).toThrow('which are other values')
  })

  test('is known before where there is only one, and nothing else to say', () => {
    expect(target({ pattern: '/a' }).fixed).toBe('/a')
    expect(target({ pattern: '/:a' }).fixed).toBeUndefined()
    expect(target({ pattern: '/a{/b}' }).fixed).toBeUndefined()
    expect(target({ pattern: '/a', host: 'a.example' }).fixed).toBeUndefined()
    expect(below({ pattern: '/m' }, target({ pattern: '/a' })).fixed).toBeUndefined()
  })
})

test('source is the pattern with its prefixes, / for the empty one', () => {
  expect(target({ pattern: '/' }).source).toBe('/')
  expect(target({ pattern: '{/}' }).source).toBe('{/}')
  expect(below({ pattern: '/' }, target({ pattern: '' })).source).toBe('/')
  expect(below({ pattern: '/m' }, target({ pattern: '' })).source).toBe('/m')
})

test('plainPath takes below mounts just the values of the whole path', () => {
  const at = below({ pattern: '/:a' }, target({ pattern: '/:b' }))
  expect(at.plainPath({ a: '1', b: '2' })).toBe('/1/2')
  expect(at.plainPath({ a: '1' })).toBeUndefined()
  expect(at.plainPath({ a: '1', b: '2', c: '3' })).toBeUndefined()
  expect(at.plainPath({ a: '1', c: '3' })).toBeUndefined()
})

test('hostOf fills the host with what is given, or the default', () => {
  const at = target({ pattern: '/', host: ':tenant.:region.example.org', defaults: { region: 'eu' } })
  expect(at.hostOf({ tenant: 'a' })).toBe('a.eu.example.org')
  expect(at.hostOf({ tenant: 'a', region: 'us' })).toBe('a.us.example.org')
  expect(() => at.hostOf({ region: 'us' })).toThrow('a value is missing for tenant')
  expect(target({ pattern: '/' }).hostOf({})).toBeUndefined()
})

test('fit counts each parameter that is missing, of the host too', () => {
  const at = target({ pattern: '/:a/:b', host: ':c.example.org' })
  expect(at.fit({})).toMatchObject({ missing: 3, filled: 0 })
  expect(at.fit({ a: 'x', c: 'y' })).toMatchObject({ missing: 1, filled: 1 })
  expect(at.fit({ a: 'x', b: 'y', c: 'z' })).toEqual({
    missing: 0,
    unknown: 0,
    contradicted: 0,
    filled: 3,
    assumed: 0,
  })
})

test('contradicts tells of one value among others', () => {
  const at = target({ pattern: '/:a', defaults: { page: 1 } })
  expect(at.contradicts({ a: 'x', page: 2, other: 1 })).toBe(true)
  expect(at.contradicts({ a: 'x', other: 1 })).toBe(false)
  expect(target({ pattern: '/:a' }).contradicts({ page: 2 })).toBe(false)
})

test.each([
  [{ page: 2, other: 1 }, 'got 2 for page, which is 1 there'],
  [{ other: 1, page: 2 }, 'got 2 for page, which is 1 there'],
  [{ other: 1, last: 2 }, 'it has no parameter "other".'],
  [{ articel: 1 }, 'it has no parameter "articel"; did you mean "article"?'],
])('%j has no place, and the error says which and why', (params, message) => {
  const at = target({ pattern: '/:article', defaults: { page: 1 } })
  const error = at.refuseRest({ article: 'x', ...params })
  expect(error.name).toBe('BuildError')
  expect(error.message).toContain('No URL of "/:article" can be built: ')
  expect(error.message).toContain(message)
  expect(error.message).toMatch(/[^?.][?.]$/)
})
