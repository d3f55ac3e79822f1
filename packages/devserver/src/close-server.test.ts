import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { closerOf } from './close-server.ts'
import { Wire } from './front.test-support.ts'

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => server.closeAllConnections())
  return (server.address() as AddressInfo).port
}

test('connections that have sent nothing and idle ones are closed at once', async () => {
  const server = createServer((_req, res) => res.end('ok'))
  const close = closerOf(server)
  const port = await listening(server)
  const accepted = once(server, 'connection')
  const silent = await Wire.open(port)
  await accepted
  const idle = await Wire.open(port)
  await idle.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/ok$/)
  await close(60_000)
  await silent.rest()
  await idle.rest()
})

test('a request in flight is answered first, and its connection closed then', async () => {
  const server = createServer()
  const close = closerOf(server)
  const port = await listening(server)
  const requested = once(server, 'request')
  const wire = await Wire.open(port)
  wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [, res] = (await requested) as [unknown, ServerResponse]
  const closed = close(60_000)
  res.end('late')
  await closed
  expect(await wire.rest()).toMatch(/late$/)
})

test('an answer that does not end is cut after the time', async () => {
  const server = createServer((_req, res) => res.write('begun'))
  const close = closerOf(server)
  const wire = await Wire.open(await listening(server))
  await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/begun/)
  await close(10)
  await wire.rest()
})
