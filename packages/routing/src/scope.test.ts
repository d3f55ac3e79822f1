import type { Application, Middleware } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { int } from './index.ts'
import { Scope } from './scope.ts'

const app: Application = () => ''
const outerLayer: Middleware = (inner) => inner
const innerLayer: Middleware = (inner) => inner

describe('Scope', () => {
  test('leaves a rule as it is where it has nothing to give', () => {
    const given = { pattern: '/a', app, name: 'a', methods: ['GET'], host: 'a.example', alias: true }
    expect(new Scope({}).complete(given)).toBe(given)
    expect(new Scope({}, new Scope({ prefix: '/' })).complete(given)).toBe(given)
  })

  test('gives all that the scopes around it have', () => {
    const outer = new Scope({
      prefix: '/a',
      name: 'a.',
      host: 'a.example',
      middleware: [outerLayer],
      convert: { id: int() },
      defaults: { x: 1, y: 1 },
      methods: ['GET'],
      redirectSlashes: false,
      mergeSlashes: false,
    })
    const inner = new Scope(
      { prefix: '/:id', name: 'b.', middleware: [innerLayer], mergeSlashes: true },
      outer,
    )
    expect(inner.complete({ pattern: '/c', app, name: 'c', defaults: { y: 2 } })).toMatchObject({
      pattern: '/a/:id/c',
      name: 'a.b.c',
      host: 'a.example',
      middleware: [outerLayer, innerLayer],
      convert: { id: expect.objectContaining({ name: 'int()' }) },
      defaults: { x: 1, y: 2 },
      methods: ['GET'],
      redirectSlashes: false,
      mergeSlashes: true,
    })
  })

  test('lets an option that is undefined be what is around it', () => {
    const outer = new Scope({ host: 'a.example', methods: ['GET'], redirectSlashes: false })
    const inner = new Scope({ host: undefined, methods: undefined, redirectSlashes: undefined }, outer)
    expect(inner.complete({ pattern: '/', app, host: undefined })).toMatchObject({
      host: 'a.example',
      methods: ['GET'],
      redirectSlashes: false,
    })
  })

  test('gives no methods to what answers any', () => {
    const scope = new Scope({ methods: ['GET'] })
    const kinds = [{ mounted: true }, { websocket: true }, { buildOnly: true }]
    expect(kinds.map((kind) => scope.complete({ pattern: '/a', app, ...kind }).methods)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('mounts / at its prefix', () => {
    expect(new Scope({ prefix: '/a' }).complete({ pattern: '/', app, mounted: true }).pattern).toBe('/a')
    expect(new Scope({ prefix: '/' }).complete({ pattern: '/', app, mounted: true }).pattern).toBe('/')
    expect(new Scope({ prefix: '/a' }).complete({ pattern: '/', app }).pattern).toBe('/a/')
  })

  test('takes its host apart once for all rules that have it as it is', () => {
    const scope = new Scope({ host: ':t.example.org' })
    const parsed = scope.parsedHostOf({ pattern: '/a' })
    expect(parsed?.source).toBe(':t.example.org')
    expect(scope.parsedHostOf({ pattern: '/b', host: ':t.example.org' })).toBe(parsed)
    expect(new Scope({ prefix: '/c' }, scope).parsedHostOf({ pattern: '/d' })).toBe(parsed)
    expect(new Scope({ host: 'a.example' }, scope).parsedHostOf({ pattern: '/d' })?.source).toBe('a.example')
    expect(scope.parsedHostOf({ pattern: '/a', host: 'a.example' })).toBeUndefined()
    expect(scope.parsedHostOf({ pattern: '/a', convert: { t: int() } })).toBeUndefined()
    expect(new Scope({ convert: { t: int() } }, scope).parsedHostOf({ pattern: '/a' })).toBeUndefined()
  })

  test('gives way to what a rule says itself', () => {
    const scope = new Scope({
      host: 'a.example',
      methods: ['GET'],
      convert: { id: int() },
      redirectSlashes: true,
      mergeSlashes: true,
      middleware: [outerLayer],
    })
    const own = {
      host: 'b.example',
      methods: ['POST'],
      convert: { id: int({ min: 1 }) },
      redirectSlashes: false,
      mergeSlashes: false,
    }
    expect(scope.complete({ pattern: '/:id', app, ...own })).toMatchObject({
      ...own,
      middleware: [outerLayer],
    })
    expect(scope.complete({ pattern: '/', app, middleware: [innerLayer] }).middleware).toEqual([
      outerLayer,
      innerLayer,
    ])
  })

  test('keeps what a rule says where it has nothing of the kind', () => {
    const scope = new Scope({ name: 'a.' })
    const own = { pattern: '/b', middleware: [innerLayer], defaults: { x: 1 }, convert: {} }
    expect(scope.complete({ app, ...own })).toMatchObject(own)
    const unnamed = new Scope({ prefix: '/a' }).complete({ pattern: '/b', app, name: 'b' })
    expect(unnamed).toMatchObject({ pattern: '/a/b', name: 'b' })
  })

  test('names a rule that has a name, and a router that has none', () => {
    const scope = new Scope({ name: 'a.' })
    const router = { names: [] } as never
    expect(scope.complete({ pattern: '/', app }).name).toBeUndefined()
    expect(scope.complete({ pattern: '/', app, router }).name).toBe('a.')
    expect(scope.complete({ pattern: '/', app, router, name: 'b.' }).name).toBe('a.b.')
    expect(() => scope.complete({ pattern: '/', app, name: '' })).toThrow(
      'Got "" for the name of /; expected a text that is not empty.',
    )
  })

  test('mounts a router and what is said to be mounted', () => {
    const scope = new Scope({ prefix: '/a' })
    const router = { names: [] } as never
    expect(scope.complete({ pattern: '/', app, router })).toMatchObject({ pattern: '/a', mounted: true })
    expect(scope.complete({ pattern: '/b', app, mounted: true }).pattern).toBe('/a/b')
    expect(scope.complete({ pattern: '', app }).pattern).toBe('/a')
  })

  test('makes no path of what is none', () => {
    const scope = new Scope({ prefix: '/a' })
    expect(() => scope.complete({ pattern: 'b', app })).toThrow(
      'Got the pattern "b", but it does not start with \'/\'.',
    )
    expect(() => scope.complete({ pattern: ':b/', app })).toThrow(TypeError)
  })

  test('gives converters for the parameters that a rule has in its path or its host', () => {
    const scope = new Scope({ convert: { a: int(), b: int(), c: int() } })
    const converted = (pattern: string, host?: string): string[] =>
      Object.keys(scope.complete({ pattern, app, host }).convert ?? {})
    expect(converted('/:a')).toEqual(['a'])
    expect(converted('/:a', ':b.example.org')).toEqual(['a', 'b'])
    expect(converted('/')).toEqual([])
  })

  test.each([
    [{ prefixes: '/a' }, 'Got the unknown option "prefixes" for the group; there are prefix, host, name,'],
    [{ prefix: '/a', nme: 'a.' }, 'Got the unknown option "nme" for the group /a;'],
    [{ host: 'a.example', nme: 'a.' }, 'for the group a.example;'],
    [{ name: 'a.', nme: 'a.' }, 'for the group a.;'],
    [{ prefix: '/a/' }, "Got the prefix \"/a/\"; expected '/' or a path that does not end in '/'."],
    [{ prefix: 'a' }, "it does not start with '/'"],
    [{ name: '' }, 'Got "" for the name of the group; expected a text'],
    [{ name: 7 }, 'Got 7 for the name of the group 7;'],
    [{ middleware: outerLayer }, 'for the middleware of the group; expected a list.'],
    [{ prefix: '/a', convert: [] }, 'Got a list for the converters of the group /a; expected an object'],
    [{ defaults: 7 }, 'Got 7 for the defaults of the group; expected an object'],
    [{ methods: ['get'] }, 'Got the method "get" for the group;'],
    [{ redirectSlashes: 1 }, 'Got 1 for redirectSlashes of the group; expected true or false.'],
    [{ mergeSlashes: 0 }, 'Got 0 for mergeSlashes of the group; expected true or false.'],
    [{ host: 'a/b' }, "it holds '/', and a host has neither a scheme nor a path"],
    [null, 'Got null for the options of the group; expected an object.'],
  ])('refuses %j', (options, message) => {
    expect(() => new Scope(options as object)).toThrow(TypeError)
    expect(() => new Scope(options as object)).toThrow(message)
  })

  test('is not changed by what is done with its options later', () => {
    const options = { defaults: { a: 1 }, middleware: [outerLayer], methods: ['GET'] }
    const scope = new Scope(options)
    options.defaults.a = 2
    options.middleware.pop()
    options.methods.push('POST')
    expect(scope.complete({ pattern: '/', app })).toMatchObject({
      defaults: { a: 1 },
      middleware: [outerLayer],
      methods: ['GET'],
    })
  })
})
