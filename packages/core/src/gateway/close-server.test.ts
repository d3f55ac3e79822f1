import { once } from 'node:events'
import { createServer, Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Server as NetServer } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { createCloser } from './close-server.ts'
import { gate, RawConnection } from './raw.test-support.ts'
import { testCertificate } from './tls.test-support.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function listening(
  server: NetServer & { closeAllConnections(): void },
): Promise<{ port: number; url: string }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.closeAllConnections())
  return { port: (server.address() as AddressInfo).port, url: '' }
}

test('connections that send nothing and idle ones are closed', async () => {
  const server = createServer((_req, res) => res.end('ok'))
  const closer = createCloser(server)
  const address = await listening(server)
  const accepted = once(server, 'connection')
  const silent = await RawConnection.open(address)
  await accepted
  const idle = await RawConnection.open(address)
  await idle.send(get).until(/ok$/)
  await closer.close({ timeout: 60_000 })
  await silent.untilClose()
  await idle.untilClose()
})

test('a request in flight is answered first, and its connection closed then', async () => {
  const server = createServer()
  const closer = createCloser(server)
  const address = await listening(server)
  const requested = once(server, 'request')
  const connection = await RawConnection.open(address)
  connection.send(get)
  const [, res] = (await requested) as [unknown, ServerResponse]
  const closed = closer.close({ timeout: 60_000 })
  res.end('late')
  await closed
  expect(await connection.untilClose()).toMatch(/late$/)
})

test('the request of a connection that was just made is answered, though it is on its way when the server stops', async () => {
  const server = createServer((_req, res) => res.end('answered'))
  const closer = createCloser(server)
  const address = await listening(server)
  const accepted = once(server, 'connection')
  const connection = await RawConnection.open(address)
  await accepted
  const closed = closer.close({ timeout: 60_000 })
  connection.send(get)
  await closed
  expect(await connection.untilClose()).toMatch(/answered$/)
})

test.each([
  ['in the clear', () => createServer()],
  ['over TLS', () => createSecureServer(testCertificate)],
])('an answer that its client has yet to take is sent, and those behind it, %s', async (_name, make) => {
  const server = make()
  const closer = createCloser(server)
  const { port } = await listening(server)
  const ended = gate()
  const size = 32 << 20
  server.on('request', (req, res) => {
    if (req.url === '/small') {
      res.end('small')
    } else {
      res.end(Buffer.alloc(size, 'x'))
      ended.open()
    }
  })
  const secure =
    server instanceof Server ? undefined : connectSecurely(port, '127.0.0.1', { ca: testCertificate.cert })
  const client = secure ?? connect(port, '127.0.0.1')
  onTestFinished(() => void client.destroy())
  client.write(`GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\n\r\n`)
  await ended.opened
  const closed = closer.close({ timeout: 60_000 })
  let received = 0
  let last = ''
  for await (const chunk of client) {
    received += chunk.length
    last = chunk.toString('latin1').slice(-5)
  }
  await closed
  expect(received).toBeGreaterThan(size)
  expect(last).toBe('small')
})

test('an answer that does not end is cut after the time', async () => {
  const server = createServer((_req, res) => res.write('begun'))
  const closer = createCloser(server)
  const connection = await RawConnection.open(await listening(server))
  await connection.send(get).until(/begun/)
  await closer.close({ timeout: 10 })
  await connection.untilClose()
})

test('a connection that was taken from the server is cut, too', async () => {
  const server = createServer()
  server.on('upgrade', (_req, socket) => socket.write('taken'))
  const closer = createCloser(server)
  const connection = await RawConnection.open(await listening(server))
  await connection
    .send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n')
    .until(/taken/)
  await closer.close({ timeout: 10 })
  await connection.untilClose()
})

test('cut ends what close still waits for', async () => {
  const server = createServer((_req, res) => res.write('begun'))
  const closer = createCloser(server)
  const connection = await RawConnection.open(await listening(server))
  await connection.send(get).until(/begun/)
  const closed = closer.close({ timeout: Number.POSITIVE_INFINITY })
  expect(closer.close()).toBe(closed)
  await closer.cut()
  await closed
  await connection.untilClose()
})

test.each([-1, Number.NaN, '10'])('a timeout of %s throws', (timeout) => {
  const closer = createCloser(createServer())
  expect(() => closer.close({ timeout: timeout as number })).toThrow(
    'for the option timeout of close(); expected a number of milliseconds',
  )
})

test('nothing is kept of a connection that has closed', async () => {
  const server = createServer((_req, res) => res.end('ok'))
  createCloser(server)
  const address = await listening(server)
  const accepted = once(server, 'connection')
  const connection = await RawConnection.open(address)
  const [socket] = (await accepted) as [{ listenerCount(event: string): number }]
  const before = socket.listenerCount('close')
  // Whoever gives a connection back to the server announces it a second time.
  server.emit('connection', socket)
  await connection.send(get).until(/ok$/)
  expect(socket.listenerCount('close')).toBeLessThanOrEqual(before + 1)
})

test('an idle connection is kept for a time, so that its next request is answered', async () => {
  const server = createServer((_req, res) => {
    res.setHeader('Connection', 'close')
    res.end('answered')
  })
  const closer = createCloser(server)
  const address = await listening(server)
  const connection = await RawConnection.open(address)
  const accepted = await RawConnection.open(address)
  const closed = closer.close({ timeout: 60_000, idleTimeout: 60_000 })
  connection.send(get)
  accepted.send(get)
  expect(await connection.untilClose()).toMatch(/answered$/)
  expect(await accepted.untilClose()).toMatch(/answered$/)
  await closed
})

test('idle connections are closed when that time is over, or when a later call says so', async () => {
  const server = createServer((_req, res) => res.end('ok'))
  const closer = createCloser(server)
  const address = await listening(server)
  const idle = await RawConnection.open(address)
  await idle.send(get).until(/ok$/)
  const closed = closer.close({ timeout: 60_000, idleTimeout: 60_000 })
  expect(closer.close({ timeout: 60_000, idleTimeout: 10 })).toBe(closed)
  await closed
  await idle.untilClose()
})

test('a later call can only make the end sooner', async () => {
  const server = createServer((_req, res) => res.write('begun'))
  const closer = createCloser(server)
  const connection = await RawConnection.open(await listening(server))
  await connection.send(get).until(/begun/)
  void closer.close({ timeout: 60_000 })
  const closed = closer.close({ timeout: 10 })
  void closer.close({ timeout: 60_000 })
  await closed
  await connection.untilClose()
})
