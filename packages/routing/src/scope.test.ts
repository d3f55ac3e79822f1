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
