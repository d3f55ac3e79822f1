import { expect, test } from 'vitest'
import { gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

// Clauses 4.2 and 4.5, for lists with a `close()`, as layers return them that watch a body.

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const head = 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4)
}

test.each([
  { list: 'one text', chunks: ['grün'] },
  { list: 'texts', chunks: ['gr', 'ün'] },
  { list: 'bytes', chunks: [new TextEncoder().encode('grün')] },
  { list: 'text and bytes', chunks: ['gr', new TextEncoder().encode('ün')] },
  { list: 'a long text', chunks: ['grün'.repeat(10_000)] },
])('a list that may be closed is closed once, whatever is in it: $list', async ({ chunks }) => {
  for (const message of [get, head]) {
    let closed = 0
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return Object.assign([...chunks], { close: () => void closed++ })
    })
    const answer = await rawRequest(server, message)
    const text = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
    expect(answer).toContain(`Content-Length: ${text.length}\r\n`)
    expect(bodyOf(answer)).toBe(message === head ? '' : text.toString('latin1'))
    expect(closed).toBe(1)
  }
})

test.each([
  { list: 'one text', chunks: ['a'] },
  { list: 'texts', chunks: ['a', 'b'] },
])('a list without startResponse is closed once, too: $list', async ({ chunks }) => {
  let closed = 0
  const app = () => Object.assign([...chunks], { close: () => void closed++ })
  const server = await serveForTest(app, { validated: false })
  expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 500 /)
  expect(closed).toBe(1)
})

test('a list that fails to close is sent, and that is logged', async () => {
  const server = await serveForTest((_environ, startResponse) => {
    startResponse('200 OK', [])
    return Object.assign(['whole'], {
      close() {
        throw new Error('held')
      },
    })
  })
  expect(bodyOf(await rawRequest(server, get))).toBe('whole')
  expect(server.log.join('')).toContain('held')
})

test('a list for a client that has gone is closed', async () => {
  const entered = gate()
  const proceed = gate()
  let closed = 0
  const server = await serveForTest(async (environ, startResponse) => {
    environ['stapel.context'].signal.addEventListener('abort', () => proceed.open())
    entered.open()
    await proceed.opened
    startResponse('200 OK', [])
    return Object.assign(['late'], { close: () => void closed++ })
  })
  const connection = await RawConnection.open(server)
  connection.send(get)
  await entered.opened
  connection.socket.destroy()
  await expect.poll(() => closed).toBe(1)
  expect(server.log).toEqual([])
})
