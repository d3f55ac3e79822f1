import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const app: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'ok'
}

test('a method that nobody knows is 501', async () => {
  const server = await serveForTest(app)
  expect(await rawRequest(server, 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 501 Not Implemented\r\n[\s\S]*\r\nConnection: close\r\n\r\n501 Not Implemented\n$/,
  )
})

test('what cannot be a method is 400', async () => {
  const server = await serveForTest(app)
  expect(await rawRequest(server, '\x16\x03\x01 / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await rawRequest(server, 'G@T / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
})

test('the answer is the same when the bytes come one by one', async () => {
  const server = await serveForTest(app)
  const connection = await RawConnection.open(server)
  connection.socket.setNoDelay(true)
  for (const byte of 'BREW / HTTP/1.1\r\n') {
    connection.send(byte)
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(await connection.untilClose()).toMatch(/^HTTP\/1\.1 501 /)
})

// robustness.md E6
test('headers over the limit are 431', async () => {
  const server = await serveForTest(app, { maxHeaderSize: 1_000 })
  expect(await rawRequest(server, `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(2_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
})

// robustness.md E6
test('headers and bodies that do not arrive in their time are 408', async () => {
  const server = await serveForTest(
    async (environ, startResponse) => {
      await environ['stapel.context'].read()
      return app(environ, startResponse)
    },
    { headersTimeout: 100, requestTimeout: 200 },
  )
  expect(await rawRequest(server, 'GET / HTTP/1.1\r\nHost: a\r\n')).toMatch(/^HTTP\/1\.1 408 /)
  expect(await rawRequest(server, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc')).toMatch(
    /^HTTP\/1\.1 408 /,
  )
})

test('HTTP/1.0 is spoken, 0.9 is 400 and 2.0 in the words of HTTP/1 505', async () => {
  const server = await serveForTest(app)
  expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  expect(await rawRequest(server, 'GET /\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 400 /,
  )
  expect(await rawRequest(server, 'GET / HTTP/2.0\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 505 /,
  )
  // What a client can repeat at will does not fill the log.
  expect(server.log).toEqual([])
})

// robustness.md E6
test('what cannot be parsed behind a request whose answer has begun ends the connection, and adds nothing to the answer', async () => {
  const server = await serveForTest(async function* (environ, startResponse) {
    startResponse('200 OK', [])
    yield 'begun'
    await aborted(environ['stapel.context'].signal)
  })
  const connection = await RawConnection.open(server)
  await connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/begun/)
  connection.send('G@T / HTTP/1.1\r\n\r\n')
  expect(await connection.untilClose()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n5\r\nbegun\r\n$/)
})

// robustness.md E6
// robustness.md U1
test('a client that resets its connection is no error of the application', async () => {
  const entered = gate()
  const left = gate()
  const server = await serveForTest(async (environ, startResponse) => {
    if (environ.PATH_INFO === '/wait') {
      entered.open()
      await aborted(environ['stapel.context'].signal)
      left.open()
    }
    return app(environ, startResponse)
  })
  const connection = await RawConnection.open(server)
  connection.send('GET /wait HTTP/1.1\r\nHost: a\r\n\r\n')
  await entered.opened
  connection.socket.resetAndDestroy()
  await left.opened
  expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toContain('ok')
  expect(server.log).toEqual([])
})

function aborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort')
}
