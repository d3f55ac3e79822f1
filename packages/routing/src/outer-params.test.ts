import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import { expect, test } from 'vitest'
import { int, oneOf, Router, redirectTo } from './index.ts'

const show = Request.application((request) => Response.json(request.params))

async function jsonOf(router: Router, path: string, host = 'localhost'): Promise<unknown> {
  const answer = await new Client(validate(router.app), { base: `http://${host}` }).get(path)
  return answer.status === 200 ? answer.json() : answer.status
}

test('a router below a prefix has its parameters and its own', async () => {
  const users = Router.below('/teams/:team').get(
    '/users/:id',
    Request.application(({ params }) => Response.json(`${params.id} of ${params.team}`)),
    { name: 'user' },
  )
  const router = new Router().mount('/teams/:team', users, { name: 'team.' })
  expect(await jsonOf(router, '/teams/red/users/7')).toBe('7 of red')
  expect(users.url('user', { id: '7' })).toBe('/users/7')
  expect(router.url('team.user', { team: 'red', id: '7' })).toBe('/teams/red/users/7')
})

test('it is mounted wherever there are the parameters, whatever they come from', async () => {
  const pages = Router.below('/:tenant/:lang').get('/', show)
  const router = new Router()
    .host(':tenant.example.org', (tenant) => tenant.mount('/:lang', pages))
    .group({ prefix: '/shops/:tenant' }, (shop) => shop.mount('/in/:lang', pages))
    .mount('/all/:tenant', pages, { defaults: { lang: 'en' } })
    .mount('/nested/:tenant', Router.below('/:tenant').mount('/:lang', pages))
    .mount('/application/:tenant/:lang', pages.app)
    .mount('/snapshot/:tenant/:lang', pages.snapshot())
  expect(await jsonOf(router, '/de/', 'acme.example.org')).toEqual({ tenant: 'acme', lang: 'de' })
  expect(await jsonOf(router, '/shops/acme/in/de/')).toEqual({ tenant: 'acme', lang: 'de' })
  expect(await jsonOf(router, '/all/acme/')).toEqual({ tenant: 'acme', lang: 'en' })
  expect(await jsonOf(router, '/nested/acme/de/')).toEqual({ tenant: 'acme', lang: 'de' })
  expect(await jsonOf(router, '/application/acme/de/')).toEqual({ tenant: 'acme', lang: 'de' })
  expect(await jsonOf(router, '/snapshot/acme/de/')).toEqual({ tenant: 'acme', lang: 'de' })
})

test('a mount that lacks a parameter throws', () => {
  const users = Router.below('/teams/:team', { host: ':tenant.example.org' }).get('/', show)
  const router = new Router().host(':tenant.example.org')
  const message =
    'Got mount :tenant.example.org/groups/:group, whose router is made to be below :tenant.example.org/teams/:team; expected a prefix that always has the parameter team.'
  // @ts-expect-error: the team is missing
  expect(() => router.mount('/groups/:group', users)).toThrow(new TypeError(message))
  // @ts-expect-error: the team is missing
  expect(() => router.mount('/', users.app)).toThrow('always has the parameter team')
  // @ts-expect-error: the team is missing
  expect(() => router.mount('/', users.snapshot())).toThrow('always has the parameter team')
  // @ts-expect-error: the team may be absent
  expect(() => router.mount('/teams{/:team}', users)).toThrow('always has the parameter team')
  // @ts-expect-error: there is no tenant
  expect(() => new Router().mount('/teams/:team', users)).toThrow('always has the parameter tenant')
  const rules = [{ pattern: '/teams', router: users }]
  expect(() => new Router().add(rules)).toThrow('always has the parameter team')
})

test('a group that its rules are added to gives the parameters, too', async () => {
  const users = Router.below('/teams/:team').get('/users/:id', show, { name: 'user' })
  const router = new Router().group({ prefix: '/in/:team', name: 'in.' }, (group) => group.add(users))
  expect(await jsonOf(router, '/in/red/users/7')).toEqual({ team: 'red', id: '7' })
  expect(router.url('in.user', { team: 'red', id: '7' })).toBe('/in/red/users/7')
  // @ts-expect-error: there is no team
  expect(() => new Router().add(users)).toThrow(
    'Got GET /users/:id, whose router is made to be below /teams/:team; expected a prefix that always has the parameter team.',
  )
  // @ts-expect-error: there is no team
  expect(() => new Router().group({ prefix: '/in' }).add(users.snapshot())).toThrow('always has')
  const converted = new Router().group({ prefix: '/:team', convert: { team: int() } })
  // @ts-expect-error: the team is a number
  expect(() => converted.add(users)).toThrow('with team as int()')
  new Router().add([...users])
})

test('a mount that gives another type throws', () => {
  const users = Router.below('/teams/:team', { convert: { team: int() } }).get('/', show)
  const message =
    'Got mount /teams/:team with team as a text, whose router is made to be below /teams/:team with team as int(); expected the same converter in both.'
  // @ts-expect-error: the team is no number
  expect(() => new Router().mount('/teams/:team', users)).toThrow(new TypeError(message))
  const other = { convert: { team: oneOf('red', 'blue') } }
  // @ts-expect-error: the team is no number
  expect(() => new Router().mount('/teams/:team', users, other)).toThrow('expected the same converter')
  const lists = Router.below('/', { host: '*any.example.org' }).get('/', show)
  // @ts-expect-error: it is one text
  expect(() => new Router().mount('/:any', lists)).toThrow('with any as a text')
  // @ts-expect-error: around the router that it is mounted in, the team is a text
  expect(() => Router.below('/:team').mount('/in', users)).toThrow('with team as a text')
  new Router().mount('/teams/:team', users, { convert: { team: int() } })
  new Router().host('*any.example.org', (any) => any.mount('/', lists))
})

test('a parameter that may be absent may be missing, but is of its type', () => {
  const archive = Router.below('/archive{/:year}', { convert: { year: int() } }).get('{/}', show)
  new Router().mount('/archive', archive).mount('/of/:year', archive, { convert: { year: int() } })
  // @ts-expect-error: the year is no number
  expect(() => new Router().mount('/of/:year', archive)).toThrow('with year as int')
})

test('a parameter of its own goes over one of the same name', async () => {
  const users = Router.below('/teams/:id', { convert: { id: int() } }).get(
    '/users/:id',
    Request.application(({ params }) => new Response(JSON.stringify(params.id.toUpperCase()))),
  )
  const router = new Router().mount('/teams/:id', users, { convert: { id: int() } })
  expect(await jsonOf(router, '/teams/7/users/ann')).toBe('ANN')
})

test('redirects take the parameters of the prefix, as they are written there', async () => {
  const hex = {
    name: 'hex',
    parse: (text: string) => (/^[0-9a-f]+$/.test(text) ? Number.parseInt(text, 16) : undefined),
    format: (value: number) => value.toString(16),
  }
  const teams = Router.below('/teams/:team', { convert: { team: hex } })
    .get('/again', redirectTo('/of/:team'))
    .get('/of/:team/:id', redirectTo('/of/:id/:team'))
  const router = new Router().mount('/teams/:team', teams, { convert: { team: hex } })
  const client = new Client(validate(router.app), { followRedirects: false })
  const locationOf = async (path: string) => (await client.get(path)).headers.get('location')
  expect(await locationOf('/teams/ff/again')).toBe('/teams/ff/of/ff')
  expect(await locationOf('/teams/ff/of/10/z')).toBe('/teams/ff/of/z/10')
  expect(() => new Router().get('/again', redirectTo('/of/:team') as never)).toThrow(
    'does not always capture team',
  )
})

test('redirects take a parameter of their own as it is written there, whatever one around is', async () => {
  const texts = Router.below('/:id', { convert: { id: int({ digits: 3 }) } }).get(
    '/of/:id',
    redirectTo('/to/:id'),
  )
  const lists = Router.below('/', { host: '*id.example.org' }).get('/of/:id', redirectTo('/to/:id'))
  const router = new Router()
    .mount('/texts/:id', texts, { convert: { id: int({ digits: 3 }) } })
    .host('*id.example.org', (any) => any.mount('/lists', lists))
  const client = new Client(validate(router.app), { base: 'http://a.example.org', followRedirects: false })
  expect((await client.get('/texts/001/of/7')).headers.get('location')).toBe('/texts/001/to/7')
  expect((await client.get('/lists/of/7')).headers.get('location')).toBe('/lists/to/7')
})

test('what nothing can be mounted at, and unknown options, throw when it is made', () => {
  expect(() => Router.below('/files/*path')).toThrow('whose end no path tells')
  expect(() => Router.below('/teams/')).toThrow('does not end in')
  expect(() => Router.below('teams')).toThrow(TypeError)
  // @ts-expect-error: it is misspelt
  expect(() => Router.below('/teams', { hots: 'a' })).toThrow(
    'Got the unknown option "hots" for the router below /teams; there are redirectSlashes',
  )
  // @ts-expect-error: there is no such parameter
  expect(() => Router.below('/teams/:team', { convert: { taem: int() } })).toThrow('taem')
  expect(() => Router.below('/', { sortQuery: 1 as never })).toThrow('sortQuery')
})
