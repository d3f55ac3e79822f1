import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Client } from '@stapel/testing'
import { expect, onTestFinished, test } from 'vitest'
import { nodeHandler } from '../gateway/node-handler.ts'
import { fromNode } from './from-node.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown

/** What a server of somebody else's, with a handler in it, sends to a raw request that closes its connection. */
async function received(handler: Handler, request: string): Promise<string> {
  const server = createServer(nodeHandler(fromNode(handler))).listen(0)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', (data: string) => {
    text += data
  })
  socket.write(request)
  await once(socket, 'close')
  return text
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

test('shows the address of a peer as Node writes it, until a layer has changed it', async () => {
  const app: Handler = (req, res) => res.end(`${req.socket.remoteAddress} ${req.socket.remoteFamily}`)
  const server = createServer((req, res) => res.end(`${req.socket.remoteAddress} ${req.socket.remoteFamily}`))
  server.listen(0)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const own = await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text()
  expect((await received(app, get)).endsWith(own)).toBe(true)
  const changed = new Client(fromNode(app), { environ: { REMOTE_ADDR: '203.0.113.9' } })
  expect((await changed.get('/')).text()).toBe('203.0.113.9 IPv4')
})

test('ends an exchange with a status below 200, where the gateway can', async () => {
  const finished: string[] = []
  const switching: Handler = (_req, res) => {
    res.on('finish', () => finished.push('finish'))
    res.writeHead(101, { 'X-To': 'nothing' }).end()
  }
  const answer = await received(switching, get)
  expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\nX-To: nothing\r\n/)
  expect(finished).toEqual(['finish'])
  await expect(new Client(fromNode(switching)).get('/')).rejects.toThrow('expected three digits from 200')
})

test('keeps the length 0 that a handler gives to a 205', async () => {
  const answer = await received((_req, res) => res.writeHead(205, { 'Content-Length': '0' }).end(), get)
  expect(answer).toMatch(/^HTTP\/1\.1 205 Reset Content\r\n/)
  expect(answer).toContain('Content-Length: 0\r\n')
  expect(answer).not.toContain('Transfer-Encoding')
})

test('keeps chunked coding where a handler asks for it, also for nothing', async () => {
  const chunked: Handler = (_req, res) => res.setHeader('Transfer-Encoding', 'chunked').end('')
  const answer = await received(chunked, get)
  expect(answer).toContain('Transfer-Encoding: chunked\r\n')
  expect(answer).not.toContain('Content-Length')
  expect(answer).toMatch(/\r\n\r\n0\r\n\r\n$/)
})

test('leaves a malformed Host out inside of a server that somebody else made', async () => {
  const app: Handler = (req, res) => res.end(`host ${req.headers.host}`)
  const answer = await received(app, get.replace('Host: a', 'Host: http://example.org'))
  expect(answer).toMatch(/host undefined$/)
})

test('answers a client that waits for 100 Continue when the handler invites it', async () => {
  const app: Handler = (req, res) => {
    res.writeContinue()
    req.resume().on('end', () => res.end('got it'))
  }
  const answer = await received(
    app,
    get.replace('GET', 'POST').replace('Host: a', 'Host: a\r\nExpect: 100-continue\r\nContent-Length: 2') +
      'ab',
  )
  // Node's own server has sent one already: a bare handler comes too late to delay it.
  expect(answer.match(/100 Continue/g)).toHaveLength(1)
  expect(answer).toMatch(/got it$/)
})
