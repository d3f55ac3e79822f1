import { Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fetchHandler } from '../gateway/fetch-handler.ts'
import { gate, RawConnection, rawRequest, serveForTest } from '../gateway/raw.test-support.ts'
import { normalizePath } from '../http/path.ts'
import type { Application } from '../protocol.ts'
import { stack } from '../stack.ts'
import type { FetchHost } from './fetch-host.ts'
import { type FetchSource, fromFetch } from './from-fetch.ts'

/** What a handler was asked with. */
function recorder(): { app: Application; seen: Request[] } {
  const seen: Request[] = []
  const app = fromFetch((request: Request) => {
    seen.push(request)
    return new Response('ok')
  })
  return { app, seen }
}

describe('the Request', () => {
  test('is made of environ', async () => {
    const { app, seen } = recorder()
    await new Client(app).post('https://example.org:8443/a/b?x=1', {
      headers: [
        ['Accept', 'text/html'],
        ['Accept', 'text/plain'],
        ['Cookie', 'a=1'],
        ['Cookie', 'b=2'],
        ['Content-Type', 'text/plain'],
      ],
      body: 'hi',
    })
    const request = seen[0] as Request
    expect(request.method).toBe('POST')
    expect(request.url).toBe('https://example.org:8443/a/b?x=1')
    expect(request.headers.get('accept')).toBe('text/html, text/plain')
    expect(request.headers.get('cookie')).toBe('a=1; b=2')
    expect(request.headers.get('content-type')).toBe('text/plain')
    expect(request.headers.get('content-length')).toBe('2')
  })

  test('has what the layers outside changed', async () => {
    const { app, seen } = recorder()
    const outer: Application = (environ, startResponse) =>
      app(
        {
          ...environ,
          SCRIPT_NAME: '/prefix',
          HTTP_HOST: 'public.example',
          'wsgi.url_scheme': 'https',
          REMOTE_ADDR: '192.0.2.1',
          HTTP_X_ADDED: 'yes',
        },
        startResponse,
      )
    await new Client(outer).get('/a')
    expect(seen[0]?.url).toBe('https://public.example/prefix/a')
    expect(seen[0]?.headers.get('x-added')).toBe('yes')
    expect(seen[0]).toHaveProperty('ip', '192.0.2.1')
  })

  test('has the name of the server where there is no Host', async () => {
    const { app, seen } = recorder()
    for (const SERVER_NAME of ['unix.example', '::1']) {
      await new Client(app).get('/', {
        environ: { HTTP_HOST: undefined, SERVER_NAME, SERVER_PORT: '8080' } as never,
      })
    }
    expect(seen.map(({ url }) => url)).toEqual(['http://unix.example:8080/', 'http://[::1]:8080/'])
  })

  test.each(['a/b', 'user@a', 'a?b', 'a b', '1.2.3.4.5', 'a:b'])(
    'the host %s is answered 400',
    async (host) => {
      const { app, seen } = recorder()
      const answer = await new Client(app).get('/', { environ: { HTTP_HOST: host } })
      expect(answer.status).toBe(400)
      expect(seen).toEqual([])
    },
  )

  test.each(['TRACE', 'CONNECT'])('%s is answered 501', async (method) => {
    expect((await new Client(recorder().app).request('/', { method })).status).toBe(501)
  })

  test('streams the body, which is read when the handler reads it', async () => {
    const calls: string[] = []
    async function* body(): AsyncGenerator<Uint8Array> {
      calls.push('read')
      yield new TextEncoder().encode('a')
      yield new TextEncoder().encode('b')
    }
    const app = fromFetch(async (request: Request) => {
      calls.push('handler')
      return new Response(`${await request.text()}!`)
    })
    const answer = await new Client(app).post('/', { body: body() })
    expect(answer.text()).toBe('ab!')
    expect(calls).toEqual(['handler', 'read'])
  })

  test('has no body for GET, nor where none was sent', async () => {
    const { app, seen } = recorder()
    await new Client(app).get('/', { body: 'left out' })
    await new Client(app).post('/')
    await new Client(app).post('/', { body: '' })
    expect(seen.map(({ body }) => body)).toEqual([null, null, null])
  })

  test('a body that is cancelled ends the reading of the input', async () => {
    let ended = false
    const app = fromFetch(async (request: Request) => {
      const reader = (request.body as ReadableStream).getReader()
      await reader.read()
      await reader.cancel()
      return new Response('enough')
    })
    const environ = createEnviron('/', { method: 'POST', body: 'abc' })
    environ['wsgi.input'] = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: new Uint8Array(1) }),
        return: async () => {
          ended = true
          return { done: true, value: undefined }
        },
      }),
    }
    await app(environ, () => () => {})
    expect(ended).toBe(true)
  })

  test('its signal aborts when the client leaves', async () => {
    const begun = gate()
    let reason: unknown
    const server = await serveForTest(
      fromFetch(async (request: Request) => {
        begun.open()
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
        reason = request.signal.reason
        return new Response('late')
      }),
    )
    const connection = await RawConnection.open(server)
    connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await begun.opened
    connection.socket.destroy()
    await expect.poll(() => reason).toBeInstanceOf(DOMException)
  })

  test('every spelling of a path arrives as the same string as on the Node gateway', async () => {
    const paths: string[] = []
    const inner = fromFetch((request: Request) => {
      paths.push(new URL(request.url).pathname)
      return new Response(null, { status: 204 })
    })
    const server = await serveForTest((environ, startResponse) => {
      paths.push(environ.PATH_INFO)
      return inner(environ, startResponse)
    })
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        'a',
        '%61',
        '%2F',
        '%2f',
        '%41',
        '%7e',
        '%C3%bc',
        '%zz',
        '%25',
        "'",
        ';=@',
        '%20',
      ),
      fc.constantFrom('/./', '/%2e/', '/a/../', '/b/%2E%2e/', '|', '{', '^', '[]', '%5C', '\\', '"', '`'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const path = `/x${pieces.join('')}`
        paths.length = 0
        await rawRequest(server, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
        expect(paths).toEqual([normalizePath(path), normalizePath(path)])
      }),
      { numRuns: 200 },
    )
  })
})

describe('what the handler gets after it', () => {
  test('has the address of the peer where the handlers of other hosts look for it', async () => {
    let host: FetchHost | undefined
    const app = fromFetch((_request: Request, given: FetchHost) => {
      host = given
      return new Response('ok')
    })
    await new Client(app).get('/', { environ: { REMOTE_ADDR: '192.0.2.1', REMOTE_PORT: '7' } })
    expect(host?.remoteAddr).toEqual({ transport: 'tcp', hostname: '192.0.2.1', port: 7 })
    expect(host?.requestIP()).toEqual({ address: '192.0.2.1', family: 'IPv4', port: 7 })
    expect(host?.incoming.socket.remoteAddress).toBe('192.0.2.1')
    expect(host?.environ.REMOTE_ADDR).toBe('192.0.2.1')

    await new Client(app).get('/', { environ: { REMOTE_ADDR: undefined, REMOTE_PORT: undefined } as never })
    expect(host?.requestIP()).toBeNull()
    expect(host?.incoming.socket.remoteFamily).toBeUndefined()
  })

  test('is what a fetch host gave', async () => {
    const app = fromFetch((_request: Request, env: { name: string }) => new Response(env.name))
    const answer = await fetchHandler<[object]>(stack(app))(new Request('http://a/'), { name: 'binding' })
    expect(await answer.text()).toBe('binding')
  })

  test('is what the option gives', async () => {
    const app = fromFetch(
      (_request: Request, path: string, number: number) => new Response(`${path} ${number}`),
      {
        arguments: (environ) => [environ.PATH_INFO, 2],
      },
    )
    expect((await new Client(app).get('/a')).text()).toBe('/a 2')
  })
})

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

describe('fromFetch', () => {
  test('takes any object with fetch, and calls it as its method', async () => {
    class Worker {
      greeting = 'Hello'
      fetch(): Response {
        return new Response(this.greeting)
      }
    }
    expect((await new Client(fromFetch(new Worker())).get('/')).text()).toBe('Hello')
    expect(fromFetch(new Worker()).name).toBe('Worker')
  })

  test('takes a function that has fetch, as an application of its own', async () => {
    const app = Object.assign(() => 'not called', { fetch: () => new Response('called') })
    expect((await new Client(fromFetch(app as unknown as FetchSource)).get('/')).text()).toBe('called')
  })

  test('an error of the handler is that of the application', async () => {
    const app = fromFetch(() => {
      throw new Error('failed')
    })
    await expect(new Client(app).get('/')).rejects.toThrow('failed')
  })

  test.each([undefined, null, {}, 'x'])('%s throws when it is given', (value) => {
    expect(() => fromFetch(value as never)).toThrow(TypeError)
  })

  test('an option that is no function throws when it is given', () => {
    expect(() => fromFetch(() => new Response(), { arguments: [] as never })).toThrow(TypeError)
  })
})
