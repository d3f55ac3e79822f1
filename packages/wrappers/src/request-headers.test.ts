import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { RequestHeaders } from './request-headers.ts'

test('get finds a header whatever the case of its letters', () => {
  const headers = new RequestHeaders(createEnviron('/', { headers: { 'If-None-Match': '"a"' } }))
  expect(headers.get('if-none-match')).toBe('"a"')
  expect(headers.get('IF-None-Match')).toBe('"a"')
  expect(headers.get('if-match')).toBeNull()
  expect(headers.has('If-None-Match')).toBe(true)
  expect(headers.has('If-Match')).toBe(false)
})

test('content type and length are among them', () => {
  const headers = new RequestHeaders(
    createEnviron('/', { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'Hello' }),
  )
  expect(headers.get('Content-Type')).toBe('text/plain')
  expect(headers.get('content-length')).toBe('5')
  expect([...headers.keys()].sort()).toEqual(['content-length', 'content-type', 'host'])
})

test('iteration gives names in lower case with dashes, and nothing else of environ', () => {
  const headers = new RequestHeaders(
    createEnviron('/', { headers: { Host: 'localhost', 'X-Forwarded-For': '192.0.2.1', Accept: '*/*' } }),
  )
  const pairs = [
    ['host', 'localhost'],
    ['x-forwarded-for', '192.0.2.1'],
    ['accept', '*/*'],
  ]
  expect([...headers]).toEqual(pairs)
  expect(headers.toList()).toEqual(pairs)
  expect([...headers.values()]).toEqual(['localhost', '192.0.2.1', '*/*'])
  const seen: unknown[] = []
  headers.forEach((value, name) => {
    seen.push([name, value])
  })
  expect(seen).toEqual(pairs)
})

test('getAll gives the one value that the gateway has joined', () => {
  const headers = new RequestHeaders(
    createEnviron('/', {
      headers: [
        ['Accept', 'text/html'],
        ['Accept', 'text/plain'],
      ],
    }),
  )
  expect(headers.getAll('accept')).toEqual(['text/html, text/plain'])
  expect(headers.getAll('te')).toEqual([])
  expect(headers.getSetCookie()).toEqual([])
})

test('it sees what a middleware changes afterwards', () => {
  const environ = createEnviron('/')
  const headers = new RequestHeaders(environ)
  expect(headers.get('x-user')).toBeNull()
  environ.HTTP_X_USER = 'ada'
  expect(headers.get('x-user')).toBe('ada')
  environ.HTTP_X_USER = undefined
  expect(headers.has('x-user')).toBe(false)
  expect([...headers.keys()]).toEqual(['host'])
})

describe('names that are no header', () => {
  test('a name with an underscore never finds the one with a dash', () => {
    const headers = new RequestHeaders(createEnviron('/', { headers: { 'X-Real-IP': '192.0.2.1' } }))
    expect(headers.get('X-Real-IP')).toBe('192.0.2.1')
    expect(headers.get('X_Real_IP')).toBeNull()
    expect(headers.get('content_type')).toBeNull()
  })

  test.each(['__proto__', 'constructor', 'wsgi.input', 'REQUEST_METHOD'])('%s is not there', (name) => {
    const headers = new RequestHeaders(createEnviron('/'))
    expect(headers.get(name)).toBeNull()
    expect(headers.has(name)).toBe(false)
  })

  test('what is no token is refused', () => {
    const headers = new RequestHeaders(createEnviron('/'))
    expect(() => headers.get('a b')).toThrow('"a b"')
  })
})

test('more names than are remembered are found all the same', () => {
  const environ = createEnviron('/')
  const headers = new RequestHeaders(environ)
  for (let i = 0; i < 3000; i++) environ[`HTTP_X_${i}`] = String(i)
  for (let i = 0; i < 3000; i++) expect(headers.get(`X-${i}`)).toBe(String(i))
})
