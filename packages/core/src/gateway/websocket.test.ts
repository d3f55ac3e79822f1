import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:tls'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ClientDisconnected, Forbidden } from '../http-errors.ts'
import type { Application } from '../protocol.ts'
import { stack } from '../stack.ts'
import { transform } from '../transform.ts'
import type { WebSocketConnection, WebSocketUpgrade } from '../websocket.ts'
import { attach } from './attach.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'
import { testCertificate } from './tls.test-support.ts'
import { TestWebSocket } from './websocket.test-support.ts'

const handshake =
  'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'

/** An application of what is done with a WebSocket. */
function talking(talk: (socket: WebSocketConnection) => unknown): Application {
  return async (environ, startResponse) => {
    await talk(await (environ['wsgi.websocket'] as WebSocketUpgrade).accept())
    startResponse('204 No Content', [])
    return ''
  }
}

const echo = talking(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

describe('accepting', () => {
  test('messages go both ways, text as strings and the others as bytes', async () => {
    const server = await serveForTest(echo)
    const client = await TestWebSocket.open(server.url)
    client.socket.send('caf\u00e9')
    client.socket.send(new Uint8Array([1, 2, 255]))
    client.socket.send('')
    expect(await client.received(3)).toEqual(['caf\u00e9', new Uint8Array([1, 2, 255]), ''])
    client.socket.close(1000)
    expect(await client.untilClosed()).toEqual({ code: 1000, reason: '' })
    expect(server.log).toEqual([])
  })

  test('an async generator may converse, too', async () => {
    // biome-ignore lint/correctness/useYield: the shape matters, not what it gives.
    const server = await serveForTest(async function* (environ, startResponse) {
      const socket = await (environ['wsgi.websocket'] as WebSocketUpgrade).accept()
      for await (const message of socket) await socket.send(message)
      startResponse('204 No Content', [])
    })
    const client = await TestWebSocket.open(server.url)
    client.socket.send('hello')
    expect(await client.received(1)).toEqual(['hello'])
  })

  test('the subprotocol and the headers of the answer are those that were chosen', async () => {
    let offered: readonly string[] = []
    const server = await serveForTest(async (environ, startResponse) => {
      const upgrade = environ['wsgi.websocket'] as WebSocketUpgrade
      offered = upgrade.protocols
      const socket = await upgrade.accept({
        protocol: 'chat.2',
        headers: [
          ['Set-Cookie', 'a=1'],
          ['X-Text', 'caf\u00e9'],
        ],
      })
      await socket.send(socket.protocol)
      startResponse('204 No Content', [])
      return ''
    })
    const client = await TestWebSocket.open(server.url, ['chat.1', 'chat.2'])
    expect(offered).toEqual(['chat.1', 'chat.2'])
    expect(client.socket.protocol).toBe('chat.2')
    expect(client.answer.headers['set-cookie']).toEqual(['a=1'])
    expect(client.answer.headers['x-text']).toBe('caf\u00e9')
    expect(await client.received(1)).toEqual(['chat.2'])
  })

  test('no subprotocol is agreed upon unless one is chosen', async () => {
    const server = await serveForTest(echo)
    const client = await TestWebSocket.open(server.url, ['chat.1']).catch((error: Error) => error.message)
    expect(client).toBe('Server sent no subprotocol')
  })

  test.each([
    [
      'a subprotocol that was not offered',
      { protocol: 'other' },
      'expected one that the client offers: none',
    ],
    ['a line break in a header', { headers: [['X', 'a\r\nb']] }, 'Got the value "a\\r\\nb" for the header X'],
  ])('%s is refused at the call site', async (_, options, message) => {
    const server = await serveForTest(async (environ) => {
      await (environ['wsgi.websocket'] as WebSocketUpgrade).accept(options as never)
      return ''
    })
    await expect(TestWebSocket.open(server.url)).rejects.toThrow('refused with 500')
    expect(server.log.join('')).toContain(message)
  })

  test('middleware that looks at answers works as it is', async () => {
    const statuses: string[] = []
    const note = transform((answer) => {
      statuses.push(answer.status)
      return answer
    })
    const server = await serveForTest(stack(echo, note))
    const client = await TestWebSocket.open(server.url)
    client.socket.send('through')
    expect(await client.received(1)).toEqual(['through'])
    client.socket.close()
    await expect.poll(() => statuses).toEqual(['204 No Content'])
    expect(server.log).toEqual([])
  })
})

test.each([
  ['HTTPS', { tls: testCertificate }],
  ['a server that speaks HTTP/2, too', { tls: testCertificate, http2: true }],
])('over %s it is the same, also what is no WebSocket', async (_, options) => {
  const server = await serveForTest(
    stack(echo, (app) => (environ, startResponse) => {
      if ('wsgi.websocket' in environ) return app(environ, startResponse)
      startResponse('200 OK', [])
      return `[${environ['wsgi.url_scheme']} ${environ.HTTP_UPGRADE}]`
    }),
    options,
  )
  const client = await TestWebSocket.open(server.url)
  client.socket.send('hello')
  expect(await client.received(1)).toEqual(['hello'])
  const plain = connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false })
  onTestFinished(() => void plain.destroy())
  plain.setEncoding('latin1')
  for (let i = 0; i < 2; i++) {
    plain.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    let answer = ''
    while (!answer.endsWith('[https h2c]')) answer += (await once(plain, 'data'))[0]
  }
  await server.close({ timeout: 60_000 })
  expect((await client.untilClosed()).code).toBe(1001)
})

describe('refusing', () => {
  test('an ordinary answer refuses the handshake', async () => {
    const server = await serveForTest((environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return `no WebSocket at ${environ.PATH_INFO}, but ${'wsgi.websocket' in environ}`
    })
    const answer = await rawRequest(server, `${handshake}\r\n`)
    expect(answer).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close[\s\S]*no WebSocket at \/, but true$/,
    )
  })

  test('an HTTPError refuses it with its status, and a stream is sent as any other', async () => {
    const server = await serveForTest((environ, startResponse) => {
      if (environ.HTTP_ORIGIN !== 'https://example.org') throw new Forbidden('Not from there.')
      startResponse('200 OK', [['Content-Length', '300000']])
      return (function* () {
        for (let i = 0; i < 3; i++) yield 'x'.repeat(100_000)
      })()
    })
    await expect(TestWebSocket.open(server.url)).rejects.toThrow('refused with 403')
    const answer = await rawRequest(server, `${handshake}Origin: https://example.org\r\n\r\n`)
    expect(answer.match(/x/g)).toHaveLength(300_000)
  })

  test.each([
    [
      'another version',
      handshake.replace('Version: 13', 'Version: 12'),
      /^HTTP\/1\.1 400 [\s\S]*Sec-WebSocket-Version: 13\r\n/,
    ],
    ['a key that is none', handshake.replace('AAAA==', '=='), /^HTTP\/1\.1 400 /],
    ['subprotocols that are no tokens', `${handshake}Sec-WebSocket-Protocol: a b\r\n`, /^HTTP\/1\.1 400 /],
    [
      'a subprotocol that is offered twice',
      `${handshake}Sec-WebSocket-Protocol: a, a\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
  ])('%s cannot be accepted', async (_, request, expected) => {
    const server = await serveForTest(echo)
    expect(await rawRequest(server, `${request}\r\n`)).toMatch(expected)
    expect(server.log).toEqual([])
  })

  test.each([
    [
      'another protocol',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n',
    ],
    ['another method', `${handshake.replace('GET', 'PUT')}\r\n`],
    ['a body', `${handshake}Content-Length: 2\r\n\r\nhi`],
  ])('with %s it is an ordinary request, and the connection stays usable', async (_, request) => {
    const server = await serveForTest(async (environ, startResponse) => {
      const bytes = await environ['stapel.context'].read()
      startResponse('200 OK', [])
      return `[${environ.REQUEST_METHOD} ${environ.HTTP_UPGRADE} ${'wsgi.websocket' in environ} ${Buffer.from(bytes)}]`
    })
    const connection = await RawConnection.open(server)
    for (let i = 1; i <= 12; i++) {
      await connection
        .send(request)
        .until(new RegExp(`^(?:HTTP/1\\.1 200 OK[^[]*\\[\\w+ \\w+ false \\w*\\]){${i}}$`))
    }
  })

  test('webSocket: false leaves the key out', async () => {
    const server = await serveForTest(
      (environ, startResponse) => {
        startResponse('200 OK', [])
        return String('wsgi.websocket' in environ)
      },
      { webSocket: false },
    )
    const connection = await RawConnection.open(server)
    await connection.send(`${handshake}\r\n`).until(/false$/)
  })

  test('a listener for upgrade that was there before keeps its connections', async () => {
    const server = createServer()
    server.on('upgrade', (_req, socket) => socket.end('mine'))
    attach(server, echo)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as { port: number }
    expect(await rawRequest({ port, url: '' }, `${handshake}\r\n`)).toBe('mine')
  })
})

describe('the end', () => {
  test('the connection is closed with 1000 when the application returns', async () => {
    const server = await serveForTest(talking((socket) => socket.send('bye')))
    const client = await TestWebSocket.open(server.url)
    expect(await client.untilClosed()).toEqual({ code: 1000, reason: '' })
    expect(client.messages).toEqual(['bye'])
  })

  test('with 1011 when it fails, and the failure is logged', async () => {
    const server = await serveForTest(
      talking(() => {
        throw new Error('on purpose')
      }),
    )
    const client = await TestWebSocket.open(server.url)
    expect((await client.untilClosed()).code).toBe(1011)
    await expect.poll(() => server.log.join('')).toContain('on purpose')
  })

  test('with 1011 when it answers with a body', async () => {
    const server = await serveForTest(
      async (environ, startResponse) => {
        await (environ['wsgi.websocket'] as WebSocketUpgrade).accept()
        startResponse('200 OK', [])
        return 'not a message'
      },
      { validated: false },
    )
    const client = await TestWebSocket.open(server.url)
    expect((await client.untilClosed()).code).toBe(1011)
    await expect.poll(() => server.log.join('')).toContain('answered with a body')
    expect(client.messages).toEqual([])
  })

  test('with the code and reason that the application gives', async () => {
    const ends: unknown[] = []
    const server = await serveForTest(
      talking(async (socket) => ends.push(await socket.close(4001, 'enough'))),
    )
    const client = await TestWebSocket.open(server.url)
    expect(await client.untilClosed()).toEqual({ code: 4001, reason: 'enough' })
    await expect.poll(() => ends).toEqual([{ code: 4001, reason: 'enough' }])
  })

  test.each([
    [1005, ''],
    [1006, ''],
    [999, ''],
    [3000.5, ''],
    [1000, 'x'.repeat(124)],
  ])('code %s and a reason of this length cannot be sent', async (code, reason) => {
    const thrown: unknown[] = []
    const server = await serveForTest(
      talking((socket) => {
        try {
          void socket.close(code, reason)
        } catch (error) {
          thrown.push(error)
        }
      }),
    )
    expect((await (await TestWebSocket.open(server.url)).untilClosed()).code).toBe(1000)
    expect(thrown).toEqual([expect.any(RangeError)])
  })

  test('a client that is cut off ends the iteration, aborts the signal, and makes send throw', async () => {
    const seen: unknown[] = []
    const server = await serveForTest(async (environ, startResponse) => {
      const { signal } = environ['stapel.context']
      const socket = await (environ['wsgi.websocket'] as WebSocketUpgrade).accept()
      seen.push(signal.aborted)
      for await (const message of socket) seen.push(message)
      seen.push(signal.aborted, (await socket.closed).code)
      startResponse('204 No Content', [])
      await socket.send('nobody')
      return ''
    })
    const client = await TestWebSocket.open(server.url)
    client.socket.send('last')
    await expect.poll(() => seen).toEqual([false, 'last'])
    client.socket.terminate()
    await expect.poll(() => seen).toEqual([false, 'last', true, 1006])
    expect(server.log).toEqual([])
  })

  test('a client that goes before the handshake is complete makes accept reject', async () => {
    const failures: unknown[] = []
    const entered = gate()
    const server = await serveForTest(async (environ) => {
      const { signal } = environ['stapel.context']
      entered.open()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await (environ['wsgi.websocket'] as WebSocketUpgrade).accept().catch((error: unknown) => {
        failures.push(error)
        throw error
      })
      return ''
    })
    const connection = await RawConnection.open(server)
    connection.send(`${handshake}\r\n`)
    await entered.opened
    connection.socket.end()
    await expect.poll(() => failures).toEqual([expect.any(ClientDisconnected)])
    expect(server.log).toEqual([])
  })

  test('the server that stops closes with 1001 and waits for the application', async () => {
    const done: string[] = []
    const server = await serveForTest(
      talking(async (socket) => {
        for await (const _ of socket);
        done.push('application')
      }),
    )
    const client = await TestWebSocket.open(server.url)
    await server.close({ timeout: 60_000 })
    expect((await client.untilClosed()).code).toBe(1001)
    await expect.poll(() => done).toEqual(['application'])
  })
})

describe('limits', () => {
  test('a message beyond maxPayload closes with 1009', async () => {
    const server = await serveForTest(echo, { webSocket: { maxPayload: 10 } })
    const client = await TestWebSocket.open(server.url)
    client.socket.send('0123456789')
    expect(await client.received(1)).toEqual(['0123456789'])
    client.socket.send('0123456789a')
    expect((await client.untilClosed()).code).toBe(1009)
    expect(server.log).toEqual([])
  })

  test('a client that answers no ping is cut', async () => {
    const closed = gate()
    const server = await serveForTest(
      talking(async (socket) => {
        if ((await socket.closed).code === 1006) closed.open()
      }),
      { webSocket: { heartbeat: 20 } },
    )
    const connection = await RawConnection.open(server)
    connection.send(`${handshake}\r\n`)
    await connection.untilClose()
    await closed.opened
  })

  test('a client that answers is not', async () => {
    const server = await serveForTest(echo, { webSocket: { heartbeat: 250 } })
    const client = await TestWebSocket.open(server.url)
    let pings = 0
    await new Promise<void>((resolve) => client.socket.on('ping', () => ++pings === 3 && resolve()))
    client.socket.send('still here')
    expect(await client.received(1)).toEqual(['still here'])
  })

  test('a client that sends faster than the application reads has to wait, and loses nothing', async () => {
    const proceed = gate()
    const sizes: number[] = []
    const server = await serveForTest(
      talking(async (socket) => {
        await proceed.opened
        for await (const message of socket) sizes.push(message.length)
      }),
      { webSocket: { heartbeat: 5 } },
    )
    const client = await TestWebSocket.open(server.url)
    const message = new Uint8Array(65_536)
    for (let i = 0; i < 512; i++) client.socket.send(message)
    // The kernel takes some at first; then nothing leaves, and the answers to pings are added.
    let held = 0
    const isStuck = (): boolean => {
      const before = held
      held = client.socket.bufferedAmount
      return before > 0 && held >= before
    }
    await expect.poll(isStuck, { interval: 50, timeout: 10_000 }).toBe(true)
    expect(sizes).toEqual([])
    proceed.open()
    client.socket.close()
    await client.untilClosed()
    await expect.poll(() => sizes.length).toBe(512)
  })

  test('send gives a promise when the client has no room', async () => {
    let sent = 0
    const server = await serveForTest(
      talking(async (socket) => {
        const message = new Uint8Array(1_048_576)
        for (sent = 1; sent <= 64; sent++) await socket.send(message)
      }),
    )
    const client = await TestWebSocket.open(server.url)
    client.socket.pause()
    await expect.poll(() => sent).toBeGreaterThan(0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent).toBeLessThan(32)
    client.socket.resume()
    expect((await client.received(64)).length).toBe(64)
  })

  test.each([{ maxPayload: -1 }, { heartbeat: Number.NaN }, { heartbeat: 1.5 }])(
    '%o is refused when the server is made',
    async (webSocket) => {
      await expect(serveForTest(echo, { webSocket })).rejects.toThrow(RangeError)
    },
  )
})
