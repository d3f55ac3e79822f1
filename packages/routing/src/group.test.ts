import { type Application, type Middleware, outline, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { int, Router } from './index.ts'

const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify([environ.SCRIPT_NAME, environ.PATH_INFO, environ['stapel.params'] ?? {}])
}

/** A layer that writes its name into a header, so that the order of layers shows. */
function layer(name: string): Middleware {
  return (app) => (environ, startResponse) =>
    app(environ, (status, headers, error) => {
      return startResponse(status, [['X-Layers', name], ...headers], error)
    })
}

function patterns(router: Router): string[] {
  return [...router].map(({ host = '', pattern }) => host + pattern)
}

async function layersOf(router: Router, path: string): Promise<string | null> {
  return (await new Client(validate(router.app)).get(path)).headers.get('x-layers')
}

describe('a group', () => {
  test('puts its prefix before each pattern, in groups inside too', () => {
    const router: Router = new Router()
    router.group({ prefix: '/blog' }, (blog) =>
      blog
        .get('', show)
        .get('/', show)
        .post('{/drafts}/new', show)
        .group({ prefix: '/:year' }, (year) => year.get('/:slug', show)),
    )
    expect(patterns(router)).toEqual(['/blog', '/blog/', '/blog{/drafts}/new', '/blog/:year/:slug'])
    expect(router.match('GET', '/blog/2026/hello')).toMatchObject({ params: { year: '2026', slug: 'hello' } })
    expect(router.match('POST', '/blog/drafts/new').rule).toBeDefined()
  })

  test('may have a prefix that may be absent', () => {
    const router = new Router().group({ prefix: '{/:lang}' }, (group) => group.get('/about', show))
    expect(router.match('GET', '/about')).toMatchObject({ params: {} })
    expect(router.match('GET', '/de/about')).toMatchObject({ params: { lang: 'de' } })
  })

  test('of the prefix / has the paths of the router', () => {
    const router: Router = new Router()
    router.group({ prefix: '/' }, (group) => group.get('/a', show).mount('/', show))
    expect(patterns(router)).toEqual(['/a', '/'])
  })

  test('puts the beginning of names together', () => {
    const router = new Router().group({ prefix: '/blog', name: 'blog.' }, (blog) =>
      blog
        .get('/', show, { name: 'index' })
        .group({ prefix: '/posts', name: 'post.' }, (posts) => posts.get('/:id', show, { name: 'show' })),
    )
    expect(router.url('blog.index')).toBe('/blog/')
    expect(router.url('blog.post.show', { id: '7' })).toBe('/blog/posts/7')
  })

  test('gives no name to a rule that has none', () => {
    const router: Router = new Router()
    router.group({ name: 'blog.' }, (blog) => blog.get('/a', show))
    expect([...router].map(({ name }) => name)).toEqual([undefined])
  })

  test('has its middleware around that of the rules, from the outside in', async () => {
    const router: Router = new Router()
    router.group({ prefix: '/a', middleware: [layer('1'), layer('2')] }, (outer) =>
      outer
        .get('/x', show, { middleware: [layer('5'), layer('6')] })
        .get('/y', show)
        .group({ middleware: [layer('3')] }, (inner) => inner.get('/z', show, { middleware: [layer('4')] })),
    )
    router.get('/b', show)
    expect(await layersOf(router, '/a/x')).toBe('1, 2, 5, 6')
    expect(await layersOf(router, '/a/y')).toBe('1, 2')
    expect(await layersOf(router, '/a/z')).toBe('1, 2, 3, 4')
    expect(await layersOf(router, '/b')).toBeNull()
    expect(await layersOf(router, '/a/none')).toBeNull()
  })

  test('has middleware that sees what was captured, and the environ of a mount', async () => {
    const guard: Middleware = (app) => (environ, startResponse) => {
      if (environ['stapel.params']?.id === '7') return app(environ, startResponse)
      startResponse('403 Forbidden', [['X-Mount', environ.SCRIPT_NAME]])
      return ''
    }
    const router: Router = new Router()
    router.group({ prefix: '/:id', middleware: [guard] }, (group) => group.get('/a', show).mount('/in', show))
    const client = new Client(validate(router.app))
    expect((await client.get('/7/a')).status).toBe(200)
    expect((await client.get('/8/a')).status).toBe(403)
    expect((await client.get('/8/in/b')).headers.get('x-mount')).toBe('/8/in')
  })

  test('merges converters, of which a rule gets those for its parameters', () => {
    const router = new Router().group({ prefix: '/:year', convert: { year: int(), id: int() } }, (group) =>
      group
        .get('/', show)
        .get('/:id', show)
        .get('/x/:id', show, { convert: { id: int({ min: 10 }) } }),
    )
    expect(router.match('GET', '/2026/7')).toMatchObject({ params: { year: 2026, id: 7 } })
    expect(router.match('GET', '/2026/')).toMatchObject({ params: { year: 2026 } })
    expect(router.match('GET', '/x/')).toMatchObject({ status: 404 })
    expect(router.match('GET', '/2026/x/9')).toMatchObject({ status: 404 })
  })

  test('converts the parameters of its host', () => {
    const router: Router = new Router()
    router.group({ host: 's:shard.example.org', convert: { shard: int() } }, (group) =>
      group.get('/:shards', show),
    )
    expect(router.match('GET', '/a', 's7.example.org')).toMatchObject({ params: { shard: 7, shards: 'a' } })
  })

  test('merges defaults, which go under what is captured', async () => {
    const router: Router = new Router()
    router.group({ defaults: { lang: 'en', page: 1 } }, (group) =>
      group.get('/all', show, { defaults: { page: 2 } }).get('/all/:page{/:lang}', show),
    )
    const client = new Client(validate(router.app))
    expect((await client.get('/all')).json()).toEqual(['', '/all', { lang: 'en', page: 2 }])
    expect((await client.get('/all/3')).json()).toEqual(['', '/all/3', { lang: 'en', page: '3' }])
    expect((await client.get('/all/3/de')).json()).toEqual(['', '/all/3/de', { lang: 'de', page: '3' }])
  })

  test('replaces the host of the group around it', () => {
    const router: Router = new Router()
    router.group({ host: 'a.example' }, (a) =>
      a
        .get('/1', show)
        .group({ host: 'b.example' }, (b) => b.get('/2', show).get('/3', show, { host: 'c.example' })),
    )
    expect(patterns(router)).toEqual(['a.example/1', 'b.example/2', 'c.example/3'])
  })

  test('has methods for the rules that name none', () => {
    const router: Router = new Router()
    router.group({ methods: ['GET', 'POST'] }, (group) =>
      group
        .add('/a', show)
        .add('/b', show, { methods: ['PUT'] })
        .delete('/c', show)
        .mount('/d', show),
    )
    expect([...router].map(({ methods }) => methods)).toEqual([
      ['GET', 'POST'],
      ['PUT'],
      ['DELETE'],
      undefined,
    ])
  })

  test('without a function is given itself, for rules in statements of their own', () => {
    const router = new Router()
    const blog = router.group({ prefix: '/blog', name: 'blog.' })
    blog.get('/:id', show, { name: 'post' })
    blog.group({ prefix: '/admin' }).get('/', show)
    expect(patterns(router)).toEqual(['/blog/:id', '/blog/admin/'])
    expect((router as Router).url('blog.post', { id: '7' })).toBe('/blog/7')
  })

  test('mounts applications and routers below its prefix', async () => {
    const users = new Router().get('/:id', show, { name: 'user' })
    const router = new Router().group({ prefix: '/:tenant', name: 'tenant.' }, (group) =>
      group.mount('/users', users, { name: 'users.' }).mount('/', show),
    )
    const client = new Client(validate(router.app))
    expect((await client.get('/acme/users/7')).json()).toEqual([
      '/acme/users',
      '/7',
      { tenant: 'acme', id: '7' },
    ])
    expect((await client.get('/acme/other')).json()).toEqual(['/acme', '/other', { tenant: 'acme' }])
    expect(router.url('tenant.users.user', { tenant: 'acme', id: '7' })).toBe('/acme/users/7')
  })

  test('gives the names of a router that is mounted without a name its own', () => {
    const users = new Router().get('/:id', show, { name: 'user' })
    const router = new Router().group({ name: 'admin.' }, (group) => group.mount('/users', users))
    expect(router.url('admin.user', { id: '7' })).toBe('/users/7')
  })

  test('shows its middleware in outlines', () => {
    function login(app: Application): Application {
      return (environ, startResponse) => app(environ, startResponse)
    }
    const router: Router = new Router()
    router.group({ prefix: '/a', middleware: [login] }, (group) => group.get('/b', show))
    expect(String(outline(router))).toContain('login')
  })
})

describe('host', () => {
  test('is a group of a host', () => {
    const router = new Router().host(':tenant.example.org', (routes) =>
      routes.get('/', show, { name: 'home' }).get('/:id', show),
    )
    expect(patterns(router)).toEqual([':tenant.example.org/', ':tenant.example.org/:id'])
    expect(router.match('GET', '/7', 'acme.example.org')).toMatchObject({
      params: { tenant: 'acme', id: '7' },
    })
  })

  test('without a function gives the group', () => {
    const router = new Router()
    router.host('api.example.org').get('/', show)
    expect(patterns(router)).toEqual(['api.example.org/'])
  })
})

describe('add', () => {
  test('takes a list of rules', () => {
    const router = new Router().add([
      { pattern: '/', app: show, name: 'home' },
      { pattern: '/users/:id', app: show, methods: ['GET', 'POST'], convert: { id: int() } },
      { pattern: '/chat', app: show, websocket: true },
      { pattern: '/in', app: show, mounted: true },
      { pattern: '/cdn/*path', buildOnly: true, name: 'asset' },
    ])
    expect(router.match('POST', '/users/7')).toMatchObject({ params: { id: 7 } })
    expect(router.match('GET', '/in/x')).toMatchObject({ scriptName: '/in' })
    expect(router.match('GET', '/cdn/x')).toMatchObject({ status: 404 })
    expect((router as Router).url('asset', { path: ['a.css'] })).toBe('/cdn/a.css')
  })

  test('takes the rules of another router, with all that belongs to them', async () => {
    const tenant = new Router().get('/:id', show, {
      name: 'item',
      convert: { id: int() },
      middleware: [layer('own')],
      defaults: { page: 1 },
    })
    const router = new Router()
    router.group({ prefix: '/shop', name: 'shop.', middleware: [layer('group')] }).add(tenant)
    expect(await layersOf(router, '/shop/7')).toBe('group, own')
    expect((await new Client(validate(router.app)).get('/shop/7')).json()).toEqual([
      '',
      '/shop/7',
      { id: 7, page: 1 },
    ])
    expect((router as Router).url('shop.item', { id: 7 })).toBe('/shop/7')
  })

  test('takes rules that were changed', () => {
    const inner = new Router()
      .get('/a', show)
      .mount('/in', new Router().get('/b', show, { name: 'b' }), { name: 'in.' })
    const router = new Router().add([...inner].map((rule) => ({ ...rule, pattern: `/x${rule.pattern}` })))
    expect(patterns(router)).toEqual(['/x/a', '/x/in'])
    expect((router as Router).url('in.b')).toBe('/x/in/b')
  })

  test('takes the rules of the router itself for another place', () => {
    const router = new Router().get('/a', show).post('/b', show)
    router.host('other.example').add(router)
    expect(patterns(router)).toEqual(['/a', '/b', 'other.example/a', 'other.example/b'])
  })

  test('refuses what is no list of rules', () => {
    const router = new Router()
    expect(() => router.add(7 as never)).toThrow('Got 7; expected a pattern, or a list of rules.')
    expect(() => router.add([7] as never)).toThrow('Got 7 among rules; expected { pattern, app, … }.')
    expect(() => router.add([{ pattern: '/a', app: show, method: 'GET' }] as never)).toThrow(
      'Got the unknown option "method" for /a; there are pattern, app, name,',
    )
    expect(() => router.add([{ pattern: '/a' }] as never)).toThrow(
      'Got undefined for /a; expected an application',
    )
  })
})

describe('buildOnly', () => {
  test('without a name throws, since nothing else asks for the rule', () => {
    expect(() => new Router().buildOnly('/static/*path', {} as never)).toThrow(
      'Got no name for /static/*path',
    )
  })

  test('adds what url builds and no request reaches', async () => {
    const router = new Router().buildOnly('/static/*path', { name: 'static', host: 'cdn.example.org' })
    expect(router.url('static', { path: ['a.css'] })).toBe('https://cdn.example.org/static/a.css')
    expect((await new Client(validate(router.app)).get('/static/a.css')).status).toBe(404)
    expect(router.match('GET', '/static/a.css', 'cdn.example.org')).toMatchObject({ status: 404 })
  })

  test('stands beside a rule of the same path', () => {
    const router = new Router().get('/a', show).buildOnly('/a', { name: 'a' }).buildOnly('/a', { name: 'b' })
    expect(router.match('GET', '/a').rule?.buildOnly).toBe(false)
    expect(router.url('b')).toBe('/a')
  })
})

describe('a router that is mounted', () => {
  test('gives its names to the router outside, those that are added later too', () => {
    const users: Router = new Router()
    users.get('/:id', show, { name: 'user' })
    const router: Router = new Router()
    router.mount('/:tenant/users', users, { name: 'users.' })
    users.get('/:id/edit', show, { name: 'edit' })
    expect(router.url('users.user', { tenant: 'acme', id: '7' })).toBe('/acme/users/7')
    expect(router.url('users.edit', { tenant: 'acme', id: '7' })).toBe('/acme/users/7/edit')
  })

  test('by its app keeps its names to itself', () => {
    const users = new Router().get('/:id', show, { name: 'user' })
    const router: Router = new Router()
    router.mount('/users', users.app)
    expect(() => router.url('user', { id: '7' })).toThrow('no rule is called')
  })

  test('in itself is refused, and then nothing is added', () => {
    const router: Router = new Router()
    expect(() => router.mount('/again', router)).toThrow('mounted in itself')
    expect(patterns(router)).toEqual([])
    expect(router.match('GET', '/again')).toMatchObject({ status: 404 })
  })

  test('must be one of this package', () => {
    const stranger = { app: show, *[Symbol.iterator]() {}, snapshot: () => stranger }
    expect(() => new Router().mount('/a', stranger as never)).toThrow('that is none of this package')
  })

  test('leaves no names where the prefix is taken', () => {
    const router: Router = new Router()
    router.mount('/in', show)
    expect(() => router.mount('/in', new Router().get('/', show, { name: 'a' }))).toThrow(
      'No request can tell',
    )
    expect(() => router.url('a')).toThrow('no rule is called')
  })
})

test('an unknown option of a rule without a pattern is named all the same', () => {
  expect(() => new Router().add([{ path: '/a', app: show } as never])).toThrow(
    'Got the unknown option "path" for a rule of a list; there are pattern, app,',
  )
})

describe('misuse of a group throws when it is made (robustness.md L4)', () => {
  test.each([
    [null, 'Got null for the options of the group; expected an object.'],
    ['/a', 'Got "/a" for the options of the group; expected an object.'],
    [
      (each: unknown) => each,
      'Got the function (anonymous) for the options of the group; expected an object.',
    ],
    [{ prefx: '/a' }, 'Got the unknown option "prefx" for the group; there are prefix, host, name,'],
    [{ prefix: 'a' }, "does not start with '/'"],
    [{ prefix: '/a/' }, "expected '/' or a path that does not end in '/'"],
    [{ prefix: '/:' }, 'Missing parameter name'],
    [{ host: 'a/b' }, 'neither a scheme nor a path'],
    [{ prefix: '/a', name: '' }, 'Got "" for the name of the group /a; expected a text'],
    [{ middleware: layer('a') }, 'expected a list'],
    [{ middleware: [7] }, 'Got 7 among the middleware of the group; expected functions.'],
    [{ convert: [] }, 'for the converters of the group; expected an object'],
    [{ defaults: 7 }, 'Got 7 for the defaults of the group; expected an object'],
    [{ methods: 'GET' }, "expected a list, as in ['GET', 'POST']"],
    [{ redirectSlashes: 'no' }, 'Got "no" for redirectSlashes of the group; expected true or false.'],
    [{ mergeSlashes: 1 }, 'Got 1 for mergeSlashes of the group; expected true or false.'],
  ])('with %j', (options, message) => {
    expect(() => new Router().group(options as never)).toThrow(TypeError)
    expect(() => new Router().group(options as never)).toThrow(message)
  })

  test.each([
    [null, 'Got null for what fills the group /a; expected a function.'],
    [{ name: 'a.' }, 'Got an object for what fills the group /a; expected a function.'],
  ])('with %j in place of a function that fills it', (fill, message) => {
    expect(() => new Router().group({ prefix: '/a' }, fill as never)).toThrow(new TypeError(message))
    expect(() => new Router().host('a.example', fill as never)).toThrow('for what fills the group a.example')
  })

  test.each([
    [undefined, 'Got undefined; expected a host pattern.'],
    [null, 'Got null; expected a host pattern.'],
    [{ host: 'a.example' }, 'Got an object; expected a host pattern.'],
  ])('with %j for a host', (pattern, message) => {
    expect(() => new Router().host(pattern as never)).toThrow(new TypeError(message))
  })

  test('with a pattern that is none on its own', () => {
    const group = new Router().group({ prefix: '/a' })
    expect(() => group.get('b', show)).toThrow("does not start with '/'")
    expect(() => group.get('{b}/c', show)).toThrow("does not start with '/'")
  })

  test('with an option of a rule that is no list or text', () => {
    const group = new Router().group({ prefix: '/a', name: 'a.', middleware: [layer('1')] })
    expect(() => group.get('/b', show, { name: 7 as never })).toThrow('Got 7 for the name of /a/b')
    expect(() => group.get('/b', show, { middleware: layer('2') as never })).toThrow('expected a list')
  })
})
