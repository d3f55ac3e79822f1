import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { DISCARD_IDLE_MS, DISCARD_LIMIT, DISCARD_TIMEOUT_MS, discard, KEEP_ALIVE_LIMIT } from './discard.ts'
import { endEmptyRequest } from './empty-request.ts'
import { RawConnection } from './raw.test-support.ts'

beforeEach(() => {
  // Only what discard waits on; sockets and their events go on in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A request whose body is discarded from its headers on, and what came of it. */
async function discarding(length: number): Promise<{
  client: RawConnection
  req: IncomingMessage
  mark: { closing: boolean }
  outcome: Promise<boolean>
}> {
  const server = createServer()
  const requested = new Promise<IncomingMessage>((resolve) => server.on('request', resolve))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`)
  const req = await requested
  const mark = { closing: false }
  return { client, req, mark, outcome: new Promise((resolve) => discard(req, mark, resolve)) }
}

test('a request without a body, whose stream was ended for it, leaves the connection fit for another', async () => {
  const server = createServer()
  const outcome = new Promise<boolean>((resolve) => {
    server.on('request', (req) => {
      endEmptyRequest(req)
      discard(req, { closing: false }, resolve)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await outcome).toBe(true)
})

test('a body up to the limit leaves the connection fit for another request', async () => {
  const { client, mark, outcome } = await discarding(KEEP_ALIVE_LIMIT)
  client.send(Buffer.alloc(KEEP_ALIVE_LIMIT))
  expect(await outcome).toBe(true)
  expect(mark.closing).toBe(false)
})

test('a larger one does not, and the connection is marked before its end', async () => {
  const { client, req, mark, outcome } = await discarding(KEEP_ALIVE_LIMIT + 2)
  const enough = new Promise<void>((resolve) => {
    let size = 0
    req.on('data', (chunk: Uint8Array) => {
      size += chunk.byteLength
      if (size > KEEP_ALIVE_LIMIT) resolve()
    })
  })
  client.send(Buffer.alloc(KEEP_ALIVE_LIMIT + 1))
  await enough
  expect(mark.closing).toBe(true)
  client.send('x')
  expect(await outcome).toBe(false)
})

test('a client that sends without end is given up after 16 MiB', async () => {
  const { client, outcome } = await discarding(DISCARD_LIMIT * 10)
  client.send(Buffer.alloc(DISCARD_LIMIT + 1_048_576))
  expect(await outcome).toBe(false)
})

test('a client that sends nothing is given up after 5 s', async () => {
  const { outcome } = await discarding(10)
  vi.advanceTimersByTime(DISCARD_IDLE_MS)
  expect(await outcome).toBe(false)
})

test('a client that sends a byte now and then is given up after 30 s', async () => {
  const { client, req, outcome } = await discarding(100)
  for (let time = 0; time < DISCARD_TIMEOUT_MS; time += DISCARD_IDLE_MS - 1) {
    const arrived = new Promise((resolve) => req.once('data', resolve))
    client.send('x')
    await arrived
    expect(req.listenerCount('data')).toBeGreaterThan(0)
    vi.advanceTimersByTime(DISCARD_IDLE_MS - 1)
  }
  expect(await outcome).toBe(false)
})

test('a client that goes is given up', async () => {
  const { client, outcome } = await discarding(10)
  client.socket.destroy()
  expect(await outcome).toBe(false)
})

// robustness.md U4
test('no listener but the one for errors stays, and no timer', async () => {
  const { client, req, outcome } = await discarding(1)
  client.send('x')
  await outcome
  expect(vi.getTimerCount()).toBe(0)
  expect(['data', 'close', 'error'].map((event) => req.listenerCount(event))).toEqual([0, 0, 1])
})
