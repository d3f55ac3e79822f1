// What url builds is what the router reads: through hosts, groups, mounts and converters, up to the handler.
import { Client } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BuildError, date, float, int, oneOf, Router, string, uuid } from './index.ts'

const show = Request.application((request) => Response.json(request.params))

const text = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom('new', 'a/b', '%41', '//', '\\', 'x.y', '-', '@', 'caf\u00e9', '...'),
  )
  .filter((each) => each !== '.' && each !== '..' && !each.includes('\0') && !/\p{Cs}/u.test(each))
const label = fc.stringMatching(/^[a-z](?:[a-z0-9]{0,8}[a-z0-9])?$/)
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((each) => each.toISOString().slice(0, 10))

const inner = new Router()
  .get('/', show, { name: 'root' })
  .get('/int/:n', show, { name: 'int', convert: { n: int({ signed: true }) } })
  .get('/float/:n', show, { name: 'float', convert: { n: float({ min: 0, max: 1e15 }) } })
  .get('/digits/:n', show, { name: 'digits', convert: { n: int({ digits: 6 }) } })
  .get('/day/:d', show, { name: 'day', convert: { d: date() } })
  .get('/one/:o', show, { name: 'one', convert: { o: oneOf('a b', 'c/d', '\u00fc') } })
  .get('/uuid/:u', show, { name: 'uuid', convert: { u: uuid() } })
  .get('/short/:s', show, { name: 'short', convert: { s: string({ max: 4 }) } })
  .get('/mixed/:s-:n', show, { name: 'mixed', convert: { n: int() } })
  .get('/list/*l/end', show, { name: 'list' })
  .get('/group{/:a{/:b}}', show, { name: 'group' })

const router: Router = new Router()
  .mount('/m/:mount', inner, { name: 'm.' })
  .host(':tenant.example.org', (routes) =>
    routes.group({ prefix: '/g/:group', name: 'g.' }, (group) => group.mount('/', inner)),
  )

const values: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  root: fc.constant({}),
  int: fc.record({ n: fc.maxSafeInteger() }).map(({ n }) => ({ n: n + 0 })),
  float: fc.record({ n: fc.double({ min: 0.001, max: 1e15, noNaN: true }) }),
  digits: fc.record({ n: fc.integer({ min: 0, max: 999_999 }) }),
  day: fc.record({ d: day }),
  one: fc.record({ o: fc.constantFrom('a b', 'c/d', '\u00fc') }),
  uuid: fc.record({ u: fc.uuid() }),
  short: fc.record({ s: text.filter((each) => each.length <= 4) }),
  mixed: fc.record({ s: text, n: fc.nat() }),
  list: fc.record({ l: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  group: fc.record({ a: text, b: text }, { requiredKeys: ['a'] }),
}

test.each(Object.entries(values))('of %s', async (name, given) => {
  let built = 0
  await fc.assert(
    fc.asyncProperty(given, text, text, label, async (params, mount, group, tenant) => {
      for (const [full, all] of [
        [`m.${name}`, { ...params, mount }],
        [`g.${name}`, { ...params, group, tenant }],
      ] as const) {
        let url: string
        try {
          url = router.url(full, all, { host: 'here.example.org:8443' })
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError)
          continue
        }
        built++
        const target = new URL(url)
        const client = new Client(router.app, { base: target.origin })
        const answer = await client.get(`${target.pathname}`)
        expect([answer.status, url]).toEqual([200, url])
        expect(answer.json()).toEqual(all)
      }
    }),
    { numRuns: 30 },
  )
  expect(built).toBeGreaterThan(30)
})
