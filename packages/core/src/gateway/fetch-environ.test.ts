import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Application, Environ } from '../protocol.ts'
import { handlerForTest } from './fetch.test-support.ts'
import { fetchHandler } from './fetch-handler.ts'
import { rawRequest, serveForTest } from './raw.test-support.ts'

/** An application that keeps the environ of each request. */
function recorder(): { app: Application; seen: Environ[] } {
  const seen: Environ[] = []
  const app: Application = (environ, startResponse) => {
    seen.push({ ...environ })
    startResponse('200 OK', [])
    return ''
  }
  return { app, seen }
}

async function environOf(target: string, init?: RequestInit & { duplex?: 'half' }): Promise<Environ> {
  const { app, seen } = recorder()
  await handlerForTest(app).fetch(target, init)
  return seen[0] as Environ
}

test('2: environ has the keys of a simple request', async () => {
  const environ = await environOf('https://Example.org:8443/a/b?x=1&y#part', {
    headers: { Accept: '*/*', 'X-Two-Words': 'v' },
  })
  expect(environ).toMatchObject({
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/a/b',
    REQUEST_URI: '/a/b?x=1&y',
    QUERY_STRING: 'x=1&y',
    SERVER_NAME: 'example.org',
    SERVER_PORT: '8443',
    SERVER_PROTOCOL: 'HTTP/1.1',
    HTTP_HOST: 'example.org:8443',
    HTTP_ACCEPT: '*/*',
    HTTP_X_TWO_WORDS: 'v',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'https',
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
  })
})

test('2: environ is made of own data properties, so that a spread is a faithful copy', async () => {
  const shapes: PropertyDescriptorMap[] = []
  await handlerForTest((environ, startResponse) => {
    shapes.push(Object.getOwnPropertyDescriptors(environ))
    startResponse('200 OK', [])
    return ''
  }).fetch('/', { headers: { 'X-A': '1' } })
  for (const descriptor of Object.values(shapes[0] as PropertyDescriptorMap)) {
    expect(descriptor).toMatchObject({ writable: true, enumerable: true, configurable: true })
  }
})

test('2: a header whose name contains an underscore is dropped', async () => {
  const environ = await environOf('/', {
    headers: { 'X-Real-IP': '192.0.2.1', X_Real_IP: '203.0.113.9', __proto__x: 'y' },
  })
  expect(environ.HTTP_X_REAL_IP).toBe('192.0.2.1')
  expect(Object.keys(environ).filter((key) => key.includes('PROTO__'))).toEqual([])
})

test('2: Content-Type and Content-Length have keys of their own', async () => {
  const environ = await environOf('/', {
    method: 'POST',
    headers: { 'Content-Type': 'text/plain', 'Content-Length': '2' },
    body: 'hi',
  })
  expect(environ).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '2' })
  expect(environ).not.toHaveProperty('HTTP_CONTENT_TYPE')
  expect(environ).not.toHaveProperty('HTTP_TRANSFER_ENCODING')
})

test('2: a body whose length is not declared is announced as chunked', async () => {
  expect(await environOf('/', { method: 'POST', body: 'hi' })).toMatchObject({
    HTTP_TRANSFER_ENCODING: 'chunked',
  })
  expect(await environOf('/', { method: 'POST' })).not.toHaveProperty('HTTP_TRANSFER_ENCODING')
})

test('2: the host is that of the URL, whatever the Host header says', async () => {
  const environ = await environOf('http://one.example/', { headers: { Host: 'other.example' } })
  expect(environ.HTTP_HOST).toBe('one.example')
})

test('2: an IPv6 host and the ports that go without saying', async () => {
  expect(await environOf('http://[::1]/')).toMatchObject({
    HTTP_HOST: '[::1]',
    SERVER_NAME: '::1',
    SERVER_PORT: '80',
  })
  expect(await environOf('https://a/')).toMatchObject({ SERVER_PORT: '443' })
})

test('2: requests to several hosts get their own', async () => {
  const { app, seen } = recorder()
  const { fetch } = handlerForTest(app)
  for (const url of ['http://a/1', 'http://ab/2', 'https://a/3', 'http://a/4']) await fetch(url)
  expect(seen.map(({ HTTP_HOST, PATH_INFO }) => [HTTP_HOST, PATH_INFO])).toEqual([
    ['a', '/1'],
    ['ab', '/2'],
    ['a', '/3'],
    ['a', '/4'],
  ])
  expect(seen.map((environ) => environ['wsgi.url_scheme'])).toEqual(['http', 'http', 'https', 'http'])
})

test('2: a standard method is in upper case, others are as they were sent', async () => {
  expect((await environOf('/', { method: 'patch' })).REQUEST_METHOD).toBe('PATCH')
  expect((await environOf('/', { method: 'Frob' })).REQUEST_METHOD).toBe('Frob')
})

describe('2: the normal form of the path', () => {
  test.each([
    ['/%61dmin', '/admin'],
    ['/a/%2e%2e/b', '/b'],
    ['/a%2fb', '/a%2Fb'],
    ['/a//b/', '/a//b/'],
    ['/gr\u00fc\u00df', '/gr%C3%BC%C3%9F'],
    ['/a|b', '/a%7Cb'],
    ['/%zz', '/%zz'],
    ['/', '/'],
  ])('%s is %s', async (path, normal) => {
    expect((await environOf(path)).PATH_INFO).toBe(normal)
  })

  test('a NUL is answered 400, and no application sees it', async () => {
    const { app, seen } = recorder()
    const answer = await handlerForTest(app).fetch('/a%00b', { headers: { Accept: 'text/html' } })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(seen).toEqual([])
  })

  test('every spelling of a path is the same string here as on the Node gateway', async () => {
    const { app, seen } = recorder()
    const server = await serveForTest(app)
    const { fetch } = handlerForTest(app)
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        'a',
        '%61',
        '%2F',
        '%2f',
        '%41',
        '%7e',
        '%C3%bc',
        '%zz',
        '%25',
        "'",
        ';=@',
        '%20',
      ),
      fc.constantFrom('/./', '/%2e/', '/a/../', '/b/%2E%2e/'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const path = `/x${pieces.join('')}`
        seen.length = 0
        await rawRequest(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        await fetch(`http://a${path}`)
        expect(seen).toHaveLength(2)
        expect(seen[1]?.PATH_INFO).toBe(seen[0]?.PATH_INFO)
      }),
      { numRuns: 200 },
    )
  })
})

describe('requests that no application sees', () => {
  test.each([
    ['a URL that is no http URL', 'ftp://a/b'],
    ['a host that is malformed', 'http://a,b/'],
    ['a URL without a path', 'http://a'],
  ])('%s is answered 400', async (_, url) => {
    const { app, seen } = recorder()
    const errors = { write: () => {}, flush: () => {} }
    const request = Object.defineProperty(new Request('http://localhost/'), 'url', { value: url })
    expect((await fetchHandler(app, { errors })(request)).status).toBe(400)
    expect(seen).toEqual([])
  })
})
