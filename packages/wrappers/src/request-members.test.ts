import { BadHost, type Environ, URITooLong } from '@stapel/core'
import { createEnviron, type RequestInit } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Request } from './request.ts'

function requestOf(target: string, headers: Record<string, string> = {}, init: RequestInit = {}): Request {
  return new Request(createEnviron(target, { ...init, headers }))
}

const getters = Object.entries(Object.getOwnPropertyDescriptors(Request.prototype))
  .filter(([, descriptor]) => descriptor.get !== undefined)
  .map(([name]) => name as keyof Request)

describe('every value is computed once', () => {
  const request = requestOf('/a?b=1', {
    Accept: '*/*',
    Authorization: 'Bearer a',
    'Cache-Control': 'no-cache',
    'Content-Type': 'text/plain',
    Cookie: 'a=1',
    Date: 'Sun, 06 Nov 1994 08:49:37 GMT',
    'If-Match': '"a"',
    'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT',
    'If-None-Match': '"a"',
    'If-Range': '"a"',
    'If-Unmodified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT',
    Range: 'bytes=0-1',
  })

  test.each(getters)('%s', (name) => {
    expect(request[name]).toBe(request[name])
  })

  test('also one that is undefined', () => {
    const environ = createEnviron('/')
    let reads = 0
    const counting = new Proxy(environ, {
      get(target, key) {
        if (key === 'HTTP_RANGE') reads++
        return Reflect.get(target, key) as unknown
      },
    })
    const plain = new Request(counting)
    expect(plain.range).toBeUndefined()
    expect(plain.range).toBeUndefined()
    expect(reads).toBe(1)
  })

  test('and none before it is asked for', () => {
    const untouched = new Proxy(createEnviron('/'), {
      get(_target, key) {
        throw new Error(`${String(key)} was read.`)
      },
    })
    expect(() => new Request(untouched)).not.toThrow()
  })
})

describe('whatever the client sends', () => {
  const unit = fc.constantFrom(
    'a',
    '=',
    ',',
    ';',
    '"',
    '\\',
    '*',
    '/',
    'q',
    '0',
    '-',
    ' ',
    '\t',
    'bytes',
    ':',
    '\xff',
    '%',
  )
  const value = fc.oneof(fc.string({ unit, maxLength: 60 }), fc.string({ maxLength: 60 }))
  const keys = [
    'CONTENT_TYPE',
    'CONTENT_LENGTH',
    'HTTP_ACCEPT',
    'HTTP_ACCEPT_LANGUAGE',
    'HTTP_ACCEPT_ENCODING',
    'HTTP_AUTHORIZATION',
    'HTTP_CACHE_CONTROL',
    'HTTP_COOKIE',
    'HTTP_DATE',
    'HTTP_IF_MATCH',
    'HTTP_IF_RANGE',
    'HTTP_RANGE',
    'HTTP_X_FORWARDED_FOR',
    'HTTP_ACCESS_CONTROL_REQUEST_HEADERS',
    'HTTP_IF_MODIFIED_SINCE',
    'HTTP_SEC_FETCH_SITE',
    'QUERY_STRING',
    'HTTP_HOST',
  ] as const

  test('no value throws, but for a host that is none', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (sent) => {
        const request = new Request({ ...createEnviron('/'), ...sent } as Environ)
        for (const name of getters) {
          try {
            void request[name]
          } catch (error) {
            expect(error).toBeInstanceOf(BadHost)
          }
        }
      }),
    )
  })

  test('a query of too many values is the other exception', () => {
    const request = new Request({ ...createEnviron('/'), QUERY_STRING: 'a&'.repeat(2000) })
    expect(() => request.args).toThrow(URITooLong)
    expect(request.queryString).toHaveLength(4000)
  })
})

describe('the URL', () => {
  test('comes in pieces', () => {
    const request = requestOf(
      'https://Example.org:443/users/1?page=2',
      {},
      { environ: { SCRIPT_NAME: '/admin' } },
    )
    expect(request).toMatchObject({
      scheme: 'https',
      isSecure: true,
      host: 'example.org',
      hostUrl: 'https://example.org',
      rootUrl: 'https://example.org/admin/',
      baseUrl: 'https://example.org/admin/users/1',
      url: 'https://example.org/admin/users/1?page=2',
      fullPath: '/users/1?page=2',
      queryString: 'page=2',
    })
    expect(requestOf('/').isSecure).toBe(false)
  })
})

test('fields are given under their names', () => {
  const request = requestOf('/', {
    'Access-Control-Request-Headers': 'X-Custom',
    'Access-Control-Request-Method': 'PUT',
    'Content-Encoding': 'gzip',
    'Max-Forwards': '3',
    Origin: 'https://example.org',
    Referer: 'https://example.org/a',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Site': 'none',
    'Sec-Fetch-User': '?1',
    'User-Agent': 'curl/8',
  })
  expect(request).toMatchObject({
    accessControlRequestHeaders: ['x-custom'],
    accessControlRequestMethod: 'PUT',
    accessRoute: ['127.0.0.1'],
    contentEncoding: 'gzip',
    maxForwards: 3,
    origin: 'https://example.org',
    referrer: 'https://example.org/a',
    remoteAddr: '127.0.0.1',
    secFetchDest: 'document',
    secFetchMode: 'navigate',
    secFetchSite: 'none',
    secFetchUser: true,
    userAgent: 'curl/8',
  })
  expect(requestOf('/').secFetchUser).toBe(false)
})

test('remoteUser is who a layer outside has authenticated', () => {
  expect(requestOf('/').remoteUser).toBeUndefined()
  const environ: Environ & { REMOTE_USER: string } = { ...createEnviron('/'), REMOTE_USER: 'ada' }
  expect(new Request(environ).remoteUser).toBe('ada')
})

describe('isJson', () => {
  test.each([
    ['application/json', true],
    ['Application/LD+JSON; charset=utf-8', true],
    ['text/json', true],
    ['application/jsonp', false],
    ['text/html', false],
  ])('%s: %s', (type, isJson) => {
    expect(requestOf('/', { 'Content-Type': type }).isJson).toBe(isJson)
  })

  test('without a type it is not', () => {
    expect(requestOf('/').isJson).toBe(false)
  })
})

describe('preconditions (robustness.md N1, N2, N3, N4)', () => {
  const etag = { value: 'v1', weak: false }
  const current = { etag, lastModified: new Date('1994-11-06T08:49:37.900Z') }

  test.each([
    ['PUT', { 'If-Match': '"v1"' }, 'proceed'],
    ['PUT', { 'If-Match': '"v2"' }, 'failed'],
    ['PUT', { 'If-Match': 'W/"v1"' }, 'failed'],
    ['PUT', { 'If-None-Match': '*' }, 'failed'],
    ['POST', { 'If-None-Match': '"v1"' }, 'failed'],
    ['GET', { 'If-None-Match': 'W/"v1"' }, 'not-modified'],
    ['GET', { 'If-None-Match': '"v2"', 'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 'proceed'],
    ['GET', { 'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 'not-modified'],
    ['PUT', { 'If-Unmodified-Since': 'Sun, 06 Nov 1994 08:49:36 GMT' }, 'failed'],
    ['GET', {}, 'proceed'],
  ] as const)('%s with %j: %s', (method, headers, result) => {
    expect(requestOf('/', headers, { method }).preconditions(current)).toBe(result)
  })

  test('a PUT that creates sees that there is nothing yet', () => {
    expect(requestOf('/', { 'If-None-Match': '*' }, { method: 'PUT' }).preconditions(undefined)).toBe(
      'proceed',
    )
    expect(requestOf('/', { 'If-Match': '*' }, { method: 'PUT' }).preconditions(undefined)).toBe('failed')
  })
})
