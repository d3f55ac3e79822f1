import { inspect } from 'node:util'
import type { Application } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { type ExplainedAnswer, type Explanation, explain } from './explanation.ts'
import { int, Router } from './index.ts'

const show: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return ''
}

function explained(router: Router, method: string, path: string, answer?: ExplainedAnswer): Explanation {
  return explain(router, { method, path }, answer ?? router.match(method, path))
}

const router = new Router()
  .get('/users/:id', show, { name: 'user', convert: { id: int() } })
  .get('/users/me', show)
  .get('/users/*rest', show)
  .get('/:page', show)

test('says which rule answers, what it captured, and what was tried before and matches too', () => {
  expect(String(explained(router, 'GET', '/users/7')).split('\n')).toEqual([
    'GET /users/7: GET /users/:id (user) answers, id = 7',
    'Tried, the most specific first:',
    '  GET /users/me          after "/users": expected "me", got "7"',
    '  GET /users/:id (user)  answers',
    '  GET /users/*rest       matches too, but is less specific',
  ])
})

test('says what the refusal is, and why each rule failed', () => {
  expect(String(explained(router, 'POST', '/users/x')).split('\n')).toEqual([
    'POST /users/x: 405 Method Not Allowed, Allow: GET, HEAD, OPTIONS',
    'Tried, the most specific first:',
    '  GET /users/me          after "/users": expected "me", got "x"',
    '  GET /users/:id (user)  after "/users": int() refused "x" for id',
    '  GET /users/*rest       answers GET',
    '  GET /:page             after "/users": the path goes on with "/x"',
  ])
})

test('names near misses, first where nothing was tried', () => {
  const small = new Router().get('/about', show)
  expect(String(explained(small, 'GET', '/abuot')).split('\n')).toEqual([
    'GET /abuot: 404 Not Found',
    'Near to it:',
    '  GET /about  expected "about", got "abuot"',
  ])
  expect(String(explained(small, 'GET', '/completely/different')).split('\n')).toEqual([
    'GET /completely/different: 404 Not Found',
    'No rule is like it.',
  ])
})

test('says where a redirect leads', () => {
  const answer = { rule: undefined, status: 308, location: '/about' }
  expect(String(explained(new Router().get('/about', show), 'GET', '/about/', answer)).split('\n')).toEqual([
    'GET /about/: 308 Permanent Redirect, to "/about"',
    'Tried, the most specific first:',
    '  GET /about  is for "/about", which differs in its slashes',
  ])
})

test('says why the answer is 400', () => {
  const small = new Router().get('/x/:id', show, { convert: { id: int() } })
  expect(String(explained(small, 'GET', '/x/%FF')).split('\n')).toEqual([
    'GET /x/%FF: 400 Bad Request, the path is no valid percent-encoding of UTF-8',
    'Tried, the most specific first:',
    '  GET /x/:id  "%FF" for id is no valid percent-encoding of UTF-8',
  ])
})

test('a rule that matches, and gives way to another URL, is no answer', () => {
  const small = new Router().get('/all', show).get('/all/:page', show)
  const answer = { rule: undefined, status: 308, location: '//example.org/all' }
  const explanation = explained(small, 'GET', '/all/1', answer)
  expect(String(explanation).split('\n')).toEqual([
    'GET /all/1: 308 Permanent Redirect, to "//example.org/all"',
    'Tried, the most specific first:',
    '  GET /all        after "/all": the path goes on with "/1"',
    '  GET /all/:page  matches, but the request is redirected',
  ])
  expect(explanation.toJSON()).toMatchObject({ status: 308, location: '//example.org/all' })
})

test('goes on in a router that is mounted where the rule answers', () => {
  const users = new Router().get('/users/:id', show, { name: 'user' })
  const outer = new Router().mount('/admin', users, { name: 'admin.' }).mount('/app', users.app)
  const explanation = outer.explain('GET', '/admin/user/7')
  expect(String(explanation).split('\n')).toEqual([
    'GET /admin/user/7: mount /admin (admin.) answers',
    'Tried, the most specific first:',
    '  mount /admin (admin.)  answers',
    'In mount /admin (admin.):',
    '  GET /user/7: 404 Not Found',
    '  Near to it:',
    '    GET /users/:id (user)  expected "users", got "user"',
  ])
  expect(explanation.toJSON().inner).toEqual(users.explain('GET', '/user/7').toJSON())
  expect(outer.explain('GET', '/app/user/7').inner).toBeUndefined()
})

test('says of a mounted router what a request through the mount gets', async () => {
  const inner = new Router().get('', show).get('/a', show)
  const router = new Router().mount('/in', inner)
  const { status, headers } = await new Client(router.app).get('/in/')
  expect([status, headers.get('Location')]).toEqual([308, '/in'])
  const explained = router.explain('GET', '/in/').inner
  expect(explained?.answer).toMatchObject({ status: 308, location: '' })
  expect(String(explained)).toContain('GET /in/, mounted at /in: 308 Permanent Redirect, to the mount itself')
  expect(String(explained)).toContain('is for the mount itself, which differs in its slashes')
})

test('a rule on another host whose path matches is a near miss', () => {
  const small = new Router().host(':tenant.example.org', (routes) => routes.get('/x/:id', show))
  expect(String(small.explain('GET', '/x/7', 'localhost:8000')).split('\n')).toEqual([
    'GET localhost:8000/x/7: 404 Not Found',
    'Near to it:',
    '  GET :tenant.example.org/x/:id  answers on :tenant.example.org, not on "localhost:8000"',
  ])
  expect(String(small.explain('GET', '/x/7'))).toContain('not on a request without a host')
})

test('the URL that was asked for is shown with the mount, once', () => {
  const orders = new Router().get('/orders/:id', show, { convert: { id: int() } })
  const inner = new Router().mount('/v1', orders)
  const text = String(inner.explain('GET', '/v1/orders/x', 'a.example', { scriptName: '/api' }))
  expect(text.split('\n')).toEqual([
    'GET a.example/api/v1/orders/x, mounted at /api: mount /v1 answers',
    'Tried, the most specific first:',
    '  mount /v1  answers',
    'In mount /v1:',
    '  GET a.example/orders/x: 404 Not Found',
    '  Tried, the most specific first:',
    '    GET /orders/:id  after "/orders": int() refused "x" for id',
  ])
})

test('where unknownHost answers, no rule does', () => {
  const small = new Router({ unknownHost: show }).get('/x', show).get('/y', show, { host: 'example.org' })
  const [line] = String(small.explain('GET', '/x', 'other')).split('\n')
  expect(line).toBe('GET other/x: unknownHost answers, since no host pattern matches')
  expect(String(small.explain('GET', '/z', 'other'))).toContain('unknownHost answers')
  expect(small.explain('GET', '/z', 'other').toJSON()).toMatchObject({ unknownHost: true })
  expect(small.explain('GET', '/z', 'other').toJSON()).not.toHaveProperty('status')
  expect(small.explain('GET', '/z', 'example.org').toJSON()).not.toHaveProperty('unknownHost')
  expect(small.explain('GET', '/x', 'other').tried.map(({ failure }) => failure?.kind)).toEqual([
    'unknown-host',
  ])
  expect(small.explain('GET', '/x', 'example.org').tried.map(({ failure }) => failure?.kind)).toEqual([
    undefined,
  ])
})

test('an alias, and a path that spells defaults, match and are redirected', () => {
  const small = new Router()
    .get('/users/:id', show, { name: 'user' })
    .get('/u/:id', show, { name: 'user', alias: true })
    .get('/posts', show, { name: 'posts', defaults: { page: 1 } })
    .get('/posts/:page', show, { name: 'posts', convert: { page: int() } })
  expect(String(small.explain('GET', '/u/7')).split('\n')).toEqual([
    'GET /u/7: 308 Permanent Redirect, to "/users/7"',
    'Tried, the most specific first:',
    '  GET /u/:id (user)  matches, but the request is redirected',
  ])
  expect(small.explain('GET', '/posts/1').toJSON()).toMatchObject({ status: 308, location: '/posts' })
  expect(small.explain('GET', '/posts/2').answer.rule?.pattern).toBe('/posts/:page')
})

test('a rule for WebSockets says that it answers nothing else', () => {
  const small = new Router().websocket('/feed', show)
  expect(String(small.explain('GET', '/feed')).split('\n')).toEqual([
    'GET /feed: 400 Bad Request',
    'Tried, the most specific first:',
    '  websocket /feed  answers only requests that offer a WebSocket',
  ])
  expect(small.explain('GET', '/feed', undefined, { websocket: true }).tried[0]?.failure).toBeUndefined()
})

test('a rule that is only built says so', () => {
  const small = new Router().buildOnly('/static/*path', { name: 'static' })
  expect(String(small.explain('GET', '/static/a.css'))).toContain('never answers, is there to build URLs')
})

test('says so when the path is too long to try the rules', () => {
  const text = String(explained(router, 'GET', '/x'.repeat(10_000)))
  expect(text).toMatch(/: 404 Not Found\nThe path is too long to try the rules one by one\.$/)
})

test('console.log prints it as its text', () => {
  const explanation = explained(router, 'GET', '/users/me')
  expect(inspect(explanation)).toBe(String(explanation))
})

test('as JSON it is plain data', () => {
  const explanation = explained(router, 'POST', '/users/x')
  expect(JSON.parse(JSON.stringify(explanation))).toEqual({
    method: 'POST',
    path: '/users/x',
    status: 405,
    allow: ['GET', 'HEAD', 'OPTIONS'],
    tried: [
      {
        rule: { pattern: '/users/me', methods: ['GET'] },
        matched: '/users',
        failure: { kind: 'segment', expected: 'me', got: 'x' },
      },
      {
        rule: { pattern: '/users/:id', methods: ['GET'], name: 'user' },
        matched: '/users',
        failure: { kind: 'converter', parameter: 'id', converter: 'int()', text: 'x' },
      },
      {
        rule: { pattern: '/users/*rest', methods: ['GET'] },
        matched: '/users/x',
        failure: { kind: 'method', methods: ['GET'] },
      },
      {
        rule: { pattern: '/:page', methods: ['GET'] },
        matched: '/users',
        failure: { kind: 'rest', got: '/x' },
      },
    ],
    near: [],
    omitted: 0,
  })
  expect(explained(router, 'GET', '/users/me').toJSON()).toMatchObject({
    rule: { pattern: '/users/me', methods: ['GET'] },
    params: {},
  })
})

test('texts of a request reach no terminal as they are, and are cut', () => {
  const small = new Router().get('/x/:id', show, { convert: { id: int() } })
  const text = String(explained(small, 'GET', '/x/%1B%5B2J%E2%80%AE%0A'))
  expect(text).toContain(String.raw`int() refused "\u001b[2J\u202e\n" for id`)
  expect(text.split('\n').length).toBe(3)
  expect(String(explained(small, 'GET', `/x/${'a'.repeat(10_000)}`)).length).toBeLessThan(400)
  expect(String(explained(small, 'GET', '/\u001b[2J'))).not.toContain('\u001b')
})
