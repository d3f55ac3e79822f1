import type { Application } from '@stapel/core'
import { applicationShapes, Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { refuseCrossSite, safeHeaders } from './safety.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

test.each(applicationShapes)('safeHeaders adds its headers over $name', async ({ make }) => {
  const app = make({ status: '200 OK', headers: [['X-Own', '1']], chunks: ['a', 'b'] })
  const answer = await new Client(safeHeaders(app)).get('/')
  expect(answer.text()).toBe('ab')
  expect(answer.headers.get('x-own')).toBe('1')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
})

test('safeHeaders keeps what the answer says itself', async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['content-security-policy', "default-src 'self'"]])
    return 'Hello'
  }
  const answer = await new Client(safeHeaders(app)).get('/')
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'self'")
})

test.each([
  ['cross-site', 403],
  ['same-site', 403],
  ['same-origin', 200],
  ['none', 200],
])('refuseCrossSite answers a form from %s with %i', async (site, status) => {
  const answer = await new Client(refuseCrossSite(hello)).post('/', { headers: { 'Sec-Fetch-Site': site } })
  expect(answer.status).toBe(status)
})

test('refuseCrossSite lets links from other sites in, and clients that are no browsers', async () => {
  const client = new Client(refuseCrossSite(hello))
  expect((await client.get('/', { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status).toBe(200)
  expect((await client.post('/')).status).toBe(200)
})
