import { once } from 'node:events'
import { constants, createSecureServer } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ClientDisconnected } from '../http-errors.ts'
import type { Application, Chunk } from '../protocol.ts'
import { validate } from '../validate.ts'
import { attach } from './attach.ts'
import { type Answer, answerOf, http2, session } from './http2.test-support.ts'
import { nodeHandler } from './node-handler.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'
import type { RunningServer } from './serve.ts'
import { testCertificate } from './tls.test-support.ts'

function get(server: RunningServer, headers: Record<string, string> = {}): Promise<Answer> {
  return answerOf(session(server).request({ ':path': '/', ...headers }))
}

describe('environ', () => {
  test('has the protocol, the scheme, the authority as Host, and no pseudo-header fields', async () => {
    let seen: Record<string, unknown> = {}
    const server = await serveForTest((environ, startResponse) => {
      seen = { ...environ }
      startResponse('200 OK', [])
      return ''
    }, http2)
    const client = session(server)
    await answerOf(
      client.request({
        ':path': '/%61?b=c',
        ':authority': 'example.org',
        host: 'other',
        cookie: ['a=1', 'b=2'],
      }),
    )
    expect(seen).toMatchObject({
      SERVER_PROTOCOL: 'HTTP/2.0',
      'wsgi.url_scheme': 'https',
      HTTP_HOST: 'example.org',
      HTTP_COOKIE: 'a=1; b=2',
      PATH_INFO: '/a',
      REQUEST_URI: '/%61?b=c',
      QUERY_STRING: 'b=c',
      REMOTE_ADDR: '127.0.0.1',
    })
    expect(Object.keys(seen).filter((key) => key.includes(':'))).toEqual([])
  })

  test('a path that climbs above the root is answered 400', async () => {
    const server = await serveForTest(() => '', { ...http2, validated: false })
    expect((await get(server, { ':path': '/../x' })).status).toBe(400)
  })

  test('a malformed authority does not reach the application', async () => {
    const reached: unknown[] = []
    const server = await serveForTest(
      (environ) => {
        reached.push(environ.HTTP_HOST)
        return ''
      },
      { ...http2, validated: false },
    )
    // Newer versions of Node refuse it themselves, with a reset of the stream.
    expect((await get(server, { ':authority': 'user@example.org' })).status).not.toBe(200)
    expect(reached).toEqual([])
  })

  test('more header fields than are allowed are answered 431', async () => {
    const server = await serveForTest(() => '', { ...http2, validated: false, maxHeadersCount: 10 })
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`x-${index}`, 'y']))
    expect((await get(server, many)).status).toBe(431)
  })

  test('header fields that are larger than is allowed are answered 431, and do not reach the application', async () => {
    const reached: unknown[] = []
    const server = await serveForTest(
      (environ, startResponse) => {
        reached.push(environ.PATH_INFO)
        startResponse('200 OK', [])
        return ''
      },
      { ...http2, maxHeaderSize: 1_000 },
    )
    const client = session(server)
    const first = client.request({ ':path': '/first', 'x-large': 'x'.repeat(1_000) })
    expect((await answerOf(first)).status).toBe(431)
    // From now on it is Node that refuses them.
    const second = client.request({ ':path': '/second', 'x-large': 'x'.repeat(1_000) })
    expect((await answerOf(second)).status).not.toBe(200)
    expect((await answerOf(client.request({ ':path': '/third' }))).status).toBe(200)
    expect(reached).toEqual(['/third'])
  })
})

describe('the answer', () => {
  test('has status and headers, repeats too, and the length of its only chunk', async () => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('404 Nowhere', [
        ['X-Text', 'caf\u00e9'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ])
      return 'caf\u00e9'
    }, http2)
    const answer = await get(server)
    expect(answer).toMatchObject({ status: 404, text: 'caf\xc3\xa9', code: 0 })
    expect(answer.headers).toMatchObject({
      'content-length': '5',
      'set-cookie': ['a=1', 'b=2'],
      'x-text': 'caf\u00e9',
    })
  })

  test('is streamed chunk by chunk', async () => {
    const proceed = gate()
    const server = await serveForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'first'
      await proceed.opened
      yield ' second'
    }, http2)
    const stream = session(server).request()
    const answer = answerOf(stream)
    await once(stream, 'data')
    proceed.open()
    expect(await answer).toMatchObject({ status: 200, text: 'first second', code: 0 })
  })

  test('to HEAD has the headers of GET and no bytes; 204 has none', async () => {
    const server = await serveForTest((environ, startResponse) => {
      startResponse(environ.PATH_INFO === '/' ? '200 OK' : '204 No Content', [])
      return environ.PATH_INFO === '/' ? 'Hello' : ''
    }, http2)
    const head = await get(server, { ':method': 'HEAD' })
    expect(head.headers['content-length']).toBe('5')
    expect(head.text).toBe('')
    const empty = await get(server, { ':path': '/2' })
    expect(empty).toMatchObject({ status: 204, text: '' })
    expect(empty.headers).not.toHaveProperty('content-length')
  })

  test('that fails after its beginning resets its stream, and no other', async () => {
    const server = await serveForTest((environ, startResponse) => {
      startResponse('200 OK', [])
      if (environ.PATH_INFO !== '/') return 'fine'
      return (function* (): Generator<Chunk> {
        yield 'begun'
        throw new Error('too late')
      })()
    }, http2)
    const client = session(server)
    const failed = await answerOf(client.request({ ':path': '/' }))
    expect(failed.code).toBe(constants.NGHTTP2_INTERNAL_ERROR)
    expect(await answerOf(client.request({ ':path': '/2' }))).toMatchObject({
      status: 200,
      text: 'fine',
      code: 0,
    })
    expect(server.log.join('')).toContain('too late')
  })

  test('shorter than its Content-Length does not look whole', async () => {
    const server = await serveForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Length', '10']])
        return 'Hello'
      },
      { ...http2, validated: false },
    )
    expect((await get(server)).code).not.toBe(0)
    expect(server.log.join('')).toContain('protocol 4.5')
  })

  test('waits for a client that has no room', async () => {
    let pulled = 0
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (pulled = 1; pulled <= 256; pulled++) yield new Uint8Array(1_048_576)
    }, http2)
    const stream = session(server).request()
    stream.on('error', () => {})
    await once(stream, 'response')
    await new Promise((resolve) => setImmediate(resolve))
    expect(pulled).toBeLessThan(64)
  })
})

describe('the request', () => {
  const echo: Application = async (environ, startResponse) => {
    const bytes = await environ['stapel.context'].read()
    startResponse('200 OK', [])
    return bytes
  }

  test('has its body, without a length as well', async () => {
    const server = await serveForTest(echo, http2)
    const stream = session(server).request({ ':method': 'POST', ':path': '/' })
    stream.write('Hel')
    stream.end('lo')
    expect(await answerOf(stream)).toMatchObject({ status: 200, text: 'Hello' })
  })

  test('with a body that nobody reads is answered, and the next one on the connection, too', async () => {
    const server = await serveForTest((environ, startResponse) => {
      startResponse('200 OK', [])
      return `answer ${environ.PATH_INFO}`
    }, http2)
    const client = session(server)
    const stream = client.request({ ':method': 'POST', ':path': '/1' })
    stream.write(Buffer.alloc(1_000_000))
    expect(await answerOf(stream)).toMatchObject({ text: 'answer /1' })
    expect(await answerOf(client.request({ ':path': '/2' }))).toMatchObject({ text: 'answer /2' })
  })

  test('100 Continue is sent when the application first reads', async () => {
    const entered = gate()
    const proceed = gate()
    const server = await serveForTest(async (environ, startResponse) => {
      entered.open()
      await proceed.opened
      return await echo(environ, startResponse)
    }, http2)
    const stream = session(server).request({ ':method': 'POST', ':path': '/', expect: '100-continue' })
    const answer = answerOf(stream)
    let continued = false
    stream.on('continue', () => {
      continued = true
      stream.end('Hello')
    })
    await entered.opened
    expect(continued).toBe(false)
    proceed.open()
    expect(await answer).toMatchObject({ status: 200, text: 'Hello' })
  })

  test('that breaks off while it is read makes the input throw ClientDisconnected', async () => {
    const failures: unknown[] = []
    const server = await serveForTest(async (environ, startResponse) => {
      try {
        for await (const _ of environ['wsgi.input']);
      } catch (error) {
        failures.push(error)
        throw error
      }
      failures.push('whole')
      startResponse('200 OK', [])
      return ''
    }, http2)
    const client = session(server)
    const stream = client.request({ ':method': 'POST', ':path': '/' })
    stream.on('error', () => {})
    stream.write('Hel')
    await once(server.server, 'request')
    client.destroy()
    await expect.poll(() => failures).toEqual([expect.any(ClientDisconnected)])
    expect(server.log).toEqual([])
  })

  test('that is reset aborts the signal and ends the body', async () => {
    const calls: string[] = []
    const server = await serveForTest(async function* (environ, startResponse) {
      const { signal } = environ['stapel.context']
      signal.addEventListener('abort', () => calls.push('abort'))
      startResponse('200 OK', [])
      try {
        yield 'first'
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        yield 'second'
      } finally {
        calls.push('finally')
      }
    }, http2)
    const stream = session(server).request()
    stream.on('error', () => {})
    await once(stream, 'data')
    stream.close(constants.NGHTTP2_CANCEL)
    await expect.poll(() => calls).toEqual(['abort', 'finally'])
    expect(server.log).toEqual([])
  })
})

describe('the server', () => {
  const protocol: Application = (environ, startResponse) => {
    startResponse('200 OK', [])
    return `${environ.SERVER_PROTOCOL} ${environ['wsgi.url_scheme']} ${environ.HTTP_HOST}`
  }

  function overHttps(url: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const req = httpsRequest(url, { rejectUnauthorized: false, agent: false }, (res) => {
        let text = ''
        res.on('data', (data) => {
          text += data
        })
        res.on('end', () => resolve(text))
      })
      req.on('error', reject)
      req.end()
    })
  }

  test('speaks HTTP/1.1 with clients that do not know HTTP/2, and over HTTPS without it', async () => {
    const both = await serveForTest(protocol, http2)
    expect(await overHttps(both.url)).toBe(`HTTP/1.1 https ${both.url.slice(8)}`)
    const plain = await serveForTest(protocol, { tls: testCertificate })
    expect(plain.url).toMatch(/^https:/)
    expect(await overHttps(plain.url)).toBe(`HTTP/1.1 https ${plain.url.slice(8)}`)
  })

  test('a client that speaks no TLS is cut off, and touches nobody else', async () => {
    const server = await serveForTest(protocol, { tls: testCertificate })
    expect(await rawRequest({ port: server.port, url: '' }, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('')
    expect(await overHttps(server.url)).toContain('HTTP/1.1 https')
  })

  test('a client that does not finish the handshake is cut off', async () => {
    const server = await serveForTest(protocol, { tls: { ...testCertificate, handshakeTimeout: 50 } })
    const silent = await RawConnection.open(server)
    expect(await silent.untilClose()).toBe('')
  })

  test('close ends connections over TLS that have asked for nothing', async () => {
    const server = await serveForTest(protocol, { tls: testCertificate })
    const silent = connectTls({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
    onTestFinished(() => void silent.destroy())
    await once(silent, 'secureConnect')
    silent.resume()
    await server.close({ timeout: 60_000 })
    if (!silent.destroyed) await once(silent, 'close')
    expect(silent.destroyed).toBe(true)
  })

  test('close answers what is in flight, over HTTP/2 and HTTPS, and ends idle connections', async () => {
    const entered = gate()
    const proceed = gate()
    const server = await serveForTest(async (_environ, startResponse) => {
      entered.open()
      await proceed.opened
      startResponse('200 OK', [])
      return 'done'
    }, http2)
    const idle = session(server)
    await once(idle, 'connect')
    const answer = get(server)
    const older = overHttps(server.url)
    await entered.opened
    await once(server.server, 'request').catch(() => {})
    const closed = server.close({ timeout: 60_000 })
    proceed.open()
    expect((await answer).text).toBe('done')
    expect(await older).toBe('done')
    await closed
  })

  test('close cuts streams that do not end', async () => {
    const server = await serveForTest(() => new Promise<never>(() => {}), http2)
    const answer = get(server)
    await once(server.server, 'request')
    await server.close({ timeout: 0 })
    expect((await answer).status).toBeNaN()
  })

  test('attach serves on an HTTP/2 server of your own', async () => {
    const own = createSecureServer({ ...testCertificate, allowHTTP1: true })
    const attached = attach(own, protocol)
    own.listen(0, '127.0.0.1')
    await once(own, 'listening')
    onTestFinished(() => attached.close({ timeout: 0 }))
    const url = `https://127.0.0.1:${(own.address() as { port: number }).port}`
    expect((await answerOf(session({ url }).request())).text).toBe(`HTTP/2.0 https ${url.slice(8)}`)
    expect(await overHttps(url)).toBe(`HTTP/1.1 https ${url.slice(8)}`)
  })

  test('nodeHandler serves in an HTTP/2 server of your own, beside other handlers', async () => {
    const handler = nodeHandler(validate(protocol))
    const own = createSecureServer({ ...testCertificate, allowHTTP1: true }, (req, res) => {
      res.setHeader('X-Own', '1')
      if (req.url === '/own') res.end('own')
      else handler(req, res)
    })
    own.listen(0, '127.0.0.1')
    await once(own, 'listening')
    onTestFinished(() => void own.close())
    const url = `https://127.0.0.1:${(own.address() as { port: number }).port}`
    const client = session({ url })
    expect((await answerOf(client.request({ ':path': '/own' }))).text).toBe('own')
    const answer = await answerOf(client.request({ ':path': '/' }))
    expect(answer).toMatchObject({ status: 200, text: `HTTP/2.0 https ${url.slice(8)}` })
    expect(answer.headers).toMatchObject({ 'x-own': '1', 'content-length': String(answer.text.length) })
    expect(await overHttps(url)).toBe(`HTTP/1.1 https ${url.slice(8)}`)
    client.close()
  })

  test('HTTP/2 without TLS is refused when the server is made', async () => {
    await expect(serveForTest(protocol, { http2: true })).rejects.toThrow('Got http2 without tls')
  })
})
