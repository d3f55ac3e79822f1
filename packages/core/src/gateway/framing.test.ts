/** Where a request ends: a server and a proxy before it that see two different ends let a client hide a request in another one's body. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { RawConnection, rawRequest, serveForTest, type TestServer } from './raw.test-support.ts'

/** Serves an application that reads its body, and tells which requests it got and what it read of each. */
async function serveReader(): Promise<{ server: TestServer; read: [path: string, outcome: string][] }> {
  const read: [string, string][] = []
  const app: Application = async (environ, startResponse) => {
    const entry: [string, string] = [environ.PATH_INFO, 'pending']
    read.push(entry)
    try {
      entry[1] = new TextDecoder().decode(await environ['stapel.context'].read())
    } catch (error) {
      entry[1] = (error as Error).name
      throw error
    }
    startResponse('200 OK', [])
    return 'read'
  }
  return { server: await serveForTest(app), read }
}

const hidden = 'GET /hidden HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

// robustness.md B5, O4
test.each([
  ['a length beside a coding', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
  ['a coding beside a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', '0\r\n\r\n'],
  ['two lengths', 'Content-Length: 3\r\nContent-Length: 5\r\n', 'abc'],
  ['the same length twice', 'Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'],
  ['a list of lengths', 'Content-Length: 3, 3\r\n', 'abc'],
  ['a length with a sign', 'Content-Length: +3\r\n', 'abc'],
  ['a negative length', 'Content-Length: -3\r\n', 'abc'],
  ['a length with an underscore', 'Content-Length: 1_0\r\n', 'abc'],
  ['a length in other digits', 'Content-Length: \xd9\xa3\r\n', 'abc'],
  ['a length in base 16', 'Content-Length: 0x3\r\n', 'abc'],
  ['an empty length', 'Content-Length: \r\n', 'abc'],
  ['a length with a space before its colon', 'Content-Length : 3\r\n', 'abc'],
  ['a folded length', 'Content-Length:\r\n 3\r\n', 'abc'],
  ['a coding that is not chunked last', 'Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n'],
  ['an unknown coding', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
  ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
])('%s is answered 400, and hides no request', async (_, headers, body) => {
  const { server, read } = await serveReader()
  const answer = await rawRequest(server, `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}${hidden}`)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  expect(read.filter(([, outcome]) => outcome !== 'pending' && outcome !== 'ClientDisconnected')).toEqual([])
  expect(read.map(([path]) => path)).not.toContain('/hidden')
})

test.each([
  ['another coding before chunked', 'Transfer-Encoding: gzip, chunked\r\n'],
  ['another coding in a field before', 'Transfer-Encoding: gzip\r\ntransfer-encoding: chunked\r\n'],
  ['two other codings', 'Transfer-Encoding: gzip;q="a,b" , deflate,, Chunked \r\n'],
])('%s is answered 501 and not read, and the connection stays usable', async (_, headers) => {
  const { server, read } = await serveReader()
  const body = '3\r\nabc\r\n0\r\n\r\n'
  const answer = await rawRequest(server, `POST / HTTP/1.1\r\nHost: a\r\n${headers}\r\n${body}${hidden}`)
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 501', 'HTTP/1.1 200'])
  expect(read.map(([path]) => path)).toEqual(['/hidden'])
  expect(server.log).toEqual([])
})

test.each(['chunked', 'Chunked', 'CHUNKED\t'])('the coding %j is undone', async (coding) => {
  const { server, read } = await serveReader()
  const head = `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: ${coding}\r\n`
  await rawRequest(server, `${head}\r\n3\r\nabc\r\n0\r\n\r\n`)
  expect(read.map(([path]) => path)).toEqual(['/'])
})

// robustness.md B5
test.each([
  ['a size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a size in base 16 that says so', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a size with an underscore', '0_3\r\nabc\r\n0\r\n\r\n'],
  ['no size', '\r\nabc\r\n0\r\n\r\n'],
  ['a size beyond all bounds', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
  ['a line feed alone after the size', '3\nabc\r\n0\r\n\r\n'],
  ['a chunk that is longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
])('a chunk with %s is never read as a body, and hides no request', async (_, body) => {
  const { server, read } = await serveReader()
  const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
  const answer = await rawRequest(server, `${head}${body}${hidden}`)
  expect(answer).not.toContain('HTTP/1.1 200 ')
  await expect.poll(() => read).toEqual([['/', 'ClientDisconnected']])
})

// robustness.md B5
test.each([
  ['a length', 'Content-Length: 9\r\n\r\nabc'],
  ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ['a chunk', 'Transfer-Encoding: chunked\r\n\r\n9\r\nabc'],
])('a body that ends before %s does rejects its reader, and never looks whole', async (_, rest) => {
  const { server, read } = await serveReader()
  const connection = await RawConnection.open(server)
  connection.send(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`)
  await once(server.server, 'request')
  connection.socket.end()
  await expect.poll(() => read).toEqual([['/', 'ClientDisconnected']])
})

// robustness.md O2
test.each(['[', '[::1', 'a b', 'a,b', '%00', 'http://a', 'a:b:c', 'a:', 'a:-1', '\xff', '..', '\\'])(
  'the Host %j is one, or is answered 400, and never an error of the server',
  async (host) => {
    const { server, read } = await serveReader()
    const answer = await rawRequest(server, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(answer).toMatch(read.length === 0 ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 200 /)
    expect(server.log).toEqual([])
  },
)

// robustness.md O2
test('HTTP/1.0 needs no Host', async () => {
  const { server } = await serveReader()
  expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
})

// robustness.md O3
test.each([
  'TRACE / HTTP/1.1',
  'OPTIONS * HTTP/1.1',
  'GET http://[::1 HTTP/1.1',
  'GET a HTTP/1.1',
  'TRACE * HTTP/1.1',
])('%s is served or refused, and never an error of the server', async (line) => {
  const { server } = await serveReader()
  const answer = await rawRequest(server, `${line}\r\nHost: a\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|405|501) /)
  expect(server.log).toEqual([])
})

// robustness.md O3
test('CONNECT, for which this is no proxy, ends the connection', async () => {
  const { server, read } = await serveReader()
  expect(await rawRequest(server, 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')).toBe('')
  expect(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /)
  expect(read).toHaveLength(1)
})
