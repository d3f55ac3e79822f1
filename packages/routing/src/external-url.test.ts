import { BadHost, type Environ } from '@stapel/core'
import { Client } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BuildError } from './build-error.ts'
import { type PlaceOptions, placeUrl } from './external-url.ts'
import { Router } from './index.ts'

const self = {}

function place(
  options: PlaceOptions = {},
  more: { path?: string; host?: string; websocket?: boolean } = {},
): string {
  const { path = '/x', host, websocket = false } = more
  return placeUrl({ path, host, websocket }, options, self)
}

function environ(more: Partial<Environ> = {}): Environ {
  return {
    SCRIPT_NAME: '',
    HTTP_HOST: 'example.org',
    SERVER_NAME: '192.0.2.1',
    SERVER_PORT: '8000',
    'wsgi.url_scheme': 'http',
    ...more,
  } as Environ
}

describe('without a request', () => {
  test('a path stays one', () => {
    expect(place()).toBe('/x')
    expect(place({}, { path: '' })).toBe('')
    expect(place({}, { websocket: true })).toBe('/x')
  })

  test('a host makes it whole', () => {
    expect(place({ host: 'example.org' })).toBe('https://example.org/x')
    expect(place({ host: 'Example.ORG:8443' })).toBe('https://example.org:8443/x')
    expect(place({ host: '[2001:DB8::0:1]:8443' })).toBe('https://[2001:db8::1]:8443/x')
    expect(place({}, { host: 'acme.example.org' })).toBe('https://acme.example.org/x')
    expect(place({ host: 'example.org' }, { path: '' })).toBe('https://example.org/')
  })

  test('the host of the rule takes the port that is given', () => {
    expect(place({ host: 'localhost:8000', scheme: 'http' }, { host: 'acme.example.org' })).toBe(
      'http://acme.example.org:8000/x',
    )
  })

  test('a port that the scheme has anyway is left out', () => {
    expect(place({ host: 'example.org:443' })).toBe('https://example.org/x')
    expect(place({ host: 'example.org:80', scheme: 'http' })).toBe('http://example.org/x')
    expect(place({ host: 'example.org:443', scheme: 'http' })).toBe('http://example.org:443/x')
    expect(place({ host: 'example.org:443', scheme: 'wss' })).toBe('wss://example.org/x')
    expect(place({ host: 'example.org:80', scheme: 'ws' })).toBe('ws://example.org/x')
  })

  test("a port stays where the scheme is the page's, or another than those of HTTP", () => {
    expect(place({ host: 'example.org:80', scheme: '' })).toBe('//example.org:80/x')
    expect(place({ host: 'example.org:443', scheme: '' })).toBe('//example.org:443/x')
    expect(place({ host: 'example.org:80', scheme: 'gopher' })).toBe('gopher://example.org:80/x')
  })

  // RFC 3986 section 3.1
  test('a scheme is any that there may be, in lower case', () => {
    expect(place({ host: 'example.org', scheme: 'a1+b-c.d' })).toBe('a1+b-c.d://example.org/x')
    expect(place({ host: 'example.org:443', scheme: 'HTTPS' })).toBe('https://example.org/x')
    expect(place({ host: 'example.org', scheme: 'Web+App' })).toBe('web+app://example.org/x')
    expect(place({ host: 'example.org', scheme: 'HTTP' }, { websocket: true })).toBe('ws://example.org/x')
    expect(place({ host: 'example.org', scheme: 'a' }, { websocket: true })).toBe('a://example.org/x')
  })

  test('a scheme or `external` needs a host', () => {
    expect(() => place({ external: true })).toThrow(BuildError)
    expect(() => place({ scheme: 'http' })).toThrow('Got no host for the URL of "/x"')
    expect(place({ external: true, host: 'example.org' })).toBe('https://example.org/x')
  })
})

describe('for a request', () => {
  test('a path is put below its mount', () => {
    expect(place({ request: environ({ SCRIPT_NAME: '/admin' }) })).toBe('/admin/x')
    expect(place({ request: { environ: environ({ SCRIPT_NAME: '/admin' }) } })).toBe('/admin/x')
  })

  test('it stays relative where the host is the same', () => {
    expect(place({ request: environ() }, { host: 'example.org' })).toBe('/x')
    expect(place({ request: environ({ HTTP_HOST: 'EXAMPLE.org.:80' }) }, { host: 'example.org' })).toBe('/x')
    expect(place({ request: environ({ HTTP_HOST: 'example.org:8000' }) }, { host: 'example.org' })).toBe('/x')
    expect(place({ request: environ({ HTTP_HOST: '[::0:1]' }) }, { host: '[::1]' })).toBe('/x')
    expect(place({ request: environ(), host: 'example.org:80' })).toBe('/x')
  })

  test('it is whole where the host differs, with the port of the request', () => {
    expect(place({ request: environ() }, { host: 'acme.example.org' })).toBe('http://acme.example.org/x')
    expect(
      place(
        { request: environ({ HTTP_HOST: 'example.org:8000', SCRIPT_NAME: '/in' }) },
        { host: 'acme.example.org' },
      ),
    ).toBe('http://acme.example.org:8000/in/x')
    expect(place({ request: environ(), host: 'other.example' })).toBe('http://other.example/x')
    expect(place({ request: environ(), host: 'example.org:8000' })).toBe('http://example.org:8000/x')
  })

  test('the port that its scheme has anyway is no other one', () => {
    const secure = environ({ HTTP_HOST: 'example.org:443', 'wsgi.url_scheme': 'https' })
    expect(place({ request: secure, host: 'example.org' })).toBe('/x')
    expect(place({ request: secure, external: true })).toBe('https://example.org/x')
    const plain = environ({ HTTP_HOST: 'example.org:80' })
    expect(place({ request: plain, host: 'example.org' })).toBe('/x')
    expect(place({ request: plain, external: true })).toBe('http://example.org/x')
    const odd = environ({ HTTP_HOST: 'example.org:443' })
    expect(place({ request: odd, external: true })).toBe('http://example.org:443/x')
  })

  test('the host that its class checked goes before that of environ', () => {
    const request = { environ: environ(), host: 'checked.example' }
    expect(place({ request, external: true })).toBe('http://checked.example/x')
    expect(place({ request: { environ: environ() }, external: true })).toBe('http://example.org/x')
  })

  test('it is whole where that is asked for', () => {
    expect(place({ request: environ(), external: true })).toBe('http://example.org/x')
    expect(place({ request: environ({ 'wsgi.url_scheme': 'https' }), external: true })).toBe(
      'https://example.org/x',
    )
    expect(place({ request: environ(), scheme: 'https' })).toBe('https://example.org/x')
  })

  test('an empty scheme leaves it to the page', () => {
    expect(place({ request: environ(), scheme: '' })).toBe('//example.org/x')
    expect(place({ request: environ(), scheme: '' }, { host: 'acme.example.org' })).toBe(
      '//acme.example.org/x',
    )
  })

  test('the listening address stands in for a missing Host', () => {
    const request = environ()
    delete request.HTTP_HOST
    expect(place({ request, external: true })).toBe('http://192.0.2.1:8000/x')
    expect(
      place({ request: { ...request, SERVER_NAME: 'fe80::1%eth0', SERVER_PORT: '' }, external: true }),
    ).toBe('http://[fe80::1]/x')
    expect(place({ request: { ...request, SERVER_NAME: '[::1]' }, external: true })).toBe(
      'http://[::1]:8000/x',
    )
    expect(place({ request: { ...request, HTTP_HOST: '' }, external: true })).toBe('http://192.0.2.1:8000/x')
  })

  test('of WebSockets it is whole, with their scheme', () => {
    const secure = environ({ 'wsgi.url_scheme': 'https' })
    expect(place({ request: environ() }, { websocket: true })).toBe('ws://example.org/x')
    expect(place({ request: secure }, { websocket: true })).toBe('wss://example.org/x')
    expect(place({ request: secure, scheme: 'http' }, { websocket: true })).toBe('ws://example.org/x')
    expect(place({ request: environ(), scheme: 'wss' }, { websocket: true })).toBe('wss://example.org/x')
    expect(place({ host: 'example.org' }, { websocket: true })).toBe('wss://example.org/x')
    expect(place({ request: environ(), scheme: '' }, { websocket: true })).toBe('//example.org/x')
  })

  test('the mount of the router itself counts, also from inside of another', () => {
    const mounts = {
      router: {},
      scriptName: '/in/deep',
      outer: { router: self, scriptName: '/in', outer: { router: {}, scriptName: '', outer: undefined } },
    }
    const request = environ({ SCRIPT_NAME: '/in/deep/mount', 'stapel.mounts': mounts })
    expect(place({ request })).toBe('/in/x')
    expect(placeUrl({ path: '/x', host: undefined, websocket: false }, { request }, {})).toBe(
      '/in/deep/mount/x',
    )
  })
})

describe('it throws', () => {
  test.each([
    ['example.org/path'],
    ['user@example.org'],
    ['example.org:99999'],
    ['b\u00fccher.example'],
    ['ex ample.org'],
    ['evil.example\\@example.org'],
    ['..'],
    [''],
    [5],
  ])('a BuildError for the host %j', (host) => {
    expect(() => place({ host: host as string })).toThrow(BuildError)
    expect(() => place({ host: host as string })).toThrow('for the host of a URL; expected a name in ASCII')
  })

  test.each([['https:'], ['java script'], ['1http'], ['://'], [null]])(
    'a BuildError for the scheme %j',
    (scheme) => {
      expect(() => place({ scheme: scheme as string, host: 'example.org' })).toThrow(BuildError)
      expect(() => place({ scheme: scheme as string, host: 'example.org' })).toThrow(
        'for the scheme of a URL',
      )
    },
  )

  test('a BuildError for what is no request', () => {
    expect(() => place({ request: 'http://example.org/' as never })).toThrow('for the request of a URL')
    expect(() => place({ request: null as never })).toThrow(BuildError)
    expect(() => place({ request: {} as never })).toThrow(BuildError)
  })

  test('a BadHost where the host of the request is needed and malformed', () => {
    const request = environ({ HTTP_HOST: 'a@b' })
    expect(place({ request })).toBe('/x')
    expect(() => place({ request, external: true })).toThrow(BadHost)
    expect(() => place({ request }, { host: 'example.org' })).toThrow(BadHost)
  })
})

test('no Host of a client adds to a URL, or is refused (robustness.md R1)', () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    ':',
    '8',
    '@',
    '/',
    '\\',
    '?',
    '#',
    '[',
    ']',
    ' ',
    '\t',
    '-',
    'example.org',
    '\u00e9',
  )
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
      let url: string
      try {
        url = place({ request: environ({ HTTP_HOST: pieces.join('') }), external: true })
      } catch (error) {
        expect(error).toBeInstanceOf(BadHost)
        return
      }
      expect(url).toMatch(/^http:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?\/x$/)
    }),
    { numRuns: 1000 },
  )
})

describe('in a handler', () => {
  test('a router builds URLs for the request that it handles', async () => {
    const router: Router = new Router().host(':tenant.example.org', (routes) =>
      routes.get(
        '/page',
        Request.application((request) => {
          const { tenant } = request.params
          const urls = [tenant, 'other'].map((each) => router.url('page', { tenant: each }, { request }))
          return Response.json(urls)
        }),
        { name: 'page' },
      ),
    )
    const client = new Client(new Router().mount('/in', router.app).app, {
      base: 'http://acme.example.org:8000',
    })
    expect((await client.get('/in/page')).json()).toEqual([
      '/in/page',
      'http://other.example.org:8000/in/page',
    ])
  })

  test('outer and inner routers build URLs of their own', async () => {
    const inner: Router = new Router().get(
      '/b',
      Request.application((request) =>
        Response.json([
          inner.url('b', {}, { request }),
          outer.url('a', {}, { request }),
          outer.url('in.b', {}, { request }),
        ]),
      ),
      { name: 'b' },
    )
    const outer: Router = new Router().get('/a', () => '', { name: 'a' }).mount('/in', inner, { name: 'in.' })
    const client = new Client(new Router().mount('/top', outer.app).app)
    expect((await client.get('/top/in/b')).json()).toEqual(['/top/in/b', '/top/a', '/top/in/b'])
  })

  test('a router knows its mount inside of a snapshot, and the snapshot too', async () => {
    const inner = Request.application((request) =>
      Response.json([router.url('a', {}, { request }), snapshot.url('a', {}, { request })]),
    )
    const router: Router = new Router().get('/a', () => '', { name: 'a' }).mount('/in', inner)
    const snapshot = router.snapshot()
    const client = new Client(new Router().mount('/top', snapshot.app).app)
    expect((await client.get('/top/in')).json()).toEqual(['/top/a', '/top/a'])
  })

  test('the trusted hosts of the request class are checked', async () => {
    class Trusting extends Request {
      static override trustedHosts = ['example.org']
    }
    const environOfEvil = environ({ HTTP_HOST: 'evil.example' })
    expect(() => place({ request: new Trusting(environOfEvil), external: true })).toThrow(BadHost)
    expect(place({ request: new Trusting(environ()), external: true })).toBe('http://example.org/x')
  })

  test('URLs of WebSockets name the scheme', () => {
    const router: Router = new Router().websocket('/chat/:room', () => '', { name: 'chat' })
    expect(router.url('chat', { room: 'a' }, { request: environ(), query: { since: 1 } })).toBe(
      'ws://example.org/chat/a?since=1',
    )
  })
})
