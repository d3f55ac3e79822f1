import { once } from 'node:events'
import {
  type ClientHttp2Session,
  constants,
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { Readable } from 'node:stream'
import connect from 'connect'
import { describe, expect, onTestFinished, test } from 'vitest'
import { answerOf, session } from '../gateway/http2.test-support.ts'
import { gate } from '../gateway/raw.test-support.ts'
import { testCertificate } from '../gateway/tls.test-support.ts'
import type { Middleware } from '../protocol.ts'
import { transform } from '../transform.ts'
import { validate } from '../validate.ts'
import { toConnect } from './to-connect.ts'

type Handler = (req: Http2ServerRequest, res: Http2ServerResponse, next: (error?: unknown) => void) => void

/** A server of HTTP/2 whose listener is a chain of handlers, and a client of it. */
async function served(...chain: readonly Handler[]): Promise<ClientHttp2Session> {
  const server = createSecureServer(testCertificate, (req, res) => {
    const call = (index: number, error?: unknown): void => {
      const handler = chain[index]
      if (error === undefined && handler !== undefined) {
        handler(req, res, (failure) => call(index + 1, failure))
        return
      }
      res.statusCode = error === undefined ? 404 : ((error as { status?: number }).status ?? 500)
      res.end(error === undefined ? 'nothing' : `failed: ${(error as Error).message}`)
    }
    call(0)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return session({ url: `https://127.0.0.1:${(server.address() as { port: number }).port}` })
}

/** Checks that what follows in the chain is an application like any other. */
const checked: Middleware = (app) => validate(app)

const layer =
  (name: string): Middleware =>
  (app) =>
  (environ, startResponse) =>
    app(environ, (status, headers, error) => startResponse(status, [...headers, ['x-layer', name]], error))

test('what later handlers write flows out through the middleware, with the headers of all', async () => {
  const client = await served(
    (_req, res, next) => {
      res.setHeader('X-Before', '1')
      next()
    },
    toConnect(layer('outer'), checked),
    (_req, res) => {
      res.setHeader('Set-Cookie', ['a=1', 'b=2'])
      res.writeHead(201, { 'Content-Type': 'text/plain' })
      res.end('Hello')
    },
  )
  const answer = await answerOf(client.request())
  expect(answer).toMatchObject({ status: 201, text: 'Hello', code: 0 })
  expect(answer.headers).toMatchObject({
    'x-before': '1',
    'x-layer': 'outer',
    'content-type': 'text/plain',
    'content-length': '5',
    'set-cookie': ['a=1', 'b=2'],
  })
})

test('the middleware sees protocol, authority and body; the handlers what it changed', async () => {
  const seen: unknown[] = []
  const rewrite: Middleware = (app) => (environ, startResponse) => {
    seen.push(environ.SERVER_PROTOCOL, environ.HTTP_HOST)
    const changed = { ...environ, PATH_INFO: '/new', HTTP_HOST: 'example.org', REMOTE_ADDR: '192.0.2.1' }
    return app(changed, startResponse)
  }
  const client = await served(toConnect(rewrite, checked), async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    res.end(JSON.stringify([req.url, req.authority, req.headers.host, req.socket.remoteAddress, text]))
  })
  const stream = client.request({ ':method': 'POST', ':path': '/old', ':authority': 'a.example' })
  stream.end('body')
  const answer = await answerOf(stream)
  expect(seen).toEqual(['HTTP/2.0', 'a.example'])
  expect(JSON.parse(answer.text)).toEqual(['/new', 'example.org', 'example.org', '192.0.2.1', 'body'])
})

test('a stream flows through chunk by chunk', async () => {
  const rest = gate()
  const client = await served(toConnect(layer('outer'), checked), (_req, res) => {
    res.write('first ')
    void rest.opened.then(() => res.end('second'))
  })
  const stream = client.request()
  const answer = answerOf(stream)
  await once(stream, 'data')
  rest.open()
  expect(await answer).toMatchObject({ text: 'first second', code: 0 })
})

test('large streams are held back and arrive whole', async () => {
  let waited = 0
  const client = await served(toConnect(checked), (_req, res) => {
    res.on('drain', () => {
      waited++
    })
    Readable.from(Array.from({ length: 300 }, (_, i) => String(i % 10).repeat(10_000))).pipe(res)
  })
  const { text } = await answerOf(client.request())
  expect(text.length).toBe(3_000_000)
  expect(text.slice(-10_000)).toBe('9'.repeat(10_000))
  expect(waited).toBeGreaterThan(10)
})

test('handlers see a response that is over once they have ended it', async () => {
  const states: unknown[] = []
  const late = transform(async function late(answer) {
    await new Promise(setImmediate)
    return answer
  })
  const finished = gate()
  const written = gate()
  const client = await served(toConnect(late, checked), (_req, res) => {
    states.push(res.headersSent, res.writableEnded)
    res.on('finish', finished.open)
    res.end('done')
    states.push(res.headersSent, res.writableEnded, res.finished)
    for (const change of [() => res.setHeader('X-Late', '1'), () => res.writeHead(500)]) {
      try {
        change()
      } catch (error) {
        states.push((error as NodeJS.ErrnoException).code)
      }
    }
    res.write('more', (error?: NodeJS.ErrnoException | null) => {
      states.push(error?.code)
      written.open()
    })
  })
  expect(await answerOf(client.request())).toMatchObject({ status: 200, text: 'done' })
  await Promise.all([finished.opened, written.opened])
  expect(states).toEqual([
    false,
    false,
    true,
    true,
    true,
    'ERR_HTTP2_HEADERS_SENT',
    'ERR_HTTP2_HEADERS_SENT',
    'ERR_STREAM_WRITE_AFTER_END',
  ])
})

test('several of them stack', async () => {
  const client = await served(
    toConnect(layer('first'), checked),
    toConnect(layer('second'), checked),
    (_req, res) => {
      res.setHeader('x-own', 'yes')
      Readable.from(Array.from({ length: 50 }, () => 'x'.repeat(10_000))).pipe(res)
    },
  )
  const answer = await answerOf(client.request())
  expect(answer.headers).toMatchObject({ 'x-own': 'yes', 'x-layer': 'second, first' })
  expect(answer.text.length).toBe(500_000)
})

test('headers are flushed before there is a body', async () => {
  const rest = gate()
  const client = await served(toConnect(checked), (_req, res) => {
    res.setHeader('x-early', '1')
    // Node's types leave it out.
    ;(res as unknown as { flushHeaders(): void }).flushHeaders()
    void rest.opened.then(() => res.end('late'))
  })
  const stream = client.request()
  const answer = answerOf(stream)
  const [headers] = (await once(stream, 'response')) as [Record<string, string>]
  expect(headers['x-early']).toBe('1')
  rest.open()
  expect((await answer).text).toBe('late')
})

test('HEAD has the headers of GET and no bytes; 204 has none', async () => {
  const client = await served(toConnect(checked), (req, res) => {
    if (req.url === '/empty') res.statusCode = 204
    else res.setHeader('content-length', '5')
    if (req.url === '/empty') res.end()
    else res.end('Hello')
  })
  const head = await answerOf(client.request({ ':method': 'HEAD' }))
  expect(head).toMatchObject({ status: 200, text: '' })
  expect(head.headers['content-length']).toBe('5')
  const empty = await answerOf(client.request({ ':path': '/empty' }))
  expect(empty).toMatchObject({ status: 204, text: '' })
})

describe('an error', () => {
  test('that the middleware throws reaches next', async () => {
    const client = await served(
      toConnect(() => () => {
        throw Object.assign(new Error('not you'), { status: 403 })
      }),
    )
    expect(await answerOf(client.request())).toMatchObject({ status: 403, text: 'failed: not you' })
  })

  test('after the handlers have answered reaches next, and nothing of their answer is left', async () => {
    const failing = transform(() => {
      throw new Error('too late')
    })
    const client = await served(
      (_req, res, next) => {
        res.setHeader('X-Before', '1')
        next()
      },
      toConnect(failing),
      (_req, res) => {
        res.writeHead(201, { 'X-Handler': '1' })
        res.end('from the handler')
      },
    )
    const answer = await answerOf(client.request())
    expect(answer).toMatchObject({ status: 500, text: 'failed: too late' })
    expect(answer.headers).toMatchObject({ 'x-before': '1' })
    expect(answer.headers).not.toHaveProperty('x-handler')
  })

  test('after the answer has begun resets its stream, and no other', async () => {
    const breaking: Middleware = (app) =>
      async function* (environ, startResponse) {
        const body = await app(environ, startResponse)
        if (environ.PATH_INFO === '/fine') {
          yield* body as AsyncIterable<string>
          return
        }
        yield 'begun'
        throw new Error('broken')
      }
    const { write } = process.stderr
    onTestFinished(() => {
      process.stderr.write = write
    })
    let log = ''
    process.stderr.write = ((text: string) => {
      log += text
      return true
    }) as typeof write
    const client = await served(toConnect(breaking), (_req, res) => {
      res.write('one ')
      setImmediate(() => res.end('two'))
    })
    const broken = await answerOf(client.request({ ':path': '/' }))
    expect(broken.code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect(log).toContain('broken')
    expect((await answerOf(client.request({ ':path': '/fine' }))).text).toBe('one two')
  })
})

test('a connect application knows its mount', async () => {
  const seen: string[] = []
  const mounted: Middleware = (app) => (environ, startResponse) => {
    seen.push(environ.SCRIPT_NAME, environ.PATH_INFO)
    return app(environ, startResponse)
  }
  const app = connect()
  app.use('/admin', toConnect(mounted, checked))
  app.use('/admin', (req, res) => res.end(`at ${req.url}`))
  const client = await served(app as unknown as Handler)
  expect((await answerOf(client.request({ ':path': '/admin/users' }))).text).toBe('at /users')
  expect(seen).toEqual(['/admin', '/users'])
})

test('a client that leaves closes the response of the handlers', async () => {
  const closed = gate()
  const client = await served(toConnect(checked), (_req, res) => {
    res.on('close', closed.open)
    res.write('begun')
  })
  const stream = client.request()
  stream.on('error', () => {})
  await once(stream, 'data')
  stream.close(constants.NGHTTP2_CANCEL)
  await closed.opened
})

test('a body that nobody reads keeps no request of the connection waiting', async () => {
  const client = await served(toConnect(layer('outer'), checked), (_req, res) => res.end('answered'))
  const stream = client.request({ ':method': 'POST' })
  stream.write(Buffer.alloc(100_000))
  expect(await answerOf(stream)).toMatchObject({ status: 200, text: 'answered' })
  expect((await answerOf(client.request())).text).toBe('answered')
})
