/**
 * What Werkzeug documents of matching, in our syntax; what differs says so in its title. Hosts, building and the rest are in `werkzeug-urls.test.ts`.
 */
import type { Application } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type Converter, float, int, oneOf, Router, redirectTo, string, uuid } from './index.ts'

interface Ask {
  readonly method?: string
  readonly host?: string
  readonly websocket?: boolean
}

interface Matches {
  match(
    method: string,
    path: string,
    host?: string,
    options?: { websocket?: boolean },
  ): ReturnType<Router['match']>
}

/** The name of the rule that answers with what it captures, the status with what goes with it, or where to go instead. */
function ask(router: Matches, path: string, { method = 'GET', host, websocket = false }: Ask = {}): unknown {
  const match = router.match(method, path, host, { websocket })
  if (match.rule !== undefined) return [match.rule.name ?? match.rule.pattern, match.params]
  if (match.status === 308) return `308 ${match.location}`
  return match.status === 405 ? `405 ${match.allow.join(' ')}` : match.status
}

/** Answers with the paths and what was captured. */
const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO, environ['stapel.params'] ?? {}])
}

describe('rules and their converters', () => {
  test('a variable takes a segment, and no slash', () => {
    const router = new Router().get('/users/:name', show)
    expect(ask(router, '/users/me')).toEqual(['/users/:name', { name: 'me' }])
    expect(ask(router, '/users/me/too')).toBe(404)
    expect(ask(router, '/users/')).toBe(404)
  })

  test('several variables and text share a segment', () => {
    const router = new Router().get('/:year-:month.html', show, {
      convert: { year: int({ digits: 4 }), month: int() },
    })
    expect(ask(router, '/2026-11.html')).toEqual(['/:year-:month.html', { year: 2026, month: 11 }])
    expect(ask(router, '/26-11.html')).toBe(404)
  })

  test('string has a least, a greatest or an exact length', () => {
    const router = new Router()
      .get('/a/:x', show, { convert: { x: string({ length: 2 }) } })
      .get('/b/:x', show, { convert: { x: string({ min: 2, max: 3 }) } })
    expect(
      ['/a/d', '/a/de', '/a/deu', '/b/d', '/b/de', '/b/deu', '/b/deut'].map((path) =>
        Array.isArray(ask(router, path)),
      ),
    ).toEqual([false, true, false, false, true, true, false])
  })

  test('any is oneOf', () => {
    const router = new Router().get('/:page', show, { convert: { page: oneOf('about', 'help', 'imprint') } })
    expect(ask(router, '/help')).toEqual(['/:page', { page: 'help' }])
    expect(ask(router, '/helper')).toBe(404)
  })

  test('path is a wildcard, which gives a list, begins with no slash, and takes as little as it can', () => {
    const router = new Router()
      .get('/*page', show, { name: 'page' })
      .get('/*page/edit', show, { name: 'edit' })
      .get('/*page/compare/*with', show, { name: 'compare' })
    expect(ask(router, '/Start')).toEqual(['page', { page: ['Start'] }])
    expect(ask(router, '/a/b/edit')).toEqual(['edit', { page: ['a', 'b'] }])
    expect(ask(router, '/edit/edit')).toEqual(['edit', { page: ['edit'] }])
    expect(ask(router, '/a/compare/b/compare/c')).toEqual([
      'compare',
      { page: ['a'], with: ['b', 'compare', 'c'] },
    ])
    expect(new Router({ mergeSlashes: false }).get('/*page', show).match('GET', '//x')).toMatchObject({
      status: 404,
    })
  })

  test('int has limits, a sign, and fixed digits', () => {
    const router = new Router()
      .get('/n/:x', show, { convert: { x: int({ min: 3, max: 9 }) } })
      .get('/signed/:x', show, { convert: { x: int({ signed: true }) } })
      .get('/fixed/:x', show, { name: 'fixed', convert: { x: int({ digits: 3 }) } })
    expect(ask(router, '/n/3')).toEqual(['/n/:x', { x: 3 }])
    expect(ask(router, '/n/10')).toBe(404)
    expect(ask(router, '/n/-5')).toBe(404)
    expect(ask(router, '/signed/-5')).toEqual(['/signed/:x', { x: -5 }])
    expect(ask(router, '/fixed/007')).toEqual(['fixed', { x: 7 }])
    expect(ask(router, '/fixed/7')).toBe(404)
    expect(router.url('fixed', { x: 7 })).toBe('/fixed/007')
    expect(() => router.url('fixed', { x: 1000 })).toThrow('int({"digits":3}) does not accept')
  })

  test('int takes a number in one spelling, unlike there, where 007 is 7', () => {
    expect(ask(new Router().get('/:x', show, { convert: { x: int() } }), '/007')).toBe(404)
  })

  test('float takes decimal numbers, and whole ones too, unlike there', () => {
    const router = new Router().get('/:x', show, {
      name: 'x',
      convert: { x: float({ signed: true, max: 10 }) },
    })
    expect(ask(router, '/1.5')).toEqual(['x', { x: 1.5 }])
    expect(ask(router, '/-0.25')).toEqual(['x', { x: -0.25 }])
    expect(ask(router, '/1')).toEqual(['x', { x: 1 }])
    expect(ask(router, '/10.5')).toBe(404)
    expect(ask(router, '/1.')).toBe(404)
  })

  test('uuid takes UUIDs', () => {
    const id = 'a8098c1a-f86e-11da-bd1a-00112444be1e'
    const router = new Router().get('/:id', show, { name: 'object', convert: { id: uuid() } })
    expect(ask(router, `/${id}`)).toEqual(['object', { id }])
    expect(ask(router, `/${id}0`)).toBe(404)
    expect(router.url('object', { id })).toBe(`/${id}`)
  })

  test('one of your own has an expression, a weight, and both directions', () => {
    const list: Converter<readonly string[]> = {
      name: 'list',
      weight: 1,
      pattern: /[a-z]+(?:\+[a-z]+)*/,
      parse: (text) => text.split('+'),
      format: (value) => value.join('+'),
    }
    const router = new Router()
      .get('/:tags', show, { name: 'tags', convert: { tags: list } })
      .get('/:other', show)
    expect(ask(router, '/red+green')).toEqual(['tags', { tags: ['red', 'green'] }])
    expect(ask(router, '/Red')).toEqual(['/:other', { other: 'Red' }])
    expect(router.url('tags', { tags: ['a', 'b'] })).toBe('/a+b')
  })

  test('a converter stands beside the pattern, so that none is unknown; what is none throws', () => {
    expect(() => new Router().get('/:x', show, { convert: { x: 'int' as never } })).toThrow(
      'Got "int" to convert x; expected a converter',
    )
    expect(() => new Router().get('/:x', show, { convert: { y: int() } as never })).toThrow(
      'it has no parameter "y"',
    )
    expect(() => new Router().get('/<int:x>', show)).toThrow('write :x, with convert: { x: int() }')
  })

  test.each(['x', 'x/y', '/:', '/:x:y', '/{x', '/*a/*a', '/*a.*b'])(
    'throws for the malformed rule %j',
    (pattern) => {
      expect(() => new Router().get(pattern, show)).toThrow(TypeError)
    },
  )
})

describe('matching', () => {
  test('goes from static to dynamic, whatever was added first', () => {
    const rules = [
      { pattern: '/', app: show },
      { pattern: '/Special', app: show },
      { pattern: '/:year', app: show, convert: { year: int() } },
      { pattern: '/:name', app: show },
      { pattern: '/*name', app: show },
      { pattern: '/*name/edit', app: show },
      { pattern: '/:a/:b/:c', app: show },
      { pattern: '/User\\::name', app: show },
      { pattern: '/:name.txt', app: show },
    ]
    for (const order of [rules, rules.toReversed()]) {
      const router = new Router().add(order)
      const found = (path: string): unknown => router.match('GET', path).rule?.pattern
      expect(
        [
          '/',
          '/Special',
          '/2026',
          '/Start',
          '/Start/x',
          '/a/edit',
          '/a/b/c',
          '/a/b/edit',
          '/User:me',
          '/a.txt',
        ].map(found),
      ).toEqual([
        '/',
        '/Special',
        '/:year',
        '/:name',
        '/*name',
        '/*name/edit',
        '/:a/:b/:c',
        '/:a/:b/:c',
        '/User\\::name',
        '/:name.txt',
      ])
    }
  })

  test('goes back where a more specific way ends', () => {
    const router = new Router().get('/a/:x/c', show).get('/:y/b/d', show).get('/*z', show)
    expect(ask(router, '/a/b/c')).toEqual(['/a/:x/c', { x: 'b' }])
    expect(ask(router, '/a/b/d')).toEqual(['/:y/b/d', { y: 'a' }])
    expect(ask(router, '/a/b/e')).toEqual(['/*z', { z: ['a', 'b', 'e'] }])
  })

  test('decodes values once', () => {
    expect(ask(new Router().get('/:x', show), '/%E2%98%83%2525')).toEqual(['/:x', { x: '☃%25' }])
  })

  test('gives the rule too', () => {
    const router = new Router().get('/:x', show, { name: 'x' })
    const match = router.match('GET', '/1')
    expect(match.rule).toMatchObject({ name: 'x', pattern: '/:x', methods: ['GET'] })
  })
})

describe('methods', () => {
  const router = new Router()
    .get('/a', show)
    .post('/a', show)
    .add('/any', show)
    .add('/:x', show, { methods: ['PUT'] })

  test('GET brings HEAD, a rule without methods takes all', () => {
    expect(ask(router, '/a', { method: 'HEAD' })).toEqual(['/a', {}])
    expect(ask(router, '/any', { method: 'BREW' })).toEqual(['/any', {}])
  })

  test('405 names the methods of all rules that match the path', async () => {
    expect(ask(router, '/a', { method: 'DELETE' })).toBe('405 GET HEAD OPTIONS POST PUT')
    const response = await new Client(router.app).delete('/a')
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST, PUT'])
  })

  test('a less specific rule that has the method answers', () => {
    expect(ask(router, '/a', { method: 'PUT' })).toEqual(['/:x', { x: 'a' }])
  })

  test('OPTIONS is answered, unlike there, where frameworks add it', async () => {
    const response = await new Client(router.app).options('/any')
    expect(response.status).toBe(200)
    expect((await new Client(router.app).options('/a')).headers.get('Allow')).toBe(
      'GET, HEAD, OPTIONS, POST, PUT',
    )
  })

  test('are a list in upper case: a text throws, and so does lower case, unlike there', () => {
    expect(() => new Router().add('/', show, { methods: 'GET' as never })).toThrow(TypeError)
    expect(() => new Router().add('/', show, { methods: ['get'] })).toThrow(TypeError)
  })
})

describe('slashes', () => {
  test('a branch asked without its slash is redirected', () => {
    expect(ask(new Router().get('/x/', show), '/x')).toBe('308 /x/')
    expect(ask(new Router().get('/x/:id/', show), '/x/1')).toBe('308 /x/1/')
  })

  test('but only for the methods it has', () => {
    expect(ask(new Router().post('/x/', show), '/x', { method: 'GET' })).toBe(404)
  })

  test('a leaf asked with a slash is redirected too, unlike there, where it is not found', () => {
    expect(ask(new Router().get('/x', show), '/x/')).toBe('308 /x')
    expect(ask(new Router({ redirectSlashes: false }).get('/x', show), '/x/')).toBe(404)
  })

  test('a leaf and a branch stand side by side', () => {
    const router = new Router().get('/x', show).get('/x/', show)
    expect([ask(router, '/x'), ask(router, '/x/')]).toEqual([
      ['/x', {}],
      ['/x/', {}],
    ])
  })

  test('where both shall answer, the pattern says so', () => {
    const router = new Router().get('/x{/}', show)
    expect([ask(router, '/x'), ask(router, '/x/')]).toEqual([
      ['/x{/}', {}],
      ['/x{/}', {}],
    ])
  })

  test('without the redirect, by router, group or rule, nothing is found', () => {
    expect(ask(new Router({ redirectSlashes: false }).get('/x/', show), '/x')).toBe(404)
    expect(ask(new Router().get('/x/', show, { redirectSlashes: false }), '/x')).toBe(404)
    const group = new Router().group({ redirectSlashes: false }, (routes) => routes.get('/x/', show))
    expect(ask(group, '/x')).toBe(404)
    expect(
      ask(new Router({ redirectSlashes: false }).get('/x/', show, { redirectSlashes: true }), '/x'),
    ).toBe('308 /x/')
  })

  test('runs are merged by a redirect, unless the rule or the router says otherwise', () => {
    const router = new Router()
      .get('/no/tail', show)
      .get('/yes/tail/', show)
      .get('/:x/y', show, { mergeSlashes: false })
    expect(ask(router, '/no//tail')).toBe('308 /no/tail')
    expect(ask(router, '//no/tail')).toBe('308 /no/tail')
    expect(ask(router, '/yes//tail')).toBe('308 /yes/tail/')
    expect(ask(router, '/x//y')).toBe(404)
    expect(ask(new Router({ mergeSlashes: false }).get('/a/b', show), '/a//b')).toBe(404)
  })

  test('what a wildcard takes keeps its slashes, and rules that match go first', () => {
    const router = new Router().get('/files/*path', show).get('/a//b', show).get('/a/b', show)
    expect(ask(router, '/files/x//y')).toEqual(['/files/*path', { path: ['x', '', 'y'] }])
    expect(ask(router, '/a//b')).toEqual(['/a//b', {}])
  })

  test('the redirect keeps the query, the mount, and the spelling of the path', async () => {
    const inner = new Router().get('/x y/:id/', show)
    const client = new Client(new Router().mount('/app', inner).app)
    const response = await client.get('/app/x%20y/%2F%C3%A4?q=1&r=%20')
    expect([response.status, response.headers.get('Location')]).toEqual([
      308,
      '/app/x%20y/%2F%C3%A4/?q=1&r=%20',
    ])
  })
})

describe('defaults, aliases and redirects', () => {
  const listing = new Router()
    .get('/all', show, { name: 'all', defaults: { page: 1 } })
    .get('/all/page/:page', show, { name: 'all', convert: { page: int({ min: 1 }) } })

  test('defaults stand among the parameters', () => {
    expect(ask(listing, '/all')).toEqual(['all', { page: 1 }])
    expect(ask(listing, '/all/page/2')).toEqual(['all', { page: 2 }])
  })

  test('the path that spells the defaults is redirected to the one without', () => {
    expect(ask(listing, '/all/page/1')).toBe('308 /all')
    expect([listing.url('all', { page: 1 }), listing.url('all', { page: 2 })]).toEqual([
      '/all',
      '/all/page/2',
    ])
  })

  test('unless the router says otherwise', () => {
    const router = new Router({ redirectDefaults: false })
      .get('/all', show, { name: 'all', defaults: { page: 1 } })
      .get('/all/page/:page', show, { name: 'all', convert: { page: int() } })
    expect(ask(router, '/all/page/1')).toEqual(['all', { page: 1 }])
  })

  test('an alias redirects to the rule of its name, and is never built', () => {
    const router = new Router()
      .get('/users/:id', show, { name: 'user' })
      .get('/u/:id', show, { name: 'user', alias: true })
    expect(ask(router, '/u/7')).toBe('308 /users/7')
    expect(router.url('user', { id: '7' })).toBe('/users/7')
  })

  test('redirectTo takes a pattern or a function, and joins it to the mount', async () => {
    const old = new Router().get('/old/:id', redirectTo('/new/:id')).get(
      '/by/:id',
      redirectTo((params) => `/new/${String(params.id)}`, { status: 301 }),
    )
    const client = new Client(new Router().mount('/app', old).app)
    const locate = async (path: string): Promise<unknown[]> => {
      const { status, headers } = await client.get(path)
      return [status, headers.get('Location')]
    }
    expect(await locate('/app/old/a%2Fb?q=1')).toEqual([308, '/app/new/a%2Fb?q=1'])
    expect(await locate('/app/by/7')).toEqual([301, '/app/new/7'])
  })

  test('a rule that is only for building never matches', () => {
    const router = new Router().buildOnly('/static/*file', { name: 'static' })
    expect(ask(router, '/static/a.css')).toBe(404)
    expect(router.url('static', { file: ['a.css'] })).toBe('/static/a.css')
  })
})
