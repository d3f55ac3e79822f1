import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { large, type ServedAnswers, serveAnswers } from './answers.ts'
import { type Got, open, type Sent, send } from './client.ts'
import { makeNginxFolder, type NginxFolder, nginx, skipped, testInstalled } from './nginx.ts'

testInstalled()

/** Of the connection, and what each server says of itself; everything else is the application's. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date', 'server'])

/** What of an answer must be the same on both ways. nginx sends known headers first; the order of equal names means something. */
function comparable({ line, headers, body }: Got): unknown {
  const kept = headers.filter(([name]) => !hopByHop.has(name))
  return {
    line,
    headers: kept.sort(([a], [b]) => (a < b ? -1 : Number(a > b))),
    body: body.toString('latin1'),
  }
}

describe.skipIf(nginx === undefined)(`answers through nginx are those of the application${skipped}`, () => {
  let folder: NginxFolder
  let served: ServedAnswers
  /** The ports of an nginx that hands on as it gets it, of one over a unix socket, and of one that buffers, as it does by default. */
  const ports: Record<'streaming' | 'socket' | 'buffering', number> = {
    streaming: 0,
    socket: 0,
    buffering: 0,
  }

  beforeAll(async () => {
    folder = await makeNginxFolder()
    served = await serveAnswers()
    for (const name of ['streaming', 'socket', 'buffering'] as const) ports[name] = await freePort()
    const common = `
  client_max_body_size 0;
  proxy_http_version 1.1;
  proxy_set_header Connection '';
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;`
    await folder.start(`
upstream app { server 127.0.0.1:${served.port}; keepalive 4; }
server {
  listen 127.0.0.1:${ports.streaming};${common}
  location / { proxy_pass http://app; proxy_buffering off; proxy_request_buffering off; }
}
server {
  listen 127.0.0.1:${ports.socket};${common}
  location / { proxy_pass http://unix:${served.socket}; proxy_buffering off; }
}
server {
  listen 127.0.0.1:${ports.buffering};${common}
  location / { proxy_pass http://app; }
}`)
  })

  afterAll(async () => {
    await folder?.remove()
    await served?.close()
  })

  const cases: readonly (readonly [title: string, sent: Sent])[] = [
    ['a text', { path: '/text' }],
    ['a list', { path: '/list' }],
    ['an empty body', { path: '/empty' }],
    ['204', { path: '/none' }],
    ['201', { path: '/created' }],
    ['a redirect', { path: '/moved' }],
    ['304', { path: '/unchanged', headers: ['If-None-Match', '"a"'] }],
    ['418', { path: '/teapot' }],
    ['a status and a reason of its own', { path: '/reason' }],
    ['headers of every kind', { path: '/headers' }],
    ['404', { path: '/missing' }],
    ['404 as a problem', { path: '/missing', headers: ['Accept', 'application/problem+json'] }],
    ['500', { path: '/broken' }],
    ['a stream', { path: '/stream' }],
    ['a compressed stream', { path: '/stream', headers: ['Accept-Encoding', 'gzip'] }],
    ['a large body', { path: '/large' }],
    ['a large stream', { path: '/large-stream' }],
    ['HEAD of a text', { method: 'HEAD', path: '/text' }],
    ['HEAD of a stream', { method: 'HEAD', path: '/stream' }],
    ['HEAD of a large body', { method: 'HEAD', path: '/large' }],
    ['HEAD of 404', { method: 'HEAD', path: '/missing' }],
    ['OPTIONS', { method: 'OPTIONS', path: '/text' }],
    ['a body that is sent', { method: 'POST', path: '/echo', body: Buffer.from('hello') }],
    ['a large body that is sent', { method: 'PUT', path: '/echo', body: large }],
    [
      'a body that is sent in chunks',
      {
        method: 'POST',
        path: '/echo',
        headers: ['Transfer-Encoding', 'chunked'],
        body: Buffer.from('hello'),
      },
    ],
    ['a file', { path: '/files/small.txt' }],
    ['a large file', { path: '/files/large.bin' }],
    ['HEAD of a file', { method: 'HEAD', path: '/files/large.bin' }],
    ['a range', { path: '/files/large.bin', headers: ['Range', 'bytes=100-70099'] }],
    ['the end of a file', { path: '/files/small.txt', headers: ['Range', 'bytes=-5'] }],
    ['a range that is not there', { path: '/files/small.txt', headers: ['Range', 'bytes=1000-'] }],
    ['a range of what has none', { path: '/text', headers: ['Range', 'bytes=0-1'] }],
    ['405', { method: 'DELETE', path: '/files/small.txt' }],
    ['a path with escapes', { path: '/files/%73mall.txt?a=%2F&b' }],
  ]

  describe.each(['streaming', 'socket', 'buffering'] as const)('%s', (name) => {
    test.each(cases)('%s', async (_title, sent) => {
      const headers = ['Host', 'localhost', ...(sent.headers ?? [])]
      const direct = await send(served.port, { ...sent, headers })
      const through = await send(ports[name], { ...sent, headers })
      expect(comparable(through)).toEqual(comparable(direct))
    })

    test('304 of a file that has not changed', async () => {
      const { headers } = await send(served.port, { path: '/files/small.txt' })
      const etag = new Map(headers).get('etag') as string
      const sent: Sent = { path: '/files/small.txt', headers: ['Host', 'localhost', 'If-None-Match', etag] }
      const direct = await send(served.port, sent)
      expect(direct.line).toBe('HTTP/1.1 304 Not Modified')
      expect(comparable(await send(ports[name], sent))).toEqual(comparable(direct))
    })

    test('several ranges, which differ in their boundary', async () => {
      const sent: Sent = {
        path: '/files/large.bin',
        headers: ['Host', 'localhost', 'Range', 'bytes=0-9,50-59'],
      }
      const [direct, through] = [await send(served.port, sent), await send(ports[name], sent)]
      const plain = (got: Got): string => {
        const boundary = /boundary=([^;]+)/.exec(new Map(got.headers).get('content-type') ?? '')?.[1]
        expect(boundary).toBeDefined()
        return JSON.stringify(comparable(got)).replaceAll(boundary as string, 'boundary')
      }
      expect(plain(through)).toBe(plain(direct))
    })

    test('an answer that is cut is not taken for a whole one', async () => {
      await expect(send(served.port, { path: '/cut' })).rejects.toThrow()
      await expect(send(ports[name], { path: '/cut' })).rejects.toThrow()
    })
  })

  test('a compressed stream is one', async () => {
    const { headers, body } = await send(ports.streaming, {
      path: '/stream',
      headers: ['Accept-Encoding', 'gzip'],
    })
    expect(new Map(headers).get('content-encoding')).toBe('gzip')
    expect(gunzipSync(body).toString()).toMatch(/^0 \n1 x{10}\n/)
  })

  describe.each([
    ['proxy_buffering off', 'streaming', '/events'],
    ['a unix socket', 'socket', '/events'],
    ['X-Accel-Buffering: no where nginx buffers', 'buffering', '/events?told'],
  ] as const)('with %s', (_how, name, path) => {
    test.each([
      ['', []],
      [', compressed', ['Accept-Encoding', 'gzip']],
    ])('events arrive one by one%s', async (_coding, headers) => {
      const incoming = await open(ports[name], { path, headers: ['Host', 'localhost', ...headers] })
      const chunks: Buffer[] = []
      let seen = 0
      for await (const chunk of incoming) {
        chunks.push(chunk as Buffer)
        // The next event is made only when this one is here: one that is held back would be waited for in vain.
        const events = textOf(chunks, headers.length > 0).match(/data: [0-9]/g)?.length ?? 0
        if (events > seen) served.nextEvent()
        seen = events
      }
      expect(seen).toBe(5)
    })
  })

  test('a client that leaves nginx leaves the application', async () => {
    const incoming = await open(ports.streaming, { path: '/events' })
    await new Promise((resolve) => incoming.once('data', resolve))
    incoming.destroy()
    await served.gone
  })
})

/** What can be read so far of the beginning of an answer. */
function textOf(chunks: readonly Buffer[], compressed: boolean): string {
  const bytes = Buffer.concat(chunks)
  return (compressed ? gunzipSync(bytes, { finishFlush: 2 }) : bytes).toString()
}
