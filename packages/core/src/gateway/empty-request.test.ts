import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { endEmptyRequest } from './empty-request.ts'

describe('endEmptyRequest', () => {
  const servers: ReturnType<typeof createServer>[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    }
  })

  async function converse(
    handle: (req: IncomingMessage) => void,
    text: string,
    answers: number,
  ): Promise<string> {
    const server = createServer((req, res) => {
      handle(req)
      res.end(`${req.method} ${req.url}`)
    })
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
    let received = ''
    socket.on('data', (data) => {
      received += data
    })
    socket.write(text)
    while (received.split('HTTP/1.1 200 OK').length <= answers) await once(socket, 'data')
    socket.destroy()
    return received
  }

  it('ends the stream of a request', async () => {
    let ended: unknown
    await converse(
      (req) => {
        endEmptyRequest(req)
        ended = [req.readableEnded, req.destroyed, req.read()]
      },
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      1,
    )
    expect(ended).toEqual([true, true, null])
  })

  it('leaves the connection fit for pipelined requests, with bodies and without', async () => {
    const received = await converse(
      (req) => {
        if (req.method === 'GET') endEmptyRequest(req)
      },
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\n' +
        'POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi' +
        'GET /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n',
      4,
    )
    expect(received.match(/(GET|POST) \/\d/g)).toEqual(['GET /1', 'POST /2', 'GET /3', 'GET /4'])
  })

  it('emits nothing any more', async () => {
    const events: string[] = []
    await converse(
      (req) => {
        endEmptyRequest(req)
        for (const event of ['data', 'end', 'close', 'error']) req.on(event, () => events.push(event))
      },
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
      2,
    )
    expect(events).toEqual([])
  })
})
