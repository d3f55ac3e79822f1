import { BadHost, type Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { baseUrlOf, fullPathOf, hostOf, hostUrlOf, rootUrlOf, serverOf, urlOf } from './request-url.ts'

test('the URL puts the parts together, percent-encoded as they are', () => {
  const environ = createEnviron('http://example.org:8080/a%2Fb/%C3%BC?q=a%20b&c')
  expect(urlOf(environ)).toBe('http://example.org:8080/a%2Fb/%C3%BC?q=a%20b&c')
})

test('its pieces stop earlier', () => {
  const environ = createEnviron('https://example.org/users/1?page=2', { environ: { SCRIPT_NAME: '/admin' } })
  expect(hostUrlOf(environ)).toBe('https://example.org')
  expect(rootUrlOf(environ)).toBe('https://example.org/admin/')
  expect(baseUrlOf(environ)).toBe('https://example.org/admin/users/1')
  expect(urlOf(environ)).toBe('https://example.org/admin/users/1?page=2')
  expect(fullPathOf(environ)).toBe('/users/1?page=2')
})

test('an empty query leaves no question mark', () => {
  expect(urlOf(createEnviron('/?'))).toBe('http://localhost/')
  expect(fullPathOf(createEnviron('/a?'))).toBe('/a')
})

test('the root of an application that is not mounted ends in one slash', () => {
  expect(rootUrlOf(createEnviron('/a'))).toBe('http://localhost/')
})

describe('hostOf', () => {
  const hostFor = (host: string, scheme: 'http' | 'https' = 'http'): string =>
    hostOf(createEnviron('/', { environ: { HTTP_HOST: host, 'wsgi.url_scheme': scheme } }))

  test('drops the port that is usual for the scheme', () => {
    expect(hostFor('example.org:80')).toBe('example.org')
    expect(hostFor('example.org:443', 'https')).toBe('example.org')
    expect(hostFor('example.org:443')).toBe('example.org:443')
    expect(hostFor('[::1]:80')).toBe('[::1]')
    expect(hostFor('[::1]:8080')).toBe('[::1]:8080')
  })

  test('is in lower case', () => {
    expect(hostFor('Example.ORG:8080')).toBe('example.org:8080')
  })

  // robustness.md O1
  test.each(['user@example.org', 'a/b', 'a?b', 'a b', 'exa\nmple.org', 'example.org:99999', ':80'])(
    'the host %j is answered 400',
    (host) => {
      expect(() => hostFor(host)).toThrow(BadHost)
    },
  )

  test('a host that is not trusted is answered 400, in whatever piece of the URL', () => {
    const environ = createEnviron('http://evil.example/')
    const trusted = ['example.org']
    expect(() => hostOf(environ, trusted)).toThrow(BadHost)
    expect(() => hostUrlOf(environ, trusted)).toThrow(BadHost)
    expect(() => rootUrlOf(environ, trusted)).toThrow(BadHost)
    expect(() => baseUrlOf(environ, trusted)).toThrow(BadHost)
    expect(() => urlOf(environ, trusted)).toThrow(BadHost)
    expect(urlOf(createEnviron('http://example.org/'), trusted)).toBe('http://example.org/')
  })
})

describe('without a Host header', () => {
  const environOf = (name: string, port: string, scheme: 'http' | 'https' = 'http'): Environ => ({
    ...createEnviron('/'),
    HTTP_HOST: undefined,
    SERVER_NAME: name,
    SERVER_PORT: port,
    'wsgi.url_scheme': scheme,
  })

  test('the listening side stands in, with its port unless it is the usual one', () => {
    expect(urlOf(environOf('example.org', '8080'))).toBe('http://example.org:8080/')
    expect(urlOf(environOf('example.org', '80'))).toBe('http://example.org/')
    expect(urlOf(environOf('example.org', '443'))).toBe('http://example.org:443/')
    expect(urlOf(environOf('example.org', '443', 'https'))).toBe('https://example.org/')
  })

  test('an IPv6 address is put in brackets', () => {
    expect(urlOf(environOf('::1', '8080'))).toBe('http://[::1]:8080/')
    expect(urlOf(environOf('[::1]', '80'))).toBe('http://[::1]/')
  })

  test('the zone of a link-local address is left out', () => {
    expect(urlOf(environOf('fe80::1%eth0', '8080'))).toBe('http://[fe80::1]:8080/')
  })

  test('a unix socket has no port', () => {
    expect(urlOf(environOf('localhost', ''))).toBe('http://localhost/')
  })

  test('the listening side is checked against the trusted hosts as well', () => {
    expect(() => hostOf(environOf('10.0.0.7', '80'), ['example.org'])).toThrow(BadHost)
  })
})

test('the listening side is not what Host says', () => {
  const environ = createEnviron('http://evil.example:1/', {
    environ: { SERVER_NAME: '10.0.0.7', SERVER_PORT: '8000' },
  })
  expect(serverOf(environ)).toEqual({ name: '10.0.0.7', port: 8000 })
  expect(serverOf({ ...environ, SERVER_PORT: '' })).toEqual({ name: '10.0.0.7', port: undefined })
})
