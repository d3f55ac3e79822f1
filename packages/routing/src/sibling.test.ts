import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { int, Router } from './index.ts'
import { Rule, type RuleInit } from './rule.ts'
import { Sibling } from './sibling.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'] ?? {})
}

async function ask(router: Router, target: string, host = 'example.org'): Promise<unknown> {
  const answer = await new Client(validate(router.app)).get(target, { headers: { Host: host } })
  return answer.status === 308 ? `308 ${answer.headers.get('location')}` : answer.text()
}

describe('defaults', () => {
  const router: Router = new Router()
  router
    .get('/all', show, { name: 'all', defaults: { page: 1 } })
    .get('/all/page/:page', show, { name: 'all', convert: { page: int() } })

  test('are among the parameters', async () => {
    expect(await ask(router, '/all')).toBe('{"page":1}')
    expect(await ask(router, '/all/page/2')).toBe('{"page":2}')
  })

  test('that a path repeats redirect to the rule that has them', async () => {
    expect(await ask(router, '/all/page/1')).toBe('308 /all')
    expect(await ask(router, '/all/page/1?sort=name')).toBe('308 /all?sort=name')
    expect(router.match('GET', '/all/page/1')).toEqual({ rule: undefined, status: 308, location: '/all' })
  })

  test('redirect below the mount', async () => {
    const outer: Router = new Router()
    outer.mount('/shop', router.app)
    expect(await ask(outer, '/shop/all/page/1')).toBe('308 /shop/all')
  })

  test('choose the rule whose URL is built', () => {
    expect(router.url('all', { page: 1 })).toBe('/all')
    expect(router.url('all', { page: 2 })).toBe('/all/page/2')
  })

  test('do not redirect where the router says so', async () => {
    const plain: Router = new Router({ redirectDefaults: false })
    plain.add([...router])
    expect(await ask(plain, '/all/page/1')).toBe('{"page":1}')
  })

  test('redirect whichever rule was added first', () => {
    const turned = new Router().add([...router].toReversed())
    expect(turned.match('GET', '/all/page/1')).toMatchObject({ status: 308, location: '/all' })
    expect(turned.match('GET', '/all').rule?.pattern).toBe('/all')
  })

  test('redirect to the rule that fixes most of them', () => {
    const steps: Router = new Router()
    steps
      .get('/a/:x/:y', show, { name: 'a', convert: { x: int(), y: int() } })
      .get('/a/:x', show, { name: 'a', convert: { x: int() }, defaults: { y: 1 } })
      .get('/a', show, { name: 'a', defaults: { x: 1, y: 1 } })
    const locationOf = (path: string) => {
      const match = steps.match('GET', path)
      return match.rule === undefined && match.status === 308 ? match.location : match.rule?.pattern
    }
    expect(locationOf('/a/2/2')).toBe('/a/:x/:y')
    expect(locationOf('/a/2/1')).toBe('/a/2')
    expect(locationOf('/a/1/1')).toBe('/a')
    expect(locationOf('/a/1')).toBe('/a')
    expect(locationOf('/a/1/2')).toBe('/a/:x/:y')
  })

  test('are compared as the values that a converter gives', () => {
    const day = {
      name: 'day',
      parse: (text: string) => new Date(text),
      format: (value: Date) => value.toISOString().slice(0, 10),
    }
    const days: Router = new Router()
    days
      .get('/first', show, { name: 'day', defaults: { day: new Date('2026-01-01') } })
      .get('/:day', show, { name: 'day', convert: { day } })
    expect(days.match('GET', '/2026-01-01')).toMatchObject({ location: '/first' })
    expect(days.match('GET', '/2026-01-02').rule?.pattern).toBe('/:day')
  })

  test('are not compared with text, where no converter makes it a value', () => {
    const texts: Router = new Router()
    texts.get('/all', show, { name: 'all', defaults: { page: 1 } }).get('/all/:page', show, { name: 'all' })
    expect(texts.match('GET', '/all/1').rule?.pattern).toBe('/all/:page')
  })

  test('that a converter cannot write are no value of the parameter', () => {
    const odd: Router = new Router()
    const picky = {
      name: 'picky',
      parse: (text: string) => text,
      format(value: unknown) {
        if (value === null) throw new TypeError('null')
        return String(value)
      },
    }
    odd
      .get('/all', show, { name: 'all', defaults: { page: null } })
      .get('/all/:page', show, { name: 'all', convert: { page: picky } })
    expect(odd.match('GET', '/all/1').rule?.pattern).toBe('/all/:page')
  })

  test('do not redirect between rules of other names, or with other parameters', () => {
    const apart: Router = new Router()
    apart
      .get('/a', show, { name: 'a', defaults: { page: 1 } })
      .get('/b/:page', show, { name: 'b', convert: { page: int() } })
      .get('/a/:page/:more', show, { name: 'a', convert: { page: int() } })
      .get('/c/:page', show, { convert: { page: int() } })
    for (const path of ['/b/1', '/a/1/x', '/c/1']) expect(apart.match('GET', path).rule, path).toBeDefined()
  })

  test('do not redirect to a rule that is only built', () => {
    const router: Router = new Router()
    router
      .buildOnly('/all', { name: 'all', defaults: { page: 1 } })
      .get('/all/:page', show, { name: 'all', convert: { page: int() } })
    expect(router.match('GET', '/all/1').rule?.pattern).toBe('/all/:page')
  })

  test('are over what a router outside captured', async () => {
    const inner: Router = new Router()
    inner.get('/', show, { defaults: { id: 'default' } }).get('/:id', show, { defaults: { id: 'default' } })
    const outer: Router = new Router()
    outer.mount('/:id', inner.app)
    expect(await ask(outer, '/outer/')).toBe('{"id":"default"}')
    expect(await ask(outer, '/outer/inner')).toBe('{"id":"inner"}')
  })
})

describe('an alias', () => {
  test('redirects to the rule of its name, with what it captured', async () => {
    const router: Router = new Router()
    router
      .get('/users/:id', show, { name: 'user' })
      .get('/people/:id', show, { name: 'user', alias: true })
      .get('/u/:id{/*rest}', show, { name: 'user', alias: true })
    expect(await ask(router, '/people/a%2Fb?x=1')).toBe('308 /users/a%2Fb?x=1')
    expect(await ask(router, '/u/7/more')).toBe('308 /users/7')
    expect(await ask(router, '/users/7')).toBe('{"id":"7"}')
    expect(router.url('user', { id: '7' })).toBe('/users/7')
  })

  test('may be added first', async () => {
    const router: Router = new Router()
    router.get('/old', show, { name: 'new', alias: true }).get('/new', show, { name: 'new' })
    expect(await ask(router, '/old')).toBe('308 /new')
  })

  test('redirects with any method, also where redirectDefaults is off', () => {
    const router: Router = new Router({ redirectDefaults: false })
    router.add('/old', show, { name: 'new', alias: true }).post('/new', show, { name: 'new' })
    expect(router.match('POST', '/old')).toMatchObject({ status: 308, location: '/new' })
  })

  test('takes the defaults that the rule has', () => {
    const router: Router = new Router()
    router
      .get('/all', show, { name: 'all', defaults: { page: 1 } })
      .get('/all/:page', show, { name: 'all', convert: { page: int() } })
      .get('/every/:page', show, { name: 'all', alias: true, convert: { page: int() } })
      .get('/every', show, { name: 'all', alias: true })
    expect(router.match('GET', '/every/1')).toMatchObject({ location: '/all' })
    expect(router.match('GET', '/every/2')).toMatchObject({ location: '/all/2' })
    expect(router.match('GET', '/every')).toMatchObject({ location: '/all' })
  })

  test('leads to the rule that takes most of what it captured', () => {
    const router: Router = new Router()
    router
      .get('/posts', show, { name: 'posts' })
      .get('/posts/:year', show, { name: 'posts' })
      .get('/archive{/:year}', show, { name: 'posts', alias: true })
    expect(router.match('GET', '/archive')).toMatchObject({ location: '/posts' })
    expect(router.match('GET', '/archive/2026')).toMatchObject({ location: '/posts/2026' })
  })

  test('leads to another host', async () => {
    const router: Router = new Router()
    router
      .get('/', show, { name: 'tenant', host: ':tenant.example.org' })
      .get('/t/:tenant', show, { name: 'tenant', alias: true })
    expect(await ask(router, '/t/acme?a=b')).toBe('308 http://acme.example.org/?a=b')
    expect(router.match('GET', '/t/acme')).toMatchObject({ status: 308, location: '//acme.example.org/' })
  })

  test('answers itself where nothing else has its name, or takes what it captured', async () => {
    const router: Router = new Router()
    router
      .get('/alone', show, { name: 'alone', alias: true })
      .get('/a', show, { name: 'a', alias: true })
      .get('/a/:id', show, { name: 'a' })
    expect(await ask(router, '/alone')).toBe('{}')
    expect(await ask(router, '/a')).toBe('{}')
  })

  test('answers itself where the other rule refuses what it captured', async () => {
    const router: Router = new Router()
    router
      .get('/n/:id', show, { name: 'n', convert: { id: int({ min: 10 }) } })
      .get('/old/:id', show, { name: 'n', alias: true, convert: { id: int() } })
    expect(await ask(router, '/old/12')).toBe('308 /n/12')
    expect(await ask(router, '/old/7')).toBe('{"id":7}')
    expect(router.match('GET', '/old/7').rule?.alias).toBe(true)
  })

  test('answers itself where what it captured makes no host', async () => {
    const router: Router = new Router()
    router
      .get('/', show, { name: 'tenant', host: ':tenant.example.org' })
      .get('/t/:tenant', show, { name: 'tenant', alias: true })
    for (const tenant of ['evil.example%2F', 'a.b', 'user@evil.example', '%20', 'a'.repeat(300)]) {
      expect(await ask(router, `/t/${tenant}`), tenant).toBe(
        JSON.stringify({ tenant: decodeURIComponent(tenant) }),
      )
    }
  })

  test('needs a name', () => {
    expect(() => new Router().get('/old', show, { alias: true })).toThrow(
      'Got an alias without a name for /old',
    )
  })
})

describe('a rule may give way', () => {
  const sibling = (init: Omit<RuleInit, 'app'>): Sibling =>
    new Sibling(new Rule({ app: show, name: 'all', ...init }))
  const convert = { page: int() }
  const page = sibling({ pattern: '/all/:page', convert })
  const all = sibling({ pattern: '/all', defaults: { page: 1 } })
  const old = sibling({ pattern: '/every', alias: true, defaults: { page: 1 } })
  const built = sibling({ pattern: '/elsewhere', buildOnly: true, defaults: { page: 1 } })

  test('to one that has more of the same parameters fixed', () => {
    expect(page.mayGiveWayTo(all, true)).toBe(true)
    expect(page.mayGiveWayTo(all, false)).toBe(false)
    expect(all.mayGiveWayTo(page, true)).toBe(false)
    expect(all.mayGiveWayTo(sibling({ pattern: '/any', defaults: { page: 2 } }), true)).toBe(false)
  })

  test('not to one with other parameters, or with more of them', () => {
    expect(page.mayGiveWayTo(sibling({ pattern: '/all', defaults: { size: 1 } }), true)).toBe(false)
    expect(page.mayGiveWayTo(sibling({ pattern: '/all', defaults: { page: 1, size: 1 } }), true)).toBe(false)
    const hosted = sibling({ pattern: '/all/:page', host: ':tenant.example.org', convert })
    expect(hosted.mayGiveWayTo(all, true)).toBe(false)
    expect(
      hosted.mayGiveWayTo(
        sibling({ pattern: '/all', host: ':tenant.example.org', defaults: { page: 1 } }),
        true,
      ),
    ).toBe(true)
  })

  test('to no alias, to nothing that only builds URLs, and not to itself', () => {
    expect(page.mayGiveWayTo(old, true)).toBe(false)
    expect(page.mayGiveWayTo(built, true)).toBe(false)
    expect(old.mayGiveWayTo(old, true)).toBe(false)
    expect(old.mayGiveWayTo(built, true)).toBe(false)
  })

  test('as an alias to any other, also where defaults do not redirect', () => {
    expect(old.mayGiveWayTo(all, false)).toBe(true)
    expect(old.mayGiveWayTo(sibling({ pattern: '/:x' }), true)).toBe(true)
  })

  test('to the first of those that take what was captured and are as close', () => {
    const other = sibling({ pattern: '/one', defaults: { page: 1 } })
    expect(page.chooseAmong([all, other], { page: 1 })).toBe(all)
    expect(page.chooseAmong([other, all], { page: 1 })).toBe(other)
    expect(page.chooseAmong([all, other], { page: 2 })).toBeUndefined()
    expect(old.chooseAmong([sibling({ pattern: '/:x' }), all], { page: 1 })).toBe(all)
    expect(page.chooseAmong([], { page: 1 })).toBeUndefined()
  })
})
