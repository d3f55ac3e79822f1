import { type Application, type Environ, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { int, oneOf, Router } from './index.ts'

/** Answers with where it is mounted, what is left of the path, and what was captured. */
const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO, environ['stapel.params']])
}

/** Answers with its own name. */
function says(name: string): Application {
  return (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return name
  }
}

describe('matching', () => {
  test('answers with the application of the rule', async () => {
    const router = new Router().get('/', says('home')).get('/about', says('about'))
    const client = new Client(router.app)
    expect((await client.get('/')).text()).toBe('home')
    expect((await client.get('/about')).text()).toBe('about')
  })

  test('puts parameters into environ, decoded once', async () => {
    const client = new Client(new Router().get('/users/:id', show).app)
    expect((await client.get('/users/a%20b%2520')).json()).toEqual([
      '',
      '/users/a%20b%2520',
      { id: 'a b%20' },
    ])
  })

  test('gives an encoded slash as part of its segment', async () => {
    const client = new Client(new Router().get('/files/:name', show).app)
    expect((await client.get('/files/a%2Fb')).json()).toEqual(['', '/files/a%2Fb', { name: 'a/b' }])
  })

  test('matches static text in another spelling of the same path', () => {
    const router = new Router().get('/caf\u00e9/%7Euser/a b', show)
    expect(router.match('GET', '/caf%C3%A9/~user/a%20b').rule?.pattern).toBe('/caf\u00e9/%7Euser/a b')
  })

  test('is case-sensitive', () => {
    expect(new Router().get('/About', show).match('GET', '/about')).toEqual({
      rule: undefined,
      status: 404,
      allow: [],
    })
  })

  test('never takes two slashes for one', () => {
    const router = new Router().get('/a', show).get('/users/:id', show).get('/x/:y/z', show)
    for (const path of ['//a', '/a/', '/users//1', '//users/1', '/users/', '/x//z', '/users/1/']) {
      expect(router.match('GET', path).rule, path).toBeUndefined()
    }
  })

  test('answers 404 when no rule matches', async () => {
    const answer = await new Client(new Router().get('/', show).app).get('/nothing')
    expect(answer.status).toBe(404)
  })

  test.each(['/users/%zz', '/users/%', '/users/%C3', '/users/%C3%28'])(
    'answers 400 to %s, which cannot be decoded',
    async (path) => {
      const client = new Client(new Router().get('/users/:id', show).app)
      expect((await client.get(path)).status).toBe(400)
    },
  )

  test('answers 400 when a converted parameter cannot be decoded', async () => {
    const client = new Client(new Router().get('/users/:id', show, { convert: { id: int() } }).app)
    expect((await client.get('/users/%zz')).status).toBe(400)
  })

  test('answers 400, not 404, to a path that cannot be decoded and that no rule has', async () => {
    const client = new Client(new Router().get('/users/:id/edit', show).app)
    expect((await client.get('/users/%zz/show')).status).toBe(400)
    expect((await client.get('/%ff')).status).toBe(400)
    expect((await client.get('/%20')).status).toBe(404)
  })

  test('finds nothing for what is no path', () => {
    const router = new Router().get('/:id', show).get('/*path', show).get('', show)
    expect(router.match('GET', 'users')).toMatchObject({ status: 404 })
    expect(router.match('GET', '*')).toMatchObject({ status: 404 })
    expect(router.match('GET', '').rule?.pattern).toBe('')
  })

  test('finds rules that were added after the first request', async () => {
    const router = new Router().get('/:a', says('one'))
    const client = new Client(router.app)
    expect((await client.get('/x')).text()).toBe('one')
    router.get('/:a/:b', says('two'))
    expect((await client.get('/x/y')).text()).toBe('two')
  })
})

describe('wildcards', () => {
  test('give the segments, each decoded', async () => {
    const client = new Client(new Router().get('/files/*path', show).app)
    expect((await client.get('/files/a%2Fb/c')).json()).toEqual([
      '',
      '/files/a%2Fb/c',
      { path: ['a/b', 'c'] },
    ])
  })

  test('take at least one segment, which is not empty', () => {
    const router = new Router().get('/files/*path', show)
    expect(router.match('GET', '/files').rule).toBeUndefined()
    expect(router.match('GET', '/files/').rule).toBeUndefined()
    expect(router.match('GET', '/files//etc/passwd').rule).toBeUndefined()
  })

  test('keep empty segments behind the first', () => {
    expect(new Router().get('/files/*path', show).match('GET', '/files/a//b/')).toMatchObject({
      params: { path: ['a', '', 'b', ''] },
    })
  })

  test('leave room for what follows', () => {
    const router = new Router().get('/*path/edit', show).get('/*path', says('any'))
    expect(router.match('GET', '/a/b/edit')).toMatchObject({
      rule: { pattern: '/*path/edit' },
      params: { path: ['a', 'b'] },
    })
    expect(router.match('GET', '/a/b')).toMatchObject({ rule: { pattern: '/*path' } })
  })

  test('may stand twice in a pattern; the first takes as little as it can', () => {
    expect(new Router().get('/*a/x/*b', show).match('GET', '/1/x/2/x/3')).toMatchObject({
      params: { a: ['1'], b: ['2', 'x', '3'] },
    })
  })
})

describe('optional groups', () => {
  test('match with and without', () => {
    const router = new Router().get('/posts{/:year{/:month}}', show)
    expect(router.match('GET', '/posts')).toMatchObject({ params: {} })
    expect(router.match('GET', '/posts/2026')).toMatchObject({ params: { year: '2026' } })
    expect(router.match('GET', '/posts/2026/11')).toMatchObject({ params: { year: '2026', month: '11' } })
  })

  test('may stand inside of a segment', () => {
    const router = new Router().get('/:name{.:format}', show)
    expect(router.match('GET', '/report')).toMatchObject({ params: { name: 'report' } })
    expect(router.match('GET', '/report.pdf')).toMatchObject({ params: { name: 'report', format: 'pdf' } })
  })

  test('are refused when they cannot be told apart', () => {
    expect(() => new Router().get('/a{/:x}{/:y}', show)).toThrow('put one group inside the other')
  })

  // robustness.md L4
  test('are refused when they stand for too many paths', () => {
    expect(() => new Router().get(`/a${'{/b}'.repeat(9)}`, show)).toThrow('more than 256 paths')
  })
})

describe('priority', () => {
  test('is that of the more specific segment, whenever the rule was added', () => {
    const patterns = ['/*rest', '/:name', '/:first.:last', '/:first-:last-x', '/list']
    for (const order of [patterns, patterns.toReversed()]) {
      const router = new Router()
      for (const pattern of order) router.get(pattern, show)
      const patternOf = (path: string) => router.match('GET', path).rule?.pattern
      expect(patternOf('/list')).toBe('/list')
      expect(patternOf('/a-b.c-x')).toBe('/:first-:last-x')
      expect(patternOf('/a.b')).toBe('/:first.:last')
      expect(patternOf('/a')).toBe('/:name')
      expect(patternOf('/a/b')).toBe('/*rest')
    }
  })

  test('counts the first segment in which rules differ', () => {
    const router = new Router().get('/:a/b', show).get('/a/:b', show)
    expect(router.match('GET', '/a/b').rule?.pattern).toBe('/a/:b')
  })

  test('goes back when the more specific way ends', () => {
    const router = new Router()
      .get('/a/b/c', show)
      .get('/a/:b/d', show)
      .get('/:a/b/e', show)
      .get('/*rest', show)
    const patternOf = (path: string) => router.match('GET', path).rule?.pattern
    expect(patternOf('/a/b/c')).toBe('/a/b/c')
    expect(patternOf('/a/b/d')).toBe('/a/:b/d')
    expect(patternOf('/a/b/e')).toBe('/:a/b/e')
    expect(patternOf('/a/b/f')).toBe('/*rest')
  })

  test('puts converted parameters before plain ones and tries the next when one refuses', () => {
    const router = new Router()
      .get('/:slug', show)
      .get('/:id', show, { convert: { id: int() } })
      .get('/:word', show, { convert: { word: oneOf('new', '7') } })
    expect(router.match('GET', '/7')).toMatchObject({ params: { word: '7' } })
    expect(router.match('GET', '/8')).toMatchObject({ params: { id: 8 } })
    expect(router.match('GET', '/x')).toMatchObject({ params: { slug: 'x' } })
  })
})

describe('rules that cannot be told apart', () => {
  test('throw when added, naming both', () => {
    const router = new Router().get('/users/:id', show)
    expect(() => router.get('/users/:name', show)).toThrow(
      'No request can tell GET /users/:name from GET /users/:id',
    )
    expect(() => router.add('/users/:name', show)).toThrow(
      'No request can tell * /users/:name from GET /users/:id',
    )
  })

  test('are alike in one way to fill their braces', () => {
    const router = new Router().get('/', show).get('/posts{/:year}', show)
    expect(() => router.get('/{*path}', show)).toThrow(
      'No request can tell GET /{*path} from GET /, which is there already: one way to fill the braces gives the same path; change its path or its methods.',
    )
    expect(() => router.get('/posts', show)).toThrow('one way to fill the braces gives the same path')
    expect(() => router.get('/', show)).toThrow('there already; change its path')
  })

  test('leave the router as it was', () => {
    const router = new Router().get('/a/b', show)
    expect(() => router.get('/a{/b}', show, { name: 'b' })).toThrow('No request can tell')
    expect(router.match('GET', '/a').rule).toBeUndefined()
    expect([...router]).toHaveLength(1)
    expect(() => router.url('b')).toThrow('no rule is called')
  })

  test('may differ in methods or in converters', () => {
    const router = new Router()
      .get('/:id', show)
      .post('/:name', show)
      .get('/:n', show, { convert: { n: int() } })
      .get('/:n', show, { convert: { n: int({ min: 5 }) } })
    expect(() => router.get('/:m', show, { convert: { m: int({ min: 5 }) } })).toThrow('No request can tell')
  })
})

describe('methods', () => {
  test('answers HEAD with the rule for GET, which sees HEAD', async () => {
    const app: Application = (environ, startResponse) => {
      startResponse('200 OK', [['X-Method', environ.REQUEST_METHOD]])
      return 'content'
    }
    const answer = await new Client(new Router().get('/', app).app).head('/')
    expect([answer.status, answer.headers.get('x-method'), answer.text()]).toEqual([200, 'HEAD', ''])
  })

  test('prefers a rule for HEAD to that for GET', () => {
    const router = new Router().get('/', says('get')).head('/', says('head'))
    expect(router.match('HEAD', '/').rule?.methods).toEqual(['HEAD'])
    expect(router.match('GET', '/').rule?.methods).toEqual(['GET'])
  })

  test('answers 405 with what is allowed, sorted', async () => {
    const router = new Router().post('/items', show).get('/items', show).delete('/:any', show)
    const answer = await new Client(router.app).put('/items')
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('DELETE, GET, HEAD, OPTIONS, POST')
  })

  test('answers 405 only where another method would match', async () => {
    const client = new Client(new Router().post('/items/:id', show, { convert: { id: int() } }).app)
    expect((await client.get('/items/1')).status).toBe(405)
    expect((await client.get('/items/x')).status).toBe(404)
  })

  test('takes a less specific rule when the more specific one has other methods', () => {
    const router = new Router().post('/users/me', show).get('/users/:id', show)
    expect(router.match('GET', '/users/me')).toMatchObject({ params: { id: 'me' } })
  })

  test('answers OPTIONS with 204 and what is allowed', async () => {
    const answer = await new Client(new Router().get('/items', show).app).options('/items')
    expect([answer.status, answer.headers.get('allow'), answer.text()]).toEqual([
      204,
      'GET, HEAD, OPTIONS',
      '',
    ])
  })

  test('leaves OPTIONS to a rule that takes it', async () => {
    const router = new Router().get('/items', says('get')).options('/items', says('options'))
    expect((await new Client(router.app).options('/items')).text()).toBe('options')
  })

  test('answers OPTIONS with 404 where nothing is', async () => {
    expect((await new Client(new Router().get('/', show).app).options('/x')).status).toBe(404)
  })

  test('answers any method when none is given', async () => {
    const client = new Client(new Router().add('/any', says('any')).app)
    expect((await client.request('/any', { method: 'PURGE' })).text()).toBe('any')
    expect((await client.options('/any')).text()).toBe('any')
  })

  test('takes methods of any name', () => {
    const router = new Router().add('/cache', show, { methods: ['PURGE', 'GET'] })
    expect(router.match('PURGE', '/cache').rule).toBeDefined()
    expect(router.match('POST', '/cache')).toEqual({
      rule: undefined,
      status: 405,
      allow: ['GET', 'HEAD', 'OPTIONS', 'PURGE'],
    })
  })
})

describe('mount', () => {
  test('moves whole segments from PATH_INFO to SCRIPT_NAME', async () => {
    const client = new Client(new Router().mount('/admin', show).app)
    expect((await client.get('/admin')).json()).toEqual(['/admin', '', null])
    expect((await client.get('/admin/')).json()).toEqual(['/admin', '/', null])
    expect((await client.get('/admin/users/1')).json()).toEqual(['/admin', '/users/1', null])
    expect((await client.get('/admin//x')).json()).toEqual(['/admin', '//x', null])
    expect((await client.get('/administrator')).status).toBe(404)
  })

  test('leaves the environ of the layers outside as it was', async () => {
    let outside: Environ | undefined
    const app = stack(new Router().mount('/t/:tenant', show).app, (inner) => (environ, startResponse) => {
      outside = environ
      return inner(environ, startResponse)
    })
    await new Client(app).get('/t/acme/x')
    expect(outside).toMatchObject({ SCRIPT_NAME: '', PATH_INFO: '/t/acme/x' })
    expect(outside).not.toHaveProperty(['stapel.params'])
  })

  test('adds to the SCRIPT_NAME that is there', async () => {
    const inner = new Router().mount('/b', show)
    const outer = new Router().mount('/a', inner.app)
    expect((await new Client(outer.app).get('/a/b/c')).json()).toEqual(['/a/b', '/c', null])
  })

  test('is found without a request, and the router inside is asked through its rule', () => {
    const inner = new Router().get('/:id', show)
    const router = new Router().mount('/teams/:team', inner)
    const outer = router.match('GET', '/teams/red/7/')
    expect(outer).toMatchObject({ params: { team: 'red' }, scriptName: '/teams/red', pathInfo: '/7/' })
    if (outer.rule === undefined) throw new Error('Nothing is mounted there.')
    const { rule, pathInfo, scriptName } = outer
    expect(rule.router?.match('GET', pathInfo, undefined, { scriptName })).toMatchObject({
      status: 308,
      location: '/7',
    })
    expect(rule.router?.match('GET', '/7')).toMatchObject({ params: { id: '7' }, pathInfo: '/7' })
  })

  test('gives the parameters of its prefix to what is mounted, beside its own', async () => {
    const tenant = new Router().get('/users/:id', show).get('/about', show)
    const client = new Client(new Router().mount('/:tenant', tenant.app).app)
    expect((await client.get('/acme/users/7')).json()).toEqual([
      '/acme',
      '/users/7',
      { tenant: 'acme', id: '7' },
    ])
    expect((await client.get('/acme/about')).json()).toEqual(['/acme', '/about', { tenant: 'acme' }])
  })

  test('converts the parameters of its prefix', () => {
    const router = new Router().mount('/:n', show, { convert: { n: int() } })
    expect(router.match('GET', '/7/x')).toMatchObject({ params: { n: 7 }, scriptName: '/7', pathInfo: '/x' })
    expect(router.match('GET', '/x/x')).toMatchObject({ status: 404 })
  })

  test('comes after rules that match as a whole, and the longer prefix first', () => {
    const router = new Router().mount('/', show).mount('/a', show).mount('/a/b', show).get('/a/:x', show)
    const patternOf = (path: string) => router.match('GET', path).rule?.pattern
    expect(patternOf('/a/c')).toBe('/a/:x')
    expect(patternOf('/a/b')).toBe('/a/b')
    expect(patternOf('/a/c/d')).toBe('/a')
    expect(patternOf('/z')).toBe('/')
  })

  test('goes before a less specific rule', () => {
    const router = new Router().get('/*path', show).mount('/admin', show)
    expect(router.match('GET', '/admin/x').rule?.pattern).toBe('/admin')
  })

  test('takes the methods that the rules beside it do not', () => {
    const router = new Router().post('/a/b', show).mount('/a', show)
    expect(router.match('POST', '/a/b').rule?.pattern).toBe('/a/b')
    expect(router.match('GET', '/a/b').rule?.pattern).toBe('/a')
  })

  test('on / takes the rest, with the environ as it is', async () => {
    const client = new Client(new Router().get('/a', says('a')).mount('/', show).app)
    expect((await client.get('/b/c')).json()).toEqual(['', '/b/c', null])
    expect((await client.get('/')).json()).toEqual(['', '/', null])
  })

  test.each(['/a/', '/a/*path', 'a', '//a'])('refuses the prefix %s', (prefix) => {
    expect(() => new Router().mount(prefix, show)).toThrow(TypeError)
  })

  test('gives a rule of the empty path the mount itself', async () => {
    const inner = new Router().get('', says('empty')).get('/', says('slash'))
    const client = new Client(new Router().mount('/in', inner.app).app)
    expect((await client.get('/in')).text()).toBe('empty')
    expect((await client.get('/in/')).text()).toBe('slash')
  })
})

describe('app', () => {
  test('returns what the application returned, without a promise of its own', () => {
    const body = ['a']
    const router = new Router().get('/', () => body)
    expect(router.app({ REQUEST_METHOD: 'GET', PATH_INFO: '/' } as Environ, () => () => {})).toBe(body)
  })
})

test('match and explain refuse an option that there is not (robustness.md L4)', () => {
  const router = new Router().get('/', () => '')
  const misspelt = { webSocket: true } as object
  const message =
    'Got the unknown option "webSocket" for a match; there are websocket, scriptName, redirectSlashes, mergeSlashes.'
  expect(() => router.match('GET', '/', undefined, misspelt)).toThrow(message)
  expect(() => router.explain('GET', '/', undefined, misspelt)).toThrow(message)
  expect(() => router.match('GET', '/', undefined, null as never)).toThrow(TypeError)
})

test.each([
  [['/users/7'], "Got undefined; expected a path, as in match('GET', '/users/7')."],
  [['GET', new URL('http://a.example/b')], 'Got an object of class URL; expected a path'],
  [[undefined, '/'], 'Got undefined; expected a method.'],
  [['GET', '/', { websocket: true }], "Got an object; expected a host, as in 'example.org'."],
])('match and explain refuse %j', (asked, message) => {
  const router = new Router().get('/', () => '')
  const [method, path, host] = asked as [string, string, string]
  expect(() => router.match(method, path, host)).toThrow(message)
  expect(() => router.explain(method, path, host)).toThrow(message)
})

describe('misuse throws when a rule is added (robustness.md L4)', () => {
  test('an option that there is not', () => {
    expect(() => new Router().add('/a', show, { method: ['GET'] } as object)).toThrow(
      'Got the unknown option "method" for /a; there are name, convert, host, defaults, middleware,',
    )
    expect(() => new Router().mount('/a', show, { alias: true } as object)).toThrow(
      'Got the unknown option "alias" for /a; there are name, convert,',
    )
    expect(() => new Router().get('/a', show, { methods: ['GET'] } as object)).toThrow(
      'Got the unknown option "methods" for /a;',
    )
    expect(() => new Router({ strict: true } as object)).toThrow(
      'Got the unknown option "strict" for a router; there are redirectSlashes,',
    )
  })

  test.each([
    ['users', "does not start with '/'"],
    ['/:a:b', 'nothing separates b'],
    ['/:a/:a', 'two parameters a'],
    ['/:__proto__', 'may be called __proto__'],
    ['/x-*path', 'shares a segment'],
    ['/a/../b', 'normal form'],
    ['/%2e/b', 'normal form'],
    ['/100%', "'%25'"],
    ['/a%00', 'NUL'],
    ['//a', "starts with '//'"],
    ['/{:a}/b', "starts with '//'"],
    ['/:', 'Missing parameter name'],
    ['/a{', 'Unexpected end'],
  ])('for the pattern %s', (pattern, message) => {
    expect(() => new Router().get(pattern, show)).toThrow(TypeError)
    expect(() => new Router().get(pattern, show)).toThrow(message)
  })

  test('for what is no application', () => {
    expect(() => new Router().get('/', 'app' as never)).toThrow('Got "app" for /; expected an application')
  })

  test.each([[[]], ['GET'], [['get']], [['A B']], [7]])('for the methods %j', (methods) => {
    expect(() => new Router().add('/', show, { methods: methods as never })).toThrow(TypeError)
  })

  test('for a name that is taken', () => {
    const router = new Router().get('/a', show, { name: 'a' })
    expect(() => router.get('/b', show, { name: 'a' })).toThrow(
      'Got the name "a" for GET /b, which /a has already.',
    )
    expect(router.match('GET', '/b').rule).toBeUndefined()
  })

  test('for a converter of a parameter that is not there, or of a wildcard', () => {
    const convert = { id: int() } as never
    expect(() => new Router().get('/:name', show, { convert })).toThrow('has no parameter "id"')
    expect(() => new Router().get('/*id', show, { convert })).toThrow('its wildcard id gives a list')
  })

  test('for what is no converter', () => {
    expect(() => new Router().get('/:id', show, { convert: { id: Number as never } })).toThrow(
      'Got the function Number to convert id; expected a converter',
    )
  })
})
