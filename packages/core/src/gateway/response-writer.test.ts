import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Environ } from '../protocol.ts'
import { connectionOf } from './environ.ts'
import { serverState } from './node-handler.ts'
import { dechunk, RawConnection } from './raw.test-support.ts'
import { RequestInput } from './request-input.ts'
import { ResponseWriter, sizeOf } from './response-writer.ts'

/** What a writer puts on the wire for one request, until the connection closes; and what was logged. */
async function written(
  write: (writer: ResponseWriter) => void,
  { method = 'GET', closing = false }: { method?: string; closing?: boolean } = {},
): Promise<{ head: string; body: string; log: string[] }> {
  const log: string[] = []
  const errors = { write: (text: string) => void log.push(text), flush: () => {} }
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const state = serverState({}, true)
    state.closing = closing
    const connection = connectionOf(req, errors, state)
    const environ = { 'wsgi.errors': errors } as unknown as Environ
    write(new ResponseWriter(req, res, connection, new RequestInput(req, false, undefined), environ))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
  client.send(`${method} / HTTP/1.1\r\nHost: a\r\n${closing ? '' : 'Connection: close\r\n'}\r\n`)
  const answer = await client.untilClose()
  const end = answer.indexOf('\r\n\r\n')
  return { head: answer.slice(0, end), body: answer.slice(end + 4), log }
}

test('a size that is known becomes the Content-Length', async () => {
  const { head, body } = await written((writer) => {
    writer.commit(200, 'OK', ['X', 'y'], 5)
    writer.whole('Hello', 5)
  })
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n/)
  expect(body).toBe('Hello')
})

test('one that is not has the body chunked', async () => {
  const { head, body } = await written((writer) => {
    writer.commit(200, 'OK', [], -1)
    writer.push('Hel')
    writer.push(new Uint8Array([108, 111]))
    writer.finish()
  })
  expect(head).toContain('Transfer-Encoding: chunked')
  expect(dechunk(body)).toBe('Hello')
})

test('what goes beyond the Content-Length is cut, said, and logged', async () => {
  const overruns: boolean[] = []
  const { body, log } = await written((writer) => {
    writer.commit(200, 'OK', ['Content-Length', '4'], -1)
    for (const chunk of ['ab', 'cde']) {
      writer.push(chunk)
      overruns.push(writer.overrun)
    }
    writer.finish()
  })
  expect(body).toBe('abcd')
  expect(overruns).toEqual([false, true])
  expect(log.join('')).toContain('longer than its Content-Length of 4')
})

test('a body that is too short breaks the connection off, and is logged', async () => {
  const { body, log } = await written((writer) => {
    writer.commit(200, 'OK', ['Content-Length', '4'], -1)
    writer.push('ab')
    writer.finish()
  })
  expect(body).toBe('ab')
  expect(log.join('')).toContain('ended after 2 bytes, its Content-Length is 4')
})

test.each([204, 205, 304])('%s has no body, whatever is given', async (code) => {
  const { head, body } = await written((writer) => {
    writer.commit(code, '', [], 5)
    expect(writer.bodiless).toBe(true)
    writer.whole('Hello', 5)
  })
  expect(head).not.toContain('Content-Length: 5')
  expect(body.replace('0\r\n\r\n', '')).toBe('')
})

test('a 204 loses a Content-Length of its own', async () => {
  const { head } = await written((writer) => {
    writer.commit(204, 'No Content', ['Content-Length', '0', 'X', 'y', 'content-length', '0'], -1)
    writer.finish()
  })
  expect(head).not.toMatch(/content-length/i)
  expect(head).toContain('X: y')
})

test('HEAD keeps the length of GET and sends no bytes', async () => {
  const { head, body } = await written(
    (writer) => {
      writer.commit(200, 'OK', [], 5)
      writer.whole('Hello', 5)
    },
    { method: 'HEAD' },
  )
  expect(head).toContain('Content-Length: 5')
  expect(body).toBe('')
})

test('a server that stops says so, and closes the connection', async () => {
  const { head, body } = await written(
    (writer) => {
      writer.commit(200, 'OK', [], 2)
      writer.whole('ok', 2)
    },
    { closing: true },
  )
  expect(head).toContain('Connection: close')
  expect(body).toBe('ok')
})

test('drained settles at once when the client has gone', async () => {
  const settled: string[] = []
  await written((writer) => {
    writer.commit(200, 'OK', ['Content-Length', '4'], -1)
    writer.push('ab')
    writer.finish()
    setImmediate(() => void writer.drained().then(() => settled.push('gone')))
  })
  await expect.poll(() => settled).toEqual(['gone'])
})

test.each([
  ['a', 1],
  ['caf\u00e9', 5],
  [new Uint8Array(3), 3],
])('the size of %s is %i', (chunk, size) => {
  expect(sizeOf(chunk)).toBe(size)
})
