import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { type Application, type Body, type Environ, type StartResponse, validate } from '@stapel/core'
import { fetchHandler } from '@stapel/core/fetch'
import connect from 'connect'
import express from 'express'
import fastify from 'fastify'
import { H3 } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { type ApplicationKind, adaptApplication } from './adapt-application.ts'

// It has no types.
const polka = createRequire(import.meta.url)('polka') as () => {
  get(pattern: string, handler: (req: IncomingMessage, res: ServerResponse) => void): unknown
}

/** What an export answers to `GET /path`. */
async function answerOf(value: unknown, as?: ApplicationKind): Promise<string> {
  const app = await adaptApplication(value, 'app.js', as)
  const response = await fetchHandler(validate(app))(new Request('http://localhost/path'))
  return response.text()
}

describe('what is recognised', () => {
  test('an Express application', async () => {
    const router = express.Router().get('/path', (_req, res) => void res.send('from Express'))
    expect(await answerOf(express().use(router))).toBe('from Express')
  })

  test('a connect application', async () => {
    expect(await answerOf(connect().use((_req, res) => res.end('from connect')))).toBe('from connect')
  })

  test('a Koa application', async () => {
    const app = new Koa().use((context) => {
      context.body = `from Koa at ${context.path}`
    })
    expect(await answerOf(app)).toBe('from Koa at /path')
  })

  test('a Fastify instance, whose plugins are loaded first', async () => {
    const app = fastify()
    app.register(async (scope) => {
      scope.get('/path', async () => 'from Fastify')
    })
    expect(await answerOf(app)).toBe('from Fastify')
  })

  test('a polka', async () => {
    const app = polka().get('/path', (_req, res) => void res.end('from polka'))
    expect(await answerOf(app)).toBe('from polka')
  })

  test('a Hono application', async () => {
    expect(await answerOf(new Hono().get('/path', (context) => context.text('from Hono')))).toBe('from Hono')
  })

  test('an h3 application', async () => {
    expect(await answerOf(new H3().get('/path', () => 'from h3'))).toBe('from h3')
  })

  test('an object with fetch, as Workers and Bun have it', async () => {
    const worker = { port: 3000, fetch: (request: Request) => new Response(`from ${request.url}`) }
    expect(await answerOf(worker)).toBe('from http://localhost/path')
  })

  test('an http.Server that does not listen', async () => {
    expect(await answerOf(createServer((req, res) => void res.end(`from ${req.url}`)))).toBe('from /path')
  })

  test('a fetch handler: a function of one parameter', async () => {
    expect(await answerOf(async (request: Request) => new Response(request.method))).toBe('GET')
  })

  test('middleware of connect: a function of three parameters', async () => {
    expect(
      await answerOf((_req: IncomingMessage, res: ServerResponse, _next: () => void) => res.end('middle')),
    ).toBe('middle')
  })
})

describe('an application of the protocol', () => {
  const hello: Application = (environ, startResponse) => {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return `hello at ${environ.PATH_INFO}`
  }

  test('stays the function that it is', async () => {
    expect(await adaptApplication(hello, 'app.js')).toBe(hello)
  })

  test('may be a generator function', async () => {
    const app = async function* (environ: Environ, startResponse: StartResponse): AsyncGenerator<string> {
      yield* (await hello(environ, startResponse)) as string
    }
    expect(await answerOf(app)).toBe('hello at /path')
  })

  test('may be a layer that hands on whatever it gets', async () => {
    const layer = (...given: Parameters<Application>): Body | Promise<Body> => hello(...given)
    const named = (environ: Environ, ...rest: [StartResponse]): Body | Promise<Body> =>
      hello(environ, ...rest)
    expect(await answerOf(layer)).toBe('hello at /path')
    expect(await answerOf(named)).toBe('hello at /path')
  })
})

describe('a function that names its parameters as a handler of Node does', () => {
  const handler = (_req: IncomingMessage, res: ServerResponse): void => void res.end('handled')

  test('is refused, for an application is called alike', async () => {
    await expect(adaptApplication(handler, 'app.js')).rejects.toThrow(
      'app.js takes (req, res), as a handler of node:http does; an application takes (environ, startResponse). Say which it is: --as node or --as stapel',
    )
    const declared = async function handle(_request: IncomingMessage, response: ServerResponse) {
      response.end()
    }
    await expect(adaptApplication(declared, 'app.js')).rejects.toThrow('takes (request, response), as')
  })

  test('is what --as says', async () => {
    expect(await answerOf(handler, 'node')).toBe('handled')
    const application = (_req: Environ, res: StartResponse): string => {
      res('200 OK', [])
      return 'applied'
    }
    expect(await answerOf(application, 'stapel')).toBe('applied')
    expect(await answerOf(() => new Response('fetched'), 'fetch')).toBe('fetched')
  })
})

test('--as that does not fit says why', async () => {
  await expect(adaptApplication({}, 'app.js', 'fetch')).rejects.toThrow(
    /^app\.js is an object, which cannot be served as fetch: Got .*; expected a function that takes a Request/,
  )
  await expect(adaptApplication(1, 'app.js', 'node')).rejects.toThrow(
    'app.js is the number 1, which cannot be served as node: ',
  )
  await expect(adaptApplication(new Hono(), 'app.js', 'stapel')).rejects.toThrow(
    'app.js is an object of class Hono; expected an application: ',
  )
})

test('a server that listens, or has no listener, is refused', async () => {
  const server = createServer((_req, res) => res.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await expect(adaptApplication(server, 'app.js')).rejects.toThrow(
    'app.js is a server that listens already; export it without listen(): the command listens.',
  )
  await new Promise((resolve) => server.close(resolve))
  await expect(adaptApplication(createServer(), 'app.js')).rejects.toThrow('without a listener for requests')
})

test('an application of h3 version 1 says what to export', async () => {
  const handler = Object.assign(() => {}, { __is_handler__: true })
  await expect(adaptApplication({ handler, use: () => {} }, 'app.js')).rejects.toThrow(
    'export toNodeListener(app) of h3, and serve it with --as node',
  )
})
