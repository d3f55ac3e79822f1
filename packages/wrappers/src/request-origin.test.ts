import type { Environ } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import {
  accessRouteOf,
  maxForwardsOf,
  requestedHeadersOf,
  secFetchModeOf,
  secFetchSiteOf,
} from './request-origin.ts'

function sent(name: string, value: string): Environ {
  return createEnviron('/', { headers: { [name]: value } })
}

describe('fetch metadata', () => {
  test.each(['cross-site', 'same-site', 'same-origin', 'none'])('the site %s is known', (site) => {
    expect(secFetchSiteOf(sent('Sec-Fetch-Site', site))).toBe(site)
  })

  test.each(['cors', 'navigate', 'no-cors', 'same-origin', 'websocket'])('the mode %s is known', (mode) => {
    expect(secFetchModeOf(sent('Sec-Fetch-Mode', mode))).toBe(mode)
  })

  test('another word, and none, is undefined', () => {
    expect(secFetchSiteOf(sent('Sec-Fetch-Site', 'Same-Origin'))).toBeUndefined()
    expect(secFetchSiteOf(sent('Sec-Fetch-Site', 'constructor'))).toBeUndefined()
    expect(secFetchModeOf(sent('Sec-Fetch-Mode', 'nested-navigate'))).toBeUndefined()
    expect(secFetchSiteOf(createEnviron('/'))).toBeUndefined()
    expect(secFetchModeOf(createEnviron('/'))).toBeUndefined()
  })
})

describe('the headers that a preflight asks for', () => {
  test('are names in lower case', () => {
    const environ = sent('Access-Control-Request-Headers', 'Content-Type,X-Custom , a b, , "q"')
    expect(requestedHeadersOf(environ)).toEqual(['content-type', 'x-custom'])
    expect(requestedHeadersOf(createEnviron('/'))).toEqual([])
  })

  // robustness.md M8
  test('are at most 256', () => {
    expect(requestedHeadersOf(sent('Access-Control-Request-Headers', 'a,'.repeat(5000)))).toHaveLength(256)
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
