import { Client, createEnviron } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gate, RawConnection, rawRequest, serveForTest } from '../gateway/raw.test-support.ts'
import { normalizePath } from '../http/path.ts'
import type { Application } from '../protocol.ts'
import { fromFetch } from './from-fetch.ts'

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

  test.each(['a/b', 'user@a', 'a?b', 'a b', '1.2.3.4.5', 'a:b', 'a:65536'])(
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
