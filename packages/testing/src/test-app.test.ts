import { expect, test } from 'vitest'
import { Client } from './client.ts'
import { testApp } from './test-app.ts'

const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('shows the environ as JSON', async () => {
  const answer = await new Client(testApp).post('/a?b=c', { body: 'unread', headers: { 'X-Custom': 'd' } })
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.json()).toMatchObject({
    REQUEST_METHOD: 'POST',
    PATH_INFO: '/a',
    QUERY_STRING: 'b=c',
    HTTP_X_CUSTOM: 'd',
    'wsgi.version': [1, 0],
    'wsgi.input': '(Object)',
  })
})

test('shows it to browsers as a page, in which nothing is markup', async () => {
  const answer = await new Client(testApp).get('/', {
    headers: { ...html, 'X-Evil': '<script>alert("1")</script>' },
  })
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(answer.text()).toContain('<th scope="row">PATH_INFO</th><td>/</td>')
  expect(answer.text()).toContain('&lt;script&gt;')
  expect(answer.text()).not.toContain('<script')
})

test('is not stored, and tells the two apart for caches', async () => {
  const { headers } = await new Client(testApp).get('/')
  expect([headers.get('cache-control'), headers.get('vary')]).toEqual(['no-store', 'Accept'])
})

test('shows nothing of the process', async () => {
  const answer = await new Client(testApp).get('/')
  for (const name of ['PATH', 'HOME']) expect(Object.keys(answer.json<object>())).not.toContain(name)
  expect(answer.text()).not.toContain(process.cwd())
})
