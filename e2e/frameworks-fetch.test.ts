import { isIP } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { type Application, stack } from '@stapel/core'
import { type FetchSource, fetchHandler, fromFetch } from '@stapel/core/fetch'
import { type RunningServer, serve } from '@stapel/core/node'
import { compress } from '@stapel/middleware/compress'
import { proxyFix } from '@stapel/middleware/proxy-fix'
import { unavailable } from '@stapel/middleware/unavailable'
import { getRequestIP, H3, HTTPError, readBody, redirect, setCookie } from 'h3'
import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie as setHonoCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { HTTPException } from 'hono/http-exception'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const long = 'Sphinx of black quartz, judge my vow. '.repeat(200)
const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 251)

function honoApp(): FetchSource {
  type Env = { Bindings: { incoming?: { socket: { remoteAddress?: string } } } }
  const app = new Hono<Env>()
  const admin = new Hono<Env>()
    .get('/', (c) => c.html('<h1>Administration</h1>'))
    .delete('/entries/:id', (c) => c.body(null, 204))
  return app
    .use('/api/*', cors({ origin: 'https://app.example' }))
    .use('/tagged', etag())
    .get('/', (c) => c.text('Hello from Hono'))
    .get('/long', (c) => c.text(long))
    .get('/bytes', (c) => c.body(bytes, 200, { 'Content-Type': 'application/octet-stream' }))
    .get('/api/users/:id', (c) => c.json({ id: c.req.param('id'), q: c.req.query('q') }))
    .post('/api/users', async (c) => c.json(await c.req.json(), 201))
    .post('/form', async (c) => {
      const form = await c.req.formData()
      const file = form.get('file') as File
      return c.text(`${form.get('name')} ${file.name} ${file.size}`)
    })
    .get('/cookies', (c) => {
      setHonoCookie(c, 'session', 'abc', { httpOnly: true })
      setHonoCookie(c, 'theme', 'dark')
      deleteCookie(c, 'old')
      return c.text(`had ${getCookie(c, 'theme') ?? 'none'}`)
    })
    .get('/redirect', (c) => c.redirect('/next', 307))
    .get('/tagged', (c) => c.text('the same'))
    .get('/lines', (c) =>
      streamText(c, async (out) => {
        for (const line of ['one', 'two', 'three']) await out.writeln(line)
      }),
    )
    .get('/events', (c) =>
      streamSSE(c, async (out) => {
        await out.writeSSE({ data: 'first', event: 'tick', id: '1' })
        await out.writeSSE({ data: 'second' })
      }),
    )
    .get('/pipe', (c) =>
      stream(c, async (out) => {
        await out.pipe(new Blob([bytes]).stream() as ReadableStream)
      }),
    )
    .get('/url', (c) => c.json({ url: c.req.url, address: c.env.incoming?.socket.remoteAddress ?? '' }))
    .get('/teapot', () => {
      throw new HTTPException(418, { message: 'short and stout' })
    })
    .route('/admin', admin)
}

function h3App(): FetchSource {
  const app = new H3()
  app.use('/api/**', (event) => {
    event.res.headers.set('x-api', '1')
  })
  app.get('/', () => 'Hello from h3')
  app.get('/long', (event) => {
    event.res.headers.set('content-type', 'text/plain; charset=utf-8')
    return long
  })
  app.get('/bytes', (event) => {
    event.res.headers.set('content-type', 'application/octet-stream')
    return bytes
  })
  app.get('/api/users/:id', (event) => ({
    id: event.context.params?.id,
    q: event.url.searchParams.get('q'),
  }))
  app.post('/api/users', async (event) => {
    event.res.status = 201
    return (await readBody(event)) as object
  })
  app.post('/form', async (event) => {
    const form = await event.req.formData()
    const file = form.get('file') as File
    return `${form.get('name')} ${file.name} ${file.size}`
  })
  app.get('/cookies', (event) => {
    setCookie(event, 'session', 'abc', { httpOnly: true })
    setCookie(event, 'theme', 'dark')
    return 'cookies'
  })
  app.get('/redirect', () => redirect('/next', 307))
  app.get('/lines', () => new Response(new Blob(['one\n', 'two\n', 'three\n']).stream()))
  app.get('/url', (event) => ({ url: event.req.url, address: getRequestIP(event) ?? '' }))
  app.get('/teapot', () => {
    throw new HTTPError({ status: 418, message: 'short and stout' })
  })
  return app
}

type Asked = readonly [target: string, init: RequestInit]

function form(): FormData {
  const data = new FormData()
  data.set('name', 'Ann')
  data.set('file', new Blob([bytes]), 'bytes.bin')
  return data
}

const json: RequestInit = {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"name":"Ann","tags":["a"]}',
}

const asked: readonly Asked[] = [
  ['/', {}],
  ['/', { method: 'HEAD' }],
  ['/long', {}],
  ['/bytes', {}],
  ['/api/users/4%2F2?q=a%20b', {}],
  ['/api/users', json],
  ['/form', { method: 'POST', body: form() }],
  ['/cookies', { headers: { Cookie: 'theme=light' } }],
  ['/redirect', { redirect: 'manual' }],
  ['/tagged', {}],
  ['/lines', {}],
  ['/events', {}],
  ['/pipe', {}],
  ['/teapot', {}],
  ['/admin', {}],
  ['/admin/entries/1', { method: 'DELETE' }],
  ['/api/users/1', { method: 'OPTIONS', headers: { Origin: 'https://app.example' } }],
  ['/nothing', {}],
]

const frameworks: readonly (readonly [string, () => FetchSource])[] = [
  ['Hono', honoApp],
  ['h3', h3App],
]

describe.each(frameworks)('%s inside proxyFix, compress and unavailable', (_, make) => {
  let alone: (request: Request) => Promise<Response>
  let stacked: Application
  let server: RunningServer

  beforeAll(async () => {
    const own = make() as { fetch(request: Request): Response | Promise<Response> }
    alone = async (request) => own.fetch(request)
    stacked = stack(
      fromFetch(make()),
      proxyFix({ for: 1, proto: 1, host: 1, prefix: 1 }),
      compress(),
      unavailable({ contact: 'webmaster@example.org' }),
    )
    server = await serve(stacked, { port: 0 })
  })

  afterAll(() => server.close({ timeout: 0 }))

  test.each<Asked>([...asked])('%s gives what it gives on its own', async (target, init) => {
    const url = new URL(target, server.url)
    const expected = await alone(new Request(url, init))
    const got = await fetch(url, { ...init, headers: { 'Accept-Encoding': 'identity', ...init.headers } })
    // h3 makes the type of a text when its body is asked for.
    const body = Buffer.from(await expected.arrayBuffer())
    expect(got.status).toBe(expected.status)
    expect(fields(got)).toEqual(fields(expected))
    expect(Buffer.from(await got.arrayBuffer())).toEqual(body)
  })

  test('a text has its length, as on a server of its own', async () => {
    const answer = await fetch(server.url, { headers: { 'Accept-Encoding': 'identity' } })
    expect(answer.headers.get('content-length')).toBe(String((await answer.text()).length))
  })

  test('a long text is compressed on the way out', async () => {
    const handle = fetchHandler(stacked)
    const request = new Request('http://a/long', { headers: { 'Accept-Encoding': 'gzip' } })
    const gzip = await handle(request)
    expect(gzip.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(await gzip.arrayBuffer()).toString()).toBe(long)
  })

  test('sees the URL and the address that proxyFix found', async () => {
    const answer = await fetch(new URL('/url?x=1', server.url), {
      headers: {
        'X-Forwarded-For': '192.0.2.7',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'public.example',
      },
    })
    expect(await answer.json()).toEqual({ url: 'https://public.example/url?x=1', address: '192.0.2.7' })
  })

  test('sees the address of the connection without a proxy', async () => {
    const { address } = (await (await fetch(new URL('/url', server.url))).json()) as { address: string }
    expect(isIP(address)).toBe(4)
  })
})

/** What the server, the connection or the stack adds is left out. */
function fields(answer: Response): [string, string][] {
  const added = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'vary'])
  return [...answer.headers].filter(([name]) => !added.has(name))
}
