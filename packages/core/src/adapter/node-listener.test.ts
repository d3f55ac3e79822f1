import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { Client } from '@stapel/testing'
import connect from 'connect'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'
import { describe, expect, test } from 'vitest'
import { ContentTooLarge } from '../http-errors.ts'
import type { Application } from '../protocol.ts'
import { fromNode } from './from-node.ts'

interface Polka {
  handler: unknown
  get(
    pattern: string,
    handler: (req: { params: Record<string, string> }, res: { end(text: string): void }) => void,
  ): Polka
}

/** It comes without types. */
const polka = createRequire(import.meta.url)('polka') as () => Polka

describe('an application is taken as', () => {
  test('a function', async () => {
    const answer = await new Client(fromNode((req, res) => res.end(req.method))).get('/')
    expect(answer.text()).toBe('GET')
  })

  test('an Express application, which answers everything itself', async () => {
    const app = express()
    app.get('/hello/:name', (req, res) => {
      res.cookie('seen', '1').json({ hello: req.params.name, ip: req.ip })
    })
    const client = new Client(fromNode(app))
    const answer = await client.get('/hello/ann')
    expect(answer.json()).toEqual({ hello: 'ann', ip: '127.0.0.1' })
    expect(answer.headers.get('set-cookie')).toBe('seen=1; Path=/')
    const missing = await client.get('/missing')
    expect(missing.status).toBe(404)
    expect(missing.text()).toContain('Cannot GET /missing')
  })

  test('an Express router, which leaves to the protocol what it has no route for', async () => {
    const router = express.Router()
    router.get('/there', (_req, res) => {
      res.end('there')
    })
    router.get('/broken', () => {
      throw new Error('broken route')
    })
    const client = new Client(fromNode(router as never))
    expect((await client.get('/there')).text()).toBe('there')
    expect((await client.get('/missing')).status).toBe(404)
    await expect(client.get('/broken')).rejects.toThrow('broken route')
  })

  test('a Koa application, with middleware that is added later', async () => {
    const app = new Koa()
    const client = new Client(fromNode(app))
    app.use(async (ctx) => {
      ctx.set('X-Koa', 'yes')
      ctx.body = { path: ctx.path, secure: ctx.secure }
    })
    const answer = await client.get('https://example.org/p?q=1')
    expect(answer.json()).toEqual({ path: '/p', secure: true })
    expect(answer.headers.get('x-koa')).toBe('yes')
  })

  test('a Fastify instance, made ready with the first request', async () => {
    const fastify = Fastify()
    const client = new Client(fromNode(fastify))
    fastify.post('/echo', async (request) => ({ got: request.body, from: request.ip }))
    for (const text of ['one', 'two']) {
      const answer = await client.post('/echo', {
        body: JSON.stringify({ text }),
        headers: { 'Content-Type': 'application/json' },
      })
      expect(answer.json()).toEqual({ got: { text }, from: '127.0.0.1' })
    }
    await fastify.close()
  })

  test('a Fastify instance that cannot be made ready, which fails each request', async () => {
    const fastify = Fastify()
    fastify.register(async () => {
      throw new Error('plugin is broken')
    })
    const client = new Client(fromNode(fastify))
    await expect(client.get('/')).rejects.toThrow('plugin is broken')
    await expect(client.get('/')).rejects.toThrow('plugin is broken')
  })

  test('a connect stack', async () => {
    const app = connect()
    app.use('/mounted', (req, res) => {
      res.end(`${req.url} of ${req.originalUrl}`)
    })
    const client = new Client(fromNode(app))
    expect((await client.get('/mounted/x')).text()).toBe('/x of /mounted/x')
    expect((await client.get('/other')).status).toBe(404)
  })

  test('an object with a handler, as polka is', async () => {
    const app = polka().get('/users/:id', (req, res) => res.end(`user ${req.params.id}`))
    const client = new Client(fromNode(app))
    expect((await client.get('/users/42')).text()).toBe('user 42')
    expect((await client.get('/other')).status).toBe(404)
  })

  test('an http.Server, with the listeners that it has at the time', async () => {
    const server = createServer()
    const client = new Client(fromNode(server))
    await expect(client.get('/')).rejects.toThrow('no listener')
    server.on('request', (_req, res) => res.end('request'))
    server.on('checkContinue', (_req, res) => res.end('continue'))
    expect((await client.get('/')).text()).toBe('request')
    expect((await client.get('/', { headers: { Expect: '100-continue' } })).text()).toBe('continue')
    expect((await client.get('/', { headers: { Expect: 'miracles' } })).status).toBe(417)
  })
})

test.each([[undefined], ['/path'], [{}], [{ callback: 1 }]])('throws when it is made of %o', (value) => {
  expect(() => fromNode(value as never)).toThrow(TypeError)
})

describe('a body that a layer refuses to read on is answered with its status', () => {
  /** As a layer does that counts what comes over the wire. */
  function refusing(app: Application): Client {
    const limited: Application = (environ, startResponse) => {
      const input = (async function* () {
        yield new TextEncoder().encode('"')
        throw new ContentTooLarge()
      })()
      return app({ ...environ, 'wsgi.input': input }, startResponse)
    }
    return new Client(limited, { validate: false })
  }

  test('by Express, whose parsers read on to the end before they answer', async () => {
    const site = express().use(express.json())
    site.use(((error, req, res, _next) => {
      res.status(error.status).send(`complete: ${req.complete}`)
    }) as express.ErrorRequestHandler)
    const answer = await refusing(fromNode(site)).post('/', { json: 'long' })
    expect([answer.status, answer.text()]).toEqual([413, 'complete: true'])
  })

  test('by Fastify, which takes an error without a statusCode for a 400', async () => {
    const fastify = Fastify()
    fastify.post('/', async (request) => request.body)
    const answer = await refusing(fromNode(fastify)).post('/', { json: 'long' })
    expect(answer.status).toBe(413)
    await fastify.close()
  })
})
