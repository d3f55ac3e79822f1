import { type Application, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BuildError } from './build-error.ts'
import { CanonicalUrls } from './canonical-urls.ts'
import { Found } from './found.ts'
import { int, Router } from './index.ts'
import { Rule } from './rule.ts'

const app: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(environ['stapel.params'] ?? {})
}

describe('CanonicalUrls', () => {
  test('marks the rules that may have to give way, and no others', () => {
    const urls = new CanonicalUrls(true)
    const all = new Rule({ pattern: '/all', app, name: 'all', defaults: { page: 1 } })
    const page = new Rule({ pattern: '/all/:page', app, name: 'all', convert: { page: int() } })
    const alias = new Rule({ pattern: '/every', app, name: 'all', alias: true })
    const other = new Rule({ pattern: '/other', app, name: 'other' })
    const unnamed = new Rule({ pattern: '/:page', app })
    for (const rule of [page, all, alias, other, unnamed]) urls.add(rule)
    expect([all, page, alias, other, unnamed].map(({ givesWay }) => givesWay)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
  })

  test('says where a request belongs', () => {
    const urls = new CanonicalUrls(true)
    const page = new Rule({ pattern: '/all/:page', app, name: 'all', convert: { page: int() } })
    urls.add(page)
    const all = new Rule({ pattern: '/all', app, name: 'all', defaults: { page: 1 } })
    urls.add(all)
    const look = () => new Found(all, { page: 1 }, '', '/all')
    expect(urls.find(new Found(page, { page: 1 }, '', '/all/1'), 'GET', look)).toEqual({
      path: '/all',
      host: undefined,
    })
    expect(urls.find(new Found(page, { page: 2 }, '', '/all/2'), 'GET', look)).toBeUndefined()
  })

  test('is used as soon as a rule may have to give way', () => {
    const urls = new CanonicalUrls(true)
    urls.add(new Rule({ pattern: '/all', app, name: 'all', defaults: { page: 1 } }))
    expect(urls.isUsed).toBe(false)
    urls.add(new Rule({ pattern: '/all/:page', app, name: 'all', convert: { page: int() } }))
    expect(urls.isUsed).toBe(true)
    const spelt = new CanonicalUrls(true)
    spelt.add(new Rule({ pattern: '/all{/:page}', app, convert: { page: int() }, defaults: { page: 1 } }))
    expect(spelt.isUsed).toBe(true)
  })

  test('compares neither rules without a name nor what is mounted', () => {
    const urls = new CanonicalUrls(true)
    for (const kind of [{}, { name: 'a.', mounted: true }]) {
      urls.add(new Rule({ pattern: '/all', app, defaults: { page: 1 }, ...kind }))
      urls.add(new Rule({ pattern: '/all/:page', app, convert: { page: int() }, ...kind }))
    }
    expect(urls.isUsed).toBe(false)
  })

  test('names no host where both rules are for the same', () => {
    const host = ':tenant.example.org'
    const urls = new CanonicalUrls(true)
    const page = new Rule({ pattern: '/all/:page', app, name: 'all', host, convert: { page: int() } })
    const all = new Rule({ pattern: '/all', app, name: 'all', host, defaults: { page: 1 } })
    const elsewhere = new Rule({
      pattern: '/:tenant/all',
      app,
      name: 'all',
      defaults: { page: 1, size: 5 },
    })
    for (const rule of [page, all, elsewhere]) urls.add(rule)
    const params = { tenant: 'a', page: 1 }
    const look = () => new Found(all, params, '', '/all')
    expect(urls.find(new Found(page, params, '', '/all/1'), 'GET', look)).toEqual({
      path: '/all',
      host: undefined,
    })
  })

  test('leaves a request where nothing, or what cannot be built, is at the other path', () => {
    const urls = new CanonicalUrls(true)
    const page = new Rule({ pattern: '/all/:page', app, name: 'all', convert: { page: int() } })
    const spelt = new Rule({ pattern: '/x{/:n}', app, convert: { n: int() }, defaults: { n: 1 } })
    urls.add(page)
    urls.add(new Rule({ pattern: '/all', app, name: 'all', defaults: { page: 1 } }))
    urls.add(spelt)
    const atPage = new Found(page, { page: 1 }, '', '/all/1')
    expect(urls.find(atPage, 'GET', () => undefined)).toBeUndefined()
    expect(urls.find(new Found(spelt, { n: 1 }, '', '/x/1'), 'GET', () => undefined)).toBeUndefined()
    const refuse = () => {
      throw new BuildError('It does not fit.')
    }
    expect(urls.find(atPage, 'GET', refuse)).toBeUndefined()
    const fail = () => {
      throw new Error('A converter failed.')
    }
    expect(() => urls.find(atPage, 'GET', fail)).toThrow('A converter failed.')
  })

  test('leads to the other rule that answers the method', () => {
    const router = new Router()
      .get('/all', app, { name: 'all', defaults: { page: 1 } })
      .post('/every', app, { name: 'all', defaults: { page: 1 } })
      .add('/all/:page', app, { name: 'all', convert: { page: int() } })
    expect(router.match('GET', '/all/1')).toMatchObject({ status: 308, location: '/all' })
    expect(router.match('POST', '/all/1')).toMatchObject({ status: 308, location: '/every' })
    expect(router.match('PUT', '/all/1')).toMatchObject({ params: { page: 1 } })
  })

  test('leaves a request where the other path belongs to a rule of another name', () => {
    const router = new Router()
      .get('/:user', app, { name: 'posts', defaults: { page: 1 } })
      .get('/:user/:page', app, { name: 'posts', convert: { page: int() } })
      .get('/admin', app)
    expect(router.match('GET', '/ann/1')).toMatchObject({ status: 308, location: '/ann' })
    expect(router.match('GET', '/admin/1')).toMatchObject({ params: { user: 'admin', page: 1 } })
  })

  test('leaves a request where the other rule answers other methods', () => {
    const router = new Router()
      .get('/all', app, { name: 'all', defaults: { page: 1 } })
      .add('/all/:page', app, { name: 'all', convert: { page: int() } })
    expect(router.match('GET', '/all/1')).toMatchObject({ status: 308, location: '/all' })
    expect(router.match('HEAD', '/all/1')).toMatchObject({ status: 308, location: '/all' })
    expect(router.match('POST', '/all/1')).toMatchObject({ params: { page: 1 } })
  })

  test('leaves defaults alone where it is told to', () => {
    const urls = new CanonicalUrls(false)
    const page = new Rule({ pattern: '/all/:page', app, name: 'all', convert: { page: int() } })
    urls.add(page)
    urls.add(new Rule({ pattern: '/all', app, name: 'all', defaults: { page: 1 } }))
    expect(page.givesWay).toBe(false)
  })
})

test('a redirect leads to the same parameters in two steps at most, whatever the rules are', async () => {
  const names = ['x', 'y', 'z']
  const fixed = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(1, 2), { maxKeys: 3 })
  const rules = fc.array(fc.record({ fixed, alias: fc.boolean() }), { minLength: 2, maxLength: 6 })
  let redirected = 0
  await fc.assert(
    fc.asyncProperty(
      rules,
      fc.tuple(...names.map(() => fc.constantFrom('1', '2'))),
      async (given, values) => {
        const router: Router = new Router()
        given.forEach(({ fixed: defaults, alias }, i) => {
          const captured = names.filter((name) => !Object.hasOwn(defaults, name))
          const convert = Object.fromEntries(captured.map((name) => [name, int()]))
          const pattern = `/${i}${captured.map((name) => `/:${name}`).join('')}`
          try {
            router.get(pattern, app, { name: 'rule', defaults, convert, alias })
          } catch (error) {
            // Two rules of one name with the same parameters and defaults are refused.
            expect(String(error)).toContain('has already')
          }
        })
        const client = new Client(validate(router.app))
        for (const rule of router) {
          let target = rule.pattern.replace(
            /:(\w)/g,
            (_all, name: string) => values[names.indexOf(name)] as string,
          )
          const asked = Object.fromEntries(
            names.map((name, i) => [name, rule.defaults?.[name] ?? Number(values[i])]),
          )
          let answer = await client.get(target)
          for (let step = 0; step < 2 && answer.status === 308; step++) {
            redirected++
            target = answer.headers.get('location') as string
            answer = await client.get(target)
          }
          expect(answer.status, target).toBe(200)
          expect(answer.json(), target).toEqual(asked)
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(redirected).toBeGreaterThan(0)
})
