import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Stream } from 'node:stream'
import { Client } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { gate, RawConnection, serveForTest } from '../gateway/raw.test-support.ts'
import { fromNode } from './from-node.ts'

function client(handler: (req: IncomingMessage, res: ServerResponse) => unknown): Client {
  return new Client(fromNode(handler))
}

describe('the socket of a request', () => {
  test('is a stream, the same for request and response', async () => {
    await client((req, res) => {
      expect(req.socket).toBeInstanceOf(Stream)
      expect(res.socket).toBe(req.socket)
      expect(req.connection).toBe(req.socket)
      res.end()
    }).get('/')
  })

  test('tells both ends of the connection', async () => {
    const answer = await client((req, res) => {
      const { remoteAddress, remotePort, remoteFamily, localAddress, localPort, readyState } = req.socket
      const parts = { remoteAddress, remotePort, remoteFamily, localAddress, localPort, readyState }
      res.end(JSON.stringify({ ...parts, address: req.socket.address() }))
    }).get('/')
    expect(answer.json()).toEqual({
      remoteAddress: '127.0.0.1',
      remotePort: 49152,
      remoteFamily: 'IPv4',
      localAddress: 'localhost',
      localPort: 80,
      readyState: 'open',
      address: { address: 'localhost', port: 80, family: 'IPv4' },
    })
  })

  test('has no peer on a unix socket', async () => {
    const app = fromNode((req, res) => res.end(String(req.socket.remoteAddress)))
    const unix = { REMOTE_ADDR: undefined, REMOTE_PORT: undefined } as never
    expect((await new Client(app, { environ: unix }).get('/')).text()).toBe('undefined')
  })

  test('tells the server that the request came to, where the gateway has one', async () => {
    const seen: unknown[] = []
    const app = fromNode((req, res) => {
      seen.push((req.socket as { server?: unknown }).server)
      res.end()
    })
    await new Client(app).get('/')
    const running = await serveForTest(app)
    await (await fetch(running.url)).text()
    expect(seen).toEqual([undefined, running.server])
  })

  test('takes what servers set on a connection', async () => {
    await client((req, res) => {
      req.socket.setKeepAlive(true).setNoDelay(true).ref().unref()
      res.end()
    }).get('/')
  })

  test('closes after the answer for whoever listens', async () => {
    const closed = gate()
    await client((req, res) => {
      req.socket.on('close', () => closed.open())
      res.end()
    }).get('/')
    await closed.opened
  })

  test('destroyed with an error that nobody listens for fails the request and not the process', async () => {
    const failing = client((req) => req.socket.destroy(new Error('socket gone')))
    await expect(failing.get('/')).rejects.toThrow('socket gone')
  })

  test('ended before the answer fails the request', async () => {
    await expect(client((req) => req.socket.end()).get('/')).rejects.toThrow('aborted')
  })

  test('ended after a chunk sends it before the connection closes', async () => {
    const app = fromNode((req, res) => {
      res.write('begun')
      req.socket.end()
    })
    const connection = await RawConnection.open(await serveForTest(app))
    connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(connection.socket, 'close')
    expect(connection.text).toMatch(/\r\n5\r\nbegun\r\n$/)
  })
})

describe('a timeout', () => {
  test('tells request and response, which may answer', async () => {
    const told: string[] = []
    const answer = await client((req, res) => {
      req.on('timeout', () => told.push('request'))
      req.socket.on('timeout', () => told.push('socket'))
      res.setTimeout(1, () => {
        told.push('response')
        res.statusCode = 503
        res.end('too slow')
      })
    }).post('/', { body: 'x' })
    expect(answer.status).toBe(503)
    expect(told).toEqual(['socket', 'request', 'response'])
  })

  test('that nobody handles closes the connection', async () => {
    await expect(client((req) => req.setTimeout(1)).get('/')).rejects.toThrow('aborted')
  })

  test('may be taken back', async () => {
    const answer = await client((req, res) => {
      const late = (): void => res.destroy() as never
      req.socket.setTimeout(1, late)
      req.socket.setTimeout(0, late)
      expect(req.socket.timeout).toBe(0)
      expect(req.socket.listenerCount('timeout')).toBe(0)
      res.end('in time')
    }).get('/')
    expect(answer.text()).toBe('in time')
  })
})
