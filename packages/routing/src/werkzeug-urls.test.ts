/**
 * What Werkzeug documents of hosts, WebSockets, building, errors and ways to make rules, in our syntax; what differs says so in its title. Last come defects that it has,
 * which are not here.
 */
import { type Application, MethodNotAllowed, NotFound } from '@stapel/core'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { float, int, Router, uuid } from './index.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO, environ['stapel.params'] ?? {}])
}

describe('hosts', () => {
  const router = new Router()
    .get('/', show, { name: 'home' })
    .host('admin.example.org', (routes) => routes.get('/', show, { name: 'admin' }))
    .host(':lang.example.org', (routes) =>
      routes.get('/page/:id', show, { name: 'page', convert: { id: int() } }),
    )
  const nameFor = (path: string, host: string): unknown => router.match('GET', path, host).rule?.name

  test('rules stand at a host or a subdomain, the others answer everywhere', () => {
    expect(nameFor('/', 'admin.example.org')).toBe('admin')
    expect(nameFor('/', 'www.example.org')).toBe('home')
    expect(router.match('GET', '/page/3', 'de.example.org')).toMatchObject({ params: { lang: 'de', id: 3 } })
    expect(router.match('GET', '/page/3', 'example.org')).toMatchObject({ status: 404 })
  })

  test('case and port make no difference', () => {
    expect(nameFor('/', 'ADMIN.Example.org:8080')).toBe('admin')
  })

  test('a variable may span dots as a wildcard, which gives a list', () => {
    const wide = new Router().host('*sub.example.org', (routes) => routes.get('/', show))
    expect(wide.match('GET', '/', 'a.b.example.org')).toMatchObject({ params: { sub: ['a', 'b'] } })
  })

  test('names beyond ASCII are compared in their ASCII form', () => {
    const cafe = new Router().host('käse.example', (routes) => routes.get('/', show, { name: 'cheese' }))
    expect(cafe.match('GET', '/', 'xn--kse-qla.example').rule?.name).toBe('cheese')
  })

  test('a subdomain that may be left out stands in braces', () => {
    const site = new Router().host('{www.}example.org', (routes) => routes.get('/', show, { name: 'site' }))
    expect(site.match('GET', '/', 'www.example.org').rule?.name).toBe('site')
    expect(site.match('GET', '/', 'example.org').rule?.name).toBe('site')
    expect(site.match('GET', '/', 'ww.example.org').rule).toBeUndefined()
  })

  test('a foreign host is answered by an application, or not found', async () => {
    const known = new Router().host('example.org', (routes) => routes.get('/', show))
    expect((await new Client(known.app).get('http://evil.example/')).status).toBe(404)
    const strict = new Router({
      unknownHost: (environ, start) => new NotFound('No such site.').respond(environ, start),
    })
    strict.host('example.org').get('/', show)
    strict.get('/', show)
    expect((await new Client(strict.app).get('http://evil.example/')).text()).toContain('No such site.')
    expect((await new Client(strict.app).get('http://example.org/')).status).toBe(200)
  })
})

describe('WebSockets', () => {
  const router = new Router().websocket('/chat', show, { name: 'socket' }).get('/', show, { name: 'home' })

  test('rules for them match only requests that offer one', () => {
    expect(router.match('GET', '/chat', undefined, { websocket: true }).rule?.name).toBe('socket')
    expect(router.match('GET', '/chat')).toMatchObject({ status: 400 })
  })

  test('other rules take requests that offer one too, unlike there, since an offer may be ignored', () => {
    expect(router.match('GET', '/', undefined, { websocket: true }).rule?.name).toBe('home')
  })

  test('are redirected to the other slash as any other', () => {
    const branch = new Router().websocket('/chat/', show)
    expect(branch.match('GET', '/chat', undefined, { websocket: true })).toMatchObject({
      status: 308,
      location: '/chat/',
    })
    expect(branch.match('GET', '/chat')).toMatchObject({ status: 404 })
  })

  test('are built with their scheme', () => {
    expect(router.url('socket', {}, { host: 'example.org' })).toBe('wss://example.org/chat')
    const request = createEnviron('http://example.org/')
    expect(router.url('socket', {}, { request })).toBe('ws://example.org/chat')
    expect(router.url('socket', {}, { request, scheme: 'https' })).toBe('wss://example.org/chat')
  })
})

describe('building', () => {
  const router = new Router()
    .get('/', show, { name: 'index' })
    .get('/downloads', show, { name: 'downloads/index' })
    .get('/downloads/:id', show, { name: 'downloads/show', convert: { id: int() } })
    .host(':sub.example.org', (routes) => routes.get('/page', show, { name: 'page' }))
  const here = createEnviron('http://www.example.org/app/x', {})
  here.SCRIPT_NAME = '/app'
  here.PATH_INFO = '/x'

  test('gives a path, from a name and values', () => {
    expect(router.url('downloads/show', { id: 42 })).toBe('/downloads/42')
  })

  test('is absolute where that is asked for', () => {
    expect(router.url('downloads/show', { id: 42 }, { request: here, external: true })).toBe(
      'http://www.example.org/app/downloads/42',
    )
  })

  test('is absolute only where the host differs', () => {
    expect(router.url('page', { sub: 'www' }, { request: here })).toBe('/app/page')
    expect(router.url('page', { sub: 'de' }, { request: here })).toBe('http://de.example.org/app/page')
  })

  test('takes a scheme, and none for //host', () => {
    expect(router.url('index', {}, { request: here, scheme: 'https' })).toBe('https://www.example.org/app/')
    expect(router.url('index', {}, { request: here, scheme: '' })).toBe('//www.example.org/app/')
  })

  test('puts the mount of a router before what it builds', async () => {
    let built = ''
    const inner: Router = new Router().add('/go/:id', (environ, startResponse) => {
      built = inner.url('item', { id: 'a' }, { request: environ })
      return show(environ, startResponse)
    })
    inner.get('/items/:id', show, { name: 'item' })
    await new Client(new Router().mount('/app', inner.app).app).get('/app/go/1')
    expect(built).toBe('/app/items/a')
  })

  test('makes a query of unknown values where it is told so: lists repeated, null dropped', () => {
    const options = { appendUnknown: true } as const
    expect(router.url('index', { q: 'a b', tag: ['x', 'y'], none: null, not: undefined }, options)).toBe(
      '/?q=a+b&tag=x&tag=y',
    )
    expect(() => router.url('index', { q: 'a' } as never)).toThrow('"q"')
  })

  test('sorts the query where the router is told so', () => {
    const sorted = new Router({ sortQuery: true }).get('/', show, { name: 'index' })
    expect(sorted.url('index', {}, { query: { b: 1, a: 2 } })).toBe('/?a=2&b=1')
  })

  test('chooses among rules of one name by the values that are given', () => {
    const several = new Router()
      .get('/archive', show, { name: 'archive' })
      .get('/archive/:year', show, { name: 'archive', convert: { year: int() } })
      .get('/archive/:year/:month', show, { name: 'archive', convert: { year: int(), month: int() } })
    const url = several.url.bind(several) as (name: string, params?: object) => string
    expect([
      url('archive'),
      url('archive', { year: 2026 }),
      url('archive', { year: 2026, month: 11 }),
    ]).toEqual(['/archive', '/archive/2026', '/archive/2026/11'])
    expect(() => url('archive', { month: 11 })).toThrow(TypeError)
  })

  test('throws with the closest name, and with what is missing', () => {
    expect(() => (router as Router).url('downloads/shwo', { id: 1 })).toThrow(
      'did you mean "downloads/show"?',
    )
    expect(() => router.url('downloads/show', {} as never)).toThrow('id')
    expect(() => router.url('downloads/show', { id: 'x' as never })).toThrow('int() does not accept')
  })

  test('encodes what is no character of a segment, a slash too, unlike there', () => {
    const text = new Router().get('/:x', show, { name: 'x' }).get('/f/*path', show, { name: 'f' })
    expect(text.url('x', { x: 'a/b c?#ä' })).toBe('/a%2Fb%20c%3F%23%C3%A4')
    expect(text.url('f', { path: ['a/b', 'c'] })).toBe('/f/a%2Fb/c')
  })
})

describe('errors', () => {
  test('are HTTP errors, which are applications', async () => {
    const client = new Client(new Router().get('/a', show).app)
    expect((await client.get('/x')).status).toBe(404)
    expect((await client.post('/a')).status).toBe(405)
    expect(new NotFound()).toHaveProperty('respond')
    expect(new MethodNotAllowed(['GET'])).toHaveProperty('respond')
  })

  test('a rule that no request can tell from another throws, wherever the parameters have other names', () => {
    const router = new Router().get('/a/:x', show)
    expect(() => router.get('/a/:y', show)).toThrow('No request can tell GET /a/:y from GET /a/:x')
    expect(() => router.add('/a/:x', show)).toThrow(TypeError)
    expect(() => router.post('/a/:x', show)).not.toThrow()
    expect(() => router.get('/a/:x', show, { host: 'example.org' })).not.toThrow()
    expect(() => router.websocket('/a/:x', show)).not.toThrow()
  })
})

describe('ways to make rules', () => {
  test('a submount, a subdomain and a prefix of names are groups', () => {
    const router = new Router().group(
      { prefix: '/blog', name: 'blog.', host: 'blog.example.org' },
      (routes) => routes.get('/', show, { name: 'index' }).get('/entry/:slug', show, { name: 'show' }),
    )
    expect(router.match('GET', '/blog/entry/x', 'blog.example.org').rule?.name).toBe('blog.show')
    expect(router.url('blog.show', { slug: 'x' }, { scheme: 'https' })).toBe(
      'https://blog.example.org/blog/entry/x',
    )
  })

  test('converters that many rules need are given to their group', () => {
    const router = new Router().group({ convert: { id: int() } }, (routes) =>
      routes.get('/users/:id', show).get('/pages/:id/:part', show),
    )
    expect(router.match('GET', '/users/7')).toMatchObject({ params: { id: 7 } })
    expect(router.match('GET', '/pages/x/y').rule).toBeUndefined()
  })

  test('a template is a function', () => {
    const resource = (name: string): { pattern: string; app: Application; name: string }[] => [
      { pattern: `/${name}/`, app: show, name: `${name}.index` },
      { pattern: `/${name}/:id`, app: show, name: `${name}.show` },
    ]
    const router = new Router().add([...resource('user'), ...resource('page')])
    expect(router.match('GET', '/page/1').rule?.name).toBe('page.show')
  })

  test('the rules of a router can be walked through, copied, and kept as they are', () => {
    const router = new Router().get('/a', show, { name: 'a' })
    const copy = new Router().add(router)
    const kept = router.snapshot()
    router.get('/b', show)
    expect([...router].map(({ pattern }) => pattern)).toEqual(['/a', '/b'])
    expect(copy.match('GET', '/a').rule?.name).toBe('a')
    expect(kept.match('GET', '/b').rule).toBeUndefined()
  })
})

describe('defects of Werkzeug are not here', () => {
  test('an unrelated rule does not change which of two rules answers', () => {
    const pair = [
      { pattern: '/:a/x/:b', app: show, convert: { b: int() } },
      { pattern: '/:a/:c/:b', app: show, convert: { c: int(), b: int() } },
      { pattern: '/:a/:c/:b', app: show, convert: { c: uuid() } },
    ]
    const unrelated = [
      { pattern: '/:id/y', app: show, convert: { id: uuid() } },
      { pattern: '/z/*rest', app: show },
      { pattern: '/:id', app: show, convert: { id: float() } },
    ]
    const paths = ['/1/x/2', '/1/2/3', '/1/x/y', '/x/f81d4fae-7dec-11d0-a765-00a0c91e6bf6/1']
    const found = (rules: typeof pair): unknown[] => {
      const router = new Router().add(rules as never)
      return paths.map((path) => router.match('GET', path).rule?.convert)
    }
    const alone = found(pair)
    for (const each of unrelated) {
      expect(found([each as never, ...pair])).toEqual(alone)
      expect(found([...pair, each as never].toReversed())).toEqual(alone)
    }
  })

  test('a host that has no rule for the path leaves it to the next', () => {
    const router = new Router()
      .host('a.example.org', (routes) => routes.get('/:x/only', show))
      .host(':sub.example.org', (routes) => routes.get('/shared', show, { name: 'sub' }))
      .get('/about', show, { name: 'about' })
    expect(router.match('GET', '/shared', 'a.example.org').rule?.name).toBe('sub')
    expect(router.match('GET', '/about', 'a.example.org').rule?.name).toBe('about')
  })

  test('a value that a converter refuses leaves the path to the next rule', () => {
    const router = new Router()
      .get('/:id', show, { name: 'small', convert: { id: int({ max: 9 }) } })
      .get('/:id', show, { name: 'big', convert: { id: int({ min: 10 }) } })
      .get('/:word', show, { name: 'word' })
    expect(['/7', '/70', '/x'].map((path) => router.match('GET', path).rule?.name)).toEqual([
      'small',
      'big',
      'word',
    ])
  })

  test('digits are those of ASCII', () => {
    const router = new Router().get('/:id', show, { convert: { id: int() } })
    expect(router.match('GET', '/%D9%A3')).toMatchObject({ status: 404 })
  })

  test('a line feed does not end a path (robustness.md O6)', () => {
    const router = new Router().get('/:id', show, { convert: { id: int() } }).get('/a/:x', show)
    expect(router.match('GET', '/7%0A')).toMatchObject({ status: 404 })
    expect(router.match('GET', '/a/x%0A/evil')).toMatchObject({ status: 404 })
    expect(router.match('GET', '/a/x%0Ay')).toMatchObject({ params: { x: 'x\ny' } })
  })

  test('slashes before a path are not passed over in silence, and no redirect leaves the host (robustness.md R1)', async () => {
    const router = new Router().get('/evil.example/', show).get('/a/:x/', show)
    const client = new Client(router.app)
    const locate = async (pathInfo: string): Promise<unknown> => {
      const environ = createEnviron('http://example.org/')
      environ.PATH_INFO = pathInfo
      const answer = await client.open(environ)
      return answer.headers.get('Location')
    }
    expect(router.match('GET', '//evil.example/')).toMatchObject({ status: 308, location: '/evil.example/' })
    expect(await locate('//evil.example')).toBe('/evil.example/')
    expect(await locate('//a//evil.example')).toBe('/a/evil.example/')
  })

  test('a router without hosts builds paths', () => {
    const request = createEnviron('http://example.org/')
    expect(new Router().get('/a', show, { name: 'a' }).url('a', {}, { request })).toBe('/a')
  })

  test('a whole number is built as one', () => {
    const router = new Router().get('/:x', show, { name: 'x', convert: { x: float() } })
    expect(router.url('x', { x: 1 })).toBe('/1')
    expect(router.match('GET', router.url('x', { x: 1 }))).toMatchObject({ params: { x: 1 } })
  })

  test('a mount leaves the environ of the caller as it was (robustness.md U5)', async () => {
    const environ = createEnviron('http://example.org/app/x')
    const before = { ...environ }
    await new Router().mount('/app', show).app(environ, () => () => undefined)
    expect(environ).toEqual(before)
  })
})
