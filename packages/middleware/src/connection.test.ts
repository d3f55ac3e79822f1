import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gunzipSync } from 'node:zlib'
import { type Application, stack } from '@stapel/core'
import { type RunningServer, type ServeOptions, serve } from '@stapel/core/node'
import { expect, onTestFinished, test } from 'vitest'
import { compress, proxyFix, unavailable } from './index.ts'

async function start(app: Application, options: ServeOptions = { port: 0 }): Promise<RunningServer> {
  const running = await serve(app, options)
  onTestFinished(() => running.close({ timeout: 0 }))
  return running
}

async function get(options: RequestOptions): Promise<IncomingMessage> {
  const sent = request(options).end()
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}

/** What a client can read of the beginning of a gzip stream. */
function readable(chunks: readonly Buffer[]): string {
  return gunzipSync(Buffer.concat(chunks), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
}

test('a compressed event reaches the client before the next one is made', async () => {
  let release: () => void = () => {}
  const seen = new Promise<void>((resolve) => {
    release = resolve
  })
  const app = stack(async function* (_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']])
    yield 'data: 1\n\n'
    await seen
    yield 'data: 2\n\n'
  }, compress())
  const { port } = await start(app)

  const answer = await get({ port, headers: { 'Accept-Encoding': 'gzip' } })
  const chunks: Buffer[] = []
  for await (const chunk of answer) {
    chunks.push(chunk)
    if (readable(chunks) === 'data: 1\n\n') release()
  }
  expect(answer.headers['content-encoding']).toBe('gzip')
  expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe('data: 1\n\ndata: 2\n\n')
})

test('a compressed body is given up when its client leaves', async () => {
  let returned: () => void = () => {}
  const givenUp = new Promise<void>((resolve) => {
    returned = resolve
  })
  const app = stack(async function* (_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    try {
      for (let line = 0; ; line++) yield `${line} ${Math.sin(line)}\n`.repeat(100)
    } finally {
      returned()
    }
  }, compress())
  const { port } = await start(app)

  const answer = await get({ port, headers: { 'Accept-Encoding': 'gzip' } })
  await once(answer, 'data')
  answer.destroy()
  await givenUp
})

test('an answer that fails half way is cut off, compressed or not', async () => {
  const app = stack(
    async function* (_environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      yield 'first'
      throw new Error('torn')
    },
    unavailable(),
    compress(),
  )
  const { port } = await start(app, { port: 0, errors: { write() {}, flush() {} } })

  for (const headers of [{}, { 'Accept-Encoding': 'gzip' }]) {
    const answer = await get({ port, headers })
    expect(answer.statusCode).toBe(200)
    const reading = (async () => {
      for await (const _ of answer);
    })()
    await expect(reading).rejects.toThrow('aborted')
  }
})

test('a proxy on a unix socket restores the client, a stranger over TCP does not', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stapel-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const app = stack(
    (environ, startResponse) => {
      startResponse('200 OK', [])
      return `${environ['wsgi.url_scheme']} ${environ.REMOTE_ADDR}`
    },
    proxyFix({ peers: ['unix'] }),
  )
  const socketPath = join(directory, 'app.sock')
  await start(app, { path: socketPath })
  const { port } = await start(app)
  const headers = { Host: 'example.org', 'X-Forwarded-For': '192.0.2.7', 'X-Forwarded-Proto': 'https' }

  expect(String(await (await get({ socketPath, headers })).toArray())).toBe('https 192.0.2.7')
  expect(String(await (await get({ port, headers })).toArray())).toBe('http 127.0.0.1')
})
