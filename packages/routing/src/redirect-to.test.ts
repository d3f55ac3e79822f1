import { type Application, type Middleware, NotFound, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BuildError, type Converter, int, oneOf, Router, redirectTo } from './index.ts'

async function redirect(app: Application, target: string, base = 'http://here.example') {
  const answer = await new Client(validate(app), { base, followRedirects: false }).get(target)
  return { status: answer.status, location: answer.headers.get('location') }
}

describe('redirectTo a pattern', () => {
  test('fills it with what the rule captured, and answers 308', async () => {
    const router = new Router().get('/old/:id', redirectTo('/new/:id'))
    expect(await redirect(router.app, '/old/7')).toEqual({ status: 308, location: '/new/7' })
  })

  test('says so to a client that does not follow', async () => {
    const answer = await new Client(new Router().get('/old', redirectTo('/new')).app, {
      followRedirects: false,
    }).get('/old')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.text()).toBe('Go to /new\n')
  })

  test.each([301, 302, 303, 307, 308] as const)('answers %i where that is asked for', async (status) => {
    const router = new Router().get('/old', redirectTo('/new', { status }))
    expect(await redirect(router.app, '/old')).toEqual({ status, location: '/new' })
  })

  test('writes values as the converters of the rule do', async () => {
    const hex: Converter<number> = {
      name: 'hex',
      parse: (text) => (/^[0-9a-f]+$/.test(text) ? Number.parseInt(text, 16) : undefined),
      format: (value) => value.toString(16),
    }
    const router = new Router().get('/old/:id', redirectTo('/new/:id'), { convert: { id: hex } })
    expect(await redirect(router.app, '/old/ff')).toMatchObject({ location: '/new/ff' })
  })

  test('writes numbers as they print where no rule tells', async () => {
    const layer =
      (app: Application): Application =>
      (environ, startResponse) =>
        app(environ, startResponse)
    const router = new Router().get('/old/:id', layer(redirectTo('/new/:id')), { convert: { id: int() } })
    expect(await redirect(router.app, '/old/7')).toMatchObject({ location: '/new/7' })
  })

  test('throws for what is not captured where no rule could tell', async () => {
    const redirecting = redirectTo('/new/:ids{/:tab}')
    const layer: Application = (environ, startResponse) => redirecting(environ, startResponse)
    const router = new Router().get('/old/:id', layer)
    await expect(redirect(router.app, '/old/7')).rejects.toThrow(
      new TypeError('Got no value of ids for the redirect to /new/:ids{/:tab}; no rule captures it.'),
    )
    await expect(redirect(redirecting, '/old/7')).rejects.toThrow('Got no value of ids for the redirect')
  })

  test('leaves out what the target does not hold', async () => {
    const router = new Router().get('/old/:year/:id', redirectTo('/new/:id'))
    expect(await redirect(router.app, '/old/2026/7')).toMatchObject({ location: '/new/7' })
  })

  test('fills groups and wildcards', async () => {
    const router = new Router()
      .get('/old{/:year}', redirectTo('/new{/:year}'))
      .get('/files/*path', redirectTo('/f/*path'))
    expect(await redirect(router.app, '/old')).toMatchObject({ location: '/new' })
    expect(await redirect(router.app, '/old/2026')).toMatchObject({ location: '/new/2026' })
    expect(await redirect(router.app, '/files/a%2Fb/c//d/')).toMatchObject({ location: '/f/a%2Fb/c//d/' })
  })

  test('keeps the query', async () => {
    const router = new Router().get('/old', redirectTo('/new'))
    expect(await redirect(router.app, '/old?a=1&b=%20')).toMatchObject({ location: '/new?a=1&b=%20' })
  })

  test('has its own query, if it has one, and a fragment', async () => {
    const router = new Router()
      .get('/a', redirectTo('/new?tab=all#top'))
      .get('/b', redirectTo('/new#top'))
      .get('/c', redirectTo('/new?'))
      .get('/d', redirectTo('/new\\?/x'))
    expect(await redirect(router.app, '/a?b=1')).toMatchObject({ location: '/new?tab=all#top' })
    expect(await redirect(router.app, '/b?b=1')).toMatchObject({ location: '/new?b=1#top' })
    expect(await redirect(router.app, '/c?b=1')).toMatchObject({ location: '/new?' })
    expect(await redirect(router.app, '/d')).toMatchObject({ location: '/new%3F/x' })
  })

  test('has signs of a pattern in its query where they are percent-encoded, or begin no name', async () => {
    for (const query of ['?a=%7Bb%7D', '?a=%7bb%7d', '?a=%3Ab', '?a=:1&b=*', '?at=12:30#10:5']) {
      const router = new Router().get('/old', redirectTo(`/new${query}`))
      expect(await redirect(router.app, '/old')).toMatchObject({ location: `/new${query}` })
    }
  })

  test('may hold a value that would be read in another way there', async () => {
    const app = redirectTo('/new/:from-:to')
    const router = new Router().get('/old/:from/:to', app)
    expect(await redirect(router.app, '/old/a-b/c')).toMatchObject({ location: '/new/a-b-c' })
    const layer: Application = (environ, startResponse) => app(environ, startResponse)
    const plain = new Router().get('/old/:from/:to', layer)
    expect(await redirect(plain.app, '/old/a-b/c')).toMatchObject({ location: '/new/a-b-c' })
  })

  test('is joined to where the router is mounted', async () => {
    const inner = new Router().get('/old/:id', redirectTo('/new/:id'))
    const outer = new Router().mount('/admin', inner.app)
    expect(await redirect(outer.app, '/admin/old/7?a=1')).toMatchObject({ location: '/admin/new/7?a=1' })
    expect(await redirect(inner.app, '/old/7', 'https://here.example/base')).toMatchObject({
      location: '/base/new/7',
    })
  })

  test('begins where the router is mounted also when it is mounted itself', async () => {
    const inner = new Router().mount('/old/:id', redirectTo('/new/:id')).mount(
      '/v1',
      redirectTo((_params, environ) => `/v2${environ.PATH_INFO}`),
    )
    const { app } = new Router().mount('/in', inner)
    expect(await redirect(app, '/in/old/7/more')).toMatchObject({ location: '/in/new/7' })
    expect(await redirect(app, '/in/v1/a/b?c')).toMatchObject({ location: '/in/v2/a/b?c' })
    expect(await redirect(app, '/in/v1')).toMatchObject({ location: '/in/v2' })
  })

  test('leads to another host when it says so', async () => {
    const router = new Router()
      .get('/docs{/*page}', redirectTo('https://docs.example.org{/*page}'))
      .get('/x/:id', redirectTo('http://localhost:8080/y/:id'))
    const mounted = new Router().mount('/in', router.app)
    expect(await redirect(mounted.app, '/in/docs?a=1')).toMatchObject({
      location: 'https://docs.example.org?a=1',
    })
    expect(await redirect(mounted.app, '/in/docs/a/b')).toMatchObject({
      location: 'https://docs.example.org/a/b',
    })
    expect(await redirect(mounted.app, '/in/x/7')).toMatchObject({ location: 'http://localhost:8080/y/7' })
  })

  test('is 404 for a value that it cannot hold', async () => {
    const router = new Router().get('/x-:name', redirectTo('/x/:name'))
    expect(await redirect(router.app, '/x-a')).toMatchObject({ location: '/x/a' })
    expect(await redirect(router.app, '/x-..')).toEqual({ status: 404, location: null })
  })

  test('goes below the middleware of its rule', async () => {
    const named: Middleware = (app) => (environ, startResponse) =>
      app(environ, (status, headers) => startResponse(status, [...headers, ['X-Layer', 'one']]))
    const router = new Router().get('/old/:id', redirectTo('/new/:id'), {
      convert: { id: int() },
      middleware: [named],
    })
    const answer = await new Client(router.app, { followRedirects: false }).get('/old/7')
    expect([answer.headers.get('x-layer'), answer.headers.get('location')]).toEqual(['one', '/new/7'])
  })

  test('takes the values of defaults', async () => {
    const router = new Router().get('/old', redirectTo('/all/:page') as Application, {
      defaults: { page: '1' },
    })
    expect(await redirect(router.app, '/old')).toMatchObject({ location: '/all/1' })
  })

  test('redirects every method of its rule', async () => {
    const router = new Router().post('/old', redirectTo('/new'))
    const answer = await new Client(router.app, { followRedirects: false }).post('/old')
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/new'])
  })
})

describe('redirectTo what a function says', () => {
  test('gives it the values and environ', async () => {
    const router = new Router().get(
      '/old/:id',
      redirectTo((params: { id: number }, environ) => `/${environ.REQUEST_METHOD}/${params.id + 1}`),
      { convert: { id: int() } },
    )
    expect(await redirect(router.app, '/old/7?a=1')).toEqual({ status: 308, location: '/GET/8?a=1' })
  })

  test('keeps its query and fragment, in ASCII', async () => {
    const router = new Router().get(
      '/old',
      redirectTo(() => '/s?q=\u00e9 "#\u00fc'),
    )
    expect(await redirect(router.app, '/old?a=1')).toMatchObject({ location: '/s?q=%C3%A9%20%22#%C3%BC' })
  })

  test('joins a path to the mount, which it cannot leave', async () => {
    const inner = new Router()
      .get(
        '/a',
        redirectTo(() => '/b'),
      )
      .get(
        '/up',
        redirectTo(() => '/../admin'),
      )
    const { app } = new Router().mount('/in', inner.app)
    expect(await redirect(app, '/in/a')).toMatchObject({ location: '/in/b' })
    expect(await redirect(app, '/in/up')).toMatchObject({ status: 404 })
  })

  test('follows a whole URL, in normal form', async () => {
    const router = new Router().get(
      '/*path',
      redirectTo((params) => `https://x.example/${params.path.join('/')}`),
    )
    expect(await redirect(router.app, '/a%20b//c')).toMatchObject({ location: 'https://x.example/a%20b//c' })
  })

  test('answers what it throws, if that is an HTTPError', async () => {
    const router = new Router().get(
      '/old',
      redirectTo(() => {
        throw new NotFound()
      }),
    )
    expect(await redirect(router.app, '/old')).toEqual({ status: 404, location: null })
  })

  test('does not hide a URL of the program that cannot be built', async () => {
    const router: Router = new Router().get(
      '/old',
      redirectTo(() => router.url('nowhere')),
    )
    await expect(redirect(router.app, '/old')).rejects.toThrow(BuildError)
  })

  test('throws on what else it throws, and a TypeError for what is no target', async () => {
    const router = new Router()
      .get(
        '/broken',
        redirectTo(() => {
          throw new RangeError('broken')
        }),
      )
      .get(
        '/relative',
        redirectTo(() => 'login'),
      )
      .get(
        '/script',
        redirectTo(() => 'javascript:alert(1)'),
      )
    await expect(redirect(router.app, '/broken')).rejects.toThrow(RangeError)
    await expect(redirect(router.app, '/relative')).rejects.toThrow(
      'Got "login" for the target of a redirect',
    )
    await expect(redirect(router.app, '/script')).rejects.toThrow(TypeError)
  })
})

describe('redirectTo never leaves the host by what a client sends (robustness.md R1)', () => {
  const router = new Router()
    .get('/p/*path', redirectTo('/*path'))
    .get(
      '/f/*path',
      redirectTo((params) => `/${params.path.join('/')}`),
    )
    .get(
      '/raw/*path',
      redirectTo((_params, environ) => environ.PATH_INFO.slice('/raw'.length)),
    )

  test.each([
    ['/f/%2Fevil.example', '/evil.example'],
    ['/f/%5Cevil.example', '/evil.example'],
    ['/f/%5C%2Fevil.example', '/evil.example'],
    ['/f/%09/evil.example', '/evil.example'],
    ['/f/x%2F..%2F/evil.example', '/evil.example'],
    ['/p/%2Fevil.example', '/%2Fevil.example'],
    ['/raw/%5Cevil.example', '/%5Cevil.example'],
  ])('%s', async (target, location) => {
    expect(await redirect(router.app, target)).toEqual({ status: 308, location })
  })

  test('nor by the path that is left of a mount', async () => {
    const rest = redirectTo((_params, environ) => environ.PATH_INFO)
    const mounted = new Router().mount('/old', rest).mount('/', rest)
    expect(await redirect(mounted.app, '//evil.example')).toMatchObject({ location: '/evil.example' })
    expect(await redirect(mounted.app, '/old//evil.example')).toMatchObject({ location: '/evil.example' })
    expect(await redirect(mounted.app, '/%5Cevil.example')).toMatchObject({ location: '/%5Cevil.example' })
  })

  test('whatever it is', async () => {
    const piece = fc.constantFrom(
      '/',
      '%2F',
      '%5C',
      '\\',
      '.',
      '..',
      '%2E',
      '%09',
      '%0A',
      '%20',
      '@',
      'evil.example',
      ':',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('p', 'f', 'raw'),
        fc.array(piece, { maxLength: 8 }),
        async (kind, pieces) => {
          const { location } = await redirect(router.app, `/${kind}/x/${pieces.join('')}`)
          if (location === null) return
          expect(location).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
          expect(new URL(location, 'http://here.example').host).toBe('here.example')
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('redirectTo throws', () => {
  test.each([
    ['a relative path', 'new', "expected a path that starts with '/'"],
    ['a host without a scheme', '//evil.example/', "starts with '//'"],
    ['nothing', '', "expected a path that starts with '/'"],
    ['another scheme', 'javascript:alert(1)', 'http://'],
    ['a host with a parameter', 'https://:tenant.example.org/', "expected a path that starts with '/'"],
    ['a parameter in the query', '/search?q=:term', 'build it with a function'],
    ['a group in the fragment', '/search#{a}', 'build it with a function'],
    ['the end of a group', '/search?a}', 'percent-encode "}" if it is meant'],
    ['the beginning of a group', '/search?q={a', 'percent-encode "{" if it is meant'],
    ['a wildcard in the query', '/search?*path', 'percent-encode "*" if it is meant'],
    ['a name with a mark', '/search?:_a', 'percent-encode ":" if it is meant'],
    ['a name with a sign', '/search?:$a', 'percent-encode ":"'],
    ['a name in quotes', '/search?:"a b"', 'percent-encode ":"'],
    ['a name that is no ASCII', '/search?:größe', 'percent-encode ":"'],
    ['a parameter behind a whole URL', 'https://example.org/a?:b', 'percent-encode ":"'],
    ['a malformed pattern', '/:', 'Missing parameter name'],
    ['no text', undefined, 'Got undefined'],
  ])('a TypeError for %s', (_title, target, message) => {
    expect(() => redirectTo(target as string)).toThrow(TypeError)
    expect(() => redirectTo(target as string)).toThrow(message)
  })

  test('for options that there are not', () => {
    expect(() => redirectTo('/a', { status: 200 as 308 })).toThrow(RangeError)
    expect(() => redirectTo('/a', { status: 200 as 308 })).toThrow('expected 301, 302, 303, 307 or 308')
    expect(() => redirectTo('/a', { code: 301 } as object)).toThrow('unknown option "code"')
    expect(() => redirectTo('/a', 302 as never)).toThrow(
      'Got 302 for the options of redirectTo(); expected an object, as in { status: 302 }.',
    )
    expect(() => redirectTo('/a', null as never)).toThrow('Got null for the options of redirectTo()')
  })

  test('when the rule is added, for a parameter that it does not capture', () => {
    const router: Router = new Router()
    const target: Application = redirectTo('/new/:id')
    expect(() => router.get('/old', target)).toThrow(TypeError)
    expect(() => router.get('/old/:name', target)).toThrow('does not always capture id')
    expect(() => router.get('/old{/:id}', target)).toThrow('does not always capture id')
    expect([...router]).toEqual([])
  })

  test('when the rule is added, for a list in place of a text', () => {
    const router: Router = new Router()
    expect(() => router.get('/old/*id', redirectTo('/new/:id') as Application)).toThrow(
      'id is a wildcard in one and not in the other',
    )
    expect(() => router.get('/old/:id', redirectTo('/new/*id') as Application)).toThrow(TypeError)
  })
})

test('one redirect serves several rules, each with its own converters', async () => {
  const moved = redirectTo('/new/:id')
  const router = new Router()
    .get('/number/:id', moved, { convert: { id: int() } })
    .get('/word/:id', moved, { convert: { id: oneOf('a', 'b') } })
    .get('/text/:id', moved)
  expect(await redirect(router.app, '/number/7')).toMatchObject({ location: '/new/7' })
  expect(await redirect(router.app, '/word/a')).toMatchObject({ location: '/new/a' })
  expect(await redirect(router.app, '/text/%C3%A9')).toMatchObject({ location: '/new/%C3%A9' })
})
