import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { nodeHandler } from './node-handler.ts'
import { RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'
import { serve } from './serve.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'Hello'
}
const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

function withHeaders(count: number, body = ''): string {
  const lines = Array.from({ length: count }, (_, index) => `X-${index}: y\r\n`).join('')
  return `POST / HTTP/1.1\r\nHost: a\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`
}

describe('maxHeadersCount', () => {
  test('a request with as many header fields is served', async () => {
    const server = await serveForTest(hello, { maxHeadersCount: 10 })
    const connection = await RawConnection.open(server)
    await connection.send(withHeaders(8)).until(/Hello$/)
  })

  test('one with more is answered 431, its body is not taken for a request, and the connection stays usable', async () => {
    const server = await serveForTest(hello, { maxHeadersCount: 10 })
    const connection = await RawConnection.open(server)
    connection.send(withHeaders(9, 'GET /body HTTP/1.1\r\n\r\n') + get)
    const answer = await connection.until(/Hello$/)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431', 'HTTP/1.1 200'])
  })

  test('one with more and without a body is answered 431 on a connection that stays usable', async () => {
    const server = await serveForTest(hello, { maxHeadersCount: 10 })
    const connection = await RawConnection.open(server)
    const lines = Array.from({ length: 20 }, (_, index) => `X-${index}: y\r\n`).join('')
    connection.send(`GET / HTTP/1.1\r\nHost: a\r\n${lines}\r\n${get}`)
    const answer = await connection.until(/Hello$/)
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431', 'HTTP/1.1 200'])
  })

  test('one with more than Node counts is, too', async () => {
    const server = await serveForTest(hello)
    const connection = await RawConnection.open(server)
    await connection.send(withHeaders(1500)).until(/^HTTP\/1\.1 431 /)
  })

  test.each([0, 1.5, 1001, Number.NaN])('%s is refused when the server is made', async (maxHeadersCount) => {
    await expect(serve(hello, { port: 0, maxHeadersCount })).rejects.toThrow(RangeError)
    expect(() => createServer(nodeHandler(hello, { maxHeadersCount }))).toThrow(RangeError)
  })
})

test('maxRequestsPerSocket closes the connection after the last', async () => {
  const server = await serveForTest(hello, { maxRequestsPerSocket: 2 })
  const connection = await RawConnection.open(server)
  const answers = await connection.send(get).send(get).untilClose()
  expect(answers.match(/Hello/g)).toHaveLength(2)
  expect(answers.match(/Connection: close/g)).toHaveLength(1)
})

test('maxConnections closes those that come when there are as many', async () => {
  const server = await serveForTest(hello, { maxConnections: 1 })
  const first = await RawConnection.open(server)
  await first.send(get).until(/Hello$/)
  expect(await rawRequest(server, get)).toBe('')
  await first.send(get).until(/Hello[\s\S]*Hello$/)
})

test('headersTimeout answers 408 to headers that do not come', async () => {
  const server = await serveForTest(hello, { headersTimeout: 40 })
  expect(await rawRequest(server, 'GET / HTTP/1.1\r\nHost:')).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
})

test('requestTimeout answers 408 to a body that does not come', async () => {
  const server = await serveForTest(
    async (environ, startResponse) => {
      await environ['stapel.context'].read()
      startResponse('200 OK', [])
      return ''
    },
    { requestTimeout: 40 },
  )
  const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nHel'
  expect(await rawRequest(server, request)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
})

test('keepAliveTimeout closes an idle connection', async () => {
  const server = await serveForTest(hello, { keepAliveTimeout: 10 })
  const connection = await RawConnection.open(server)
  expect(await connection.send(get).untilClose()).toMatch(/Hello$/)
})
