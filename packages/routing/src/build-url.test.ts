import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { int, Router, string, uuid } from './index.ts'

const app = () => ''

describe('url', () => {
  test('builds the path of a named rule', () => {
    const router = new Router()
      .get('/', app, { name: 'home' })
      .get('/users/:id', app, { name: 'user', convert: { id: int() } })
      .get('/:name.:ext', app, { name: 'file' })
    expect(router.url('home')).toBe('/')
    expect(router.url('user', { id: 42 })).toBe('/users/42')
    expect(router.url('file', { name: 'report', ext: 'pdf' })).toBe('/report.pdf')
  })

  test('percent-encodes each value, so that none leaves its segment', () => {
    const router = new Router().get('/x/:v', app, { name: 'x' })
    expect(router.url('x', { v: 'a/b?c#d e%\u00e9' })).toBe('/x/a%2Fb%3Fc%23d%20e%25%C3%A9')
  })

  test('joins the segments of a wildcard', () => {
    const router = new Router().get('/files/*path', app, { name: 'files' })
    expect(router.url('files', { path: ['a/b', 'c'] })).toBe('/files/a%2Fb/c')
  })

  test('gives static text in normal form', () => {
    expect(new Router().get('/caf\u00e9 %7e', app, { name: 'x' }).url('x')).toBe('/caf%C3%A9%20~')
  })

  test('gives the path of a rule without parameters, each time with what is added and refused', () => {
    const router: Router = new Router().get('/about', app, { name: 'about' })
    for (let time = 0; time < 2; time++) {
      expect(router.url('about')).toBe('/about')
      expect(router.url('about', {})).toBe('/about')
      expect(router.url('about', { id: undefined })).toBe('/about')
      expect(router.url('about', {}, { query: { q: 1 } })).toBe('/about?q=1')
      expect(() => router.url('about', { id: '7' })).toThrow('it has no parameter "id"')
    }
    router.get('/about/:id', app, { name: 'about' })
    expect(router.url('about', { id: '7' })).toBe('/about/7')
    expect(router.url('about')).toBe('/about')
    router.mount('/in', new Router().get('/about/us', app, { name: 'us' }))
    expect(router.url('us')).toBe('/in/about/us')
    expect(router.url('about')).toBe('/about')
  })

  test('fills the optional groups whose parameters are given', () => {
    const router = new Router().get('/posts{/:year{/:month}}', app, { name: 'posts' })
    expect(router.url('posts')).toBe('/posts')
    expect(router.url('posts', { year: '2026' })).toBe('/posts/2026')
    expect(router.url('posts', { year: '2026', month: '11' })).toBe('/posts/2026/11')
    expect(router.url('posts', { year: undefined })).toBe('/posts')
    expect(() => router.url('posts', { month: '11' })).toThrow('a value is missing for year')
  })

  test('adds a query', () => {
    const router = new Router().get('/s', app, { name: 's' })
    const query = { q: 'a b&c', page: 2, tag: ['x', 'y'], none: null, missing: undefined, exact: true }
    expect(router.url('s', {}, { query })).toBe('/s?q=a+b%26c&page=2&tag=x&tag=y&exact=true')
    expect(router.url('s', {}, { query: new URLSearchParams([['a', '1']]) })).toBe('/s?a=1')
    expect(router.url('s', {}, { query: {} })).toBe('/s')
  })

  test('appends what is unknown to the query, where that is asked for', () => {
    const router: Router = new Router().get('/s/:id', app, { name: 's' })
    const params = { id: '7', q: 'a b', tag: ['x', 'y'], none: null, missing: undefined, page: 2 }
    expect(router.url('s', params, { appendUnknown: true })).toBe('/s/7?q=a+b&tag=x&tag=y&page=2')
    expect(router.url('s', params, { appendUnknown: true, query: { z: 1 } })).toBe(
      '/s/7?z=1&q=a+b&tag=x&tag=y&page=2',
    )
    expect(router.url('s', { id: '7' }, { appendUnknown: true })).toBe('/s/7')
    expect(() => router.url('s', params)).toThrow('it has no parameter "q"')
    expect(() => router.url('s', { id: '7', none: null })).toThrow('it has no parameter "none"')
  })

  test('sorts the query by name, where the router says so', () => {
    const router: Router = new Router({ sortQuery: true }).get('/s', app, { name: 's' })
    expect(router.url('s', { b: 1 }, { appendUnknown: true, query: { c: [2, 1], a: 0 } })).toBe(
      '/s?a=0&b=1&c=2&c=1',
    )
  })

  test('adds no default to the query that the path says already', () => {
    const router: Router = new Router().get('/all', app, { name: 'all', defaults: { page: 1 } })
    expect(router.url('all', { page: 1 }, { query: { q: 'a' } })).toBe('/all?q=a')
    expect(router.url('all', { page: 1 }, { appendUnknown: true })).toBe('/all')
  })

  test('puts the query behind the host', () => {
    const router = new Router().get('/', app, { name: 's' })
    expect(router.url('s', {}, { query: { a: 1 }, host: 'example.org' })).toBe('https://example.org/?a=1')
  })

  test('throws a TypeError for an option that there is not', () => {
    const router = new Router().get('/', app, { name: 's' })
    expect(() => router.url('s', {}, { quary: { a: 1 } } as object)).toThrow(TypeError)
    expect(() => router.url('s', {}, { quary: { a: 1 } } as object)).toThrow(
      'Got the unknown option "quary" for a URL; there are query, appendUnknown, method, external, scheme, host, request.',
    )
  })

  test.each([['https'], [null], [7]])('throws a TypeError for %j in place of options', (options) => {
    const router = new Router().get('/', app, { name: 's' })
    expect(() => router.url('s', {}, options as never)).toThrow(
      `Got ${JSON.stringify(options)} for the options of a URL; expected an object.`,
    )
  })

  test('refuses a path with more texts in a segment than are tried', () => {
    const router = new Router().get('/:slug-:id', app, { name: 'post', convert: { id: int() } })
    const slug = Array.from({ length: 32 }, () => 'word').join('-')
    const path = router.url('post', { slug, id: 7 })
    expect(router.match('GET', path)).toMatchObject({ params: { slug, id: 7 } })
    expect(() => router.url('post', { slug: `one-${slug}`, id: 7 })).toThrow('would match nothing.')
  })

  test('suggests the closest name for one that is unknown', () => {
    const router: Router = new Router()
      .get('/a', app, { name: 'userDetail' })
      .get('/b', app, { name: 'home' })
    expect(() => router.url('userDetails')).toThrow(
      'Got "userDetails", which no rule is called; did you mean "userDetail"?',
    )
    expect(() => router.url('xyz')).toThrow('the names are: userDetail, home')
    expect(() => new Router().url('xyz')).toThrow('the names are: none')
  })

  test('builds paths that match the rule and give the values back', () => {
    const router = new Router()
      .get('/a/:text/:id{/:extra}', app, { name: 'a', convert: { id: int({ signed: true }) } })
      .get('/w/*path', app, { name: 'w' })
    const value = fc
      .string({ minLength: 1, unit: 'binary' })
      .filter((text) => text !== '.' && text !== '..' && !text.includes('\0'))
    fc.assert(
      fc.property(value, fc.maxSafeInteger(), fc.option(value, { nil: undefined }), (text, number, extra) => {
        const id = number + 0
        const match = router.match('GET', router.url('a', { text, id, extra }))
        expect(match).toMatchObject({ params: extra === undefined ? { text, id } : { text, id, extra } })
      }),
    )
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (path) => {
        expect(router.match('GET', router.url('w', { path }))).toMatchObject({ params: { path } })
      }),
    )
  })
})

describe('url throws a TypeError', () => {
  const router: Router = new Router()
    .get('/users/:id', app, { name: 'user', convert: { id: int({ min: 1 }) } })
    .get('/t/:x', app, { name: 'text' })
    .get('/s/:x', app, { name: 'short', convert: { x: string({ max: 2 }) } })
    .get('/u/:x', app, { name: 'uuid', convert: { x: uuid() } })
    .get('/w/*path', app, { name: 'wild' })
    .get('/m/:a.:b', app, { name: 'mixed' })

  test.each([
    ['a missing value', 'user', {}, 'a value is missing for id'],
    ['an unknown one', 'user', { id: 1, page: 2 }, 'no parameter "page"'],
    [
      'a value that its converter refuses',
      'user',
      { id: 0 },
      'got 0 for id, which int({"min":1}) does not accept',
    ],
    ['a value of another type', 'user', { id: 1.5 }, 'got 1.5 for id'],
    ['a text that is too long', 'short', { x: 'abc' }, 'got "abc" for x'],
    ['no text', 'uuid', { x: null }, 'got null for x'],
    [
      'a number where a text belongs',
      'text',
      { x: 1 },
      "got 1 for x, expected a text that is not empty, and has a form in UTF-8; give it a converter, as int(), or write '1'",
    ],
    [
      'values that are no object',
      'user',
      7 as never,
      'Got 7 for the parameters of "user"; expected an object, as in { id: 7 }',
    ],
    ['null for all values', 'user', null as never, 'Got null for the parameters of "user"'],
    ['an empty text', 'text', { x: '' }, 'got "" for x'],
    ['a text without UTF-8', 'text', { x: '\ud800' }, 'expected a text'],
    ['a text where a list belongs', 'wild', { path: 'a' }, 'expected a list of texts'],
    ['an empty list', 'wild', { path: [] }, 'expected a list of texts'],
    ['a list whose first text is empty', 'wild', { path: ['', 'evil.example'] }, 'the first not empty'],
    ['a dot segment', 'text', { x: '..' }, 'dot segment'],
    ['a dot segment in a list', 'wild', { path: ['a', '.', 'b'] }, 'dot segment'],
    ['a NUL', 'text', { x: 'a\0' }, 'NUL'],
  ])('for %s', (_title, name, params, message) => {
    expect(() => router.url(name, params)).toThrow(TypeError)
    expect(() => router.url(name, params)).toThrow(message)
  })

  test('not for dots beside other text', () => {
    expect(router.url('text', { x: '...' })).toBe('/t/...')
    expect(router.url('text', { x: '.a' })).toBe('/t/.a')
  })
})
