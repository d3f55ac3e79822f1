import { expect, test } from 'vitest'
import { answerOf, http2, session } from './http2.test-support.ts'
import { gate, serveForTest } from './raw.test-support.ts'

const large = new Uint8Array(1_048_576)

/** Settles when the stream of a request has closed on the side of the server. */
function closedStream(server: { readonly server: NodeJS.EventEmitter }): Promise<void> {
  return new Promise((resolve) => {
    server.server.on('stream', (stream: NodeJS.EventEmitter, headers: Record<string, string>) => {
      if (headers[':path'] === '/') stream.once('close', resolve)
    })
  })
}

test('a client that takes nothing of a streamed body has its stream closed, and the generator returns', async () => {
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
    { ...http2, stallTimeout: 50 },
  )
  const stream = session(server).request()
  stream.on('error', () => {})
  await returned.opened
})

test('a client that takes nothing of a body in one piece, too', async () => {
  const server = await serveForTest(
    (_environ, startResponse) => {
      startResponse('200 OK', [])
      return new Uint8Array(8 * 1_048_576)
    },
    { ...http2, stallTimeout: 50 },
  )
  const closed = closedStream(server)
  session(server)
    .request()
    .on('error', () => {})
  await closed
})

test('a client that gives a stream no room at all, while it keeps another one moving, too', async () => {
  const stop = gate()
  const server = await serveForTest(
    async function* (environ, startResponse) {
      startResponse('200 OK', [])
      if (environ.PATH_INFO === '/') {
        yield 'small'
        return
      }
      let stopped = false
      void stop.opened.then(() => {
        stopped = true
      })
      while (!stopped) {
        yield 'moving'
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    { ...http2, stallTimeout: 60 },
  )
  const closed = closedStream(server)
  const client = session(server, { initialWindowSize: 0 })
  const moving = client.request({ ':path': '/moving' })
  moving.on('error', () => {})
  moving.resume()
  const stalled = client.request({ ':path': '/' })
  stalled.on('error', () => {})
  const pings = setInterval(() => client.ping(() => {}), 10)
  await closed
  clearInterval(pings)
  stop.open()
})

test('a client that takes a large body slowly gets all of it, as long as it takes something', async () => {
  const server = await serveForTest(
    (_environ, startResponse) => {
      startResponse('200 OK', [])
      return large
    },
    // Less than the whole takes below, and much more than a busy machine keeps the client waiting.
    { ...http2, stallTimeout: 1500 },
  )
  const stream = session(server).request()
  let size = 0
  stream.on('error', () => {})
  stream.on('data', (chunk: Uint8Array) => {
    size += chunk.byteLength
    stream.pause()
    setTimeout(() => stream.resume(), 12)
  })
  await new Promise((resolve) => stream.on('close', resolve))
  expect(size).toBe(large.byteLength)
})

test('an application has the time it needs, also between two chunks', async () => {
  const server = await serveForTest(
    async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield large
      await new Promise((resolve) => setTimeout(resolve, 150))
      yield 'end'
    },
    { ...http2, stallTimeout: 50 },
  )
  const answer = await answerOf(session(server).request())
  expect(answer.code).toBe(0)
  expect(answer.text.endsWith('end')).toBe(true)
})
