import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isHTTPError } from '../http-error.ts'
import { BadHost, BadRequest } from '../http-errors.ts'
import type { Context, Environ, ErrorLog } from '../protocol.ts'
import { createCgiEnviron, refusedCgiEnviron, type Variables } from './cgi-environ.ts'

const errors: ErrorLog = { write: () => {}, flush: () => {} }
const context: Context = {
  signal: new AbortController().signal,
  read: async () => new Uint8Array(),
  trace: undefined,
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

const environOf = (variables: Variables): Environ => createCgiEnviron(variables, nothing(), context, errors)

/** `SCRIPT_NAME`, `PATH_INFO`, `QUERY_STRING` and `REQUEST_URI` of what a server gave. */
function placeOf(variables: Variables): string[] {
  const { SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI } = environOf(variables)
  return [SCRIPT_NAME, PATH_INFO, QUERY_STRING, REQUEST_URI]
}

describe('the path', () => {
  test('is that of the target, divided where the server divided it', () => {
    const place = placeOf({ SCRIPT_NAME: '/app', PATH_INFO: '/a/b', REQUEST_URI: '/app/a%2fb?q=1' })
    expect(place).toEqual(['/app', '/a%2Fb', 'q=1', '/app/a%2fb?q=1'])
  })

  test('is encoded again where there is no target', () => {
    const place = placeOf({ SCRIPT_NAME: '/app', PATH_INFO: '/a b/50%/é', QUERY_STRING: 'q=é' })
    expect(place).toEqual(['/app', '/a%20b/50%25/%C3%A9', 'q=%C3%A9', '/app/a%20b/50%25/%C3%A9?q=%C3%A9'])
  })

  test('is / where the server gives none', () => {
    expect(placeOf({})).toEqual(['', '/', '', '/'])
    expect(placeOf({ REQUEST_URI: '/' })).toEqual(['', '/', '', '/'])
  })

  test('is empty at the mount itself', () => {
    expect(placeOf({ SCRIPT_NAME: '/app', REQUEST_URI: '/app' }).slice(0, 2)).toEqual(['/app', ''])
  })

  test('is divided at whole segments only', () => {
    expect(placeOf({ SCRIPT_NAME: '/app', REQUEST_URI: '/apple' }).slice(0, 2)).toEqual(['', '/apple'])
  })

  test('of a script that the target does not name ends the target', () => {
    const place = placeOf({ SCRIPT_NAME: '/cgi-bin/app.cgi', PATH_INFO: '/a', REQUEST_URI: '/wiki/a' })
    expect(place.slice(0, 2)).toEqual(['/wiki', '/a'])
  })

  test('loses the slashes at the end of a script name', () => {
    expect(placeOf({ SCRIPT_NAME: '/app//', PATH_INFO: '/a' }).slice(0, 2)).toEqual(['/app', '/a'])
  })

  test.each([
    ['climbs above the root', { PATH_INFO: '/../secret' }],
    ['climbs above the root as a target', { REQUEST_URI: '/a/../../secret' }],
    ['holds a NUL', { PATH_INFO: '/a\0b' }],
    ['holds an encoded NUL', { REQUEST_URI: '/a%00b' }],
  ])('that %s is refused', (_, variables) => {
    expect(() => environOf(variables)).toThrow(BadRequest)
  })
})

describe('headers', () => {
  test('are the variables that begin with HTTP_, and no other', () => {
    const environ = environOf({
      HTTP_ACCEPT: 'text/html',
      HTTP_X_A: '',
      PATH: '/bin',
      SECRET: 'x',
      http_x: 'y',
    })
    expect(environ).toMatchObject({ HTTP_ACCEPT: 'text/html', HTTP_X_A: '' })
    for (const key of ['PATH', 'SECRET', 'http_x']) expect(environ).not.toHaveProperty(key)
  })

  test('are none of those that would configure a proxy or pose as the type and length of the content', () => {
    const environ = environOf({
      HTTP_PROXY: 'http://evil.example',
      HTTP_CONTENT_TYPE: 'text/html',
      HTTP_CONTENT_LENGTH: '5',
      CONTENT_TYPE: 'text/plain',
      CONTENT_LENGTH: '3',
    })
    expect(environ).toMatchObject({ CONTENT_TYPE: 'text/plain', CONTENT_LENGTH: '3' })
    for (const key of ['HTTP_PROXY', 'HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH']) {
      expect(environ).not.toHaveProperty(key)
    }
  })

  test.each(['', '-1', '1e3', ' 5', '5, 5'])('have no length of %j', (length) => {
    expect(environOf({ CONTENT_LENGTH: length })).not.toHaveProperty('CONTENT_LENGTH')
  })

  test('have no type that is empty', () => {
    expect(environOf({ CONTENT_TYPE: '' })).not.toHaveProperty('CONTENT_TYPE')
  })

  test('with a malformed Host are refused', () => {
    expect(() => environOf({ HTTP_HOST: 'a b' })).toThrow(BadHost)
  })
})

describe('the server', () => {
  test.each([
    [{ HTTPS: 'on' }, 'https'],
    [{ HTTPS: '1' }, 'https'],
    [{ REQUEST_SCHEME: 'https' }, 'https'],
    [{ HTTPS: 'off' }, 'http'],
    [{ HTTPS: '' }, 'http'],
    [{}, 'http'],
  ])('that says %j speaks %s', (variables, scheme) => {
    expect(environOf(variables)['wsgi.url_scheme']).toBe(scheme)
  })

  test.each([
    ['HTTP/1.1', 'HTTP/1.1'],
    ['HTTP/2', 'HTTP/2'],
    ['INCLUDED', 'HTTP/1.0'],
    [undefined, 'HTTP/1.0'],
  ])('that says %s speaks %s', (given, protocol) => {
    expect(environOf({ SERVER_PROTOCOL: given }).SERVER_PROTOCOL).toBe(protocol)
  })

  test('that says nothing is localhost at port 80, asked with GET', () => {
    expect(environOf({})).toMatchObject({
      REQUEST_METHOD: 'GET',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '80',
      'wsgi.run_once': true,
    })
  })
})

test('whatever the variables are, there is an environ with a path in normal form, or an HTTPError', () => {
  const text = fc.string({ unit: 'binary' })
  const path = fc.oneof(
    text,
    fc.array(fc.constantFrom('a', '..', '.', '', '%2e', '%', 'é')).map((all) => all.join('/')),
  )
  const variables = fc.record(
    { SCRIPT_NAME: path, PATH_INFO: path, REQUEST_URI: path, QUERY_STRING: text, HTTP_HOST: text },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(variables, (given) => {
      let environ: Environ
      try {
        environ = environOf(given)
      } catch (error) {
        if (!isHTTPError(error)) throw error
        return
      }
      expect(environ.SCRIPT_NAME).toMatch(/^(?:\/[\x21-\x7e]*[^/])?$/)
      expect(environ.PATH_INFO).toMatch(/^(?:\/[\x21-\x7e]*)?$/)
      expect(environ.QUERY_STRING).toMatch(/^[\x21-\x7e]*$/)
      const segments = (environ.SCRIPT_NAME + environ.PATH_INFO).split('/')
      expect(segments).not.toContain('..')
      expect(segments).not.toContain('.')
    }),
  )
})

test('a refused request keeps what its error page reads', () => {
  const environ = refusedCgiEnviron({ HTTP_ACCEPT: 'text/html', HTTP_HOST: 'a b' }, errors)
  expect(environ).toEqual({ REQUEST_METHOD: 'GET', HTTP_ACCEPT: 'text/html', 'wsgi.errors': errors })
})
