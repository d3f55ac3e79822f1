import { once } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { answerOf, frame, http2, preface, session, silentConnection } from './http2.test-support.ts'
import { gate, serveForTest, type TestServer } from './raw.test-support.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [])
  return 'Hello'
}

/** Settles when the server has no connection left. */
async function deserted({ server }: TestServer): Promise<void> {
  const count = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, connections) => resolve(connections)))
  await expect.poll(count, { timeout: 10_000 }).toBe(0)
}

// HEADERS without END_HEADERS: `:method: GET` of the static table, and then nothing.
const halfTheHeaders = frame(1, 0, 1, Buffer.from([0x82]))

test.each([
  ['nothing', Buffer.alloc(0)],
  ['half a preface', preface.subarray(0, 10)],
  ['a preface and no request', preface],
  ['half the headers of a request', Buffer.concat([preface, halfTheHeaders])],
])('headersTimeout ends a connection that has sent %s', async (_, bytes) => {
  const server = await serveForTest(hello, { ...http2, headersTimeout: 40, keepAliveTimeout: 0 })
  const socket = await silentConnection(server)
  socket.resume()
  const ended = once(socket, 'end')
  socket.write(bytes)
  await ended
})

test('a client that does not close its side is cut', async () => {
  const server = await serveForTest(hello, { ...http2, headersTimeout: 40 })
  const socket = await silentConnection(server)
  socket.resume()
  await deserted(server)
  expect(socket.writable).toBe(true)
}, 15_000)

test('headersTimeout answers 408 to a client of HTTP/1.1 on the same port', async () => {
  const server = await serveForTest(hello, { ...http2, headersTimeout: 40 })
  const socket = await silentConnection(server, 'http/1.1')
  socket.write('GET / HTTP/1.1\r\nHost:')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 408 /)
})

test('keepAliveTimeout ends a connection on which no request is open, also where it sends pings', async () => {
  const server = await serveForTest(hello, { ...http2, keepAliveTimeout: 30 })
  const client = session(server)
  const closed = once(client, 'close')
  await answerOf(client.request())
  const pings = setInterval(() => client.destroyed || client.ping(() => {}), 10)
  await closed
  clearInterval(pings)
  await deserted(server)
})

test('a request that takes longer than keepAliveTimeout keeps its connection for others', async () => {
  const proceed = gate()
  const server = await serveForTest(
    async (environ, startResponse) => {
      if (environ.PATH_INFO === '/slow') await proceed.opened
      startResponse('200 OK', [])
      return environ.PATH_INFO
    },
    { ...http2, keepAliveTimeout: 30 },
  )
  const client = session(server)
  let goaway = false
  client.on('goaway', () => {
    goaway = true
  })
  const slow = answerOf(client.request({ ':path': '/slow' }))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect((await answerOf(client.request({ ':path': '/other' }))).text).toBe('/other')
  expect(goaway).toBe(false)
  proceed.open()
  expect((await slow).text).toBe('/slow')
})

test('maxRequestsPerSocket asks for another connection after the last request, which is answered', async () => {
  const server = await serveForTest(hello, { ...http2, maxRequestsPerSocket: 2 })
  const client = session(server)
  expect((await answerOf(client.request())).text).toBe('Hello')
  const closed = once(client, 'close')
  expect((await answerOf(client.request())).text).toBe('Hello')
  await closed
  expect((await answerOf(session(server).request())).text).toBe('Hello')
})

// robustness.md U4
test('nothing is kept of a connection that has closed', async () => {
  const server = await serveForTest(hello, http2)
  const sockets: Socket[] = []
  server.server.on('connection', (socket: Socket) => sockets.push(socket))
  const client = session(server)
  await answerOf(client.request())
  client.close()
  await deserted(server)
  expect(sockets.map((socket) => socket.destroyed)).toEqual([true])
})
