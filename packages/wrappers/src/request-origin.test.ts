import type { Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import {
  accessRouteOf,
  fetchMetadataOf,
  maxForwardsOf,
  originOf,
  requestedHeadersOf,
} from './request-origin.ts'

function sent(name: string, value: string): Environ {
  return createEnviron('/', { headers: { [name]: value } })
}

describe('fetch metadata', () => {
  test('are the words of the standard', () => {
    const environ = createEnviron('/', {
      headers: {
        'Sec-Fetch-Site': 'same-origin',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
        'Sec-Fetch-User': '?1',
      },
    })
    expect(fetchMetadataOf(environ)).toEqual({
      site: 'same-origin',
      mode: 'navigate',
      dest: 'document',
      user: true,
    })
  })

  test('another word, and none, is undefined', () => {
    expect(fetchMetadataOf(sent('Sec-Fetch-Site', 'Same-Origin')).site).toBeUndefined()
    expect(fetchMetadataOf(sent('Sec-Fetch-Site', 'constructor')).site).toBeUndefined()
    expect(fetchMetadataOf(sent('Sec-Fetch-User', '?0')).user).toBe(false)
    expect(fetchMetadataOf(createEnviron('/')).mode).toBeUndefined()
  })
})

describe('the origin', () => {
  test.each([
    ['https://example.org', 'https://example.org'],
    ['HTTPS://Example.org:8443', 'https://example.org:8443'],
    ['null', 'null'],
    ['https://example.org/', undefined],
    ['https://user@example.org', undefined],
    ['https://a.example, https://b.example', undefined],
    ['', undefined],
  ])('%j is %j', (header, origin) => {
    expect(originOf(sent('Origin', header))).toBe(origin)
  })

  test('is undefined without the header', () => {
    expect(originOf(createEnviron('/'))).toBeUndefined()
  })
})

describe('the headers that a preflight asks for', () => {
  test('are names in lower case', () => {
    const environ = sent('Access-Control-Request-Headers', 'Content-Type,X-Custom , a b, , "q"')
    expect(requestedHeadersOf(environ)).toEqual(['content-type', 'x-custom'])
    expect(requestedHeadersOf(sent('Access-Control-Request-Headers', 'a, *'))).toEqual(['*'])
    expect(requestedHeadersOf(createEnviron('/'))).toEqual([])
  })

  // robustness.md M8
  test('are at most 256', () => {
    const header = Array.from({ length: 5000 }, (_, i) => `x-${i}`).join(',')
    expect(requestedHeadersOf(sent('Access-Control-Request-Headers', header))).toHaveLength(256)
  })
})

describe('the access route', () => {
  test('is what X-Forwarded-For says, the client first', () => {
    expect(accessRouteOf(sent('X-Forwarded-For', '203.0.113.7, unknown ,10.0.0.1'))).toEqual([
      '203.0.113.7',
      'unknown',
      '10.0.0.1',
    ])
  })

  test('is the peer alone without the header, and nothing on a unix socket', () => {
    expect(accessRouteOf(createEnviron('/'))).toEqual(['127.0.0.1'])
    expect(accessRouteOf(sent('X-Forwarded-For', ' , '))).toEqual(['127.0.0.1'])
    const { REMOTE_ADDR: _, ...overUnixSocket } = createEnviron('/')
    expect(accessRouteOf(overUnixSocket)).toEqual([])
  })

  test('is whole behind proxyFix, which has removed the header and kept it aside', () => {
    const environ = createEnviron('/', { environ: { REMOTE_ADDR: '198.51.100.2' } })
    environ['stapel.proxy_fix.orig'] = { HTTP_X_FORWARDED_FOR: '203.0.113.7, 198.51.100.2' }
    expect(accessRouteOf(environ)).toEqual(['203.0.113.7', '198.51.100.2'])
  })

  // robustness.md M8
  test('has at most 256 addresses, those nearest to the server', () => {
    const header = Array.from({ length: 300 }, (_, i) => `10.0.0.${i}`).join(', ')
    const route = accessRouteOf(sent('X-Forwarded-For', header))
    expect(route).toHaveLength(256)
    expect(route.at(-1)).toBe('10.0.0.299')
  })
})

test.each([
  ['0', 0],
  ['10', 10],
  ['-1', undefined],
  ['+1', undefined],
  ['1.5', undefined],
  ['', undefined],
  ['٣', undefined],
  ['9'.repeat(16), undefined],
])('Max-Forwards %j is %j', (text, count) => {
  expect(maxForwardsOf({ ...createEnviron('/'), HTTP_MAX_FORWARDS: text })).toBe(count)
})
