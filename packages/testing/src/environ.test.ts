import { type Application, collect, validate } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { createEnviron } from './environ.ts'

const text = async (input: AsyncIterable<Uint8Array>): Promise<string> =>
  new TextDecoder().decode(await collect(input))

const accepts: Application = validate((_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'fine'
})

describe('the target', () => {
  test.each([
    { target: '/', path: '/', query: '', uri: '/' },
    { target: '/a/b?c=d&e', path: '/a/b', query: 'c=d&e', uri: '/a/b?c=d&e' },
    { target: '/?', path: '/', query: '', uri: '/?' },
    { target: '/??a', path: '/', query: '?a', uri: '/??a' },
    { target: 'a', path: '/a', query: '', uri: '/a' },
    { target: '', path: '/', query: '', uri: '/' },
    { target: '/caf\xe9?q=\xfc', path: '/caf%C3%A9', query: 'q=%C3%BC', uri: '/caf%C3%A9?q=%C3%BC' },
    { target: '/a b', path: '/a%20b', query: '', uri: '/a%20b' },
    { target: '/%61/../b', path: '/b', query: '', uri: '/%61/../b' },
    { target: '/a%2fb', path: '/a%2Fb', query: '', uri: '/a%2fb' },
    { target: '//a//', path: '//a//', query: '', uri: '//a//' },
    { target: '/a#fragment?b', path: '/a', query: '', uri: '/a' },
    { target: '*', path: '', query: '', uri: '*' },
  ])('$target is taken apart', ({ target, path, query, uri }) => {
    const environ = createEnviron(target, { method: 'OPTIONS' })
    expect(environ).toMatchObject({ SCRIPT_NAME: '', PATH_INFO: path, QUERY_STRING: query, REQUEST_URI: uri })
    expect(accepts(environ, () => () => {})).toBe('fine')
  })

  test('a URL sets scheme, host and port', () => {
    expect(createEnviron('https://example.org/a?b')).toMatchObject({
      'wsgi.url_scheme': 'https',
      HTTP_HOST: 'example.org',
      SERVER_PORT: '443',
      PATH_INFO: '/a',
      QUERY_STRING: 'b',
    })
    expect(createEnviron('http://example.org:8080')).toMatchObject({
      'wsgi.url_scheme': 'http',
      HTTP_HOST: 'example.org:8080',
      SERVER_PORT: '8080',
      PATH_INFO: '/',
    })
  })

  test.each(['/..', '/a/../../b', '/%00'])('%s is refused', (target) => {
    expect(() => createEnviron(target)).toThrow(RangeError)
  })
})

describe('headers', () => {
  test('become keys, in both forms in which they may be given', () => {
    const expected = { HTTP_X_ANY: 'value', CONTENT_TYPE: 'text/plain' }
    expect(createEnviron('/', { headers: { 'X-Any': 'value', 'content-type': 'text/plain' } })).toMatchObject(
      expected,
    )
    expect(
      createEnviron('/', {
        headers: [
          ['x-any', 'value'],
          ['Content-Type', 'text/plain'],
        ],
      }),
    ).toMatchObject(expected)
  })

  test('that are repeated are joined, Cookie with a semicolon', () => {
    const environ = createEnviron('/', {
      headers: [
        ['Accept', 'a/b'],
        ['accept', 'c/d'],
        ['Cookie', 'a=b'],
        ['Cookie', 'c=d'],
      ],
    })
    expect([environ.HTTP_ACCEPT, environ.HTTP_COOKIE]).toEqual(['a/b, c/d', 'a=b; c=d'])
  })

  test('with an underscore in their name are dropped', () => {
    const environ = createEnviron('/', { headers: { X_Real_IP: '192.0.2.1' } })
    expect('HTTP_X_REAL_IP' in environ).toBe(false)
  })

  test('may replace the Host', () => {
    expect(createEnviron('/').HTTP_HOST).toBe('localhost')
    expect(createEnviron('/', { headers: { Host: 'example.org' } }).HTTP_HOST).toBe('example.org')
  })

  test.each([
    ['Bad Name', 'value'],
    ['X-Value', 'a\nb'],
    ['X-Value', '\u20ac'],
  ])('that no client can send are refused: %j', (name, value) => {
    expect(() => createEnviron('/', { headers: [[name, value]] })).toThrow('which no client can send')
  })
})

describe('the body', () => {
  test('is absent where none is given', async () => {
    const environ = createEnviron('/')
    expect('CONTENT_LENGTH' in environ).toBe(false)
    expect('HTTP_TRANSFER_ENCODING' in environ).toBe(false)
    expect(await text(environ['wsgi.input'])).toBe('')
  })

  test.each([
    { kind: 'a string', body: 'Grüße' },
    { kind: 'bytes', body: new TextEncoder().encode('Grüße') },
  ])('$kind is sent with its length and without a type', async ({ body }) => {
    const environ = createEnviron('/', { method: 'POST', body })
    expect(environ.CONTENT_LENGTH).toBe('7')
    expect('CONTENT_TYPE' in environ).toBe(false)
    expect(await text(environ['wsgi.input'])).toBe('Grüße')
  })

  test('URLSearchParams are sent as a form', async () => {
    const environ = createEnviron('/', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
    expect(environ).toMatchObject({
      CONTENT_TYPE: 'application/x-www-form-urlencoded;charset=UTF-8',
      CONTENT_LENGTH: '5',
    })
    expect(await text(environ['wsgi.input'])).toBe('a=b+c')
  })

  test('FormData are sent as multipart with their boundary', async () => {
    const form = new FormData()
    form.append('name', 'value')
    const environ = createEnviron('/', { method: 'POST', body: form })
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(environ.CONTENT_TYPE ?? '')?.[1]
    const sent = await text(environ['wsgi.input'])
    expect(sent).toContain(`--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\nvalue\r\n`)
  })

  test.each([
    { kind: 'an iterable', body: [new Uint8Array([97]), new Uint8Array([98])] },
    {
      kind: 'an async iterable',
      body: (async function* () {
        yield new Uint8Array([97, 98])
      })(),
    },
  ])('$kind is sent in chunked coding', async ({ body }) => {
    const environ = createEnviron('/', { method: 'POST', body })
    expect(environ.HTTP_TRANSFER_ENCODING).toBe('chunked')
    expect('CONTENT_LENGTH' in environ).toBe(false)
    expect(await text(environ['wsgi.input'])).toBe('ab')
  })

  test('keeps the type and the length that headers give', () => {
    const environ = createEnviron('/', {
      headers: { 'Content-Type': 'text/csv', 'Content-Length': '3' },
      body: 'abc',
    })
    expect(environ).toMatchObject({ CONTENT_TYPE: 'text/csv', CONTENT_LENGTH: '3' })
  })

  test('of another kind is refused', () => {
    expect(() => createEnviron('/', { body: 1 as never })).toThrow(TypeError)
  })
})

describe('keys of environ', () => {
  test('replace those made from the rest', () => {
    const environ = createEnviron('/a/b', {
      environ: { SCRIPT_NAME: '/a', PATH_INFO: '/b', 'stapel.own': 1 },
    })
    expect(environ).toMatchObject({
      SCRIPT_NAME: '/a',
      PATH_INFO: '/b',
      REQUEST_URI: '/a/b',
      'stapel.own': 1,
    })
  })

  test('that are undefined are removed', () => {
    expect('HTTP_HOST' in createEnviron('/', { environ: { HTTP_HOST: undefined } })).toBe(false)
  })

  test('are those of a complete environ', () => {
    expect(accepts(createEnviron(), () => () => {})).toBe('fine')
    expect(createEnviron()).toMatchObject({
      REQUEST_METHOD: 'GET',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REMOTE_ADDR: '127.0.0.1',
    })
  })
})

describe('stapel.context', () => {
  test('aborts its signal when the client leaves', () => {
    const left = new AbortController()
    const { signal } = createEnviron('/', { signal: left.signal })['stapel.context']
    expect(signal.aborted).toBe(false)
    left.abort()
    expect(signal.aborted).toBe(true)
  })

  test('knows a client that has left before the signal was asked for', () => {
    expect(createEnviron('/', { signal: AbortSignal.abort() })['stapel.context'].signal.aborted).toBe(true)
  })

  test('has one signal', () => {
    const context = createEnviron()['stapel.context']
    expect(context.signal).toBe(context.signal)
  })
})
