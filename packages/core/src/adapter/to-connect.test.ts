import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Client } from '@stapel/testing'
import connect from 'connect'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { capture } from '../capture.ts'
import { gate } from '../gateway/raw.test-support.ts'
import { Forbidden, MethodNotAllowed } from '../http-errors.ts'
import type { Application, Chunk, Middleware } from '../protocol.ts'
import { transform } from '../transform.ts'
import { validate } from '../validate.ts'
import { fromNode } from './from-node.ts'
import { toConnect } from './to-connect.ts'

/** Serves a handler for one test and gives a function that sends requests to it. */
async function served(
  handler: RequestListener,
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return (path, init) => fetch(`http://127.0.0.1:${port}${path}`, init)
}

/** Checks that what follows in the framework is an application like any other. */
const checked: Middleware = (app) => validate(app)

const shout = transform(function shout(answer) {
  const source = answer.body
  const upper = (chunk: Chunk): string =>
    Buffer.from(chunk as string)
      .toString()
      .toUpperCase()
  const headers = answer.headers.filter(([name]) => name.toLowerCase() !== 'content-length')
  headers.push(['X-Shout', 'yes'])
  if (typeof source === 'string' || source instanceof Uint8Array)
    return { ...answer, headers, body: upper(source) }
  const body = (async function* () {
    for await (const chunk of source as AsyncIterable<Chunk>) yield upper(chunk)
  })()
  return { ...answer, headers, body }
})

describe('in an Express application', () => {
  test('what later handlers write flows out through the middleware', async () => {
    const app = express().use(toConnect(shout, checked))
    app.get('/json', (_req, res) => {
      res.status(201).cookie('a', '1').json({ hello: 'world' })
    })
    const answer = await (await served(app))('/json')
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-shout')).toBe('yes')
    expect(answer.headers.get('set-cookie')).toBe('a=1; Path=/')
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('content-length')).toBe('17')
    expect(await answer.text()).toBe('{"HELLO":"WORLD"}')
  })

  test('a stream flows through chunk by chunk', async () => {
    const rest = gate()
    const app = express().use(toConnect(shout, checked))
    app.get('/', (_req, res) => {
      res.write('first ')
      void rest.opened.then(() => res.end('second'))
    })
    const answer = await (await served(app))('/')
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('FIRST ')
    rest.open()
    expect(Buffer.from((await reader.read()).value as Uint8Array).toString()).toBe('SECOND')
    expect((await reader.read()).done).toBe(true)
  })

  test('large streams are held back and arrive whole', async () => {
    const app = express().use(toConnect(checked))
    let waited = 0
    app.get('/', (_req, res) => {
      res.on('drain', () => {
        waited++
      })
      Readable.from(Array.from({ length: 300 }, (_, i) => String(i % 10).repeat(10_000))).pipe(res)
    })
    const text = await (await (await served(app))('/')).text()
    expect(text.length).toBe(3_000_000)
    expect(text.slice(-10_000)).toBe('9'.repeat(10_000))
    expect(waited).toBeGreaterThan(10)
  })

  test('a handler hears of room when its body has some, inside of fromNode too', async () => {
    const room: boolean[] = []
    const site = express().use(toConnect(transform((answer) => answer)))
    site.get('/', (_req, res) => {
      res.once('drain', () => {
        room.push(res.write('end'))
        res.end()
      })
      room.push(res.write('x'.repeat(131_072)))
    })
    const answer = await new Client(fromNode(site)).stream('/')
    expect(room).toEqual([false])
    expect((await answer.whole()).text()).toBe(`${'x'.repeat(131_072)}end`)
    expect(room).toEqual([false, true])
  })

  test('handlers see a response that is over once they have ended it', async () => {
    const states: unknown[] = []
    const late = transform(async function late(answer) {
      await new Promise(setImmediate)
      return answer
    })
    const app = express().use(toConnect(late, checked))
    const finished = gate()
    app.get('/', (_req, res) => {
      states.push(res.headersSent, res.writableEnded)
      res.on('finish', () => finished.open())
      res.send('done')
      states.push(res.headersSent, res.writableEnded)
      try {
        res.setHeader('X-Late', '1')
      } catch (error) {
        states.push((error as NodeJS.ErrnoException).code)
      }
    })
    expect(await (await (await served(app))('/')).text()).toBe('done')
    await finished.opened
    expect(states).toEqual([false, false, true, true, 'ERR_HTTP_HEADERS_SENT'])
  })

  test('a mount is SCRIPT_NAME to the middleware, and stays a mount to the handlers', async () => {
    const seen: unknown[] = []
    const look: Middleware = (app) => (environ, startResponse) => {
      seen.push(environ.SCRIPT_NAME, environ.PATH_INFO, environ.QUERY_STRING, environ.REQUEST_URI)
      return app(environ, startResponse)
    }
    const app = express()
    app.use('/admin', toConnect(look, checked), (req, res) => {
      res.json([req.baseUrl, req.url, req.originalUrl])
    })
    const answer = await (await served(app))('/admin/users?q=1')
    expect(seen).toEqual(['/admin', '/users', 'q=1', '/admin/users?q=1'])
    expect(await answer.json()).toEqual(['/admin', '/users?q=1', '/admin/users?q=1'])
  })

  test('what the middleware changed in environ is what the handlers see', async () => {
    const change: Middleware = (app) => (environ, startResponse) => {
      const { HTTP_X_SECRET: _secret, ...rest } = environ
      return app(
        {
          ...rest,
          REQUEST_METHOD: 'PUT',
          PATH_INFO: '/rewritten',
          REMOTE_ADDR: '203.0.113.9',
          HTTP_HOST: 'shop.example',
          HTTP_X_ADDED: 'yes',
          'wsgi.url_scheme': 'https',
        } as typeof environ,
        startResponse,
      )
    }
    const app = express().use(toConnect(change, checked))
    app.put('/rewritten', (req, res) => {
      res.json([req.ip, req.protocol, req.hostname, req.get('x-added'), req.get('x-secret') ?? null])
    })
    const answer = await (await served(app))('/', { headers: { 'X-Secret': '1' } })
    expect(await answer.json()).toEqual(['203.0.113.9', 'https', 'shop.example', 'yes', null])
  })

  test('a middleware that answers itself leaves the handlers out', async () => {
    let called = false
    const own: Middleware = () => (_environ, startResponse) => {
      startResponse('403 Forbidden', [['Content-Type', 'text/plain']])
      return 'no'
    }
    const app = express().use(toConnect(own), () => {
      called = true
    })
    const answer = await (await served(app))('/')
    expect([answer.status, await answer.text(), called]).toEqual([403, 'no', false])
  })

  test('an error that the middleware throws reaches next', async () => {
    const deny: Middleware = () => () => {
      throw new Forbidden('Not for you.')
    }
    const app = express().use(toConnect(deny))
    app.use((error: Forbidden, _req: unknown, res: express.Response, _next: unknown) => {
      res.status(error.status).send(`handled: ${error.description}`)
    })
    const answer = await (await served(app))('/')
    expect([answer.status, await answer.text()]).toEqual([403, 'handled: Not for you.'])
  })

  test('an error that the framework answers itself keeps its headers', async () => {
    const readOnly: Middleware = () => () => {
      throw new MethodNotAllowed(['GET', 'HEAD'])
    }
    const app = express().set('env', 'test').use(toConnect(readOnly))
    const answer = await (await served(app))('/', { method: 'POST' })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(answer.headers.has('0')).toBe(false)
  })

  test('an error after the handlers have answered reaches next, and nothing of their answer is left', async () => {
    const fail = transform(async function fail() {
      await new Promise(setImmediate)
      throw new Error('could not edit')
    })
    const app = express()
    app.use((_req, res, next) => {
      res.setHeader('X-Before', '1')
      next()
    })
    app.use(toConnect(fail))
    app.get('/', (_req, res) => {
      res.status(201).set('X-Inner', '1').send('inner')
    })
    app.use((error: Error, _req: unknown, res: express.Response, _next: unknown) => {
      res.status(500).send(`handled: ${error.message}`)
    })
    const answer = await (await served(app))('/')
    expect([answer.status, await answer.text()]).toEqual([500, 'handled: could not edit'])
    expect([answer.headers.get('x-before'), answer.headers.get('x-inner')]).toEqual(['1', null])
  })

  test('an error of a later handler is answered by the framework, through the middleware', async () => {
    const app = express().use(toConnect(shout, checked))
    app.get('/', () => {
      throw Object.assign(new Error('broken'), { status: 418, expose: true })
    })
    const answer = await (await served(app))('/')
    expect([answer.status, answer.headers.get('x-shout')]).toEqual([418, 'yes'])
  })

  test('headers are flushed before there is a body', async () => {
    const rest = gate()
    const app = express().use(toConnect(checked))
    app.get('/', (_req, res) => {
      res.set('X-Early', '1').flushHeaders()
      void rest.opened.then(() => res.end('late'))
    })
    const answer = await (await served(app))('/')
    expect(answer.headers.get('x-early')).toBe('1')
    rest.open()
    expect(await answer.text()).toBe('late')
  })

  test('HEAD has the headers of GET', async () => {
    const app = express().use(toConnect(checked))
    app.get('/', (_req, res) => {
      res.send('Hello')
    })
    const answer = await (await served(app))('/', { method: 'HEAD' })
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['5', ''])
  })

  test('bodies of requests are read by the handlers as ever', async () => {
    const app = express().use(toConnect(checked), express.json())
    app.post('/', (req, res) => {
      res.json(req.body)
    })
    const send = await served(app)
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }
    for (const _ of [1, 2]) expect(await (await send('/', init)).json()).toEqual({ a: 1 })
  })

  test('several of them stack', async () => {
    const mark = (name: string): Middleware =>
      transform(function mark(answer) {
        return { ...answer, headers: [...answer.headers, ['X-Mark', name]] }
      })
    const app = express().use(toConnect(mark('outer')), toConnect(mark('inner'), checked))
    app.get('/', (_req, res) => {
      res.send('ok')
    })
    const answer = await (await served(app))('/')
    expect(answer.headers.get('x-mark')).toBe('inner, outer')
  })

  test('a handler that is called twice by a layer fails', async () => {
    const twice: Middleware = (app) => async (environ, startResponse) => {
      await capture(app, environ)
      return app(environ, startResponse)
    }
    const app = express().use(toConnect(twice))
    app.get('/', (_req, res) => {
      res.send('once')
    })
    app.use((error: Error, _req: unknown, res: express.Response, _next: unknown) => {
      res.status(500).send(error.name)
    })
    expect(await (await (await served(app))('/')).text()).toBe('ProtocolError')
  })

  test('a client that leaves closes the response of the handlers', async () => {
    const started = gate()
    const closed = gate()
    const app = express().use(toConnect(checked))
    app.get('/', (_req, res) => {
      res.on('close', () => closed.open())
      res.write('never ending')
      started.open()
    })
    const server = createServer(app).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const request = httpRequest({ port: (server.address() as AddressInfo).port }).end()
    request.on('error', () => {})
    await started.opened
    request.destroy()
    await closed.opened
  })
})

test('in a connect application it knows its mount', async () => {
  const seen: string[] = []
  const look: Middleware = (app) => (environ, startResponse) => {
    seen.push(`${environ.SCRIPT_NAME} ${environ.PATH_INFO}`)
    return app(environ, startResponse)
  }
  const app = connect()
  app.use('/mounted', toConnect(look, checked))
  app.use('/mounted', (req, res) => {
    res.end(req.url)
  })
  const send = await served(app)
  expect(await (await send('/mounted/x?q')).text()).toBe('/x?q')
  expect(await (await send('/mounted?q')).text()).toBe('/?q')
  expect(seen).toEqual(['/mounted /x', '/mounted /'])
})

test('throws when it is made of what is no middleware', () => {
  expect(() => toConnect('compress' as never)).toThrow(TypeError)
  expect(() => toConnect((() => undefined) as unknown as Middleware)).toThrow(TypeError)
  expect(() => toConnect((app: Application) => app)).not.toThrow()
})
