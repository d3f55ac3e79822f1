import type { Application } from '@stapel/core'
import { Request, Response } from '@stapel/wrappers'
import { expectTypeOf, test } from 'vitest'
import {
  type Converter,
  date,
  float,
  int,
  oneOf,
  type ParamsOf,
  Router,
  redirectTo,
  string,
  uuid,
} from './index.ts'

declare const app: Application

test('params are read from the pattern', () => {
  expectTypeOf<ParamsOf<'/'>>().toEqualTypeOf<Record<never, never>>()
  expectTypeOf<ParamsOf<'/users/:id'>>().toEqualTypeOf<{ readonly id: string }>()
  expectTypeOf<ParamsOf<'/:name.:ext'>>().toEqualTypeOf<{ readonly name: string; readonly ext: string }>()
  expectTypeOf<ParamsOf<'/:a-:b/x/:c'>>().toEqualTypeOf<{
    readonly a: string
    readonly b: string
    readonly c: string
  }>()
  expectTypeOf<ParamsOf<'/files/*path'>>().toEqualTypeOf<{ readonly path: string[] }>()
  expectTypeOf<ParamsOf<'/posts{/:year{/:month}}/:x'>>().toEqualTypeOf<{
    readonly x: string
    readonly year?: string | undefined
    readonly month?: string | undefined
  }>()
  expectTypeOf<ParamsOf<'/a{/*rest}'>>().toEqualTypeOf<{ readonly rest?: string[] | undefined }>()
  expectTypeOf<ParamsOf<'/:"first name"/\\:x'>>().toEqualTypeOf<{ readonly 'first name': string }>()
  expectTypeOf<ParamsOf<'/:größe'>>().toEqualTypeOf<{ readonly größe: string }>()
  expectTypeOf<ParamsOf<string>>().toEqualTypeOf<Readonly<Record<string, unknown>>>()
})

test('converters give their own types', () => {
  expectTypeOf<ParamsOf<'/:id/:x', { id: Converter<number> }>>().toEqualTypeOf<{
    readonly id: number
    readonly x: string
  }>()
  expectTypeOf<ParamsOf<'/a{/:id}', { id: Converter<number> }>>().toEqualTypeOf<{
    readonly id?: number | undefined
  }>()
})

test('a handler gets the params of its rule without an annotation', () => {
  new Router()
    .get(
      '/',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<Record<never, never>>()
        return new Response('')
      }),
    )
    .get(
      '/users/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: string }>()
        return new Response(request.params.id)
      }),
    )
    .post(
      '/users/:id/:kind',
      Request.application(async (request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: number; readonly kind: 'a' | 'b' }>()
        return new Response('')
      }),
      { convert: { id: int({ min: 1 }), kind: oneOf('a', 'b') } },
    )
    .add(
      '/:x/:y/:z',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{
          readonly x: number
          readonly y: string
          readonly z: string
        }>()
        return new Response('')
      }),
      { methods: ['PUT'], name: 'xyz', convert: { x: float(), y: uuid(), z: string({ length: 2 }) } },
    )
    .get(
      '/named/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly id: string }>()
        return new Response('')
      }),
      { name: 'named' },
    )
    .mount(
      '/:tenant',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: string }>()
        return new Response('')
      }),
    )
})

test('any application will do, written in place too', () => {
  new Router().get('/a', app).get('/b', (environ, startResponse) => {
    expectTypeOf(environ.PATH_INFO).toEqualTypeOf<string>()
    startResponse('200 OK', [])
    return ''
  })
})

test('a handler must not ask for params that its rule does not give', () => {
  const handler = Request.application(
    (request: Request<{ readonly id: string }>) => new Response(request.params.id),
  )
  new Router().get('/h/:id', handler)
  // @ts-expect-error: the converter makes it a number
  new Router().get('/h/:id', handler, { convert: { id: int() } })
  // @ts-expect-error: there is no id
  new Router().get('/h/:other', handler)
})

test('wrong options do not compile', () => {
  // @ts-expect-error: no such option
  new Router().get('/', app, { name: 'home', nme: 'x' })
  // @ts-expect-error: no such parameter
  new Router().get('/:id', app, { convert: { idd: int() } })
  // @ts-expect-error: no converter
  new Router().get('/:id', app, { convert: { id: Number } })
  // @ts-expect-error: a wildcard has no converter
  new Router().get('/*id', app, { convert: { id: int() } })
})

test('url knows the names and params of a chained router', () => {
  const router = new Router()
    .get('/', app, { name: 'home' })
    .get('/users/:id', app, { name: 'user', convert: { id: int() } })
    .get('/posts{/:year}', app, { name: 'posts' })
    .get('/files/*path', app, { name: 'file' })
  router.url('home')
  router.url('user', { id: 42 }, { query: { tab: 'a' } })
  router.url('posts')
  router.url('posts', { year: '2026' })
  router.url('file', { path: ['a', 'b'] })
  // @ts-expect-error: no such name
  router.url('users', { id: 42 })
  // @ts-expect-error: a text is no number
  router.url('user', { id: '42' })
  // @ts-expect-error: the id is missing
  router.url('user')
  // @ts-expect-error: no such parameter
  router.url('home', { id: 42 })
})

test('url takes any name of a router that was filled in statements', () => {
  const router = new Router()
  router.get('/users/:id', app, { name: 'user' })
  router.url('user', { id: '42' })
  const group = router.group({ prefix: '/blog/:blog', name: 'blog.' })
  group.get('/:post', app, { name: 'post' })
  router.host(':tenant.example.org').get('/', app, { name: 'tenant' })
  router.url('blog.post', { blog: 'a', post: 'b' }, { appendUnknown: true })
})

test('url takes any parameters for a name that is not known literally', () => {
  const name: string = 'user'
  const router = new Router().get('/users/:id', app, { name })
  router.url(name, { id: 42 })
  router.url('anything')
})

test('a router with names is a router', () => {
  const link = (router: Router): string => router.url('home')
  link(new Router().get('/', app, { name: 'home' }).get('/users/:id', app, { name: 'user' }))
})

test('params of the host join those of the path', () => {
  const router = new Router()
    .get(
      '/users/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: 'a' | 'b'; readonly id: number }>()
        return new Response('')
      }),
      {
        name: 'user',
        host: ':tenant.example.org',
        convert: { id: int(), tenant: oneOf('a', 'b') },
      },
    )
    .get(
      '/labels',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly labels: string[] }>()
        return new Response('')
      }),
      { host: '*labels.example.org' },
    )
    .get(
      '/address',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<Record<never, never>>()
        return new Response('')
      }),
      { host: '[2001:db8::1]' },
    )
    .host(':language.example.org', (routes) =>
      routes.get(
        '/:page',
        Request.application((request) => {
          expectTypeOf(request.params).toEqualTypeOf<{ readonly language: string; readonly page: string }>()
          return new Response('')
        }),
        { name: 'page' },
      ),
    )
  router.url('user', { tenant: 'a', id: 7 })
  router.url('page', { language: 'de', page: 'about' })
  // @ts-expect-error: no such tenant
  router.url('user', { tenant: 'c', id: 7 })
  // @ts-expect-error: the parameter of the host is missing
  router.url('page', { page: 'about' })
  // @ts-expect-error: neither the path nor the host has it
  new Router().get('/users/:id', app, { host: ':tenant.example.org', convert: { user: int() } })
})

test('parameters with a default are always there, and may be left out of URLs', () => {
  const router = new Router()
    .get(
      '/all',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly page: 1 }>()
        return new Response('')
      }),
      { name: 'all', defaults: { page: 1 } },
    )
    .get(
      '/posts{/:year}',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly year: number | null }>()
        return new Response('')
      }),
      { name: 'posts', convert: { year: int() }, defaults: { year: null } },
    )
    .get(
      '/tags/:tag',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly tag: string }>()
        return new Response('')
      }),
      { name: 'tag', defaults: { tag: 'new' } },
    )
  router.url('all')
  router.url('all', { page: 1 })
  router.url('posts')
  router.url('posts', { year: 2026 })
  router.url('tag')
  router.url('tag', { tag: 'old' })
  // @ts-expect-error: the rule has another page
  router.url('all', { page: 2 })
  // @ts-expect-error: a text is no number
  router.url('posts', { year: '2026' })
})

test('several rules of one name take the parameters of any of them', () => {
  const router = new Router()
    .get('/all', app, { name: 'all', defaults: { page: 1 } })
    .get('/all/page/:page', app, { name: 'all', convert: { page: int() } })
    .get('/by-slug/:slug', app, { name: 'one' })
    .get('/by-id/:id', app, { name: 'one', convert: { id: int() } })
    .get('/old/:id', app, { name: 'one', convert: { id: int() }, alias: true })
  router.url('all')
  router.url('all', { page: 2 })
  router.url('one', { slug: 'a' })
  router.url('one', { id: 7 })
  // @ts-expect-error: neither has a number for slug
  router.url('one', { slug: 7 })
  // @ts-expect-error: neither rule can do without
  router.url('one')
})

test('rules of a group have its params, converters, defaults and the beginning of its names', () => {
  const router = new Router()
    .get('/', app, { name: 'home' })
    .group(
      { prefix: '/blog/:blog', name: 'blog.', convert: { id: int() }, defaults: { theme: 'light' } },
      (group) =>
        group
          .get(
            '/:id',
            Request.application((request) => {
              expectTypeOf(request.params).toEqualTypeOf<{
                readonly blog: string
                readonly id: number
                readonly theme: 'light'
              }>()
              return new Response('')
            }),
            { name: 'post' },
          )
          .group({ prefix: '/on', name: 'day.', host: ':tenant.example.org' }, (inner) =>
            inner.get(
              '/:id{/:theme}',
              Request.application((request) => {
                expectTypeOf(request.params).toEqualTypeOf<{
                  readonly blog: string
                  readonly tenant: string
                  readonly id: string
                  readonly theme: string
                }>()
                return new Response('')
              }),
              { name: 'show', convert: { id: date() }, defaults: { theme: 'dark' } },
            ),
          ),
    )
    .get('/last', app, { name: 'last' })
  router.url('home')
  router.url('last')
  router.url('blog.post', { blog: 'a', id: 7 })
  router.url('blog.post', { blog: 'a', id: 7, theme: 'light' })
  router.url('blog.day.show', { blog: 'a', tenant: 'b', id: '2026-11-21' })
  // @ts-expect-error: it is called blog.post
  router.url('post', { blog: 'a', id: 7 })
  // @ts-expect-error: the parameter of the prefix is missing
  router.url('blog.post', { id: 7 })
  // @ts-expect-error: the group converts it to a number
  router.url('blog.post', { blog: 'a', id: '7' })
})

test('a rule with a host of its own has no params of the host of its group', () => {
  new Router().group({ host: ':tenant.example.org' }, (group) =>
    group.get(
      '/',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly language: string }>()
        return new Response('')
      }),
      { host: ':language.example.org' },
    ),
  )
})

test('a group that is filled in statements has typed params, and leaves the names as they were', () => {
  const group = new Router().group({ prefix: '/:tenant' })
  group.get(
    '/:id',
    Request.application((request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ readonly tenant: string; readonly id: string }>()
      return new Response('')
    }),
  )
  const router = new Router().get('/', app, { name: 'home' }).group({ name: 'a.' }, (inner) => {
    inner.get('/b', app, { name: 'b' })
  })
  router.url('home')
  // @ts-expect-error: it is not in the type
  router.url('a.b')
})

test('names and params of mounted routers are known', () => {
  const admin = new Router()
    .get('/', app, { name: 'index' })
    .get('/users/:id', app, { name: 'user', convert: { id: int() } })
  const router = new Router()
    .get('/', app, { name: 'home' })
    .mount('/:tenant/admin', admin, { name: 'admin.', convert: { tenant: oneOf('a', 'b') } })
    .mount('/plain', admin.snapshot(), { name: 'plain.' })
    .mount(
      '/files/:volume',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly volume: string }>()
        return new Response('')
      }),
    )
    .group({ prefix: '/v1', name: 'v1.' }, (group) => group.mount('/admin', admin))
  router.url('home')
  router.url('admin.index', { tenant: 'a' })
  router.url('admin.user', { tenant: 'b', id: 7 })
  router.url('plain.user', { id: 7 })
  router.url('v1.user', { id: 7 })
  // @ts-expect-error: it is called admin.user
  router.url('user', { id: 7 })
  // @ts-expect-error: the parameter of the prefix is missing
  router.url('admin.index')
  // @ts-expect-error: no such tenant
  router.url('admin.user', { tenant: 'c', id: 7 })
})

test('handlers of a router that is made to be mounted know the params of the prefix', () => {
  const users = Router.below('/teams/:team{/:year}', {
    host: ':tenant.example.org',
    convert: { team: int() },
    sortQuery: true,
  })
    .get(
      '/users/:id',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{
          readonly id: 'a' | 'b'
          readonly team: number
          readonly tenant: string
          readonly year?: string | undefined
        }>()
        return new Response('')
      }),
      { name: 'user', convert: { id: oneOf('a', 'b') } },
    )
    .group({ prefix: '/:section', name: 'section.' }, (group) =>
      group.get(
        '',
        Request.application((request) => {
          expectTypeOf(request.params.section).toEqualTypeOf<string>()
          expectTypeOf(request.params.team).toEqualTypeOf<number>()
          return new Response('')
        }),
        { name: 'home' },
      ),
    )
    .get('/old/:team', redirectTo('/users/:team'))
  users.url('user', { id: 'a' })
  users.url('section.home', { section: 'x' })
  // @ts-expect-error: the team is none of its own parameters
  users.url('user', { id: 'a', team: 1 })
  const tenants = new Router().host(':tenant.example.org', (tenant) =>
    tenant
      .mount('/teams/:team{/:year}', users, { name: 'team.', convert: { team: int() } })
      .mount('/snapshots/:team{/:year}', users.snapshot(), { convert: { team: int() } })
      .mount('/applications/:team{/:year}', users.app, { convert: { team: int() } }),
  )
  tenants.url('team.user', { tenant: 'acme', team: 1, id: 'a' })
  const inner = Router.below('/teams/:team/users/:user').get(
    '/',
    Request.application((request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ readonly team: string; readonly user: string }>()
      return new Response('')
    }),
  )
  const outer = Router.below('/teams/:team').mount('/users/:user', inner)
  new Router().mount('/teams/:team', outer)
  expectTypeOf(new Router().app).toEqualTypeOf<Application>()
})

test('a router that is made to be mounted is not mounted without its params', () => {
  const users = Router.below('/teams/:team').get('/users/:id', app)
  // @ts-expect-error: there is no team
  new Router().mount('/', users)
  // @ts-expect-error: the same for its application
  new Router().mount('/groups/:group', users.app)
  // @ts-expect-error: and for what it is now
  new Router().mount('/groups/:group', users.snapshot())
  // @ts-expect-error: the team is no number
  new Router().mount('/teams/:team', users, { convert: { team: int() } })
  // @ts-expect-error: the team may be absent
  new Router().mount('/teams{/:team}', users)
  // @ts-expect-error: no such option
  Router.below('/teams/:team', { hots: 'example.org' })
  // @ts-expect-error: no such parameter
  Router.below('/teams/:team', { convert: { taem: int() } })
  new Router().mount('/teams{/:team}', users, { defaults: { team: 'all' } })
  // @ts-expect-error: there is no team
  new Router().add(users)
  // @ts-expect-error: there is no team
  new Router().group({ prefix: '/:group' }, (group) => group.add(users))
  new Router().group({ prefix: '/:team' }, (group) => group.add(users).add(users.snapshot()))
  new Router().add(new Router().get('/', app)).add([...new Router()])
})

test('unknown values are allowed where they become the query', () => {
  const router = new Router()
    .get('/', app, { name: 'home' })
    .get('/users/:id', app, { name: 'user', convert: { id: int() } })
  router.url('home', { tab: 'a' }, { appendUnknown: true })
  router.url('user', { id: 7, tab: ['a', 'b'] }, { appendUnknown: true, external: true })
  // @ts-expect-error: no such parameter
  router.url('user', { id: 7, tab: 'a' })
  // @ts-expect-error: no such parameter, and nothing says what to do with it
  router.url('user', { id: 7, tab: 'a' }, { external: true })
  // @ts-expect-error: the id is missing
  router.url('user', { tab: 'a' }, { appendUnknown: true })
  // @ts-expect-error: a text is no number
  router.url('user', { id: '7' }, { appendUnknown: true })
})

test('names of a list that is written where it is added are known', () => {
  const router = new Router().get('/', app, { name: 'home' }).add([
    { pattern: '/a/:x', app, name: 'a', convert: { x: int() } },
    { pattern: '/b', app },
    { pattern: '/c', app, name: 'c', host: ':tenant.example.org', defaults: { page: 1 } },
  ])
  router.url('a', { x: 1 })
  router.url('c', { tenant: 'a' })
  new Router().add(router).url('a', { x: 1 })
  // @ts-expect-error: it has no name
  router.url('b')
  // @ts-expect-error: a text is no number
  router.url('a', { x: '1' })
})

test('rules that are only built, rules for WebSockets and snapshots have typed URLs', () => {
  const router = new Router()
    .buildOnly('/assets/*path', { name: 'asset', host: 'static.example.org' })
    .websocket(
      '/chat/:room',
      Request.application((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ readonly room: string }>()
        return new Response('')
      }),
      { name: 'chat' },
    )
  const path: readonly string[] = ['a', 'b']
  router.snapshot().url('asset', { path })
  router.url('chat', { room: 'a' })
  // @ts-expect-error: nothing could build it
  new Router().buildOnly('/assets/*path', {})
  // @ts-expect-error: a wildcard takes a list
  router.url('asset', { path: 'a' })
})

test('middleware written in place leaves converters to the params', () => {
  new Router().get(
    '/:id',
    Request.application((request) => {
      expectTypeOf(request.params).toEqualTypeOf<{ readonly id: number }>()
      return new Response('')
    }),
    {
      convert: { id: int() },
      middleware: [(inner) => (environ, startResponse) => inner(environ, startResponse)],
    },
  )
})

test('a redirect fits where the rule captures what its target takes', () => {
  new Router().get('/old/:id', redirectTo('/new/:id'), { convert: { id: int() } }).get(
    '/blog/:year',
    redirectTo((params) => {
      expectTypeOf(params).toEqualTypeOf<{ readonly year: number }>()
      return `/archive/${params.year}`
    }),
    { convert: { year: int() } },
  )
  // @ts-expect-error: there is no id
  new Router().get('/old/:name', redirectTo('/new/:id'))
  // @ts-expect-error: the id may be absent
  new Router().get('/old{/:id}', redirectTo('/new/:id'))
})

test('patterns that are not known literally give params of any type', () => {
  const pattern: string = '/users/:id'
  new Router().get(
    pattern,
    Request.application((request) => {
      expectTypeOf(request.params).toEqualTypeOf<Readonly<Record<string, unknown>>>()
      return new Response('')
    }),
    { convert: { id: int() } },
  )
})

test('the rules of another router have the names and parameters of the group that they are added to', () => {
  const users = new Router().get('/:id', app, { name: 'user', convert: { id: int() } })
  const router = new Router().group({ prefix: '/:team', name: 'users.', defaults: { page: 1 } }, (group) =>
    group.add(users),
  )
  router.url('users.user', { team: 'red', id: 7 })
  // @ts-expect-error: the prefix has a parameter
  router.url('users.user', { id: 7 })
  // @ts-expect-error: the name begins with that of the group
  router.url('user', { team: 'red', id: 7 })
  expectTypeOf(new Router().add(users)).toEqualTypeOf(users)
})

test('rules of a group within a group have their whole names', () => {
  const router = new Router().group({ prefix: '/:a', name: 'a.' }, (group) =>
    group.group({ prefix: '/:b', name: 'b.' }).get('/:c', app, { name: 'c' }),
  )
  router.url('a.b.c', { a: '1', b: '2', c: '3' })
  // @ts-expect-error: there is no such name
  router.url('a.a.b.c', { a: '1', b: '2', c: '3' })
})
