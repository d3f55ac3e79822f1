import { type Application, outline, stack } from '@stapel/core'
import { expect, test } from 'vitest'
import { Router, redirectTo } from './index.ts'

const show: Application = function show(_environ, startResponse) {
  startResponse('200 OK', [])
  return ''
}

function login(inner: Application): Application {
  return (environ, startResponse) => inner(environ, startResponse)
}

test('lists the rules in the order in which they were added, as a table', () => {
  const router = new Router()
    .get('/users/:id', (environ, startResponse) => show(environ, startResponse), { name: 'user' })
    .add('/posts{/:year}', show, { methods: ['GET', 'POST'] })
    .add('/any', show)
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods   pattern         name  application',
    '  GET       /users/:id      user  anonymous',
    '  GET,POST  /posts{/:year}        show',
    '  *         /any                  show',
  ])
})

test('the router and its application have the same outline', () => {
  const router = new Router().get('/', show)
  expect(outline(router)).toEqual(outline(router.app))
})

test('rules of a router inside a mount stand below it, with its prefix, however deep', () => {
  const users = new Router().get('/', show).get('/:id', show)
  const tenant = new Router().mount('/users', users.app).get('/{about}', show)
  const router = new Router().mount('/t/:tenant', tenant.app).get('/', show)
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods  pattern                   application',
    '  mount    /t/:tenant                router',
    '  mount      /t/:tenant/users        router',
    '  GET          /t/:tenant/users/     show',
    '  GET          /t/:tenant/users/:id  show',
    '  GET        /t/:tenant/{about}      show',
    '  GET      /                         show',
  ])
})

test('a router mounted as a fallback adds nothing to the patterns', () => {
  const router = new Router().mount('/', new Router().get('/x', show).app)
  expect(outline(router).root.children?.[0]?.children?.[0]?.row?.pattern).toBe('/x')
})

test('middleware of one rule has a column, outermost first', () => {
  function count(inner: Application): Application {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  const router = new Router().get('/', show, { middleware: [login, count] }).get('/about', show)
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods  pattern  application  layers',
    '  GET      /        show         login, count',
    '  GET      /about   show',
  ])
})

test('layers around a mounted router are its layers, and its rules stand below', () => {
  const inner = new Router().get('/x', show)
  const router = new Router().mount('/in', stack(inner.app, login))
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods  pattern  application  layers',
    '  mount    /in      router       login',
    '  GET        /in/x  show',
  ])
})

test('middleware of a group is that of its rules; layers that an application has of its own come after it', () => {
  function cache(inner: Application): Application {
    return (environ, startResponse) => inner(environ, startResponse)
  }
  const router = new Router().group({ prefix: '/me', middleware: [login] }, (group) =>
    group.get('/posts', stack(show, cache)),
  )
  expect(outline(router).root.children?.[0]?.row).toMatchObject({
    pattern: '/me/posts',
    application: 'show',
    layers: ['login', 'cache'],
  })
})

test('hosts have a column, and what a rule is beside its methods', () => {
  const router = new Router()
    .host(':tenant.example.org', (routes) => routes.get('/', show, { name: 'tenant' }))
    .websocket('/feed', show)
    .buildOnly('/static/*path', { name: 'static', host: 'cdn.example.org' })
    .get('/page', show, { name: 'page' })
    .get('/old', show, { name: 'page', alias: true })
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods     pattern        host                 name    application',
    '  GET         /              :tenant.example.org  tenant  show',
    '  websocket   /feed                                       show',
    '  build-only  /static/*path  cdn.example.org      static',
    '  GET         /page                               page    show',
    '  alias GET   /old                                page    show',
  ])
})

test('rules of a router that is mounted itself have the names that url of the outer one knows', () => {
  const users = new Router().get('/:id', show, { name: 'user' })
  const router = new Router().mount('/admin', users, { name: 'admin.' }).mount('/app', users.app)
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods  pattern       name        application',
    '  mount    /admin        admin.      router',
    '  GET        /admin/:id  admin.user  show',
    '  mount    /app                      router',
    '  GET        /app/:id    user        show',
  ])
  expect(router.url('admin.user', { id: '7' })).toBe('/admin/7')
})

test('a redirect shows as one', () => {
  const router = new Router().get('/old/:id', redirectTo('/new/:id'))
  expect(outline(router).root.children?.[0]?.row?.application).toBe('redirect')
})

test('a router that is mounted inside itself is listed once', () => {
  const router = new Router().get('/x', show)
  router.mount('/again', router.app)
  expect(String(outline(router)).split('\n')).toEqual([
    'router',
    '  methods  pattern  application',
    '  GET      /x       show',
    '  mount    /again   router',
  ])
})

test('as JSON each rule has its columns', () => {
  const router = new Router().get('/users/:id', stack(show, login), { name: 'user' })
  expect(JSON.parse(JSON.stringify(outline(router)))).toEqual({
    name: 'router',
    children: [
      {
        name: 'GET /users/:id (user)',
        row: {
          methods: ['GET'],
          pattern: '/users/:id',
          name: 'user',
          application: 'show',
          layers: ['login'],
        },
      },
    ],
  })
})
