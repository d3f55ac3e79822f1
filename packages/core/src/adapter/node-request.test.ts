import type { IncomingMessage } from 'node:http'
import { Client, createEnviron } from '@stapel/testing'
import express from 'express'
import { describe, expect, test } from 'vitest'
import type { Environ } from '../protocol.ts'
import { fromNode } from './from-node.ts'
import type { MountedRequest } from './node-request.ts'

/** The request that a handler sees for an environ. */
function requestOf(environ: Environ): IncomingMessage & MountedRequest {
  let seen: IncomingMessage | undefined
  const app = fromNode((req, res) => {
    seen = req
    res.end()
  })
  app(environ, () => () => {})
  return seen as IncomingMessage & MountedRequest
}

describe('a request', () => {
  test('has the headers of environ, in every form that Node gives them', () => {
    const req = requestOf(
      createEnviron('/', {
        method: 'POST',
        headers: [
          ['Accept', 'text/html'],
          ['X-Custom-Name', 'a'],
          ['X-Custom-Name', 'b'],
          ['Cookie', 'a=1'],
          ['Cookie', 'b=2'],
        ],
        body: 'hello',
      }),
    )
    expect(req.headers).toMatchObject({
      accept: 'text/html',
      'x-custom-name': 'a, b',
      cookie: 'a=1; b=2',
      host: 'localhost',
      'content-length': '5',
    })
    expect(req.headersDistinct['x-custom-name']).toEqual(['a, b'])
    const at = req.rawHeaders.indexOf('X-Custom-Name')
    expect(req.rawHeaders.slice(at, at + 2)).toEqual(['X-Custom-Name', 'a, b'])
  })

  test('has what a layer outside changed in environ', () => {
    const environ = createEnviron('/', { headers: { 'X-Gone': '1', 'X-Kept': '1' } })
    const { HTTP_X_GONE: _gone, ...rest } = environ
    const req = requestOf({
      ...rest,
      REQUEST_METHOD: 'PUT',
      REMOTE_ADDR: '203.0.113.9',
      REMOTE_PORT: '4711',
      HTTP_HOST: 'shop.example',
      HTTP_X_ADDED: 'yes',
      'wsgi.url_scheme': 'https',
    } as Environ)
    expect(req.method).toBe('PUT')
    expect(req.headers).toMatchObject({ host: 'shop.example', 'x-added': 'yes', 'x-kept': '1' })
    expect(req.headers).not.toHaveProperty('x-gone')
    expect(req.socket.remoteAddress).toBe('203.0.113.9')
    expect(req.socket.remotePort).toBe(4711)
    expect(req.socket.remoteFamily).toBe('IPv4')
    expect((req.socket as { encrypted?: boolean }).encrypted).toBe(true)
  })

  test('on plain http has a socket that says nothing of encryption', () => {
    expect('encrypted' in requestOf(createEnviron('/')).socket).toBe(false)
  })

  test.each([
    ['/a/b?c=d', '/a/b?c=d'],
    ['/%7Eann/%c3%a4?%7e', '/~ann/%C3%A4?%7e'],
    ['/a?', '/a?'],
    ['*', '*'],
  ])('for %s has the url %s', (target, url) => {
    const req = requestOf(createEnviron(target, { method: 'OPTIONS' }))
    expect(req.url).toBe(url)
    expect(req).not.toHaveProperty('originalUrl')
  })

  test('with a target in absolute form has it in normal form', () => {
    const environ = { REQUEST_URI: 'http://example.org/%61?b', PATH_INFO: '/a', QUERY_STRING: 'b' }
    expect(requestOf(createEnviron('/', { environ })).url).toBe('http://example.org/a?b')
  })

  test('of a mounted application knows the prefix as Express gives it', () => {
    const environ = createEnviron('/users?q=1', { environ: { SCRIPT_NAME: '/admin' } })
    const req = requestOf(environ)
    expect(req.url).toBe('/users?q=1')
    expect(req.baseUrl).toBe('/admin')
    expect(req.originalUrl).toBe('/admin/users?q=1')
  })

  test('at the very place of a mount has the url /', () => {
    const req = requestOf(createEnviron('/', { environ: { SCRIPT_NAME: '/admin', PATH_INFO: '' } }))
    expect(req.url).toBe('/')
    expect(req.originalUrl).toBe('/admin')
  })

  test.each([
    ['HTTP/1.0', '1.0', 1, 0],
    ['HTTP/1.1', '1.1', 1, 1],
    ['HTTP/2.0', '2.0', 2, 0],
  ])('over %s has the version in its parts', (protocol, version, major, minor) => {
    const req = requestOf(createEnviron('/', { environ: { SERVER_PROTOCOL: protocol } }))
    expect([req.httpVersion, req.httpVersionMajor, req.httpVersionMinor]).toEqual([version, major, minor])
  })

  test('over HTTP/2 without a length is announced as chunked, so that parsers read it', async () => {
    const app = express().use(express.json(), (req, res) => {
      res.json(req.body)
    })
    const answer = await new Client(fromNode(app)).post('/', {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ a: 1 }),
      environ: { SERVER_PROTOCOL: 'HTTP/2.0', CONTENT_LENGTH: undefined } as never,
    })
    expect(answer.json()).toEqual({ a: 1 })
  })
})

describe('inside an Express application', () => {
  test('a mount prefix is the base of nested routers and redirects', async () => {
    const router = express.Router().get('/deep', (req, res) => {
      res.json([req.baseUrl, req.originalUrl, req.url])
    })
    const client = new Client(fromNode(express().use('/nested', router)), {
      environ: { SCRIPT_NAME: '/app' },
    })
    expect((await client.get('/nested/deep?q')).json()).toEqual([
      '/app/nested',
      '/app/nested/deep?q',
      '/deep?q',
    ])
  })
})
