import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { nodeHandler } from './node-handler.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'
import { serve } from './serve.ts'

const hello: Application = validate((_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
})

test('serve gives the address it listens on and stops listening when closed', async () => {
  const running = await serve(hello, { port: 0 })
  expect(running.url).toBe(`http://127.0.0.1:${running.port}`)
  expect(await (await fetch(running.url)).text()).toBe('Hello')
  await running.close()
  await expect(fetch(running.url)).rejects.toThrow()
})

test('serve rejects when the port is in use', async () => {
  const first = await serveForTest(hello)
  await expect(serve(hello, { port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test.each<[options: object, shown: string]>([
  [{ port: 70_000 }, 'Got the number 70000 for the option port of serve(); expected a port from 0 to 65535.'],
  [{ port: 'http' }, 'Got the string http for the option port'],
  [{ port: -1 }, 'Got the number -1 for the option port'],
  [{ host: '' }, 'for the option host of serve(); expected a text that is not empty.'],
  [{ path: 5 }, 'Got the number 5 for the option path'],
  [{ path: 'a.sock', mode: 'rw' }, 'Got the string rw for the option mode of serve(); expected permissions'],
  [{ fd: 'x' }, 'Got the string x for the option fd'],
  [{ backlog: 0 }, 'Got the number 0 for the option backlog'],
  [{ listen: 0 }, 'Got the number 0 for the option listen of serve(); expected true or false.'],
  [{ signals: 'yes' }, 'Got the string yes for the option signals'],
  [{ tls: true }, 'Got the boolean true for the option tls of serve(); expected an object.'],
  [{ http2: 'yes' }, 'Got the string yes for the option http2'],
  [{ headersTimeout: '5' }, 'Got the string 5 for the option headersTimeout'],
  [{ requestTimeout: Number.NaN }, 'Got the number NaN for the option requestTimeout'],
  [{ keepAliveTimeout: -5 }, 'Got the number -5 for the option keepAliveTimeout'],
  [{ maxHeaderSize: 0 }, 'Got the number 0 for the option maxHeaderSize'],
  [{ maxRequestsPerSocket: -1 }, 'Got the number -1 for the option maxRequestsPerSocket'],
  [{ maxConnections: Number.NaN }, 'for the option maxConnections of serve(); expected an integer from 1 up'],
  [{ maxConnections: 0 }, 'Got the number 0 for the option maxConnections'],
  [
    { maxHeadersCount: 1001 },
    'for the option maxHeadersCount of serve(); expected an integer from 1 to 1000.',
  ],
  [{ stallTimeout: '5' }, 'Got the string 5 for the option stallTimeout'],
  [{ errors: {} }, 'for the option errors of serve(); expected an object with write(text) and flush().'],
  [
    { webSocket: true },
    'Got the boolean true for the option webSocket of serve(); expected an object of limits',
  ],
])('serve refuses %j before it listens', async (options, shown) => {
  await expect(serve(hello, { port: 0, ...options })).rejects.toThrow(shown)
})

test('a port may be the text that a variable of the environment has', async () => {
  const running = await serve(hello, {
    port: '0' as unknown as number,
    maxConnections: Infinity,
    mode: 0o660,
  })
  expect(running.port).toBeGreaterThan(0)
  await running.close()
})

test('serve and nodeHandler refuse what is no application when it is made', async () => {
  await expect(serve('app' as never, { port: 0 })).rejects.toThrow(
    'Got the string app for the application; expected a function.',
  )
  expect(() => nodeHandler(undefined as never)).toThrow('Got undefined for the application')
})

// robustness.md U3
test('close waits for a request in flight', async () => {
  const entered = gate()
  const proceed = gate()
  const running = await serve(
    async (_environ, startResponse) => {
      entered.open()
      await proceed.opened
      startResponse('200 OK', [])
      return 'done'
    },
    { port: 0 },
  )
  const connection = await RawConnection.open(running)
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await entered.opened
  const closed = running.close({ timeout: 60_000 })
  proceed.open()
  expect(await connection.untilClose()).toContain('done')
  await closed
})

// robustness.md U3
test('close may be called again, and waits for the same end', async () => {
  const running = await serve(hello, { port: 0 })
  expect(await (await fetch(running.url)).text()).toBe('Hello')
  await Promise.all([running.close(), running.close({ timeout: 0 })])
  await running.close()
  expect(running.server.listening).toBe(false)
})

test('close cuts what is still open after its timeout', async () => {
  const running = await serve(() => new Promise<never>(() => {}), { port: 0 })
  const connection = await RawConnection.open(running)
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise((resolve) => running.server.once('request', resolve))
  await running.close({ timeout: 0 })
  expect(await connection.untilClose()).toBe('')
})

test.each([
  ['a malformed request line', 'GET\r\n\r\n', 400],
  ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 501],
  ['header fields that are too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'conflicting lengths',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    400,
  ],
])('%s is answered %#', async (_, request, status) => {
  const server = await serveForTest(hello)
  expect(await rawRequest(server, request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(await (await fetch(server.url)).text()).toBe('Hello')
})

test('an upgrade that nobody accepts is served as an ordinary request', async () => {
  const server = await serveForTest(hello)
  const connection = await RawConnection.open(server)
  connection.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  await connection.until(/^HTTP\/1\.1 200 OK[\s\S]*Hello$/)
})

test('with signals, SIGTERM closes the server, and the signal has its ordinary meaning again', async () => {
  const before = process.listenerCount('SIGTERM')
  const running = await serve(hello, { port: 0, signals: true })
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  process.emit('SIGTERM', 'SIGTERM')
  await running.closed
  expect(running.server.listening).toBe(false)
  await expect.poll(() => process.listenerCount('SIGTERM')).toBe(before)
})

test('without, signals are left alone', async () => {
  const before = process.listenerCount('SIGTERM')
  await serveForTest(hello)
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

test('a server that does not listen answers the connections that it is handed, and waits for them when it is closed', async () => {
  const proceed = gate()
  const entered = gate()
  const running = await serve(
    async (environ, startResponse) => {
      if (environ.PATH_INFO === '/slow') {
        entered.open()
        await proceed.opened
      }
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return `for ${environ.REMOTE_ADDR}`
    },
    { listen: false },
  )
  expect([running.url, running.port]).toEqual(['', 0])
  const front = createServer({ pauseOnConnect: true }, (socket) => {
    running.server.emit('connection', socket)
    socket.resume()
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  const slow = fetch(`${url}/slow`)
  await entered.opened
  expect(await (await fetch(url)).text()).toBe('for 127.0.0.1')
  let closed = false
  const closing = running.close().then(() => {
    closed = true
  })
  front.close()
  await new Promise(setImmediate)
  expect(closed).toBe(false)
  proceed.open()
  expect(await (await slow).text()).toBe('for 127.0.0.1')
  await closing
  await running.closed
})

test('a server that does not listen keeps its timeouts', async () => {
  const running = await serve(hello, { listen: false, headersTimeout: 50 })
  const front = createServer({ pauseOnConnect: true }, (socket) => {
    running.server.emit('connection', socket)
    socket.resume()
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const connection = await RawConnection.open({ port: (front.address() as AddressInfo).port, url: '' })
  expect(await connection.send('GET / HTTP/1.1\r\n').untilClose()).toMatch(/^HTTP\/1\.1 408 /)
  await running.close({ timeout: 0 })
  front.close()
})
