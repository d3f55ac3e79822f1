import { inspect } from 'node:util'
import type { Application } from '@stapel/core'
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
