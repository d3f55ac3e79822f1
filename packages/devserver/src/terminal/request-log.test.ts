import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { RequestRecord } from './request-line.ts'
import { recordRequest } from './request-log.ts'

/** What is recorded of one request to a handler. */
async function recordOf(handler: RequestListener, init: RequestInit = {}): Promise<RequestRecord> {
  const recorded = new Promise<RequestRecord>((resolve) => {
    const server = createServer((req, res) => {
      recordRequest(req, res, resolve)
      handler(req, res)
    })
    server.listen(0, '127.0.0.1')
    onTestFinished(() => {
      server.close()
      server.closeAllConnections()
    })
    void once(server, 'listening').then(() =>
      fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?q`, init)
        .then((response) => response.arrayBuffer())
        .catch(() => {}),
    )
  })
  return await recorded
}

test('the bytes of the body are counted as they are sent', async () => {
  const record = await recordOf((_req, res) => {
    res.write('ä')
    res.write(Buffer.alloc(10))
    res.end('Zg==', 'base64')
  })
  expect(record).toMatchObject({ method: 'GET', target: '/path?q', status: 200, bytes: 13, note: undefined })
})

test('a target that a handler rewrites is recorded as it came', async () => {
  const record = await recordOf((req, res) => {
    req.url = '/rewritten'
    res.statusCode = 404
    res.end()
  })
  expect(record).toMatchObject({ target: '/path?q', status: 404, bytes: 0 })
})

test('what went over the connection is kept', async () => {
  const record = await recordOf(
    (_req, res) => {
      res.writeHead(201, 'Made', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
      res.end('x')
    },
    { headers: { 'X-Sent': 'yes' } },
  )
  const { request, answer } = record.heads?.() ?? {}
  expect(request?.line).toBe('GET /path?q HTTP/1.1')
  expect(request?.headers).toContainEqual(['X-Sent', 'yes'])
  expect(answer?.line).toBe('HTTP/1.1 201 Made')
  expect(answer?.headers).toEqual(
    expect.arrayContaining([
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ]),
  )
})

test('of a request without an answer there is the request', async () => {
  const record = await recordOf((_req, res) => void res.destroy())
  expect(record.heads?.()).toMatchObject({ request: { line: 'GET /path?q HTTP/1.1' }, answer: undefined })
})

test('an answer without an end is marked', async () => {
  expect(await recordOf((_req, res) => void res.destroy())).toMatchObject({ status: 0, note: 'client left' })
})
