import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Answer, answerOf, session } from './http2.test-support.ts'
import { adaptHttp2, bodyFollows, checkHeaderSize, endHttp2, isHttp2, streamOf } from './http2-response.ts'

type Listener = (req: IncomingMessage, res: ServerResponse) => void

/** A server of HTTP/2 that is not ours, in the clear, with a listener for its requests. */
async function serving(
  listener: Listener,
  limits: { maxHeaderSize?: number } = {},
): Promise<{ url: string }> {
  const server = Object.assign(createServer(), limits)
  server.on('request', listener as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** The answer to one request without a body. */
async function answerBy(listener: Listener, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(session(await serving(listener)).request(headers))
}

/** What a promise of the server's side settles with, while the client waits for its answer. */
function watched<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_value: T): void => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

test('a request of HTTP/2 is told from one that only says so', async () => {
  let seen: boolean | undefined
  await answerBy((req, res) => {
    seen = isHttp2(req)
    res.end()
  })
  expect(seen).toBe(true)
  expect(isHttp2({ httpVersionMajor: 2 } as IncomingMessage)).toBe(false)
  expect(isHttp2({ httpVersionMajor: 1, stream: {} } as unknown as IncomingMessage)).toBe(false)
})

test('whether a body follows needs no header to say so', async () => {
  const seen: boolean[] = []
  const server = await serving((req, res) => {
    seen.push(bodyFollows(req))
    req.resume()
    res.end()
  })
  const client = session(server)
  await answerOf(client.request({ ':method': 'GET' }))
  const upload = client.request({ ':method': 'POST' }, { endStream: false })
  const answered = answerOf(upload)
  upload.end('body')
  await answered
  expect(seen).toEqual([false, true])
})

test('header fields larger than maxHeaderSize are refused, by the count of RFC 9113', async () => {
  const outcomes: unknown[] = []
  const server = await serving(
    (req, res) => {
      try {
        checkHeaderSize(req)
        outcomes.push('fits')
      } catch (error) {
        outcomes.push((error as { status: number }).status)
      }
      res.end()
    },
    { maxHeaderSize: 1_000 },
  )
  const client = session(server)
  await answerOf(client.request({ 'x-size': 'x'.repeat(500) }))
  await answerOf(client.request({ 'x-size': 'x'.repeat(900) }))
  expect(outcomes).toEqual(['fits', 431])
})

test('where the server has no maxHeaderSize every size fits', async () => {
  const answer = await answerBy(
    (req, res) => {
      checkHeaderSize(req)
      res.end('fits')
    },
    { 'x-size': 'x'.repeat(5_000) },
  )
  expect(answer.text).toBe('fits')
})

describe('an adapted response', () => {
  test('takes the head as HTTP/1 has it, and leaves out reason and Connection', async () => {
    const answer = await answerBy((req, res) => {
      adaptHttp2(req, res, 0)
      res.writeHead(418, 'Teapot', ['X-A', '1', 'Connection', 'close', 'X-A', '2'])
      res.end('short')
    })
    expect(answer).toMatchObject({ status: 418, text: 'short', code: constants.NGHTTP2_NO_ERROR })
    expect(answer.headers).toMatchObject({ 'x-a': '1, 2' })
    expect(answer.headers).not.toHaveProperty('connection')
  })

  test('that is destroyed resets its stream, and no other', async () => {
    const server = await serving((req, res) => {
      adaptHttp2(req, res, 0)
      if (req.url === '/good') {
        res.end('good')
        return
      }
      res.writeHead(200, 'OK', [])
      res.write('begun')
      res.destroy()
    })
    const client = session(server)
    const broken = answerOf(client.request({ ':path': '/broken' }))
    const good = answerOf(client.request({ ':path': '/good' }))
    expect((await broken).code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect(await good).toMatchObject({ text: 'good', code: constants.NGHTTP2_NO_ERROR })
  })

  test('is finished when its stream is, and not destroyed before', async () => {
    const states = watched<unknown[]>()
    await answerBy((req, res) => {
      adaptHttp2(req, res, 0)
      const before = [res.destroyed, res.closed, res.writableFinished]
      res.once('close', () => states.resolve([before, res.destroyed, res.writableFinished]))
      res.end('whole')
    })
    expect(await states.promise).toEqual([[false, false, false], true, true])
  })

  test('whose client has reset it is destroyed and not finished', async () => {
    const states = watched<unknown[]>()
    const server = await serving((req, res) => {
      adaptHttp2(req, res, 0)
      res.once('close', () => states.resolve([res.destroyed, res.closed, res.writableFinished]))
      res.writeHead(200, 'OK', [])
      res.write('begun')
    })
    const asked = session(server).request()
    await once(asked, 'response')
    asked.close(constants.NGHTTP2_CANCEL)
    expect(await states.promise).toEqual([true, true, false])
  })

  test('looks gone to the application when its request has taken too long', async () => {
    const states = watched<unknown[]>()
    await answerBy((req, res) => {
      const giveUp = adaptHttp2(req, res, 0)
      giveUp()
      states.resolve([res.destroyed, res.closed, res.writableFinished, req.destroyed])
      streamOf(req).respond({ ':status': 408 }, { endStream: true })
    })
    expect(await states.promise).toEqual([true, true, false, true])
  })

  test('may be told to keep the connection or not, which says nothing here', async () => {
    const answer = await answerBy((req, res) => {
      adaptHttp2(req, res, 0)
      res.shouldKeepAlive = false
      res.end('kept')
    })
    expect(answer).toMatchObject({ text: 'kept', code: constants.NGHTTP2_NO_ERROR })
  })

  test('that is complete is cut when its client takes nothing of it for stallTimeout', async () => {
    const gone = watched<boolean>()
    const server = await serving((req, res) => {
      adaptHttp2(req, res, 40)
      res.once('close', () => gone.resolve(res.writableFinished))
      res.end('x'.repeat(1_000))
    })
    const asked = session(server, { initialWindowSize: 10 }).request()
    asked.on('error', () => {})
    asked.pause()
    expect(await gone.promise).toBe(false)
  })
})

test('an answer that does not wait for the body of its request ends the stream without an error', async () => {
  const server = await serving((req, res) => {
    res.writeHead(413)
    endHttp2(req, res, 'too much')
  })
  const client = session(server)
  const upload = client.request({ ':method': 'POST' }, { endStream: false })
  upload.write('the beginning')
  expect(await answerOf(upload)).toMatchObject({
    status: 413,
    text: 'too much',
    code: constants.NGHTTP2_NO_ERROR,
  })
  const next = client.request({ ':method': 'POST' }, { endStream: false })
  expect((await answerOf(next)).text).toBe('too much')
})
