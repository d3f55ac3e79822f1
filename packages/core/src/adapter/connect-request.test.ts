import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import type { Environ } from '../protocol.ts'
import { applyEnviron } from './connect-request.ts'
import type { MountedRequest } from './node-request.ts'

/** A request as Node's server makes it, after a layer has changed environ. */
function changed(
  change: (environ: Environ) => void,
  more: readonly string[] = [],
): IncomingMessage & MountedRequest {
  const req = new IncomingMessage(new Socket()) as IncomingMessage & MountedRequest
  req.method = 'GET'
  req.url = '/a?b=c'
  const raw = ['Host', 'a.example', 'X-Two', '1', 'x-two', '2', 'Cookie', 'a=1', ...more]
  ;(req as unknown as { _addHeaderLines(raw: string[], length: number): void })._addHeaderLines(
    raw,
    raw.length,
  )
  req.rawHeaders = raw
  // As Node's own getter does before 20.20.2.
  if (raw.includes('__proto__')) {
    const refuse = (): never => {
      throw new TypeError('dest[key].push is not a function')
    }
    Object.defineProperty(req, 'headersDistinct', { get: refuse, configurable: true })
  }
  const before = createEnviron('/a?b=c', {
    environ: { HTTP_HOST: 'a.example', HTTP_X_TWO: '1, 2', HTTP_COOKIE: 'a=1' },
  })
  const after = { ...before }
  change(after)
  applyEnviron(req, before, after)
  return req
}

test('what nobody changed is as it was, to the object', () => {
  const req = changed(() => {})
  expect(req.rawHeaders).toEqual(['Host', 'a.example', 'X-Two', '1', 'x-two', '2', 'Cookie', 'a=1'])
  expect([req.url, req.baseUrl, req.originalUrl]).toEqual(['/a?b=c', undefined, undefined])
  expect(req.socket).toBeInstanceOf(Socket)
})

test('the method, and the url with what is mounted in front', () => {
  const req = changed((environ) => {
    environ.REQUEST_METHOD = 'PUT'
    environ.SCRIPT_NAME = '/shop'
    environ.PATH_INFO = '/new'
    environ.QUERY_STRING = ''
  })
  expect([req.method, req.url, req.baseUrl, req.originalUrl]).toEqual(['PUT', '/new', '/shop', '/shop/new'])
})

test('the very place of a mount has the url /', () => {
  const req = changed((environ) => {
    environ.SCRIPT_NAME = '/a'
    environ.PATH_INFO = ''
  })
  expect([req.url, req.originalUrl]).toEqual(['/?b=c', '/a?b=c'])
})

test('a header that was replaced, added or removed is so in every form', () => {
  const req = changed((environ) => {
    environ.HTTP_X_TWO = 'one'
    environ.CONTENT_TYPE = 'text/plain'
    delete environ.HTTP_COOKIE
  })
  expect(req.headers).toEqual({ host: 'a.example', 'x-two': 'one', 'content-type': 'text/plain' })
  expect(req.headersDistinct).toMatchObject({ 'x-two': ['one'], 'content-type': ['text/plain'] })
  expect(req.headersDistinct).not.toHaveProperty('cookie')
  expect(req.rawHeaders).toHaveLength(6)
  expect(req.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase())).toEqual(
    expect.arrayContaining(['host', 'x-two', 'content-type']),
  )
})

// robustness.md K3
test("a header called __proto__ is one as any other, even where Node's own list of values throws", () => {
  const req = changed(
    (environ) => {
      environ.HTTP_X_TWO = 'one'
    },
    ['__proto__', 'x', 'X-Three', '3', '__Proto__', 'y'],
  )
  expect(Object.entries(req.headersDistinct)).toEqual([
    ['host', ['a.example']],
    ['cookie', ['a=1']],
    ['__proto__', ['x', 'y']],
    ['x-three', ['3']],
    ['x-two', ['one']],
  ])
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})

test('the peer and the scheme are those of this request; the connection, which others share, stays as it is', () => {
  const req = changed((environ) => {
    environ.REMOTE_ADDR = '2001:db8::1'
    environ.REMOTE_PORT = '7'
    environ['wsgi.url_scheme'] = 'https'
  })
  const { remoteAddress, remotePort, remoteFamily } = req.socket
  expect([remoteAddress, remotePort, remoteFamily]).toEqual(['2001:db8::1', 7, 'IPv6'])
  expect((req.socket as Socket & { encrypted?: boolean }).encrypted).toBe(true)
  // What is set goes to the connection itself, which knows its own peer.
  req.socket.setTimeout(5)
  expect(req.socket.timeout).toBe(5)
  req.socket.destroy()
})
