import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { fetchHandler } from '../gateway/fetch-handler.ts'
import { gate, RawConnection, rawRequest, serveForTest } from '../gateway/raw.test-support.ts'
import { type FetchSource, fromFetch } from './from-fetch.ts'

describe('the Response', () => {
  test('gives status, reason, headers and body', async () => {
    const app = fromFetch(
      () =>
        new Response('caf\u00e9', {
          status: 201,
          statusText: 'Made',
          headers: [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-A', '1'],
            ['Connection', 'close'],
          ],
        }),
    )
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(201)
    expect(answer.reason).toBe('Made')
    expect([...answer.headers]).toEqual([
      ['content-type', 'text/plain;charset=UTF-8'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', '1'],
      ['content-length', '5'],
    ])
    expect(answer.text()).toBe('caf\u00e9')
  })

  test('that is an event stream sends its headers before there is an event', async () => {
    let events: ReadableStreamDefaultController | undefined
    const app = fromFetch(() => {
      const stream = new ReadableStream({
        start(controller) {
          events = controller
        },
      })
      return new Response(stream, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })
    })
    const rest = (answer: Response): Promise<string> => {
      events?.enqueue(new TextEncoder().encode('data: 1\n\n'))
      events?.close()
      return answer.text()
    }
    expect(await rest(await fetch((await serveForTest(app)).url))).toBe('data: 1\n\n')
    expect(await rest(await fetchHandler(app)(new Request('http://a.example/')))).toBe('data: 1\n\n')
  })

  test('gives the registered reason where it has none', async () => {
    expect((await new Client(fromFetch(() => new Response(null, { status: 404 }))).get('/')).reason).toBe(
      'Not Found',
    )
  })

  test.each([204, 205, 304])('of status %i has no content', async (status) => {
    const answer = await new Client(fromFetch(() => new Response(null, { status }))).get('/')
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-length')).toBeNull()
  })

  test('redirects', async () => {
    const answer = await new Client(fromFetch(() => Response.redirect('http://b/', 302))).get('/')
    expect(answer.status).toBe(302)
    expect(answer.headers.get('location')).toBe('http://b/')
  })

  test('streams chunk by chunk, and the next one is pulled at most one step ahead', async () => {
    let pulled = 0
    const app = fromFetch(
      () =>
        new Response(
          new ReadableStream(
            {
              pull(controller) {
                pulled++
                controller.enqueue(new TextEncoder().encode(String(pulled)))
                if (pulled === 4) controller.close()
              },
            },
            { highWaterMark: 0 },
          ),
        ),
    )
    const answer = await fetchHandler(app)(new Request('http://a/'))
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    expect(pulled).toBe(2)
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('1')
    expect(pulled).toBe(2)
    await reader.read()
    expect(pulled).toBe(2)
    await reader.read()
    expect(pulled).toBe(3)
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('4')
    expect((await reader.read()).done).toBe(true)
  })

  test('with a first chunk that lets the next one wait sends it at once', async () => {
    const proceed = gate()
    const app = fromFetch(
      () =>
        new Response(
          new ReadableStream({
            async start(controller) {
              controller.enqueue(new TextEncoder().encode('first'))
              await proceed.opened
              controller.enqueue(new TextEncoder().encode('second'))
              controller.close()
            },
          }),
        ),
    )
    const server = await serveForTest(app)
    const connection = await RawConnection.open(server)
    await connection.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').until(/first/)
    proceed.open()
    expect(await connection.untilClose()).toContain('second')
  })

  test('is cancelled when the client leaves, also before the first chunk', async () => {
    const cancelled: string[] = []
    const endless = (first?: string): Response =>
      new Response(
        new ReadableStream({
          start(controller) {
            if (first !== undefined) controller.enqueue(new TextEncoder().encode(first))
          },
          cancel: () => void cancelled.push(first ?? 'nothing'),
        }),
      )
    const begun = gate()
    const server = await serveForTest(
      fromFetch((request: Request) => {
        begun.open()
        return endless(request.url.endsWith('/empty') ? undefined : 'first')
      }),
    )
    const streaming = await RawConnection.open(server)
    await streaming.send('GET /full HTTP/1.1\r\nHost: a\r\n\r\n').until(/first/)
    streaming.socket.destroy()
    await expect.poll(() => cancelled).toEqual(['first'])

    const waiting = await RawConnection.open(server)
    waiting.send('GET /empty HTTP/1.1\r\nHost: a\r\n\r\n')
    await begun.opened
    waiting.socket.destroy()
    await expect.poll(() => cancelled).toEqual(['first', 'nothing'])
  })

  test('is not read for HEAD, and cancelled', async () => {
    const calls: string[] = []
    const app = fromFetch(
      () =>
        new Response(
          new ReadableStream(
            { pull: () => void calls.push('pull'), cancel: () => void calls.push('cancel') },
            { highWaterMark: 0 },
          ),
          { headers: { 'X-Kept': '1' } },
        ),
    )
    expect((await new Client(app).head('/')).headers.get('x-kept')).toBe('1')
    expect(calls).toEqual(['cancel'])
  })

  test('whose stream fails before its first chunk is answered 500', async () => {
    const app = fromFetch(
      () => new Response(new ReadableStream({ start: (c) => c.error(new Error('broken')) })),
    )
    const server = await serveForTest(app)
    expect(await rawRequest(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 500 /,
    )
    expect(server.log.join('')).toContain('broken')
  })

  test('that was encoded by another server and decoded by fetch loses the headers of the coding', async () => {
    const response = new Response('plain', {
      headers: { 'Content-Encoding': 'gzip', 'Content-Length': '99' },
    })
    Object.defineProperty(response, 'url', { value: 'http://b/' })
    const answer = await new Client(fromFetch(() => response)).get('/')
    expect(answer.headers.get('content-encoding')).toBeNull()
    expect(answer.headers.get('content-length')).toBe('5')
  })

  test('that asks for the end of the connection gets it', async () => {
    const server = await serveForTest(
      fromFetch((request: Request) => {
        const connection = request.url.endsWith('/last') ? 'X-Own, Close' : 'keep-alive'
        return new Response('Hello', { headers: { Connection: connection } })
      }),
    )
    const connection = await RawConnection.open(server)
    const first = await connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/Hello$/)
    expect(first).not.toMatch(/^Connection: close\r$/m)
    const all = await connection.send('GET /last HTTP/1.1\r\nHost: a\r\n\r\n').untilClose()
    expect(all.match(/^Connection: close\r$/gm)).toHaveLength(1)
    expect(all).toMatch(/Hello$/)
  })

  test('of another server does not close ours', async () => {
    const response = new Response('Hello', { headers: { Connection: 'close' } })
    Object.defineProperty(response, 'url', { value: 'http://b/' })
    const server = await serveForTest(fromFetch(() => response))
    const connection = await RawConnection.open(server)
    const answer = await connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/Hello$/)
    expect(answer).toMatch(/^Connection: keep-alive\r$/m)
  })

  test.each<[string, () => unknown, string]>([
    ['Response.error()', () => Response.error(), 'a Response of type error and status 0'],
    ['nothing', () => undefined, 'Got undefined from the fetch handler'],
    ['an object', async () => ({ status: 200 }), 'Got an object of class Object from the fetch handler'],
    [
      'a Response that was read',
      async () => {
        const response = new Response('x')
        await response.text()
        return response
      },
      'clone() it first',
    ],
  ])('%s is an error that says so', async (_, handler, message) => {
    await expect(new Client(fromFetch(handler as FetchSource)).get('/')).rejects.toThrow(message)
  })
})
