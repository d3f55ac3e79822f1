import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallAnswer } from './call-answer.ts'
import type { CallRequest } from './call-request.ts'
import { type Redirect, redirectOf } from './redirect.ts'

const post: CallRequest = {
  method: 'POST',
  url: new URL('http://localhost/a/b?c=d'),
  headers: [
    ['Host', 'localhost'],
    ['content-type', 'text/plain'],
    ['Content-Length', '1'],
    ['X-Own', '1'],
  ],
  body: new Blob(['x']),
}

function answer(status: number, location?: string): CallAnswer {
  return {
    status,
    reason: '',
    rawHeaders: location === undefined ? ['X', 'Location'] : ['LOCATION', location],
    body: (async function* () {})(),
    destroy: () => {},
  }
}

function follow(call: CallRequest, status: number, location: string, keep = false): Redirect | undefined {
  return redirectOf(call, answer(status, location), keep)
}

/** What is asked next: method, URL, and how long the body is. */
function next(call: CallRequest, status: number, location = '/next', keep = false): unknown[] {
  const redirect = follow(call, status, location, keep)
  if (redirect === undefined || !('next' in redirect)) throw new Error('It leads nowhere.')
  const { method, url, body } = redirect.next
  return [method, url.href, body?.size]
}

describe('the method', () => {
  test.for([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [301, 'PUT', 'PUT'],
    [302, 'HEAD', 'HEAD'],
    [303, 'POST', 'GET'],
    [303, 'DELETE', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [300, 'POST', 'POST'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ] as const)('after %d, of %s it is %s', ([status, method, expected]) => {
    const [asked, , size] = next({ ...post, method }, status)
    expect([asked, size]).toEqual([expected, expected === method ? 1 : undefined])
  })

  test('that is kept is sent without the body where another one would take its place', () => {
    expect(next(post, 302, '/next', true)).toEqual(['POST', 'http://localhost/next', undefined])
    expect(next(post, 307, '/next', true)).toEqual(['POST', 'http://localhost/next', 1])
  })
})

test('fields about a body go with it, and the others stay', () => {
  const redirect = follow(post, 303, '/next')
  expect(redirect).toMatchObject({
    next: {
      headers: [
        ['Host', 'localhost'],
        ['X-Own', '1'],
      ],
    },
  })
})

test.for([
  ['/next', 'http://localhost/next'],
  ['next?e=f#g', 'http://localhost/a/next?e=f'],
  ['?e', 'http://localhost/a/b?e'],
  ['', 'http://localhost/a/b?c=d'],
  ['http://localhost/x', 'http://localhost/x'],
  ['http://LOCALHOST:80/x', 'http://localhost/x'],
  ['//localhost/x', 'http://localhost/x'],
  ['https://localhost/x', 'https://localhost/x'],
] as const)('%j leads to %s', ([location, href]) => {
  expect(next(post, 307, location)[1]).toBe(href)
})

test.for([
  'https://example.org/',
  '//example.org/',
  '\\\\example.org',
  'http://localhost:8080/',
  'mailto:ada@localhost',
  'http://[',
])('%j is of another host, and is not asked', (location) => {
  expect(follow(post, 307, location)).toEqual({ elsewhere: location })
})

test('the host is the one that the application was told', () => {
  const call = { ...post, headers: [['host', 'site.example:8080']] } as const
  expect(next(call, 307, 'http://site.example:8080/x')[1]).toBe('http://localhost/x')
  expect(follow(call, 307, 'http://localhost/x')).toEqual({ elsewhere: 'http://localhost/x' })
})

test.for([200, 201, 304, 400])('%d is no redirect', (status) => {
  expect(redirectOf(post, answer(status, '/next'), false)).toBeUndefined()
})

test('a redirect without Location leads nowhere', () => {
  expect(redirectOf(post, answer(302), false)).toBeUndefined()
})

const pieces = fc
  .array(
    fc.oneof(fc.string(), fc.constantFrom('http:', '//', '\\\\', 'localhost', '@', ':80', '?', '#', '..')),
  )
  .map((parts) => parts.join(''))

test('whatever an answer says, what is asked next is of the same host', () => {
  fc.assert(
    fc.property(pieces, (location) => {
      const redirect = follow(post, 307, location)
      if (redirect !== undefined && 'next' in redirect) expect(redirect.next.url.host).toBe('localhost')
      else expect(redirect).toEqual({ elsewhere: location })
    }),
  )
})
