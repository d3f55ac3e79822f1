import { type Application, validate } from '@stapel/core'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'
import { createEnviron } from './environ.ts'
import { allowsHost } from './redirect.ts'
import { RedirectError } from './redirect-error.ts'

/** Redirects `/from` to a location, and tells at every other path what it got. */
function redirecting(location: string, status: number): Application {
  return Request.application(async (request) => {
    if (request.path === '/from') return Response.redirect(location, status)
    return Response.json({
      method: request.method,
      path: request.scriptName + request.path,
      host: request.headers.get('host'),
      type: request.contentType ?? null,
      length: request.headers.get('content-length'),
      authorization: request.headers.get('authorization'),
      custom: request.headers.get('x-custom'),
      body: await request.text(),
    })
  })
}

interface Seen {
  method: string
  path: string
  host: string
  type: string | null
  length: string | null
  authorization: string | null
  custom: string | null
  body: string
}

const following = { followRedirects: true } as const

test('redirects are not followed unless that is asked for', async () => {
  const answer = await new Client(redirecting('/to', 302)).get('/from')
  expect([answer.status, answer.redirectTarget?.href]).toEqual([302, 'http://localhost/to'])
  expect(answer.history).toEqual([])
})

test('what was followed is the history, the last answer is the answer', async () => {
  const app = Request.application((request) => {
    const left = Number(request.args.get('left'))
    return left === 0 ? new Response('here') : Response.redirect(`/?left=${left - 1}`, 302)
  })
  const answer = await new Client(app, following).get('/?left=2')
  expect(answer.text()).toBe('here')
  expect(answer.request.url).toBe('http://localhost/?left=0')
  expect(answer.history.map(({ status, request }) => `${status} ${request.url}`)).toEqual([
    '302 http://localhost/?left=2',
    '302 http://localhost/?left=1',
  ])
  expect(answer.history[1]?.history).toHaveLength(1)
})

test('a request may differ from its client', async () => {
  const client = new Client(redirecting('/to', 302), following)
  expect((await client.get('/from', { followRedirects: false })).status).toBe(302)
  expect((await client.get('/from')).status).toBe(200)
})

describe('the method', () => {
  test.each([
    { status: 301, method: 'POST', becomes: 'GET' },
    { status: 302, method: 'POST', becomes: 'GET' },
    { status: 303, method: 'POST', becomes: 'GET' },
    { status: 303, method: 'PUT', becomes: 'GET' },
    { status: 301, method: 'PUT', becomes: 'PUT' },
    { status: 302, method: 'PATCH', becomes: 'PATCH' },
    { status: 307, method: 'POST', becomes: 'POST' },
    { status: 308, method: 'POST', becomes: 'POST' },
  ])(
    'after $status, $method becomes $becomes, and the body goes with it',
    async ({ status, method, becomes }) => {
      const client = new Client(redirecting('/to', status), following)
      const answer = await client.open('/from', { method, json: { a: 1 }, headers: { 'X-Custom': 'kept' } })
      const sent = becomes === method
      expect(answer.json<Seen>()).toMatchObject({
        method: becomes,
        type: sent ? 'application/json' : null,
        length: sent ? '7' : null,
        body: sent ? '{"a":1}' : '',
        custom: 'kept',
      })
    },
  )

  test.each([301, 302, 303, 307, 308])('HEAD stays HEAD after %i', async (status) => {
    const answer = await new Client(redirecting('/to', status), following).head('/from')
    expect(answer.request.method).toBe('HEAD')
  })

  test('headers of a body that is gone are gone, too', async () => {
    const client = new Client(redirecting('/to', 303), following)
    const headers = { 'content-type': 'text/csv', 'Content-Length': '1' }
    const seen = (await client.post('/from', { body: 'a', headers })).json<Seen>()
    expect([seen.type, seen.length]).toEqual([null, null])
  })

  test.each([300, 304, 305, 306])('%i is no redirect', async (status) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(`${status} Other`, [['Location', '/to']])
      return ''
    }
    const answer = await new Client(validate(app), following).get('/')
    expect([answer.status, answer.redirectTarget]).toEqual([status, undefined])
  })
})

describe('the body of 307', () => {
  test.each([
    { kind: 'a string', body: 'content' },
    { kind: 'a list of chunks', body: ['con', 'tent'] },
    { kind: 'a Blob', body: new Blob(['content']) },
  ])('is sent again: $kind', async ({ body }) => {
    const answer = await new Client(redirecting('/to', 307), following).post('/from', { body })
    expect(answer.json<Seen>().body).toBe('content')
  })

  test('is not there again when it was a generator', async () => {
    const body = (async function* () {
      yield 'content'
    })()
    const call = new Client(redirecting('/to', 307), following).post('/from', { body })
    await expect(call).rejects.toMatchObject({ name: 'RedirectError', code: 'ERR_REDIRECT_BODY' })
  })
})

describe('the end', () => {
  test('a circle is found, and shown', async () => {
    const app = Request.application((request) => Response.redirect(request.path === '/a' ? '/b' : '/a', 302))
    const failure = await new Client(app, following).get('/a').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RedirectError)
    expect(failure).toMatchObject({
      code: 'ERR_REDIRECT_LOOP',
      path: ['GET http://localhost/a', 'GET http://localhost/b', 'GET http://localhost/a'],
    })
  })

  test('the same URL with another method or with new cookies is no circle', async () => {
    const app = Request.application((request) => {
      if (request.method === 'POST') return Response.redirect('/', 303)
      if (request.cookies.has('seen')) return new Response('welcome back')
      const response = Response.redirect('/', 302)
      response.setCookie('seen', 'yes')
      return response
    })
    const answer = await new Client(app, following).post('/')
    expect([answer.text(), answer.history.length]).toEqual(['welcome back', 2])
  })

  test.each([0, 3, 20])('comes after maxRedirects: %i', async (maxRedirects) => {
    const app = Request.application((request) =>
      Response.redirect(`/?${Number(request.environ.QUERY_STRING) + 1}`),
    )
    const seen: string[] = []
    const counting: Application = (environ, startResponse) => {
      seen.push(environ.QUERY_STRING)
      return app(environ, startResponse)
    }
    await expect(new Client(counting, { ...following, maxRedirects }).get('/?0')).rejects.toMatchObject({
      code: 'ERR_TOO_MANY_REDIRECTS',
    })
    expect(seen).toHaveLength(maxRedirects + 1)
  })

  test('as many as allowed are followed', async () => {
    const client = new Client(redirecting('/to', 302), { ...following, maxRedirects: 1 })
    expect((await client.get('/from')).status).toBe(200)
  })
})

describe('other origins', () => {
  const secret = { headers: { Authorization: 'Bearer s', Cookie: 'a=b', 'X-Custom': 'c' } }

  test.each([
    'http://example.org/to',
    '//example.org/to',
    'http://localhost:81/to',
    'https://sub.localhost/',
  ])('%s is reported, not followed', async (location) => {
    const answer = await new Client(redirecting(location, 302), following).get('/from')
    expect([answer.status, answer.redirectTarget?.href]).toEqual([302, new URL(location, 'http://x').href])
  })

  test('a host that is named is followed, without credentials', async () => {
    const client = new Client(redirecting('http://example.org/to', 302), {
      ...following,
      hosts: ['example.org'],
    })
    const seen = (await client.get('/from', secret)).json<Seen>()
    expect(seen).toMatchObject({ host: 'example.org', authorization: null, custom: 'c' })
    expect((await client.get('/from', secret)).request.cookies.size).toBe(0)
  })

  test('credentials of the client stay at its origin, too', async () => {
    const auth = { username: 'Ada', password: 'secret' }
    const options = { ...following, auth, hosts: ['example.org'] }
    const away = await new Client(redirecting('http://example.org/to', 302), options).get('/from')
    expect(away.json<Seen>().authorization).toBe(null)
    const here = await new Client(redirecting('/to', 302), options).get('/from')
    expect(here.json<Seen>().authorization).toBe('Basic QWRhOnNlY3JldA==')
  })

  test('another scheme is another origin of the same host', async () => {
    const answer = await new Client(redirecting('https://localhost/to', 301), following).get('/from', secret)
    expect(answer.json<Seen>().authorization).toBe(null)
    expect(answer.request.url).toBe('https://localhost/to')
  })

  test('the same origin keeps credentials and environ', async () => {
    const client = new Client(redirecting('/to', 302), following)
    const answer = await client.get('/from', {
      ...secret,
      environ: { REMOTE_ADDR: '192.0.2.1', PATH_INFO: '/from' },
    })
    expect(answer.json<Seen>()).toMatchObject({ authorization: 'Bearer s', path: '/to' })
    expect(answer.request.remoteAddr).toBe('192.0.2.1')
    expect(answer.request.cookies.get('a')).toBe('b')
  })

  test('credentials among the keys of environ are dropped like headers', async () => {
    const client = new Client(redirecting('http://example.org/to', 302), {
      ...following,
      hosts: ['example.org'],
    })
    const environ = { HTTP_AUTHORIZATION: 'Bearer s', HTTP_X_CUSTOM: 'c', HTTP_HOST: 'localhost' }
    expect((await client.get('/from', { environ })).json<Seen>()).toMatchObject({
      authorization: null,
      custom: 'c',
      host: 'example.org',
    })
  })

  test('the host that a request names itself is followed', async () => {
    const answer = await new Client(redirecting('/to', 302), following).get('http://example.org/from')
    expect(answer.json<Seen>().host).toBe('example.org')
  })

  test.each(['mailto:a@example.org', 'javascript'])('%s leads nowhere else', async (location) => {
    const app: Application = (environ, startResponse) => {
      startResponse(environ.PATH_INFO === '/' ? '302 Found' : '200 OK', [['Location', location]])
      return ''
    }
    const answer = await new Client(app, following).get('/')
    expect([answer.status, answer.history.length]).toEqual(location === 'javascript' ? [200, 1] : [302, 0])
  })

  test.each([undefined, 'http://', 'http://[x'])('the location %s is none', async (location) => {
    const app: Application = (_environ, startResponse) => {
      startResponse('302 Found', location === undefined ? [] : [['Location', location]])
      return ''
    }
    const answer = await new Client(app, following).get('/')
    expect([answer.status, answer.redirectTarget]).toEqual([302, undefined])
  })
})

describe('a mount', () => {
  const options = { ...following, base: 'https://example.org/shop' }

  test('is part of the way', async () => {
    const answer = await new Client(redirecting('/shop/to', 302), options).get('/from')
    expect(answer.json<Seen>().path).toBe('/shop/to')
    expect(answer.request.scriptName).toBe('/shop')
  })

  test('relative locations stay below it', async () => {
    const answer = await new Client(redirecting('to', 302), options).get('/from')
    expect(answer.request.url).toBe('https://example.org/shop/to')
  })

  test.each(['/to', '/shopping', 'https://example.org/'])('%s is outside, and reported', async (location) => {
    const answer = await new Client(redirecting(location, 302), options).get('/from')
    expect([answer.status, answer.history.length]).toEqual([302, 0])
    expect(answer.redirectTarget?.href).toBe(new URL(location, 'https://example.org').href)
  })
})

test('a stream follows redirects, too', async () => {
  const answer = await new Client(redirecting('/to', 302), following).stream('/from')
  expect(answer.history.map(({ status }) => status)).toEqual([302])
  expect(JSON.parse(await answer.text())).toMatchObject({ path: '/to' })
})

test('an environ that was made by hand is redirected as any request', async () => {
  const client = new Client(redirecting('/a/to', 307), { ...following, base: 'http://localhost/a' })
  const environ = createEnviron('/from', { base: 'http://localhost/a', headers: { 'X-Custom': 'c' } })
  expect((await client.open(environ)).json<Seen>()).toMatchObject({ path: '/a/to', custom: 'c' })
})

test.each([
  { hosts: ['example.org'], host: 'example.org', allowed: true },
  { hosts: ['example.org'], host: 'www.example.org', allowed: false },
  { hosts: ['example.org'], host: 'example.org:81', allowed: false },
  { hosts: ['.example.org'], host: 'www.example.org', allowed: true },
  { hosts: ['.example.org'], host: 'example.org', allowed: false },
  { hosts: [], host: 'example.org', allowed: false },
])('$hosts allows $host: $allowed', ({ hosts, host, allowed }) => {
  expect(allowsHost(hosts, host)).toBe(allowed)
})
