import { once } from 'node:events'
import { createServer } from 'node:net'
import { type Application, type Chunk, NotFound, validate } from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Client } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { createEnviron } from './environ.ts'

/** A client of an application that is served on a free port. */
async function served(app: Application, options?: ClientOptions): Promise<Client> {
  const running: RunningServer = await serve(validate(app), { port: 0, errors: { write() {}, flush() {} } })
  onTestFinished(() => running.close())
  return new Client(running.url, options)
}

/** A client of a server that sends some bytes whatever it gets. */
async function answeredBy(bytes: string): Promise<Client> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(bytes, 'latin1'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  return new Client(`http://127.0.0.1:${port}`)
}

const echo = Request.application(async (request) =>
  Response.json({
    method: request.method,
    uri: request.environ.REQUEST_URI,
    headers: [...request.headers],
    body: await request.text(),
  }),
)

interface Echoed {
  method: string
  uri: string
  headers: [string, string][]
  body: string
}

test('the same calls go over the wire', async () => {
  const client = await served(echo)
  const answer = await client.post('/a', {
    query: { b: 'c' },
    json: { d: 'ü' },
    headers: { 'X-Custom': 'e' },
  })
  expect([answer.status, answer.reason, answer.headers.get('content-type')]).toEqual([
    200,
    'OK',
    'application/json',
  ])
  const seen = answer.json<Echoed>()
  expect(seen).toMatchObject({ method: 'POST', uri: '/a?b=c', body: '{"d":"ü"}' })
  expect(seen.headers).toContainEqual(['x-custom', 'e'])
  expect(answer.request.path).toBe('/a')
  expect(answer.errors).toBe('')
})

test('nothing is added to the request but its connection', async () => {
  const { headers } = (await (await served(echo)).get('/')).json<Echoed>()
  expect(headers.map(([name]) => name).sort()).toEqual(['connection', 'host'])
})

test.each(['POST', 'PUT', 'PATCH'])('%s without a body says that it has none', async (method) => {
  const seen = (await (await served(echo)).open('/', { method })).json<Echoed>()
  expect(seen.headers).toContainEqual(['content-length', '0'])
})

test.each([
  { kind: 'GET with a body', method: 'GET', body: 'a' },
  { kind: 'TRACE', method: 'TRACE' },
  { kind: 'DELETE with a body', method: 'DELETE', body: 'a' },
])('$kind, which fetch refuses, is sent', async ({ kind: _, ...init }) => {
  const seen = (await (await served(echo)).open('/', init)).json<Echoed>()
  expect(seen).toMatchObject({ method: init.method, body: init.body ?? '' })
})

test('an environ that was made by hand is sent to the server of the client', async () => {
  const client = await served(echo)
  const environ = createEnviron('/a?b', { method: 'PUT', body: 'content', headers: { 'X-Custom': 'c' } })
  const answer = await client.open(environ)
  const seen = answer.json<Echoed>()
  expect(seen).toMatchObject({ method: 'PUT', uri: '/a?b', body: 'content' })
  expect(seen.headers).toContainEqual(['x-custom', 'c'])
  expect(seen.headers).toContainEqual(['content-length', '7'])
  expect(answer.request.host).not.toBe('localhost')
})

test('a fetch Request is sent, when it is for the server of the client', async () => {
  const running = await serve(validate(echo), { port: 0 })
  onTestFinished(() => running.close())
  const client = new Client(running.url)
  const request = new globalThis.Request(`${running.url}/a`, { method: 'POST', body: 'content' })
  expect((await client.open(request)).json<Echoed>()).toMatchObject({
    method: 'POST',
    uri: '/a',
    body: 'content',
  })
  await expect(client.open(new globalThis.Request('http://example.invalid/'))).rejects.toThrow(RangeError)
})

test('the path is sent as it is', async () => {
  const seen = (await (await served(echo)).get('/a/../%62//c?%')).json<Echoed>()
  expect(seen.uri).toBe('/a/../%62//c?%')
})

test('compressed content comes as it is', async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['Content-Encoding', 'gzip']])
    return new Uint8Array([31, 139])
  }
  const answer = await (await served(app)).get('/', { headers: { 'Accept-Encoding': 'gzip' } })
  expect(answer.bytes()).toEqual(new Uint8Array([31, 139]))
})

test('repeated headers stay apart, in order and as they were written', async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse('299 Fine So Far', [
      ['X-A', '1'],
      ['Set-Cookie', 'a=b'],
      ['x-a', '2'],
    ])
    return ''
  }
  const answer = await (await served(app)).get('/')
  expect([answer.status, answer.reason]).toEqual([299, 'Fine So Far'])
  expect(answer.headers.toList().filter(([name]) => /^(x-a|set-cookie)$/i.test(name))).toEqual([
    ['X-A', '1'],
    ['Set-Cookie', 'a=b'],
    ['x-a', '2'],
  ])
  expect(answer.headers.has('connection')).toBe(false)
  expect(answer.cookies.get('a')?.value).toBe('b')
})

test('errors are answers', async () => {
  const client = await served(() => {
    throw new NotFound()
  })
  expect((await client.get('/')).status).toBe(404)
  const broken = await served(() => {
    throw new Error('on purpose')
  })
  expect((await broken.get('/')).status).toBe(500)
})

test('a form with files arrives', async () => {
  const app = Request.application(async (request) => {
    const form = await request.formData()
    return Response.json([form.get('name'), await (form.get('file') as File).text()])
  })
  const form = { name: 'Ada', file: new File(['x'.repeat(200_000)], 'a.txt') }
  expect((await (await served(app)).post('/', { form })).json()).toEqual(['Ada', 'x'.repeat(200_000)])
})

describe('streams', () => {
  test('a body is sent while it is made', async () => {
    const seen: string[] = []
    const app: Application = async (environ, startResponse) => {
      for await (const chunk of environ['wsgi.input']) {
        seen.push(`got ${new TextDecoder().decode(chunk)}`)
        arrived()
      }
      startResponse('200 OK', [])
      return environ.HTTP_TRANSFER_ENCODING ?? ''
    }
    let arrived: () => void = () => {}
    const client = await served(app)
    const body = async function* (): AsyncGenerator<Chunk, void> {
      for (const chunk of ['a', 'b']) {
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve
        })
        yield chunk
        await arrival
        seen.push(`sent ${chunk}`)
      }
    }
    expect((await client.post('/', { body: body() })).text()).toBe('chunked')
    expect(seen).toEqual(['got a', 'sent a', 'got b', 'sent b'])
  })

  test('more than the server reads at once is sent', async () => {
    const app = Request.application(
      async (request) => new Response(String((await request.bytes({ limit: 10_000_000 })).byteLength)),
    )
    const body = Array.from({ length: 80 }, () => new Uint8Array(100_000))
    expect((await (await served(app)).post('/', { body })).text()).toBe('8000000')
  })

  test('a body is left when the answer comes before its end', async () => {
    const client = await answeredBy('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n')
    let left: () => void = () => {}
    const leaving = new Promise<void>((resolve) => {
      left = resolve
    })
    const body = async function* (): AsyncGenerator<Chunk, void> {
      try {
        for (;;) {
          yield 'a'
          await new Promise((resolve) => setImmediate(resolve))
        }
      } finally {
        left()
      }
    }
    expect((await client.post('/', { body: body() })).status).toBe(413)
    await leaving
  })

  test('an answer is read chunk by chunk, and left', async () => {
    const app: Application = async function* (environ, startResponse) {
      const { signal } = environ['stapel.context']
      startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      yield 'one'
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      told()
    }
    let told: () => void = () => {}
    const leaving = new Promise<void>((resolve) => {
      told = resolve
    })
    const answer = await (await served(app)).stream('/')
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    for await (const chunk of answer) {
      expect(new TextDecoder().decode(chunk)).toBe('one')
      break
    }
    await leaving
  })

  test('the reader may leave while a chunk waits for it', async () => {
    const answer = await (await served(() => 'never read')).stream('/').catch((error: unknown) => error)
    expect(answer).toMatchObject({ status: 500 })
    const other = await (
      await served((_environ, startResponse) => {
        startResponse('200 OK', [])
        return 'x'.repeat(1_000_000)
      })
    ).stream('/')
    await other.leave()
  })

  test('a signal ends the call', async () => {
    const left = new AbortController()
    const app: Application = async (environ, startResponse) => {
      const { signal } = environ['stapel.context']
      const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      left.abort(new Error('enough'))
      await gone
      startResponse('200 OK', [])
      return ''
    }
    await expect((await served(app)).get('/', { signal: left.signal })).rejects.toThrow('enough')
    await expect(
      (await served(app)).get('/', { signal: AbortSignal.abort(new Error('early')) }),
    ).rejects.toThrow('early')
  })

  test('a body that fails ends the call', async () => {
    const body = (async function* () {
      yield 'a'
      throw new Error('no more')
    })()
    await expect((await served(echo)).post('/', { body })).rejects.toThrow('no more')
  })
})

describe('answers that are none', () => {
  test.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHello', 'aborted'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n', 'aborted'],
    ['', 'socket hang up'],
    ['SSH-2.0', 'Parse Error'],
    ['HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', 'changed the protocol'],
  ])('%j rejects', async (bytes, message) => {
    await expect((await answeredBy(bytes)).get('/')).rejects.toThrow(message)
  })

  test('a server that is not there rejects', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    await expect(new Client(`http://127.0.0.1:${port}`).get('/')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    })
  })

  test('header values may be latin-1, and the reason empty', async () => {
    const answer = await (
      await answeredBy('HTTP/1.1 200 \r\nX-Name: caf\xe9\r\nContent-Length: 0\r\n\r\n')
    ).get('/')
    expect([answer.reason, answer.headers.get('x-name')]).toEqual(['', 'caf\xe9'])
  })

  test('an answer over the limit rejects', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'x'.repeat(100)
    }
    await expect((await served(app, { answerLimit: 99 })).get('/')).rejects.toThrow(RangeError)
  })
})

describe('cookies and redirects', () => {
  test('are those of any client', async () => {
    const app = Request.application((request) => {
      if (request.path === '/in') {
        const response = Response.redirect('/', 303)
        response.setCookie('user', 'Ada', { secure: true })
        return response
      }
      return new Response(`Hello ${request.cookies.get('user')}`)
    })
    const client = await served(app, { followRedirects: true })
    const answer = await client.post('/in', { form: { name: 'Ada' } })
    expect([answer.text(), answer.history.length]).toEqual(['Hello Ada', 1])
    expect((await client.get('/')).text()).toBe('Hello Ada')
  })

  test('another host is not visited', async () => {
    const client = await served(
      Request.application(() => Response.redirect('http://example.invalid/', 302)),
      { followRedirects: true },
    )
    expect((await client.get('/')).redirectTarget?.href).toBe('http://example.invalid/')
    await expect(client.get('http://example.invalid/')).rejects.toThrow(RangeError)
    await expect(client.get('/', { headers: { Host: 'localhost' } })).resolves.toMatchObject({ status: 302 })
  })
})

test('the path of its URL is where the application is mounted', async () => {
  const running = await serve(validate(echo), { port: 0 })
  onTestFinished(() => running.close())
  const answer = await new Client(`${running.url}/shop/`).get('/item')
  expect(answer.json<Echoed>().uri).toBe('/shop/item')
  expect(answer.request.scriptName).toBe('/shop')
})

test('an agent makes the connections', async () => {
  const { Agent } = await import('node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const ports = Request.application((request) => new Response(request.environ.REMOTE_PORT ?? ''))
  const client = await served(ports, { agent })
  expect((await client.get('/')).text()).toBe((await client.get('/')).text())
})

test.each([
  { base: 'http://localhost' },
  { environ: {} },
  { validate: false },
  { rejectErrors: true },
] as ClientOptions[])('%j is for applications', (options) => {
  expect(() => new Client('http://localhost', options)).toThrow(TypeError)
})

test('environ is for applications', async () => {
  await expect(new Client('http://localhost').get('/', { environ: {} })).rejects.toThrow(TypeError)
})

test.each(['localhost', 'ftp://localhost', 'http://user@localhost', 'http://localhost/?a'])(
  '%s is no URL to call',
  (url) => {
    expect(() => new Client(url)).toThrow(TypeError)
  },
)
