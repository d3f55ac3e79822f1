import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { formatUrl } from './request-url.ts'

test('puts the parts together, percent-encoded as they are', () => {
  const environ = createEnviron('http://example.org:8080/a%2Fb/%C3%BC?q=a%20b&c')
  expect(formatUrl(environ)).toBe('http://example.org:8080/a%2Fb/%C3%BC?q=a%20b&c')
})

test('names the place where the application is mounted', () => {
  const environ = createEnviron('/users', { environ: { SCRIPT_NAME: '/admin' } })
  expect(formatUrl(environ)).toBe('http://localhost/admin/users')
})

test('an empty query leaves no question mark', () => {
  expect(formatUrl(createEnviron('/?'))).toBe('http://localhost/')
})

describe('without a Host header', () => {
  const urlOf = (name: string, port: string, scheme: 'http' | 'https' = 'http'): string =>
    formatUrl({
      ...createEnviron('/'),
      HTTP_HOST: undefined,
      SERVER_NAME: name,
      SERVER_PORT: port,
      'wsgi.url_scheme': scheme,
    })

  test('the listening side stands in, with its port unless it is the usual one', () => {
    expect(urlOf('example.org', '8080')).toBe('http://example.org:8080/')
    expect(urlOf('example.org', '80')).toBe('http://example.org/')
    expect(urlOf('example.org', '443')).toBe('http://example.org:443/')
    expect(urlOf('example.org', '443', 'https')).toBe('https://example.org/')
  })

  test('an IPv6 address is put in brackets', () => {
    expect(urlOf('::1', '8080')).toBe('http://[::1]:8080/')
    expect(urlOf('[::1]', '80')).toBe('http://[::1]/')
  })

  test('a unix socket has no port', () => {
    expect(urlOf('localhost', '')).toBe('http://localhost/')
  })
})
