import { describe, expect, test } from 'vitest'
import { BuildError } from './build-error.ts'
import { int, Router } from './index.ts'
import { LISTED_NAMES_LIMIT } from './named-rules.ts'

const app = () => ''

describe('a rule is chosen by its method', () => {
  const router: Router = new Router()
    .post('/users', app, { name: 'users' })
    .get('/people', app, { name: 'users' })
    .add('/users/:id', app, { name: 'user', methods: ['PUT', 'DELETE'] })
    .get('/people/:id', app, { name: 'user' })
    .put('/users/:id/picture', app, { name: 'picture' })

  test('the one that is asked for, or that for GET', () => {
    expect(router.url('users', {}, { method: 'POST' })).toBe('/users')
    expect(router.url('users', {}, { method: 'HEAD' })).toBe('/people')
    expect(router.url('users')).toBe('/people')
    expect(router.url('user', { id: '7' }, { method: 'DELETE' })).toBe('/users/7')
    expect(router.url('user', { id: '7' })).toBe('/people/7')
  })

  test('any, where none of those that fit answers GET', () => {
    expect(router.url('picture', { id: '7' })).toBe('/users/7/picture')
    expect(router.url('picture', { id: '7' }, { method: 'PUT' })).toBe('/users/7/picture')
  })

  test('one without methods for all of them, and through mounts', () => {
    const outer: Router = new Router().mount('/in', router, { name: 'in.' }).add('/any', app, { name: 'any' })
    expect(outer.url('any', {}, { method: 'PURGE' })).toBe('/any')
    expect(outer.url('in.user', { id: '7' }, { method: 'PUT' })).toBe('/in/users/7')
  })

  test('none, where none of the name answers it', () => {
    expect(() => router.url('user', { id: '7' }, { method: 'POST' })).toThrow(
      'Got the method "POST" for the URL of "user"; its rules answer DELETE, GET, HEAD, PUT.',
    )
    expect(() => router.url('picture', { id: '7' }, { method: 'put' })).toThrow(BuildError)
    expect(() => router.url('user', { idd: '7' }, { method: 'PUT' })).toThrow('did you mean "id"')
  })

  test('not where two of the name share one', () => {
    expect(() => router.add('/x/:id', app, { name: 'user', methods: ['PATCH', 'PUT'] })).toThrow(
      'which /users/:id has already',
    )
    expect(() => router.add('/x/:id', app, { name: 'user' })).toThrow('which /users/:id has already')
  })
})

describe('of several rules with one name, the values choose', () => {
  test('by the parameters that are given', () => {
    const router: Router = new Router()
      .get('/', app, { name: 'blog' })
      .get('/:year', app, { name: 'blog' })
      .get('/:year/:month', app, { name: 'blog' })
      .get('/by/:author', app, { name: 'blog' })
    expect(router.url('blog')).toBe('/')
    expect(router.url('blog', { year: '2026' })).toBe('/2026')
    expect(router.url('blog', { month: '11', year: '2026' })).toBe('/2026/11')
    expect(router.url('blog', { author: 'ada' })).toBe('/by/ada')
  })

  test('by the defaults that are given', () => {
    const router: Router = new Router()
      .get('/all', app, { name: 'all', defaults: { page: 1 } })
      .get('/all/page/:page', app, { name: 'all', convert: { page: int() } })
    expect(router.url('all')).toBe('/all')
    expect(router.url('all', { page: 1 })).toBe('/all')
    expect(router.url('all', { page: 2 })).toBe('/all/page/2')
  })

  test('whatever was added first', () => {
    const router: Router = new Router()
      .get('/all/page/:page', app, { name: 'all', convert: { page: int() } })
      .get('/all', app, { name: 'all', defaults: { page: 1 } })
    expect(router.url('all', { page: 1 })).toBe('/all')
    expect(router.url('all', { page: 2 })).toBe('/all/page/2')
  })

  test('and a rule whose defaults are given goes before one that has none', () => {
    const router: Router = new Router()
      .get('/first', app, { name: 'page', defaults: { page: 1 } })
      .get('/none', app, { name: 'page' })
    expect(router.url('page')).toBe('/none')
    expect(router.url('page', { page: 1 })).toBe('/first')
  })

  test('by the parameters of the host too', () => {
    const router: Router = new Router()
      .get('/about', app, { name: 'about', host: 'example.org' })
      .get('/about', app, { name: 'about', host: ':tenant.example.org' })
    const request = { environ: environOf('example.org') }
    expect(router.url('about', {}, { request })).toBe('/about')
    expect(router.url('about', { tenant: 'acme' }, { request })).toBe('http://acme.example.org/about')
  })

  test('with the fewest values left over for the query', () => {
    const router: Router = new Router()
      .get('/items', app, { name: 'items' })
      .get('/items/:id', app, { name: 'items' })
    const options = { appendUnknown: true }
    expect(router.url('items', { id: '7', tab: 'x' }, options)).toBe('/items/7?tab=x')
    expect(router.url('items', { tab: 'x' }, options)).toBe('/items?tab=x')
  })

  test('an alias is never chosen', () => {
    const router: Router = new Router()
      .get('/old/:id', app, { name: 'item', alias: true })
      .get('/items/:id', app, { name: 'item' })
    expect(router.url('item', { id: '7' })).toBe('/items/7')
  })

  test('a rule that never matches can be', () => {
    const router = new Router().buildOnly('/static/*file', { name: 'static' })
    expect(router.url('static', { file: ['app.css'] })).toBe('/static/app.css')
  })
})

describe('defaults', () => {
  test('may be given, when they are the same', () => {
    const router: Router = new Router().get('/en', app, { name: 'home', defaults: { lang: 'en' } })
    expect(router.url('home', { lang: 'en' })).toBe('/en')
    expect(() => router.url('home', { lang: 'de' })).toThrow('got "de" for lang, which is "en" there')
    expect(() => router.url('home', { lang: 'de' }, { appendUnknown: true })).toThrow('which is "en" there')
  })

  test('stand in for parameters of the path', () => {
    const router: Router = new Router().get('/:lang/about', app, { name: 'about', defaults: { lang: 'en' } })
    expect(router.url('about')).toBe('/en/about')
    expect(router.url('about', { lang: 'de' })).toBe('/de/about')
  })
})

describe('rules of mounted routers', () => {
  test('have the prefix of the path and of the name', () => {
    const users = new Router().get('/', app, { name: 'list' }).get('/:id', app, { name: 'detail' })
    const router = new Router().get('/', app, { name: 'home' }).mount('/users', users, { name: 'user.' })
    expect(router.url('home')).toBe('/')
    expect(router.url('user.list')).toBe('/users/')
    expect(router.url('user.detail', { id: '7' })).toBe('/users/7')
    expect(users.url('detail', { id: '7' })).toBe('/7')
  })

  test('take the parameters of the prefix', () => {
    const inner = new Router().get('/users/:id', app, { name: 'user', convert: { id: int() } })
    const router = new Router().mount('/:tenant{/l-:lang}', inner, { name: 't.' })
    expect(router.url('t.user', { tenant: 'acme', id: 7 })).toBe('/acme/users/7')
    expect(router.url('t.user', { tenant: 'acme', lang: 'de', id: 7 })).toBe('/acme/l-de/users/7')
    const untyped: Router = new Router().mount('/:tenant', inner, { name: 't.' })
    expect(() => untyped.url('t.user', { id: 7 })).toThrow('a value is missing for tenant')
    expect(() => untyped.url('t.user', { tenant: 'acme', id: 7, page: 2 })).toThrow(
      'No URL of "/:tenant/users/:id" can be built: it has no parameter "page"',
    )
  })

  test('are not built where a match would find them below another prefix', () => {
    const inner = new Router().get('/users/:id', app, { name: 'user' })
    const router = new Router().mount('/:tenant{/:lang}', inner, { name: 't.' })
    expect(router.url('t.user', { tenant: 'acme', lang: 'de', id: '7' })).toBe('/acme/de/users/7')
    expect(() => router.url('t.user', { tenant: 'acme', id: '7' })).toThrow(
      '"/acme/users/7" would be read as mounted at "/acme/users"',
    )
  })

  test('are found at any depth', () => {
    const inmost = new Router().get('/:c', app, { name: 'c' })
    const inner = new Router().mount('/:b', inmost, { name: 'b.' })
    const router = new Router().mount('/:a', inner, { name: 'a.' })
    expect(router.url('a.b.c', { a: '1', b: '2', c: '3' })).toBe('/1/2/3')
  })

  test('are found when they are added later', () => {
    const inner: Router = new Router()
    const router: Router = new Router().mount('/in', inner, { name: 'in.' })
    inner.get('/late', app, { name: 'late' })
    expect(router.url('in.late')).toBe('/in/late')
  })

  test('are found below each prefix of a router that is mounted twice', () => {
    const inner = new Router().get('/about', app, { name: 'about' })
    const router: Router = new Router().mount('/site', inner).mount('/sites/:lang', inner)
    expect(router.url('about')).toBe('/site/about')
    expect(router.url('about', { lang: 'de' })).toBe('/sites/de/about')
  })

  test('have the defaults and the host of the mount', () => {
    const inner = new Router().get('/:lang/x', app, { name: 'x' }).get('/y', app, { name: 'y' })
    const router: Router = new Router().mount('/', inner, {
      host: ':tenant.example.org',
      defaults: { lang: 'en', tenant: 'www' },
    })
    const options = { scheme: 'https' }
    expect(router.url('x', {}, options)).toBe('https://www.example.org/en/x')
    expect(router.url('x', { tenant: 'acme', lang: 'de' }, options)).toBe('https://acme.example.org/de/x')
    expect(router.url('y', { tenant: 'acme' }, options)).toBe('https://acme.example.org/y')
  })

  test('keep a host of their own', () => {
    const inner = new Router().get('/x', app, { name: 'x', host: 'api.example.org' })
    const router: Router = new Router().mount('/v1', inner, { host: 'example.org' })
    expect(router.url('x', {}, { external: true })).toBe('https://api.example.org/v1/x')
  })

  test('are not aliases', () => {
    const inner: Router = new Router()
      .get('/old', app, { name: 'x', alias: true })
      .get('/new', app, { name: 'x' })
    expect(new Router().mount('/in', inner).url('x')).toBe('/in/new')
  })
})

describe('a name is refused, and the rule is not added', () => {
  test.each([
    ['with the same parameters', (router: Router) => router.get('/b/:id', app, { name: 'x' })],
    ['in another order', (router: Router) => router.get('/:rest/:id', app, { name: 'y' })],
    ['in an optional group', (router: Router) => router.get('/b{/:id}', app, { name: 'x' })],
    [
      'with the same defaults',
      (router: Router) => router.get('/z', app, { name: 'z', defaults: { a: [1] } }),
    ],
    [
      'through a mount',
      (router: Router) => router.mount('/in', new Router().get('/:id', app, { name: 'x' })),
    ],
    [
      'through a mount with a prefix',
      (router: Router) => router.mount('/in', new Router().get('/:id', app, { name: 'd' }), { name: 'in.' }),
    ],
  ])('%s', (_title, add) => {
    const router: Router = new Router()
      .get('/a/:id', app, { name: 'x' })
      .get('/a/:id/:rest', app, { name: 'y' })
      .get('/a', app, { name: 'z', defaults: { a: [1] } })
      .get('/c/:id', app, { name: 'in.d' })
    expect(() => add(router)).toThrow(TypeError)
    expect(() => add(router)).toThrow(
      'has already. Rules of one name differ in their parameters, their defaults or their methods.',
    )
    expect([...router]).toHaveLength(4)
  })

  test('says which rules they are', () => {
    const router: Router = new Router().get('/a/:id', app, { name: 'x' })
    expect(() => router.get('/b/:id', app, { name: 'x' })).toThrow(
      'Got the name "x" for GET /b/:id, which /a/:id has already.',
    )
  })

  test('when a router would be mounted in itself', () => {
    const a: Router = new Router()
    const b: Router = new Router()
    expect(() => a.mount('/a', a)).toThrow('Got a router for /a that would be mounted in itself')
    a.mount('/b', b, { name: 'b.' })
    expect(() => b.mount('/a', a, { name: 'a.' })).toThrow('mount its `app`')
    expect(() => a.url('b.b.b')).toThrow('no rule is called')
  })
})

describe('url says what is wrong with', () => {
  const inner = new Router().get('/:id', app, { name: 'detail' })
  const router: Router = new Router()
    .get('/all', app, { name: 'all', defaults: { page: 1 } })
    .get('/all/:page/:size', app, { name: 'all' })
    .get('/items/:identifier', app, { name: 'item' })
    .get('/old', app, { name: 'gone', alias: true })
    .mount('/users', inner, { name: 'user.' })

  test.each([
    ['a misspelt name', 'itme', {}, 'Got "itme", which no rule is called; did you mean "item"?'],
    ['a misspelt name of a mounted router', 'user.detial', {}, 'did you mean "user.detail"?'],
    ['a name that is far from all', 'nothing-like-it', {}, 'the names are: all, item, user.detail'],
    ['a name that only an alias has', 'gone', {}, 'Got "gone", which only an alias is called'],
    ['a missing value', 'item', {}, 'a value is missing for identifier'],
    ['a misspelt value', 'item', { identifer: '7' }, 'no parameter "identifer"; did you mean "identifier"?'],
    ['missing values of one of several rules', 'all', { size: '5' }, 'a value is missing for page'],
    ['an unknown value of several rules', 'all', { page: 1, colour: 'red' }, 'no parameter "colour"'],
    ['a default that is another value', 'all', { page: 3 }, 'a value is missing for size'],
    ['an inherited name', 'toString', {}, 'Got "toString", which no rule is called'],
    ['no name', undefined, {}, 'Got undefined, which no rule is called'],
  ])('%s', (_title, name, params, message) => {
    expect(() => router.url(name as string, params)).toThrow(BuildError)
    expect(() => router.url(name as string, params)).toThrow(message)
  })

  test('many names, of which it lists some', () => {
    const many: Router = new Router()
    for (let i = 0; i < LISTED_NAMES_LIMIT + 5; i++)
      many.get(`/${i}` as '/', app, { name: `rule-number-${i}` })
    expect(() => many.url('xyz')).toThrow('rule-number-19 and 5 more')
  })
})

function environOf(host: string) {
  return { HTTP_HOST: host, SCRIPT_NAME: '', 'wsgi.url_scheme': 'http' } as never
}
