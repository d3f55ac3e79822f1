import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { RawConnection } from './raw.test-support.ts'
import { asksForWebSocket, serveAsRequest } from './serve-as-request.ts'

test('the server sees the request as it was, and what follows it', async () => {
  const seen: unknown[] = []
  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk) => {
      body += chunk
    })
    req.on('end', () => {
      seen.push([req.method, req.url, req.rawHeaders, body])
      res.end('answer')
    })
  })
  server.on('upgrade', (req, socket, head) => serveAsRequest(server, req, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
  client.send(
    'POST /a?b HTTP/1.1\r\nhost: x\r\nX-Text: caf\xe9\r\nX-Text: again\r\nConnection: Keep-Alive, UPGRADE, Foo\r\nUpgrade: h2c\r\n' +
      '\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )
  await client.untilClose()
  expect(seen).toEqual([
    [
      'POST',
      '/a?b',
      [
        ...['host', 'x', 'X-Text', 'caf\xe9', 'X-Text', 'again', 'Connection', 'Keep-Alive, Foo'],
        ...['Upgrade', 'h2c'],
      ],
      '',
    ],
    ['GET', '/next', ['Host', 'x', 'Connection', 'close'], ''],
  ])
})

test('a body of the request arrives with it', async () => {
  const server = createServer((req, res) => {
    req.on('data', (chunk) => res.write(`got ${chunk}`))
    req.on('end', () => res.end('all'))
  })
  server.on('upgrade', (req, socket, head) => serveAsRequest(server, req, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const client = await RawConnection.open({ port: (server.address() as AddressInfo).port, url: '' })
  client.send(
    'POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 5\r\n\r\nHel',
  )
  await client.until(/got Hel/)
  await client.send('lo').until(/got lo[\s\S]*all/)
})

test.each([
  ['a WebSocket', {}, true],
  ['one in other letters', { headers: { upgrade: 'WebSocket' } }, true],
  ['another protocol', { headers: { upgrade: 'h2c' } }, false],
  ['another method', { method: 'POST' }, false],
  ['HTTP/1.0', { httpVersion: '1.0' }, false],
  ['a body', { headers: { upgrade: 'websocket', 'content-length': '1' } }, false],
  ['a chunked body', { headers: { upgrade: 'websocket', 'transfer-encoding': 'chunked' } }, false],
])('a request for %s', (_, changes, expected) => {
  const req = { method: 'GET', httpVersion: '1.1', headers: { upgrade: 'websocket' }, ...changes }
  expect(asksForWebSocket(req as unknown as IncomingMessage)).toBe(expected)
})
