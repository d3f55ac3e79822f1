import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { LIVE_PATH, LiveStreams, STREAMS_LIMIT } from './live-streams.ts'

interface TestStreams {
  readonly streams: LiveStreams
  /** Asks as a page does, and gives the answer with its body unread. */
  ask(headers?: Record<string, string>, method?: string): Promise<IncomingMessage>
}

/** Streams behind a server; both end when the test does. */
async function streamsForTest(): Promise<TestStreams> {
  const streams = new LiveStreams()
  const server = createServer((req, res) => streams.answer(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    streams.close()
    server.closeAllConnections()
    server.close()
  })
  return {
    streams,
    ask: (headers = {}, method = 'GET') =>
      new Promise((resolve, reject) => {
        request({ port, method, path: LIVE_PATH, headers }, resolve).on('error', reject).end()
      }),
  }
}

/** What comes next on a stream. */
async function next(answer: IncomingMessage): Promise<string> {
  const [chunk] = await once(answer, 'data')
  return String(chunk)
}

test('a page hears of the version there is, and of each that comes', async () => {
  const { streams, ask } = await streamsForTest()
  const first = streams.nextVersion()
  streams.change(first)
  const answer = await ask({ 'Sec-Fetch-Site': 'same-origin' })
  expect(answer.headers['content-type']).toBe('text/event-stream')
  expect(await next(answer)).toContain(`data: ${first}\n\n`)
  const second = streams.nextVersion()
  expect(second).not.toBe(first)
  const heard = next(answer)
  streams.change(second)
  expect(await heard).toBe(`data: ${second}\n\n`)
})

test('the name of a style sheet cannot leave its line', async () => {
  const { streams, ask } = await streamsForTest()
  const answer = await ask()
  await next(answer)
  const heard = next(answer)
  streams.restyle('a\r\ndata: b.css')
  expect(await heard).toBe('event: style\ndata: a  data: b.css\n\n')
})

test('a style sheet that is emptied and then written is told once', async () => {
  const { streams, ask } = await streamsForTest()
  const answer = await ask()
  await next(answer)
  let heard = ''
  answer.on('data', (text) => {
    heard += text
  })
  streams.restyle('a.css')
  streams.restyle('a.css')
  streams.restyle('b.css')
  await expect.poll(() => heard).toBe('event: style\ndata: a.css\n\nevent: style\ndata: b.css\n\n')
})

// robustness.md D2
test.each(['cross-site', 'same-site'])('a page of another origin (%s) is refused', async (site) => {
  const { ask } = await streamsForTest()
  const answer = await ask({ 'Sec-Fetch-Site': site })
  expect(answer.statusCode).toBe(403)
})

// robustness.md D2
test('no other origin may read it', async () => {
  const { ask } = await streamsForTest()
  const { headers } = await ask({ Origin: 'http://evil.example' })
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([])
})

test('it is there for GET alone', async () => {
  const { ask } = await streamsForTest()
  const answer = await ask({}, 'POST')
  expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'GET'])
})

test('more than the limit are turned away, until one has left', async () => {
  const { ask } = await streamsForTest()
  const answers = await Promise.all(Array.from({ length: STREAMS_LIMIT }, () => ask()))
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(STREAMS_LIMIT)
  expect((await ask()).statusCode).toBe(503)
  answers[0]?.destroy()
  await expect.poll(async () => (await ask()).statusCode).toBe(200)
})

test('the end closes every stream', async () => {
  const { streams, ask } = await streamsForTest()
  const answer = await ask()
  await next(answer)
  streams.close()
  await once(answer.resume(), 'end')
})
