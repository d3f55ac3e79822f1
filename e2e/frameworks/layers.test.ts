import { gzipSync } from 'node:zlib'
import { type Application, stack, validate } from '@stapel/core'
import { type FetchSource, fromFetch } from '@stapel/core/fetch'
import { fromNode, serve } from '@stapel/core/node'
import {
  accessLog,
  basicAuth,
  bodyLimit,
  breaker,
  compress,
  cors,
  csrf,
  decompress,
  etag,
  proxyFix,
  requestId,
  securityHeaders,
  timeout,
  unavailable,
} from '@stapel/middleware'
import express from 'express'
import Fastify from 'fastify'
import { H3, readBody } from 'h3'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'

/** What each framework answers: who asked, what was sent, an error, and nothing. */
const frameworks: readonly (readonly [name: string, make: () => Application | Promise<Application>])[] = [
  ['Express 5', () => fromNode(expressApp())],
  ['Koa 3', () => fromNode(koaApp())],
  ['Fastify 5', async () => fromNode(await fastifyApp())],
  ['Hono 4', () => fromFetch(honoApp())],
  ['h3 2', () => fromFetch(h3App())],
]

describe.each(frameworks)('%s inside of every layer', (_, make) => {
  interface Line {
    readonly path: string
    readonly status: number
    readonly user?: string
    readonly outcome: string
  }

  /** Serves it for one test. */
  async function serveStack(): Promise<{
    ask(path: string, init?: RequestInit): Promise<Response>
    lines: Line[]
  }> {
    const lines: Line[] = []
    const layers = [
      proxyFix({ peers: ['loopback'] }),
      requestId(),
      accessLog((line) => void lines.push(JSON.parse(line) as Line), {
        format: 'json',
        fields: ['path', 'status', 'user', 'outcome'],
      }),
      securityHeaders(),
      cors('https://app.example', { credentials: true }),
      unavailable({ contact: 'webmaster@example.org' }),
      compress({ threshold: 1 }),
      breaker(),
      timeout(200, { except: ({ PATH_INFO }) => PATH_INFO !== '/stuck' }),
      bodyLimit(1000),
      decompress(),
      basicAuth({ ada: 'lovelace' }),
      csrf(),
      etag(),
    ]
    const app = stack(validate(await make()), ...layers.flatMap((layer) => [validate, layer]))
    const errors = { write() {}, flush() {} }
    const running = await serve(app, { port: 0, host: '127.0.0.1', errors })
    onTestFinished(() => running.close({ timeout: 0 }))
    const known = { Authorization: `Basic ${btoa('ada:lovelace')}` }
    return {
      lines,
      ask: (path, init) =>
        fetch(new URL(path, running.url), { ...init, headers: { ...known, ...(init?.headers as object) } }),
    }
  }

  test('sees the client and the identifier, and answers with the headers of all', async () => {
    const { ask, lines } = await serveStack()
    const headers = { 'X-Forwarded-For': '203.0.113.9', Origin: 'https://app.example' }
    const answer = await ask('/', { headers })
    expect(answer.status).toBe(200)
    const id = answer.headers.get('x-request-id')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(await answer.json()).toEqual({ id })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
    await expect.poll(() => lines).toEqual([{ path: '/', status: 200, user: 'ada', outcome: 'complete' }])
  })

  test('is not asked by strangers, by forms of other sites, and for preflights', async () => {
    const { ask } = await serveStack()
    const refused = await ask('/', { headers: { Authorization: '' } })
    expect([refused.status, refused.headers.has('www-authenticate')]).toEqual([401, true])
    const forged = { method: 'POST', body: '{}', headers: { 'Sec-Fetch-Site': 'cross-site' } }
    expect((await ask('/echo', forged)).status).toBe(403)
    const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'PUT' }
    const allowed = await ask('/', { method: 'OPTIONS', headers: { ...preflight, Authorization: '' } })
    expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([
      204,
      expect.stringContaining('PUT'),
    ])
  })

  test('reads what is sent, also compressed, up to the limit', async () => {
    const { ask } = await serveStack()
    const json = { 'Content-Type': 'application/json' }
    const body = JSON.stringify({ text: 'ünïcödé' })
    const plain = await ask('/echo', { method: 'POST', headers: json, body })
    expect(await plain.json()).toEqual({ text: 'ünïcödé' })
    const zipped = { method: 'POST', headers: { ...json, 'Content-Encoding': 'gzip' }, body: gzipSync(body) }
    expect(await (await ask('/echo', zipped)).json()).toEqual({ text: 'ünïcödé' })
    const long = JSON.stringify({ text: 'x'.repeat(2000) })
    const refused = await ask('/echo', { method: 'POST', headers: json, body: long })
    expect(refused.status).toBe(413)
  })

  test('that fails, or does not answer, gets the page', async () => {
    const { ask, lines } = await serveStack()
    for (const path of ['/broken', '/stuck']) {
      const answer = await ask(path, { headers: { Accept: 'text/html' } })
      expect(answer.status).toBe(503)
      const page = await answer.text()
      expect(page).toContain(answer.headers.get('x-request-id'))
      expect(page).toContain('webmaster@example.org')
      expect(page).not.toContain('secret')
    }
    await expect.poll(() => lines.map(({ status }) => status)).toEqual([503, 503])
  })
})

function expressApp(): express.Express {
  const app = express().use(express.json())
  app.get('/', (req, res) => void res.json({ id: req.headers['x-request-id'] }))
  app.post('/echo', (req, res) => void res.json(req.body))
  app.get('/broken', () => {
    throw new Error('secret')
  })
  app.get('/stuck', () => {})
  // Without it, Express writes every error to the console.
  return app.set('env', 'test')
}

function koaApp(): Koa {
  const app = new Koa()
  app.silent = true
  return app.use(async (ctx) => {
    if (ctx.path === '/') ctx.body = { id: ctx.get('X-Request-Id') }
    else if (ctx.path === '/echo') {
      const chunks: Buffer[] = []
      for await (const chunk of ctx.req) chunks.push(chunk as Buffer)
      ctx.body = JSON.parse(Buffer.concat(chunks).toString())
    } else if (ctx.path === '/broken') throw new Error('secret')
    else if (ctx.path === '/stuck') await new Promise(() => {})
  })
}

async function fastifyApp(): Promise<Parameters<typeof fromNode>[0]> {
  const app = Fastify()
  app.get('/', async (request) => ({ id: request.headers['x-request-id'] }))
  app.post('/echo', async (request) => request.body)
  app.get('/broken', async () => {
    throw new Error('secret')
  })
  app.get('/stuck', () => new Promise(() => {}))
  await app.ready()
  return app
}

function honoApp(): FetchSource {
  return new Hono()
    .get('/', (c) => c.json({ id: c.req.header('x-request-id') }))
    .post('/echo', async (c) => c.json(await c.req.json()))
    .get('/broken', () => {
      throw new Error('secret')
    })
    .get('/stuck', () => new Promise<Response>(() => {}))
    .onError((_error, c) => c.text('It broke', 500))
}

function h3App(): H3 {
  return new H3({ silent: true })
    .get('/', (event) => ({ id: event.req.headers.get('x-request-id') }))
    .post('/echo', (event) => readBody(event))
    .get('/broken', () => {
      throw new Error('secret')
    })
    .get('/stuck', () => new Promise(() => {}))
}
