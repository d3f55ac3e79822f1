import { isFetchResponse, respondWithFetch, validate } from '@stapel/core'
import { serve } from '@stapel/core/node'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { Request, Response } from './index.ts'

test('status, reason, headers and body are kept', async () => {
  const app = Request.application(
    () => new globalThis.Response('Hello', { status: 404, statusText: 'Nowhere', headers: { 'X-A': '1' } }),
  )
  const answer = await new Client(app).get('/')
  expect(answer.status).toBe(404)
  expect(answer.reason).toBe('Nowhere')
  expect(answer.headers.get('x-a')).toBe('1')
  expect(answer.headers.get('content-type')).toBe('text/plain;charset=UTF-8')
  expect(answer.text()).toBe('Hello')
})

test('a missing reason is filled in', async () => {
  const app = Request.application(() => new globalThis.Response(null, { status: 418 }))
  expect((await new Client(app).get('/')).reason).toBe("I'm a Teapot")
})

test('each Set-Cookie stays a header of its own', async () => {
  const headers = new globalThis.Headers({ 'X-A': '1' })
  headers.append('Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT')
  headers.append('Set-Cookie', 'b=2')
  const app = Request.application(() => new globalThis.Response('', { headers }))
  const answer = await new Client(app).get('/')
  expect(answer.headers.getSetCookie()).toEqual(['a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT', 'b=2'])
})

test('hop-by-hop headers are left to the gateway', async () => {
  const headers = { Connection: 'close', 'Keep-Alive': 'timeout=5', 'X-A': '1' }
  const app = Request.application(() => new globalThis.Response('', { headers }))
  const answer = await new Client(app).get('/')
  expect([...answer.headers.keys()]).not.toContain('connection')
  expect(answer.headers.get('x-a')).toBe('1')
})

test('Connection: close ends the connection, and a body of one chunk has its length', async () => {
  const app = Request.application(
    () => new globalThis.Response('Hello', { headers: { Connection: 'close' } }),
  )
  const server = await serve(validate(app), { port: 0, host: '127.0.0.1' })
  try {
    const response = await fetch(server.url)
    expect(response.headers.get('connection')).toBe('close')
    expect(response.headers.get('content-length')).toBe('5')
    expect(await response.text()).toBe('Hello')
  } finally {
    await server.close()
  }
})

test('the body is streamed chunk by chunk', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('a'))
      controller.enqueue(new TextEncoder().encode('b'))
      controller.close()
    },
  })
  const answer = await new Client(Request.application(() => new globalThis.Response(body))).get('/')
  expect(answer.chunks).toHaveLength(2)
  expect(answer.text()).toBe('ab')
})

test('a body that nobody wants is cancelled', async () => {
  let cancelled = 0
  const app = Request.application(() => {
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(1))
      },
      cancel() {
        cancelled++
      },
    })
    return new globalThis.Response(body, { status: 200 })
  })
  const answer = await new Client(app).head('/')
  expect(answer.chunks).toEqual([])
  expect(cancelled).toBe(1)
})

test('a body is cancelled when its head cannot be sent', () => {
  let cancelled = 0
  const body = new ReadableStream({
    cancel() {
      cancelled++
    },
  })
  const refuse = (): never => {
    throw new Error('refused')
  }
  expect(() => respondWithFetch(new globalThis.Response(body), refuse)).toThrow('refused')
  expect(cancelled).toBe(1)
})

test('what fetch has decoded is not announced as coded', () => {
  const fetched = new globalThis.Response('plain', {
    headers: { 'Content-Encoding': 'gzip', 'Content-Length': '25', 'X-A': '1' },
  })
  Object.defineProperty(fetched, 'url', { value: 'http://upstream.example/' })
  const names: string[] = []
  respondWithFetch(fetched, (_status, headers) => {
    names.push(...headers.map(([name]) => name))
    return () => {}
  })
  expect(names.sort()).toEqual(['content-type', 'x-a'])
})

test('a coding that the application made itself is kept', async () => {
  const app = Request.application(
    () => new globalThis.Response(new Uint8Array([1]), { headers: { 'Content-Encoding': 'br' } }),
  )
  expect((await new Client(app).get('/')).headers.get('content-encoding')).toBe('br')
})

test('a Response that was read before is refused', async () => {
  const response = new globalThis.Response('once')
  await response.text()
  await expect(new Client(Request.application(() => response)).get('/')).rejects.toThrow('read already')
})

test('tells fetch Responses from other values', () => {
  expect(isFetchResponse(new globalThis.Response())).toBe(true)
  expect(isFetchResponse({ bodyUsed: false, headers: { getSetCookie: () => [] } })).toBe(true)
  expect(isFetchResponse(new Response())).toBe(false)
  expect(isFetchResponse({ bodyUsed: false, headers: {} })).toBe(false)
  expect(isFetchResponse(null)).toBe(false)
  expect(isFetchResponse('200')).toBe(false)
})
