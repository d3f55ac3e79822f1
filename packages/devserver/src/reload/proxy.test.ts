import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createSocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { frontOver, type TestFront, Wire } from './front.test-support.ts'
import { requestHeaders, responseHeaders } from './proxy.ts'

function socketPath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return join(directory, 'upstream.sock')
}

/** A front before something that listens on a socket. */
async function frontBefore(path: string): Promise<TestFront> {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const worker = {
    socketPath: path,
    peerHeader: 'X-Peer',
    agent,
    begin: () => () => {},
    ended: new Promise<never>(() => {}),
  }
  return await frontOver(() => ({ by: 'worker', worker }))
}

/** A front before a handler of Node's own, which can do what no application can. */
async function frontBeforeHandler(handler: RequestListener): Promise<TestFront> {
  const path = socketPath()
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return await frontBefore(path)
}

/** A front before a server that answers every connection with the same bytes, and closes it. */
async function frontBeforeBytes(bytes: string): Promise<TestFront> {
  const path = socketPath()
  const server = createSocketServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(bytes))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  onTestFinished(() => void server.close())
  return await frontBefore(path)
}

const message = (rawHeaders: string[], more: object = {}): IncomingMessage =>
  ({ rawHeaders, method: 'GET', httpVersion: '1.1', socket: {}, ...more }) as unknown as IncomingMessage

describe('headers of a request', () => {
  test('are passed on in their order, but for those of one connection and the private one', () => {
    const headers = requestHeaders(
      message([
        'Host',
        'a',
        'Connection',
        'x',
        'B',
        '1',
        'TE',
        'trailers',
        'b',
        '2',
        'x-PEER',
        'spoofed',
        'Upgrade',
        'h2c',
      ]),
      'X-Peer',
    )
    expect(headers).toEqual(['Host', 'a', 'B', '1', 'b', '2', 'X-Peer', '- - - - 1.1 -'])
  })

  test('say that there is no body where Node would announce one', () => {
    expect(requestHeaders(message(['Host', 'a'], { method: 'POST' }), 'P')).toEqual([
      'Host',
      'a',
      'Content-Length',
      '0',
      'P',
      '- - - - 1.1 l',
    ])
    expect(requestHeaders(message(['Host', 'a'], { method: 'DELETE' }), 'P')).toEqual([
      'Host',
      'a',
      'P',
      '- - - - 1.1 -',
    ])
  })

  test('keep the coding of a chunked body', () => {
    expect(
      requestHeaders(message(['Host', 'a', 'Transfer-Encoding', 'chunked'], { method: 'POST' }), 'P'),
    ).toEqual(['Host', 'a', 'Transfer-Encoding', 'chunked', 'P', '- - - - 1.1 -'])
  })

  test('get a Host where HTTP/1.0 has none, and only there', () => {
    expect(requestHeaders(message([], { httpVersion: '1.0' }), 'P')).toEqual([
      'Host',
      'localhost',
      'P',
      '- - - - 1.0 h',
    ])
    expect(requestHeaders(message([]), 'P')).toEqual(['P', '- - - - 1.1 -'])
  })
})

test('of the headers of an answer, only Connection: close is passed back of those of one connection', () => {
  expect(
    responseHeaders(message(['A', '1', 'Connection', 'keep-alive', 'Keep-Alive', 'timeout=5', 'a', '2'])),
  ).toEqual(['A', '1', 'a', '2'])
  expect(responseHeaders(message(['Connection', 'Close', 'Transfer-Encoding', 'chunked']))).toEqual([
    'Connection',
    'Close',
  ])
})

describe('what the other side does', () => {
  test('early hints reach the client before the answer', async () => {
    const front = await frontBeforeHandler((_req, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' }, () => res.end('ok'))
    })
    const wire = await Wire.open(front.port)
    const text = await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/ok$/)
    expect(text).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload; as=style\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    )
  })

  test('Connection: close closes the connection of the client', async () => {
    const front = await frontBeforeHandler((_req, res) => {
      res.writeHead(200, { Connection: 'close' })
      res.end('last')
    })
    const wire = await Wire.open(front.port)
    expect(await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').rest()).toMatch(
      /Connection: close\r\n.*last/s,
    )
  })

  test('many headers are passed back', async () => {
    const front = await frontBeforeHandler((_req, res) => {
      res.writeHead(200, { 'X-Long': 'x'.repeat(100_000), 'Content-Length': 2 })
      res.end('ok')
    })
    const wire = await Wire.open(front.port)
    expect(
      (await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/\r\n\r\nok$/)).length,
    ).toBeGreaterThan(100_000)
  })

  test('an answer that is none is answered 502', async () => {
    const front = await frontBeforeBytes('this is not HTTP\r\n\r\n')
    const response = await fetch(front.url)
    expect(response.status).toBe(502)
    expect(await response.text()).toMatch(/^The application's answer broke off: /)
  })

  test('a connection that closes without an answer is answered 502, too', async () => {
    const front = await frontBeforeBytes('')
    expect((await fetch(front.url, { method: 'POST', body: 'x' })).status).toBe(502)
  })

  test('an answer that is shorter than its length is cut for the client, too', async () => {
    const front = await frontBeforeBytes('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort')
    const wire = await Wire.open(front.port)
    expect(await wire.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').rest()).toMatch(
      /Content-Length: 100\r\n.*short$/s,
    )
    expect((await front.logged(1))[0]).toMatchObject({ status: 200, bytes: 5, note: 'cut off' })
  })

  test('a process that ends over a request has its failure shown', async () => {
    const path = socketPath()
    let end: (failure: ReturnType<typeof plainFailure>) => void = () => {}
    const ended = new Promise<ReturnType<typeof plainFailure>>((resolve) => {
      end = resolve
    })
    const server = createSocketServer((socket) => {
      socket.once('data', () => {
        socket.destroy()
        end(plainFailure('error', 'It ran out of luck.'))
      })
    })
    await new Promise<void>((resolve) => server.listen(path, resolve))
    onTestFinished(() => void server.close())
    const worker = {
      socketPath: path,
      peerHeader: 'X-Peer',
      agent: new Agent(),
      begin: () => () => {},
      ended,
    }
    const front = await frontOver(() => ({ by: 'worker', worker }))
    const response = await fetch(front.url)
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('It ran out of luck.\n')
  })
})
