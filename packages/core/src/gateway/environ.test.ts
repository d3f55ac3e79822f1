import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Application, Environ } from '../protocol.ts'
import { validate } from '../validate.ts'
import { nodeHandler } from './node-handler.ts'
import { RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

/** An application that keeps the environ of the last request. */
function recorder(): { app: Application; seen: Environ[] } {
  const seen: Environ[] = []
  const app: Application = (environ, startResponse) => {
    seen.push({ ...environ })
    startResponse('200 OK', [])
    return ''
  }
  return { app, seen }
}

test('2: environ has the keys of a simple request', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(server, 'GET /a/b?x=1&y HTTP/1.1\r\nHost: example.org:81\r\nConnection: close\r\n\r\n')
  expect(seen[0]).toMatchObject({
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '/a/b',
    REQUEST_URI: '/a/b?x=1&y',
    QUERY_STRING: 'x=1&y',
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: String(server.port),
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_PORT: expect.stringMatching(/^[0-9]+$/),
    HTTP_HOST: 'example.org:81',
    HTTP_CONNECTION: 'close',
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': 'http',
    'wsgi.multithread': false,
    'wsgi.multiprocess': false,
    'wsgi.run_once': false,
  })
})

test('2: environ is made of own data properties, so that a spread is a faithful copy', async () => {
  const shapes: PropertyDescriptorMap[] = []
  const server = await serveForTest((environ, startResponse) => {
    shapes.push(Object.getOwnPropertyDescriptors(environ))
    startResponse('200 OK', [])
    return ''
  })
  await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')
  for (const descriptor of Object.values(shapes[0] as PropertyDescriptorMap)) {
    expect(descriptor).toMatchObject({ writable: true, enumerable: true, configurable: true })
  }
})

// robustness.md O5
test('2: a header whose name contains an underscore is dropped', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(
    server,
    'GET / HTTP/1.0\r\nX-Real-IP: 192.0.2.1\r\nX_Real_IP: 203.0.113.9\r\n__proto__: x\r\n\r\n',
  )
  expect(seen[0]?.HTTP_X_REAL_IP).toBe('192.0.2.1')
  expect(Object.keys(seen[0] as Environ).filter((key) => key.includes('PROTO__'))).toEqual([])
})

// robustness.md K3: before Node 20.20.2 its own `headersDistinct` throws for such a request.
test('2: a request with a header called __proto__ is served, by the raw list of headers alone', async () => {
  const { app, seen } = recorder()
  const handle = nodeHandler(validate(app))
  const server = createServer((req, res) => {
    const refuse = (): never => {
      throw new TypeError('dest[key].push is not a function')
    }
    Object.defineProperty(req, 'headersDistinct', { get: refuse })
    handle(req, res)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = { port: (server.address() as AddressInfo).port, url: '' }
  for (const name of ['__proto__', '__PROTO__', 'constructor']) {
    const answer = await rawRequest(address, `GET / HTTP/1.0\r\n${name}: x\r\n${name}: y\r\nX-A: 1\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.[01] 200 /)
  }
  expect(seen.map((environ) => environ.HTTP_X_A)).toEqual(['1', '1', '1'])
  expect(seen.map((environ) => environ.HTTP_CONSTRUCTOR)).toEqual([undefined, undefined, 'x, y'])
  for (const environ of seen) {
    expect(Object.keys(environ).filter((key) => key.includes('PROTO_'))).toEqual([])
    expect(Object.getPrototypeOf(environ)).toBe(Object.prototype)
  }
})

test('2: repeated headers are joined with a comma, Cookie with a semicolon', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(
    server,
    'GET / HTTP/1.0\r\nAccept: text/html\r\nCookie: a=1\r\nAccept: text/plain\r\nCookie: b=2\r\n\r\n',
  )
  expect(seen[0]?.HTTP_ACCEPT).toBe('text/html, text/plain')
  expect(seen[0]?.HTTP_COOKIE).toBe('a=1; b=2')
})

test('2: Content-Type and Content-Length have keys of their own', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(server, 'POST / HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi')
  expect(seen[0]).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '2' })
  expect(seen[0]).not.toHaveProperty('HTTP_CONTENT_TYPE')
  expect(seen[0]).not.toHaveProperty('HTTP_CONTENT_LENGTH')
})

test('2: keys of headers that were not sent are absent', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')
  expect(seen[0]).not.toHaveProperty('CONTENT_TYPE')
  expect(seen[0]).not.toHaveProperty('CONTENT_LENGTH')
  expect(seen[0]).not.toHaveProperty('HTTP_HOST')
  expect(seen[0]?.SERVER_PROTOCOL).toBe('HTTP/1.0')
})

test('2: requests on one connection with other headers get their own keys', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  const connection = await RawConnection.open(server)
  connection.send('GET /1 HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n\r\n')
  connection.send('GET /2 HTTP/1.1\r\nHost: a\r\nX-Two: 2\r\n\r\n')
  connection.send('GET /3 HTTP/1.1\r\nHost: b\r\nX-Two: 3\r\nConnection: close\r\n\r\n')
  await connection.untilClose()
  expect(
    seen.map(({ PATH_INFO, HTTP_HOST, HTTP_X_ONE, HTTP_X_TWO }) => [
      PATH_INFO,
      HTTP_HOST,
      HTTP_X_ONE,
      HTTP_X_TWO,
    ]),
  ).toEqual([
    ['/1', 'a', '1', undefined],
    ['/2', 'a', undefined, '2'],
    ['/3', 'b', undefined, '3'],
  ])
})

test('2: a unix socket gives no REMOTE_ADDR', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const { app, seen } = recorder()
  const server = await serveForTest(app, { path: join(folder, 'socket') })
  await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')
  expect(seen[0]).not.toHaveProperty('REMOTE_ADDR')
  expect(seen[0]).not.toHaveProperty('REMOTE_PORT')
  expect(seen[0]).toMatchObject({ SERVER_NAME: 'localhost', SERVER_PORT: '80' })
})

// robustness.md O3
test('2: the target of an absolute form sets HTTP_HOST and leaves the path', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(
    server,
    'GET http://other.example/p?q HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n',
  )
  expect(seen[0]).toMatchObject({
    HTTP_HOST: 'other.example',
    PATH_INFO: '/p',
    QUERY_STRING: 'q',
    REQUEST_URI: 'http://other.example/p?q',
  })
})

test('2: OPTIONS * gives an empty PATH_INFO', async () => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(server, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(seen[0]).toMatchObject({ REQUEST_METHOD: 'OPTIONS', PATH_INFO: '', REQUEST_URI: '*' })
})

// robustness.md O2, O3, O4
test.each([
  ['a missing Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['a repeated Host', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
  ['a Host with user information', 'GET / HTTP/1.1\r\nHost: user@a\r\nConnection: close\r\n\r\n'],
  ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n'],
  ['a Host whose port is none', 'GET / HTTP/1.1\r\nHost: a:65536\r\nConnection: close\r\n\r\n'],
  ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n'],
  ['a malformed authority', 'GET http://a:b:c/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  [
    'a repeated Content-Type',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\nConnection: close\r\n\r\n',
  ],
  ['a path above the root', 'GET /a/../../b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['an encoded path above the root', 'GET /%2e%2E/b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['a NUL in the path', 'GET /a%00b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
  ['an asterisk for GET', 'GET * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
])('2: %s is answered 400 and does not reach the application', async (_, request) => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  expect(await rawRequest(server, request)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(seen).toEqual([])
})

test.each([
  ['/%61dmin', '/admin'],
  ['/public/../admin', '/admin'],
  ['/a/./b', '/a/b'],
  ['/a%2fb', '/a%2Fb'],
  ['//a//b', '//a//b'],
  ['/%zz', '/%zz'],
  ['/a\\b', '/a%5Cb'],
  ['/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
  ['/a/..', '/'],
])('2: the path %s reaches the application as %s', async (sent, expected) => {
  const { app, seen } = recorder()
  const server = await serveForTest(app)
  await rawRequest(server, `GET ${sent} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  expect(seen[0]?.PATH_INFO).toBe(expected)
  expect(seen[0]?.REQUEST_URI).toBe(sent)
})
