import { Agent } from 'node:http'
import type { Application, Environ } from '@stapel/core'
import { describe, expect, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { frontForTest, frontOver, Wire, workerForTest } from './front.test-support.ts'
import type { Answering, Turn } from './turn.ts'

const ok: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'ok'
}

/** An application that gives its environ as JSON, but for what is no string. */
const showEnviron: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return JSON.stringify(
    Object.fromEntries(Object.entries(environ).filter(([, value]) => typeof value === 'string')),
  )
}

async function environOf(port: number, head: string, body = ''): Promise<Record<string, string>> {
  const wire = await Wire.open(port)
  const text = await wire.send(`${head.replaceAll('\n', '\r\n')}\r\n\r\n${body}`).until(/\r\n\r\n.*\}$/s)
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Record<string, string>
}

describe('the request reaches the application as it was sent', () => {
  test('target, headers, their order and repeats', async () => {
    const front = await frontForTest(showEnviron)
    const environ = await environOf(
      front.port,
      'GET /a%2fb/%zz?q=%20&q=2 HTTP/1.1\nHost: example.org\nX-One: 1\nx-one: 2\nCookie: a=1\nCookie: b=2',
    )
    expect(environ).toMatchObject({
      REQUEST_URI: '/a%2fb/%zz?q=%20&q=2',
      QUERY_STRING: 'q=%20&q=2',
      HTTP_HOST: 'example.org',
      HTTP_X_ONE: '1, 2',
      HTTP_COOKIE: 'a=1; b=2',
    })
    expect(
      Object.keys(environ)
        .filter((key) => key.startsWith('HTTP_'))
        .sort(),
    ).toEqual(['HTTP_COOKIE', 'HTTP_HOST', 'HTTP_X_ONE'])
  })

  test('the address of the client and of the listening side', async () => {
    const front = await frontForTest(showEnviron)
    const wire = await Wire.open(front.port)
    const text = await wire.send('GET / HTTP/1.1\r\nHost: elsewhere:99\r\n\r\n').until(/\}$/)
    const environ = JSON.parse(text.slice(text.indexOf('{'))) as Environ
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
    expect(environ.REMOTE_PORT).toBe(String(wire.socket.localPort))
    expect(environ.SERVER_NAME).toBe('127.0.0.1')
    expect(environ.SERVER_PORT).toBe(String(front.port))
  })

  test('an address that a client claims in the private header is dropped', async () => {
    const front = await frontForTest(showEnviron)
    const environ = await environOf(
      front.port,
      `GET / HTTP/1.1\nHost: a\n${front.peerHeader.toUpperCase()}: 192.0.2.1 1 192.0.2.2 2 1.1 -`,
    )
    expect(environ.REMOTE_ADDR).toBe('127.0.0.1')
    expect(Object.keys(environ).some((key) => key.includes('STAPEL_PEER'))).toBe(false)
  })

  test('a POST without a body gets no Content-Length', async () => {
    const front = await frontForTest(showEnviron)
    const environ = await environOf(front.port, 'POST / HTTP/1.1\nHost: a')
    expect(environ).not.toHaveProperty('CONTENT_LENGTH')
    expect(environ).not.toHaveProperty('HTTP_TRANSFER_ENCODING')
  })

  test('HTTP/1.0 without Host', async () => {
    const front = await frontForTest(showEnviron)
    const environ = await environOf(front.port, 'GET /old HTTP/1.0')
    expect(environ.SERVER_PROTOCOL).toBe('HTTP/1.0')
    expect(environ).not.toHaveProperty('HTTP_HOST')
  })

  test('an absolute-form target, and OPTIONS *', async () => {
    const front = await frontForTest(showEnviron)
    const absolute = await environOf(front.port, 'GET http://other.example/x HTTP/1.1\nHost: a')
    expect(absolute).toMatchObject({
      REQUEST_URI: 'http://other.example/x',
      PATH_INFO: '/x',
      HTTP_HOST: 'other.example',
    })
    const asterisk = await environOf(front.port, 'OPTIONS * HTTP/1.1\nHost: a')
    expect(asterisk).toMatchObject({ REQUEST_URI: '*', PATH_INFO: '' })
  })

  test('a body with a length and a chunked one, also of a GET', async () => {
    const front = await frontForTest(async (environ, startResponse) => {
      const bytes = await environ['stapel.context'].read()
      startResponse('200 OK', [])
      return `${environ.CONTENT_LENGTH ?? environ.HTTP_TRANSFER_ENCODING} ${Buffer.from(bytes)};`
    })
    const wire = await Wire.open(front.port)
    wire.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')
    await wire.until(/5 hello;/)
    wire.send(
      'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n',
    )
    await wire.until(/chunked hello;/)
  })

  test('100 Continue is sent when the application reads, and not before', async () => {
    const front = await frontForTest(async (environ, startResponse) => {
      if (environ.PATH_INFO === '/read') await environ['stapel.context'].read()
      startResponse('200 OK', [])
      return 'answered'
    })
    const reading = await Wire.open(front.port)
    reading.send('PUT /read HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
    await reading.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    await reading.send('ab').until(/answered$/)
    const refusing = await Wire.open(front.port)
    refusing.send('PUT /no HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n')
    expect(await refusing.until(/answered$/)).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
  })
})

describe('the answer reaches the client as it was given', () => {
  test('status, reason, headers, their order and repeats', async () => {
    const front = await frontForTest((_environ, startResponse) => {
      startResponse('207 Quite Something', [
        ['X-B', '1'],
        ['Set-Cookie', 'a=1'],
        ['x-a', '2'],
        ['Set-Cookie', 'b=2'],
        ['Content-Length', '2'],
      ])
      return 'ok'
    })
    const wire = await Wire.open(front.port)
    const text = await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/ok$/)
    expect(text).toMatch(
      /^HTTP\/1\.1 207 Quite Something\r\nX-B: 1\r\nSet-Cookie: a=1\r\nx-a: 2\r\nSet-Cookie: b=2\r\nContent-Length: 2\r\nDate: [^\r]+\r\nConnection: keep-alive\r\n/,
    )
  })

  test('chunk by chunk, and the headers before the first', async () => {
    const first = settleable<void>()
    const second = settleable<void>()
    const front = await frontForTest(async function* (_environ, startResponse) {
      const write = startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      await write('')
      await first.promise
      yield 'one'
      await second.promise
      yield 'two'
    })
    const wire = await Wire.open(front.port)
    wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await wire.until(/\r\n\r\n$/)
    first.settle()
    await wire.until(/3\r\none\r\n$/)
    second.settle()
    await wire.until(/3\r\ntwo\r\n0\r\n\r\n$/)
  })

  test('HEAD keeps its Content-Length, 204 and 304 have no body; the connection stays usable', async () => {
    const front = await frontForTest((environ, startResponse) => {
      if (environ.REQUEST_METHOD === 'HEAD') startResponse('200 OK', [['Content-Length', '1000']])
      else startResponse(environ.PATH_INFO === '/204' ? '204 No Content' : '304 Not Modified', [])
      return ''
    })
    const wire = await Wire.open(front.port)
    await wire.send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n').until(/Content-Length: 1000\r\n.*\r\n\r\n$/s)
    await wire.send('GET /204 HTTP/1.1\r\nHost: a\r\n\r\n').until(/204 No Content\r\n.*\r\n\r\n$/s)
    await wire.send('GET /304 HTTP/1.1\r\nHost: a\r\n\r\n').until(/304 Not Modified\r\n.*\r\n\r\n$/s)
  })

  test('a body that breaks off breaks off', async () => {
    const front = await frontForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'some'
      throw new Error('broken')
    })
    const wire = await Wire.open(front.port)
    const text = await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').rest()
    expect(text).toMatch(/4\r\nsome\r\n$/)
    const [record] = await front.logged(1)
    expect(record).toMatchObject({ method: 'GET', target: '/', status: 200, bytes: 4, note: 'cut off' })
  })

  test('of many bytes arrives whole at a reader that stops and goes', async () => {
    const chunk = Buffer.alloc(65_536, 'x')
    const front = await frontForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (let i = 0; i < 64; i++) yield chunk
    })
    const response = await fetch(front.url)
    let size = 0
    for await (const part of response.body as ReadableStream<Uint8Array>) {
      size += part.byteLength
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(size).toBe(64 * 65_536)
    expect((await front.logged(1))[0]).toMatchObject({ status: 200, bytes: 64 * 65_536, note: undefined })
  })
})

describe('clients that leave, and clients that do not stop', () => {
  test('a client that leaves is noticed by the application, and noted', async () => {
    const begun = settleable<void>()
    const aborted = settleable<void>()
    const front = await frontForTest(async (environ, startResponse) => {
      environ['stapel.context'].signal.addEventListener('abort', () => aborted.settle())
      begun.settle()
      await aborted.promise
      startResponse('200 OK', [])
      return 'nobody reads this'
    })
    const wire = await Wire.open(front.port)
    wire.send('GET /x HTTP/1.1\r\nHost: a\r\n\r\n')
    await begun.promise
    wire.socket.destroy()
    await aborted.promise
    expect((await front.logged(1))[0]).toMatchObject({ target: '/x', status: 0, note: 'client left' })
  })

  test('an upload that is cut off ends for the application, too', async () => {
    const failure = settleable<unknown>()
    const front = await frontForTest(async (environ, startResponse) => {
      await environ['stapel.context'].read().catch(failure.settle)
      startResponse('200 OK', [])
      return ''
    })
    const wire = await Wire.open(front.port)
    wire.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this')
    wire.socket.end()
    expect(await failure.promise).toMatchObject({ name: 'ClientDisconnected' })
  })

  test('an answer reaches a client that is still uploading', async () => {
    const front = await frontForTest((_environ, startResponse) => {
      startResponse('413 Content Too Large', [])
      return 'too large'
    })
    const wire = await Wire.open(front.port)
    wire.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n')
    const part = Buffer.alloc(100_000)
    for (let i = 0; i < 40; i++) wire.send(part)
    expect(await wire.rest()).toMatch(/^HTTP\/1\.1 413 .*too large$/s)
  })

  test('a small body that nobody reads leaves the connection usable', async () => {
    const front = await frontForTest(ok)
    const wire = await Wire.open(front.port)
    wire.send('POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345')
    await wire.until(/ok$/)
    wire.send('67890GET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
    await wire.until(/ok.*ok$/s)
    expect((await front.logged(2)).map((record) => record.target)).toEqual(['/1', '/2'])
  })
})

describe('what is no request is answered as well', () => {
  const cases: readonly [what: string, bytes: string, status: number][] = [
    ['a broken request line', 'GET\r\n\r\n', 400],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an unknown method', 'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n', 501],
    ['headers beyond the limit', `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx', 400],
    ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n', 501],
    ['a missing Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['a repeated Host', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', 400],
    ['a path above the root', 'GET /../x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
  ]
  test.for(cases)('%s', async ([, bytes, status]) => {
    const front = await frontForTest(ok)
    const wire = await Wire.open(front.port)
    const text = await wire.send(Buffer.from(bytes, 'latin1')).rest()
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(text).toContain('Connection: close')
    expect((await front.logged(1))[0]?.status).toBe(status)
  })
})

describe('while there is no application', () => {
  test('a request waits, and is then passed on with its body', async () => {
    const worker = await workerForTest(async (environ, startResponse) => {
      const bytes = await environ['stapel.context'].read()
      startResponse('200 OK', [])
      return `got ${bytes.byteLength}`
    })
    const turn = settleable<Turn>()
    const asked = settleable<void>()
    const front = await frontOver(() => {
      asked.settle()
      return turn.promise
    })
    const answer = fetch(front.url, { method: 'POST', body: 'x'.repeat(100_000) })
    await asked.promise
    turn.settle({ by: 'worker', worker })
    expect(await (await answer).text()).toBe('got 100000')
  })

  test('a request meant for a process that has just ended goes to the next one', async () => {
    const worker = await workerForTest(ok)
    const gone: Answering = {
      ...worker,
      socketPath: `${worker.socketPath}.gone`,
      agent: new Agent(),
      ended: Promise.resolve(plainFailure('error', 'It ended.')),
    }
    const workers = [gone, worker]
    const front = await frontOver(() => ({ by: 'worker', worker: workers.shift() as Answering }))
    expect(await (await fetch(front.url)).text()).toBe('ok')
  })

  test('a request that nobody may wait for is answered 503 with Retry-After', async () => {
    const front = await frontOver(() => ({ by: 'nobody', reason: 'The application is still starting.' }))
    const response = await fetch(front.url)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.text()).toBe('The application is still starting.\n')
  })

  test('a failure is shown, to HEAD without a body', async () => {
    const front = await frontOver(() => ({ by: 'failure', failure: plainFailure('error', 'It ended.') }))
    const response = await fetch(front.url, { method: 'HEAD' })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-length')).toBe('10')
    expect(await response.text()).toBe('')
  })

  test('a client that leaves ends its wait', async () => {
    const asked = settleable<void>()
    const gone = settleable<void>()
    const front = await frontOver((signal) => {
      signal?.addEventListener('abort', () => gone.settle())
      asked.settle()
      return new Promise(() => {})
    })
    const wire = await Wire.open(front.port)
    wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await asked.promise
    wire.socket.destroy()
    await gone.promise
    expect((await front.logged(1))[0]).toMatchObject({ status: 0, note: 'client left' })
  })
})

function settleable<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle: (value: T) => void = () => {}
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return { promise, settle: (value) => settle(value) }
}
