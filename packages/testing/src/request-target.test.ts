import { validate } from '@stapel/core'
import { Request } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { createEnviron } from './environ.ts'

const accepts = validate((_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'fine'
})

describe('the base', () => {
  test('sets scheme, host and mount; the target is below it', () => {
    const environ = createEnviron('/b?c', { base: 'https://example.org:8443/a/' })
    expect(environ).toMatchObject({
      'wsgi.url_scheme': 'https',
      HTTP_HOST: 'example.org:8443',
      SERVER_PORT: '8443',
      SCRIPT_NAME: '/a',
      PATH_INFO: '/b',
      QUERY_STRING: 'c',
      REQUEST_URI: '/a/b?c',
    })
    expect(accepts(environ, () => () => {})).toBe('fine')
    expect(new Request(environ).url).toBe('https://example.org:8443/a/b?c')
  })

  test('may end in slashes', () => {
    expect(createEnviron('/b', { base: 'http://localhost/a//' })).toMatchObject({
      SCRIPT_NAME: '/a',
      PATH_INFO: '/b',
    })
  })

  test('may be a URL, and is brought to normal form', () => {
    expect(createEnviron('/', { base: new URL('http://EXAMPLE.org/%61/b/../c') })).toMatchObject({
      HTTP_HOST: 'example.org',
      SERVER_PORT: '80',
      SCRIPT_NAME: '/a/c',
    })
  })

  test.each([
    'example.org',
    '/a',
    'ftp://example.org',
    'http://user@example.org',
    'http://example.org/?a',
    'http://example.org/#a',
  ])('%s is refused', (base) => {
    expect(() => createEnviron('/', { base })).toThrow(TypeError)
  })

  test('a target with .. does not climb above it', () => {
    expect(() => createEnviron('/../b', { base: 'http://example.org/a' })).toThrow(RangeError)
  })

  test('a whole URL is taken apart at it', () => {
    const base = 'http://localhost/a'
    expect(createEnviron('https://example.org/a/b', { base })).toMatchObject({
      HTTP_HOST: 'example.org',
      SCRIPT_NAME: '/a',
      PATH_INFO: '/b',
      REQUEST_URI: '/a/b',
    })
    expect(createEnviron('http://localhost/a', { base })).toMatchObject({ SCRIPT_NAME: '/a', PATH_INFO: '' })
  })

  test.each(['http://localhost/ab', 'http://localhost/', 'http://localhost/a/../b'])(
    'a whole URL that is not below it is refused: %s',
    (target) => {
      expect(() => createEnviron(target, { base: 'http://localhost/a' })).toThrow(RangeError)
    },
  )
})

describe('the query', () => {
  test.each([
    { query: 'a=b c', made: 'a=b%20c' },
    { query: '?a=%62', made: 'a=%62' },
    { query: 'a#b', made: 'a%23b' },
    { query: new URLSearchParams([['a', 'ü&']]), made: 'a=%C3%BC%26' },
    {
      query: { a: 'b', n: 1, yes: true, list: ['x', 'y'], none: undefined },
      made: 'a=b&n=1&yes=true&list=x&list=y',
    },
    { query: {}, made: '' },
  ])('$query is $made', ({ query, made }) => {
    const environ = createEnviron('/p', { query })
    expect(environ.QUERY_STRING).toBe(made)
    expect(environ.REQUEST_URI).toBe(made === '' ? '/p' : `/p?${made}`)
  })

  test('given twice is refused', () => {
    expect(() => createEnviron('/?a', { query: 'b' })).toThrow('expected one of them')
    expect(() => createEnviron('/', { query: { a: {} } as never })).toThrow(
      'Got an object of class Object for "a" of a form or query',
    )
  })

  test('holds half a surrogate pair as U+FFFD', () => {
    expect(createEnviron('/\ud800?\udfff').REQUEST_URI).toBe('/%EF%BF%BD?%EF%BF%BD')
  })
})

test('a URL may be the target', () => {
  expect(createEnviron(new URL('https://example.org/a?b#c'))).toMatchObject({
    HTTP_HOST: 'example.org',
    REQUEST_URI: '/a?b',
  })
})
