import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2'
import { get } from 'node:https'
import { connect as connectTls } from 'node:tls'
import type { Application } from '@stapel/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testCertificate } from '../../../core/src/gateway/tls.test-support.ts'
import { plainFailure } from '../failure/failure.ts'
import { frontOver, type TestFront, workerForTest } from '../reload/front.test-support.ts'

/** An application that gives its environ and its input as JSON, and two cookies. */
const showRequest: Application = async (environ, startResponse) => {
  const input = new TextDecoder().decode(await environ['stapel.context'].read({ limit: 1_000_000 }))
  startResponse('200 OK', [
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
    ['Content-Type', 'application/json'],
  ])
  const strings = Object.entries(environ).filter(([, value]) => typeof value === 'string')
  return JSON.stringify({ ...Object.fromEntries(strings), input })
}

async function secureFront(app: Application): Promise<TestFront> {
  const worker = await workerForTest(app)
  return await frontOver(() => ({ by: 'worker', worker }), worker.peerHeader, undefined, testCertificate)
}

function session(front: TestFront): ClientHttp2Session {
  const opened = connect(`https://localhost:${front.port}`, { ca: testCertificate.cert })
  onTestFinished(() => opened.destroy())
  return opened
}

interface Answer {
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return { headers, text }
}

describe('over HTTP/2', () => {
  test('the request reaches the application as it would without a process between', async () => {
    const front = await secureFront(showRequest)
    const { headers, text } = await answerOf(
      session(front).request({ ':path': '/a?q=1', cookie: ['c=1', 'd=2'], 'x-one': '1' }),
    )
    expect(headers).toMatchObject({ ':status': 200, 'set-cookie': ['a=1', 'b=2'] })
    expect(headers).not.toHaveProperty('connection')
    const environ = JSON.parse(text)
    expect(environ).toMatchObject({
      REQUEST_METHOD: 'GET',
      REQUEST_URI: '/a?q=1',
      SERVER_PROTOCOL: 'HTTP/2.0',
      'wsgi.url_scheme': 'https',
      HTTP_HOST: `localhost:${front.port}`,
      HTTP_COOKIE: 'c=1; d=2',
      HTTP_X_ONE: '1',
      REMOTE_ADDR: '127.0.0.1',
      SERVER_PORT: String(front.port),
    })
    expect(environ).not.toHaveProperty('CONTENT_LENGTH')
  })

  test.each(['POST', 'GET', 'DELETE'])('a body of %s that no header announces arrives', async (method) => {
    const front = await secureFront(showRequest)
    const stream = session(front).request({ ':method': method }, { endStream: false })
    stream.end('hello')
    const environ = JSON.parse((await answerOf(stream)).text)
    expect(environ.input).toBe('hello')
    expect(environ).not.toHaveProperty('HTTP_TRANSFER_ENCODING')
  })

  test('many requests at the same time get their own answers', async () => {
    const front = await secureFront(showRequest)
    const client = session(front)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => answerOf(client.request({ ':path': `/${index}` }))),
    )
    expect(answers.map(({ text }) => JSON.parse(text).PATH_INFO)).toEqual(
      Array.from({ length: 50 }, (_, index) => `/${index}`),
    )
    expect(await front.logged(50)).toHaveLength(50)
  })

  test('an answer that breaks off is cut, and the connection goes on', async () => {
    const front = await secureFront(async function* (environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      yield 'begun'
      if (environ.PATH_INFO === '/cut') throw new Error('no more')
    })
    const client = session(front)
    await expect(answerOf(client.request({ ':path': '/cut' }))).rejects.toThrow()
    expect((await answerOf(client.request({ ':path': '/' }))).text).toBe('begun')
  })

  test('a failure is shown, and a host that is not known refused', async () => {
    const failure = plainFailure('error', 'It is broken.')
    const check = (host: string | undefined): 'known' | 'unknown' =>
      host === 'evil.example' ? 'unknown' : 'known'
    const front = await frontOver(() => ({ by: 'failure', failure }), '', check, testCertificate)
    const client = session(front)
    expect((await answerOf(client.request({ ':path': '/' }))).text).toContain('It is broken.')
    const { headers, text } = await answerOf(client.request({ ':path': '/', ':authority': 'evil.example' }))
    expect(headers[':status']).toBe(403)
    expect(text).not.toContain('broken')
  })
})

describe('over HTTP/1.1 in TLS', () => {
  test('the request reaches the application with its scheme', async () => {
    const front = await secureFront(showRequest)
    const request = get({
      host: 'localhost',
      port: front.port,
      path: '/',
      ca: testCertificate.cert,
      agent: false,
    })
    const [answer] = await once(request, 'response')
    let text = ''
    for await (const chunk of answer) text += chunk
    expect(JSON.parse(text)).toMatchObject({ 'wsgi.url_scheme': 'https', SERVER_PROTOCOL: 'HTTP/1.1' })
  })

  test('a WebSocket is passed on', async () => {
    const front = await secureFront(async (environ, startResponse) => {
      const socket = await environ['wsgi.websocket']?.accept()
      await socket?.send(`hello over ${environ['wsgi.url_scheme']}`)
      await socket?.closed
      startResponse('204 No Content', [])
      return ''
    })
    const socket = connectTls({ port: front.port, host: 'localhost', ca: testCertificate.cert })
    onTestFinished(() => void socket.destroy())
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    let text = ''
    for await (const chunk of socket.setEncoding('latin1')) {
      text += chunk
      if (text.includes('hello over https')) break
    }
    expect(text).toMatch(/^HTTP\/1\.1 101 /)
  })
})
