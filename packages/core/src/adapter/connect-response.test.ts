import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { gate } from '../gateway/raw.test-support.ts'
import { ClientDisconnected } from '../http-errors.ts'
import type { Body, Chunk, HeaderList, Status } from '../protocol.ts'
import { ConnectResponse } from './connect-response.ts'

interface Inside {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly response: ConnectResponse
  /** Calls what follows and gives its body, and what startResponse got. */
  run(next: () => void): Body | Promise<Body>
  readonly started: { status: Status; headers: HeaderList }[]
}

/** Runs a check in the place of middleware, in a server, and gives the answer that the client gets. */
async function within(check: (inside: Inside) => void | Promise<void>, method = 'GET'): Promise<Response> {
  let failure: unknown
  const server = createServer((req, res) => {
    res.setHeader('X-Before', '1')
    const response = new ConnectResponse(res)
    const started: Inside['started'] = []
    const run = (next: () => void): Body | Promise<Body> =>
      response.run((status, headers) => {
        started.push({ status, headers })
        return () => {}
      }, next)
    const checking = (async () => check({ req, res, response, run, started }))()
    checking.catch((error) => {
      failure = error
      res.destroy()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
    if (failure !== undefined) throw failure
  })
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { method })
}

test('what is ended at once is a body of one chunk, given without a promise', async () => {
  const answer = await within(({ res, response, run, started }) => {
    expect(run(() => res.end('inner'))).toBe('inner')
    expect(started).toEqual([
      {
        status: '200 OK',
        headers: [
          ['X-Before', '1'],
          ['Content-Length', '5'],
        ],
      },
    ])
    response.outer.writeHead(201, 'Made', ['X-Outer', '2'])
    response.outer.end('outer')
  })
  expect([answer.status, answer.headers.get('x-outer'), answer.headers.get('x-before')]).toEqual([
    201,
    '2',
    null,
  ])
  expect(await answer.text()).toBe('outer')
})

test('to the outside the answer begins and ends when it goes out, to the handlers when they write', async () => {
  await within(({ res, response, run }) => {
    run(() => res.end('inner'))
    expect([res.headersSent, res.writableEnded]).toEqual([true, true])
    expect([response.outer.headersSent, response.outer.writableEnded]).toEqual([false, false])
    response.outer.writeHead(200)
    expect([response.outer.headersSent, response.outer.writableEnded]).toEqual([true, false])
    response.outer.end()
    expect([response.outer.headersSent, response.outer.writableEnded]).toEqual([true, true])
  })
})

test('a body that comes in pieces is taken one by one, and its writer told', async () => {
  const answer = await within(async ({ res, response, run }) => {
    const taken: string[] = []
    const body = await run(() => {
      res.write('one', () => taken.push('one'))
      res.write('two', () => taken.push('two'))
      setImmediate(() => res.end('three'))
    })
    const chunks: Chunk[] = []
    for await (const chunk of body as AsyncIterable<Chunk>) {
      expect(taken).toHaveLength(chunks.length)
      chunks.push(chunk)
      if (taken.length === 2) break
    }
    response.outer.writeHead(200)
    response.outer.end(chunks.join(' '))
  })
  expect(await answer.text()).toBe('one two three')
})

test('writes beyond its room are held back until it has some', async () => {
  await within(async ({ res, response, run }) => {
    let drained = 0
    res.on('drain', () => {
      drained++
    })
    const body = await run(() => {
      expect(res.write('x'.repeat(20_000))).toBe(false)
      expect(res.writableNeedDrain).toBe(true)
    })
    const iterator = (body as AsyncIterable<Chunk>)[Symbol.asyncIterator]()
    await iterator.next()
    expect(drained).toBe(0)
    void iterator.next()
    expect([drained, res.writableNeedDrain]).toEqual([1, false])
    response.outer.writeHead(200)
    response.outer.end()
  })
})

test('restore leaves nothing of what the handlers wrote, and what was there before', async () => {
  const answer = await within(({ res, response, run }) => {
    const wrapped = res.end
    run(() => {
      res.statusCode = 418
      res.setHeader('X-Handler', '1')
      res.end('inner')
    })
    response.restore()
    expect([res.headersSent, res.writableEnded, res.statusCode]).toEqual([false, false, 200])
    expect(res.getHeaderNames()).toEqual(['x-before'])
    expect(res.end).toBe(wrapped)
    res.end('from somebody else')
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-handler')).toBeNull()
  expect(answer.headers.get('x-before')).toBe('1')
  expect(await answer.text()).toBe('from somebody else')
})

test('to HEAD nothing of the body is kept', async () => {
  const answer = await within(({ res, response, run, started }) => {
    expect(run(() => res.end('inner'))).toBe('')
    expect(started[0]?.headers).toEqual([['X-Before', '1']])
    response.outer.writeHead(200)
    response.outer.end()
  }, 'HEAD')
  expect(answer.status).toBe(200)
})

test('a client that leaves before the answer rejects it', async () => {
  const left = gate()
  const answer = within(async ({ req, run }) => {
    const waiting = Promise.resolve(run(() => {}))
    req.socket.destroy()
    await expect(waiting).rejects.toThrow(ClientDisconnected)
    left.open()
  })
  await expect(answer).rejects.toThrow()
  await left.opened
})
