import { expect, test } from 'vitest'
import { gate, RawConnection, serveForTest } from './raw.test-support.ts'

const large = new Uint8Array(1_048_576)

test('cuts off a client that takes nothing of a streamed body, and returns the generator', async () => {
  const returned = gate()
  const server = await serveForTest(
    async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        for (let i = 0; i < 1_000; i++) yield large
      } finally {
        returned.open()
      }
    },
    { stallTimeout: 50 },
  )
  const connection = await RawConnection.open(server)
  connection.socket.pause()
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await returned.opened
})

test('cuts off a client that takes nothing of a body in one piece', async () => {
  const server = await serveForTest(
    (_environ, startResponse) => {
      startResponse('200 OK', [])
      return new Uint8Array(64 * 1_048_576)
    },
    { stallTimeout: 50 },
  )
  const connection = await RawConnection.open(server)
  connection.socket.pause()
  connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  while ((await connectionsOf(server)) === 0) await new Promise((resolve) => setImmediate(resolve))
  while ((await connectionsOf(server)) > 0) await new Promise((resolve) => setImmediate(resolve))
})

test('leaves an application the time it needs, also between two chunks', async () => {
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120))
  const server = await serveForTest(
    async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield large
      await wait()
      yield 'the end'
    },
    { stallTimeout: 50 },
  )
  const connection = await RawConnection.open(server)
  connection.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await connection.untilClose()).toMatch(/the end\r\n0\r\n\r\n$/)
})

test('a limit that is no number of milliseconds throws when the server is made', async () => {
  await expect(serveForTest(() => '', { stallTimeout: -1 })).rejects.toThrow(
    new RangeError(
      'Got the number -1 for the option stallTimeout of serve(); expected milliseconds, or 0 for no end.',
    ),
  )
})

function connectionsOf({
  server,
}: {
  server: { getConnections(callback: (error: Error | null, count: number) => void): void }
}): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}
