import { setImmediate } from 'node:timers/promises'
import v8 from 'node:v8'
import vm from 'node:vm'
import { type Application, outline, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { Router } from './index.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return `${environ.SCRIPT_NAME}|${environ.PATH_INFO}`
}

describe('a snapshot', () => {
  test('answers, matches, builds and explains as the router did when it was taken', async () => {
    const router = new Router()
      .get('/users/:id', show, { name: 'user', middleware: [(inner) => inner] })
      .get('/', show, { host: 'api.example.org' })
    const snapshot = router.snapshot()
    router.get('/later', show, { name: 'later' })
    expect((await new Client(validate(snapshot.app)).get('/users/7')).text()).toBe('|/users/7')
    expect(snapshot.match('GET', '/users/7')).toMatchObject({ params: { id: '7' } })
    expect(snapshot.match('GET', '/', 'api.example.org').rule?.host).toBe('api.example.org')
    expect(snapshot.url('user', { id: '7' })).toBe('/users/7')
    expect([...snapshot].map(({ pattern }) => pattern)).toEqual(['/users/:id', '/'])
    expect(snapshot.match('GET', '/later')).toMatchObject({ status: 404 })
    expect(snapshot.explain('GET', '/later').answer.status).toBe(404)
    expect(() => snapshot.url('later' as never, {} as never)).toThrow('no rule is called')
    expect(router.match('GET', '/later').rule).toBeDefined()
  })

  test('has the options of the router', () => {
    const router = new Router({ redirectSlashes: false, unknownHost: show, sortQuery: true })
      .host('a.example', (routes) => routes.get('/a', show, { name: 'a' }))
      .get('/b', show, { name: 'b' })
    const snapshot = router.snapshot()
    expect(snapshot.match('GET', '/a/', 'a.example')).toMatchObject({ status: 404 })
    expect(snapshot.match('GET', '/b', 'b.example')).toMatchObject({ status: 404 })
    expect(snapshot.url('b', {}, { query: { z: 1, a: 2 } })).toBe('/b?a=2&z=1')
  })

  test('has snapshots of the routers that are mounted', async () => {
    const inner: Router = new Router()
    inner.get('/a', show, { name: 'a' })
    const snapshot = (new Router().mount('/in', inner, { name: 'in.' }) as Router).snapshot()
    inner.get('/b', show, { name: 'b' })
    const client = new Client(validate(snapshot.app))
    expect((await client.get('/in/a')).text()).toBe('/in|/a')
    expect((await client.get('/in/b')).status).toBe(404)
    expect(snapshot.url('in.a')).toBe('/in/a')
    expect(() => snapshot.url('in.b')).toThrow('no rule is called')
  })

  test('lets nothing be added', () => {
    const snapshot = new Router().get('/', show).snapshot()
    expect(() => (snapshot as Router).get('/a', show)).toThrow(
      'Got the rule /a for a snapshot, to which nothing can be added',
    )
    expect(() => (snapshot as Router).group({ prefix: '/a' }).get('/b', show)).toThrow('snapshot')
    expect([...snapshot]).toHaveLength(1)
  })

  test('can be mounted, listed and taken again', async () => {
    const snapshot = new Router().get('/a', show).snapshot()
    const router = new Router().mount('/in', snapshot)
    expect((await new Client(validate(router.app)).get('/in/a')).text()).toBe('/in|/a')
    expect(String(outline(snapshot.app))).toContain('/a')
    expect(snapshot.snapshot().match('GET', '/a').rule).toBeDefined()
  })

  test('takes the place of another one between two requests', async () => {
    const router = new Router().get('/a', show)
    let current = router.snapshot()
    const app: Application = (environ, startResponse) => current.app(environ, startResponse)
    const client = new Client(validate(app))
    expect((await client.get('/b')).status).toBe(404)
    router.get('/b', show)
    expect((await client.get('/b')).status).toBe(404)
    current = router.snapshot()
    expect((await client.get('/b')).status).toBe(200)
  })

  test('leaves nothing behind when nobody holds it', async () => {
    const router: Router = new Router()
    for (let i = 0; i < 100; i++) router.get(`/x${i}/:id`, show, { name: `x${i}` })
    const taken = Array.from({ length: 20 }, () => {
      const snapshot = router.snapshot()
      snapshot.match('GET', '/x1/2')
      snapshot.url('x1' as never, { id: 'a' } as never)
      return new WeakRef(snapshot)
    })
    v8.setFlagsFromString('--expose-gc')
    const collect = vm.runInNewContext('gc') as () => void
    await setImmediate()
    collect()
    expect(taken.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(2)
  })
})
