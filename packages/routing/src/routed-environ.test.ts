import { type Application, type Environ, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { NO_PARAMS } from './capture.ts'
import { Found } from './found.ts'
import { Router } from './index.ts'
import { mountEnviron, setParams } from './routed-environ.ts'
import { Rule } from './rule.ts'

const show: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}
const rule = new Rule({ pattern: '/in', app: show, mounted: true })

function environOf(changes: Partial<Environ>): Environ {
  return { SCRIPT_NAME: '/outer', PATH_INFO: '/in/x', ...changes } as Environ
}

describe('setParams', () => {
  test('puts parameters over those of a router outside', () => {
    const environ = environOf({ 'stapel.params': { a: 1, b: 1 } })
    setParams(environ, { b: 2, c: 2 })
    expect(environ['stapel.params']).toEqual({ a: 1, b: 2, c: 2 })
  })

  test('does not change what the router outside gave', () => {
    const outer = Object.freeze({ a: 1 })
    const environ = environOf({ 'stapel.params': outer })
    setParams(environ, { a: 2 })
    expect(outer).toEqual({ a: 1 })
  })
})

describe('mountEnviron', () => {
  // robustness.md U5
  test('gives a copy, and leaves the environ of the layers outside as it was', () => {
    const environ = environOf({})
    const before = { ...environ }
    const mounted = mountEnviron(environ, new Found(rule, { id: '7' }, '/in', '/x'), {})
    expect(environ).toEqual(before)
    expect(mounted).toMatchObject({
      SCRIPT_NAME: '/outer/in',
      PATH_INFO: '/x',
      'stapel.params': { id: '7' },
    })
  })

  test('notes which router was where, the innermost first', () => {
    const [first, second] = [{ name: 'first' }, { name: 'second' }]
    const outer = mountEnviron(environOf({}), new Found(rule, NO_PARAMS, '/in', '/x'), first)
    const inner = mountEnviron(outer, new Found(rule, NO_PARAMS, '/x', ''), second)
    expect(inner['stapel.mounts']).toEqual({
      router: second,
      scriptName: '/outer/in',
      slashes: rule,
      outer: { router: first, scriptName: '/outer', slashes: rule, outer: undefined },
    })
  })

  test('gives a fallback the environ itself, with the note', () => {
    const environ = environOf({})
    const router = {}
    expect(mountEnviron(environ, new Found(rule, NO_PARAMS, '', '/in/x'), router)).toBe(environ)
    expect(environ['stapel.mounts']).toEqual({
      router,
      scriptName: '/outer',
      slashes: rule,
      outer: undefined,
    })
  })
})

test('routers build URLs of their own for a request that is handled deep inside their mounts', async () => {
  const urls: string[] = []
  const inner: Router = new Router()
  const middle: Router = new Router()
  const outer: Router = new Router()
  inner.get(
    '/:id',
    (environ, startResponse) => {
      urls.push(
        inner.url('item', { id: '8' }, { request: environ }),
        middle.url('about', undefined, { request: environ }),
        outer.url('home', undefined, { request: environ }),
      )
      return show(environ, startResponse)
    },
    { name: 'item' },
  )
  middle.get('/about', show, { name: 'about' }).mount('/items', inner.app)
  outer.get('/', show, { name: 'home' }).mount('/shop/:name', middle.app)
  const root: Router = new Router()
  root.mount('/app', new Router().mount('/', outer.app).app)
  expect((await new Client(validate(root.app)).get('/app/shop/a/items/7')).status).toBe(200)
  expect(urls).toEqual(['/app/shop/a/items/8', '/app/shop/a/about', '/app/'])
})
