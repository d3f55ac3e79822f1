import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import express from 'express'
import Fastify, { type FastifyInstance } from 'fastify'
import Koa from 'koa'
import { afterAll, describe, expect, test } from 'vitest'
import { type Both, comparable, type SendInit, serveBoth, uncompressed, type WireAnswer } from './both.ts'

const folder = mkdtempSync(join(tmpdir(), 'stapel-frameworks-'))
const page = 'A page of text that is worth compressing. '.repeat(200)
writeFileSync(join(folder, 'page.txt'), page)
afterAll(() => rmSync(folder, { recursive: true }))

/** Requests whose answers have to be the same bytes in the stack as on the framework's own server. */
const plain: readonly (readonly [path: string, init?: SendInit])[] = [
  ['/'],
  ['/', { method: 'HEAD' }],
  ['/users/42?x=%7e&y=a+b'],
  ['/users/%C3%A4%2Fb'],
  ['/cookies', { headers: { Cookie: 'seen=1; other=2' } }],
  ['/redirect'],
  ['/file'],
  ['/file', { method: 'HEAD' }],
  ['/file', { headers: { Range: 'bytes=5-14' } }],
  ['/file', { headers: { Range: 'bytes=99999-' } }],
  ['/stream'],
  ['/empty'],
  ['/echo', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":[1,2,"ä"]}' }],
  ['/echo', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":' }],
  ['/missing'],
]

async function expectSame({ own, stacked }: Both): Promise<void> {
  for (const [path, init] of plain) {
    const answer = await stacked(path, init)
    const expected = comparable(await own(path, init))
    const got = comparable({ ...answer, headers: withoutVary(answer.headers) })
    expect([path, init, got]).toEqual([path, init, expected])
  }
}

/** `compress` says of every answer that it could have compressed that it varies. */
function withoutVary(headers: WireAnswer['headers']): WireAnswer['headers'] {
  const { vary, ...rest } = headers
  const fields = String(vary ?? '')
    .split(', ')
    .filter((field) => field !== '' && field !== 'Accept-Encoding')
  return fields.length === 0 ? rest : { ...rest, vary: fields.join(', ') }
}

async function expectStackAtWork(both: Both): Promise<void> {
  const zipped = await both.stacked('/file', { headers: { 'Accept-Encoding': 'gzip' } })
  expect(zipped.headers['content-encoding']).toBe('gzip')
  expect(zipped.content.length).toBeLessThan(page.length / 4)
  expect(uncompressed(zipped).content.toString()).toBe(page)

  const streamed = await both.stacked('/stream', { headers: { 'Accept-Encoding': 'gzip' } })
  expect(streamed.headers['content-encoding']).toBe('gzip')
  expect(uncompressed(streamed).content.toString()).toBe((await both.own('/stream')).content.toString())

  const forwarded = {
    'X-Forwarded-For': '203.0.113.9',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'shop.example',
  }
  const seen = await both.stacked('/peer', { headers: forwarded })
  expect(JSON.parse(seen.content.toString())).toEqual(['203.0.113.9', 'https', 'shop.example'])

  const broken = await both.stacked('/broken')
  expect(broken.status).toBe(503)
  expect(broken.headers['retry-after']).toBe('30')
  expect(broken.content.toString()).toContain('webmaster@example.org')
  expect((await both.own('/broken')).status).toBe(500)
}

describe('Express 5', () => {
  function application(): express.Express {
    const app = express().use(express.json())
    const users = express.Router()
    users.get('/:id', (req, res) => {
      res.set('X-Base', req.baseUrl).json({ id: req.params.id, query: req.query, url: req.originalUrl })
    })
    app.use('/users', users)
    app.get('/', (_req, res) => {
      res.send('<h1>Home</h1>')
    })
    app.get('/cookies', (req, res) => {
      res.cookie('a', 'b c', { httpOnly: true }).cookie('z', '1', { sameSite: 'lax' }).clearCookie('seen')
      res.json({ got: req.headers.cookie })
    })
    app.get('/redirect', (_req, res) => {
      res.redirect(303, '/users/1?from=ä')
    })
    app.get('/file', (_req, res) => {
      res.sendFile('page.txt', { root: folder, lastModified: true })
    })
    app.get('/stream', (_req, res) => {
      res.type('text/plain')
      Readable.from(Array.from({ length: 50 }, (_, i) => `line ${i}: ${page}\n`)).pipe(res)
    })
    app.get('/empty', (_req, res) => {
      res.status(204).end()
    })
    app.get('/peer', (req, res) => {
      res.json([req.ip, req.protocol, req.hostname])
    })
    app.get('/broken', () => {
      throw new Error('broken')
    })
    app.post('/echo', (req, res) => {
      res.status(201).json(req.body)
    })
    // What it logs is of no interest here.
    return app.set('env', 'test')
  }

  test('answers the same bytes in a stack as on its own server', async () => {
    await expectSame(await serveBoth(application()))
  })

  test('gets from the stack what the stack is for', async () => {
    await expectStackAtWork(await serveBoth(application()))
  })
})

describe('Koa 3', () => {
  function application(): Koa {
    const app = new Koa()
    app.silent = true
    app.use(async (ctx) => {
      const id = /^\/users\/([^/]+)$/.exec(ctx.path)?.[1]
      if (id !== undefined) ctx.body = { id: decodeURIComponent(id), query: ctx.query, url: ctx.originalUrl }
      else if (ctx.path === '/') ctx.body = '<h1>Home</h1>'
      else if (ctx.path === '/cookies') {
        ctx.cookies.set('a', 'bc', { httpOnly: true }).set('z', '1')
        ctx.body = { got: ctx.cookies.get('seen') }
      } else if (ctx.path === '/redirect') {
        ctx.status = 303
        ctx.redirect('/users/1?from=%C3%A4')
      } else if (ctx.path === '/file') {
        ctx.type = 'text'
        ctx.length = Buffer.byteLength(page)
        ctx.body = Readable.from([Buffer.from(page)])
        ctx.length = Buffer.byteLength(page)
      } else if (ctx.path === '/stream') {
        ctx.type = 'text'
        ctx.body = Readable.from(Array.from({ length: 50 }, (_, i) => Buffer.from(`line ${i}: ${page}\n`)))
      } else if (ctx.path === '/empty') ctx.status = 204
      else if (ctx.path === '/peer') ctx.body = [ctx.ip, ctx.protocol, ctx.hostname]
      else if (ctx.path === '/broken') throw new Error('broken')
      else if (ctx.path === '/echo') {
        let text = ''
        for await (const chunk of ctx.req.setEncoding('utf8')) text += chunk
        try {
          ctx.body = JSON.parse(text)
        } catch {
          ctx.throw(400, 'no JSON')
        }
      }
    })
    return app
  }

  test('answers the same bytes in a stack as on its own server', async () => {
    const app = application()
    await expectSame(await serveBoth(app.callback(), app))
  })

  test('gets from the stack what the stack is for', async () => {
    const app = application()
    await expectStackAtWork(await serveBoth(app.callback(), app))
  })
})

describe('Fastify 5', () => {
  async function application(): Promise<FastifyInstance> {
    const app = Fastify()
    app.get('/', (_request, reply) => reply.type('text/html').send('<h1>Home</h1>'))
    app.get<{ Params: { id: string } }>('/users/:id', async (request) => ({
      id: request.params.id,
      query: request.query,
      url: request.originalUrl,
    }))
    app.get('/cookies', (request, reply) =>
      reply.header('Set-Cookie', ['a=b; HttpOnly', 'z=1']).send({ got: request.headers.cookie }),
    )
    app.get('/redirect', (_request, reply) => reply.redirect('/users/1?from=%C3%A4', 303))
    app.get('/file', (_request, reply) => reply.type('text/plain').send(Buffer.from(page)))
    app.get('/stream', (_request, reply) =>
      reply
        .type('text/plain')
        .send(Readable.from(Array.from({ length: 50 }, (_, i) => Buffer.from(`line ${i}: ${page}\n`)))),
    )
    app.get('/empty', (_request, reply) => reply.code(204).send())
    app.get('/peer', async (request) => [request.ip, request.protocol, request.hostname])
    app.get('/broken', async () => {
      throw new Error('broken')
    })
    app.post('/echo', (request, reply) => reply.code(201).send(request.body))
    return app
  }

  test('answers the same bytes in a stack as on its own server', async () => {
    const app = await application()
    await app.ready()
    await expectSame(await serveBoth((req, res) => app.routing(req, res), app))
  })

  test('gets from the stack what the stack is for', async () => {
    const app = await application()
    const both = await serveBoth((req, res) => app.routing(req, res), app)
    await app.ready()
    await expectStackAtWork(both)
  })
})
