import type { Trace } from '@stapel/core'
import { createEnviron } from '@stapel/testing'
import { expect, test } from 'vitest'
import { describeRequest, ENTRY_LIMIT, REQUEST_VALUE_LIMIT } from './failed-request.ts'

const trace = (more: Partial<Trace> = {}): Trace => ({ layers: [], times: [], rules: [], ...more })

test('method, target, headers, environ, layers, rules and parameters are told, secrets are not', () => {
  const error = new Error('no')
  const environ = {
    ...createEnviron('/users/7?token=abc&q=1', {
      headers: { Accept: 'text/html', Cookie: 'sid=1', Authorization: 'Basic eA==', 'X-Api-Key': 'k' },
    }),
    'app.session': { user: 'ada' },
  }
  const request = describeRequest(
    environ,
    trace({
      layers: ['log', 'site'],
      times: [2, undefined],
      thrown: { error, layer: 1 },
      rules: [
        { pattern: '/users', params: { site: 'a' } },
        {
          pattern: '/:id',
          methods: ['GET'],
          host: 'a.example',
          name: 'user',
          params: { id: 7, password: 'x' },
        },
        { pattern: '/x' },
      ],
    }),
    error,
    true,
  )
  expect(request).toMatchObject({
    method: 'GET',
    target: '/users/7?token=(hidden)&q=1',
    begun: true,
    layers: [
      { name: 'log', ms: 2, threw: false },
      { name: 'site', threw: true },
    ],
    rules: ['/users', 'GET a.example/:id (user)', '/x'],
    params: [
      ['site', '"a"'],
      ['id', '7'],
      ['password', '(hidden)'],
    ],
  })
  expect(Object.fromEntries(request.headers)).toMatchObject({
    Accept: 'text/html',
    Cookie: '(hidden)',
    Authorization: '(hidden)',
    'X-Api-Key': '(hidden)',
  })
  const keys = Object.fromEntries(request.environ)
  expect(keys).toMatchObject({
    PATH_INFO: '/users/7',
    QUERY_STRING: 'token=(hidden)&q=1',
    'app.session': '(hidden)',
  })
  expect(keys).not.toHaveProperty('HTTP_ACCEPT')
  expect(JSON.stringify(request)).not.toMatch(/abc|sid=1|eA==|ada/)
})

test('an error that came out of no layer marks none', () => {
  const told = trace({ layers: ['log'], times: [1], thrown: { error: new Error('other'), layer: 0 } })
  expect(describeRequest(createEnviron('/'), told, new Error('no'), false).layers).toEqual([
    { name: 'log', ms: 1, threw: false },
  ])
})

test('of very much the first is told', () => {
  const headers = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`X-${i}`, 'v'.repeat(5_000)]))
  const request = describeRequest(
    createEnviron(`/${'p'.repeat(10_000)}`, { headers }),
    trace(),
    undefined,
    false,
  )
  expect(request.target).toHaveLength(REQUEST_VALUE_LIMIT + 1)
  expect(request.headers).toHaveLength(ENTRY_LIMIT)
  expect(request.headers.every(([, value]) => value.length <= REQUEST_VALUE_LIMIT + 1)).toBe(true)
})
