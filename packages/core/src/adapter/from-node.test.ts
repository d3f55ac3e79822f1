import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { dispose } from '../body.ts'
import { type Answer, capture } from '../capture.ts'
import { gate, RawConnection, rawRequest, serveForTest } from '../gateway/raw.test-support.ts'
import { ContentTooLarge } from '../http-errors.ts'
import type { Application, Environ } from '../protocol.ts'
import { transform } from '../transform.ts'
import { fromNode } from './from-node.ts'

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown

function client(handler: Handler): Client {
  return new Client(fromNode(handler))
}

/** The answer of a handler as middleware gets it. */
async function answerOf(handler: Handler, environ: Environ = createEnviron()): Promise<Answer> {
  return capture(fromNode(handler), environ)
}

async function chunksOf(body: Answer['body']): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of body as AsyncIterable<string | Uint8Array>) {
    chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
  }
  return chunks
}

describe('an answer', () => {
  test('that is ended at once comes without a promise, as a single chunk', () => {
    const answer = capture(
      fromNode((_req, res) => res.end('Hello')),
      createEnviron(),
    )
    expect(answer).toEqual({ status: '200 OK', headers: [['Content-Length', '5']], body: 'Hello' })
  })

  test('has the status, the reason and the headers that were set, in their order and spelling', async () => {
    const { status, headers } = await answerOf((_req, res) => {
      res.setHeader('X-First', 1)
      res.setHeader('set-cookie', ['a=1', 'b=2'])
      res.appendHeader('x-first', 'again')
      res.removeHeader('X-Gone')
      res.writeHead(299, 'Fine', { 'X-Last': 'z' })
      res.end()
    })
    expect(status).toBe('299 Fine')
    expect(headers).toEqual([
      ['X-First', '1'],
      ['X-First', 'again'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['X-Last', 'z'],
    ])
  })

  test.each([
    ['an object', { 'X-A': '1', 'X-B': ['2', '3'] }],
    ['a flat list', ['X-A', '1', 'X-B', '2', 'X-B', '3']],
    [
      'a list of pairs',
      [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ],
    ],
  ])('takes the headers of writeHead as %s', async (_form, given) => {
    const { headers } = await answerOf((_req, res) => res.writeHead(200, given as never).end('x'))
    expect(headers).toEqual([
      ['X-A', '1'],
      ['X-B', '2'],
      ['X-B', '3'],
    ])
  })

  test('throws where Node throws, with its code', async () => {
    const codes: string[] = []
    const attempt = (action: () => void): void => {
      try {
        action()
      } catch (error) {
        codes.push((error as NodeJS.ErrnoException).code as string)
      }
    }
    await client((_req, res) => {
      attempt(() => res.setHeader('bad name', '1'))
      attempt(() => res.writeHead(200, { 'X-Bad': 'a\r\nb' }))
      attempt(() => res.writeHead(200, ['X-Odd'] as never))
      attempt(() => res.writeHead(42))
      attempt(() => res.write(undefined as never))
      res.writeHead(200)
      attempt(() => res.setHeader('X-Late', '1'))
      res.end()
    }).get('/')
    expect(codes).toEqual([
      'ERR_INVALID_HTTP_TOKEN',
      'ERR_INVALID_CHAR',
      'ERR_INVALID_ARG_VALUE',
      'ERR_HTTP_INVALID_STATUS_CODE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_HTTP_HEADERS_SENT',
    ])
  })

  test('loses its hop-by-hop headers and its trailers', async () => {
    const answer = await client((_req, res) => {
      res.writeHead(200, { Trailer: 'X-Sum', 'Keep-Alive': 'timeout=9', 'Transfer-Encoding': 'chunked' })
      res.write('a')
      res.addTrailers({ 'X-Sum': '1' })
      res.end('b')
    }).get('/')
    expect(answer.text()).toBe('ab')
    expect(answer.headers.get('trailer')).toBeNull()
    expect(answer.headers.get('transfer-encoding')).toBeNull()
  })

  test('with strings in other encodings is sent as the bytes they stand for', async () => {
    const answer = await client((_req, res) => {
      res.write('68c3a4', 'hex')
      res.write('\xe4', 'latin1')
      res.end('ä')
    }).get('/')
    expect(Buffer.from(answer.bytes())).toEqual(Buffer.from('68c3a4e4c3a4', 'hex'))
  })

  test.each([204, 304])('of %d has no body and no length', async (status) => {
    const { headers, body } = await answerOf((_req, res) => {
      res.statusCode = status
      res.end('dropped')
    })
    expect(headers).toEqual([])
    expect(body).toBe('')
  })

  test('to HEAD keeps the length that the handler gave', async () => {
    const answer = await client((_req, res) => {
      res.setHeader('Content-Length', '5')
      res.end('Hello')
    }).head('/')
    expect(answer.headers.get('content-length')).toBe('5')
    expect(answer.text()).toBe('')
  })
})

describe('a streamed answer', () => {
  test('gives its chunks one by one, as they are written', async () => {
    const steps = gate()
    const { headers, body } = await answerOf((_req, res) => {
      res.write('one')
      void steps.opened.then(() => res.write('two')).then(() => res.end('three'))
    })
    expect(headers).toEqual([])
    const iterator = (body as AsyncIterable<string>)[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 'one' })
    const second = iterator.next()
    steps.open()
    expect(await second).toEqual({ done: false, value: 'two' })
    expect(await iterator.next()).toEqual({ done: false, value: 'three' })
    expect((await iterator.next()).done).toBe(true)
  })

  test('sends its headers at once when they are flushed', async () => {
    const rest = gate()
    const server = await serveForTest(
      fromNode((_req, res) => {
        res.setHeader('X-Early', '1')
        res.flushHeaders()
        void rest.opened.then(() => res.end('late'))
      }),
    )
    const connection = await RawConnection.open(server)
    const head = await connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').until(/\r\n\r\n/)
    expect(head).toContain('X-Early: 1\r\n')
    rest.open()
    await connection.until(/late/)
  })

  test('holds the writer back until its chunks are taken, and tells when there is room', async () => {
    const events: string[] = []
    const { body } = await answerOf((_req, res) => {
      const size = res.writableHighWaterMark
      const more = res.write(Buffer.alloc(size), () => events.push('written'))
      events.push(`room ${more}`, `waits ${res.writableNeedDrain}`, `holds ${res.writableLength === size}`)
      res.once('drain', () => {
        events.push('drain', `waits ${res.writableNeedDrain}`)
        res.end()
      })
    })
    expect(events).toEqual(['room false', 'waits true', 'holds true'])
    const chunks = await chunksOf(body)
    expect(chunks).toHaveLength(1)
    expect(events.slice(3).sort()).toEqual(['drain', 'waits false', 'written'])
  })

  test('takes a stream that is piped, of any size, in order', async () => {
    const pieces = Array.from({ length: 200 }, (_, index) => String(index).padStart(1000, '.'))
    const answer = await client((_req, res) => {
      Readable.from(pieces).pipe(res)
    }).get('/')
    expect(answer.text()).toBe(pieces.join(''))
  })

  test('passes a layer outside chunk by chunk', async () => {
    const shout: Application = transform(async function shout(answer) {
      const source = answer.body as AsyncIterable<string | Uint8Array>
      return {
        ...answer,
        status: '203 Changed',
        body: (async function* () {
          for await (const chunk of source) yield String(chunk).toUpperCase()
        })(),
      }
    })(
      fromNode((_req, res) => {
        res.write('a')
        setImmediate(() => res.end('b'))
      }),
    )
    const answer = await new Client(shout).get('/')
    expect(answer.status).toBe(203)
    expect(answer.text()).toBe('AB')
  })
})

describe('the events of a response', () => {
  test('are those of a server: prefinish, finish, close, in this order and once', async () => {
    const events: string[] = []
    const closed = gate()
    const answer = await client((_req, res) => {
      for (const event of ['prefinish', 'finish', 'close']) res.on(event, () => events.push(event))
      res.on('finish', () => events.push(`finished ${res.writableFinished} ${res.headersSent}`))
      res.on('close', () => closed.open())
      res.end('x', () => events.push('ended'))
      events.push(`ended ${res.writableEnded}`)
    }).get('/')
    await closed.opened
    expect(answer.text()).toBe('x')
    expect(events.toSorted()).toEqual(
      ['prefinish', 'ended true', 'finish', 'finished true true', 'ended', 'close'].toSorted(),
    )
    expect(events[0]).toBe('prefinish')
    expect(events.at(-1)).toBe('close')
  })

  test('tell of a client that has left, before the end', async () => {
    const events: string[] = []
    const closed = gate()
    const started = gate()
    const server = await serveForTest(
      fromNode((req, res) => {
        req.on('aborted', () => events.push('aborted'))
        req.on('error', (error: NodeJS.ErrnoException) => events.push(`error ${error.code}`))
        res.on('finish', () => events.push('finish'))
        res.on('close', () => {
          events.push(`close ${res.destroyed} ${res.writableFinished}`)
          closed.open()
        })
        started.open()
      }),
    )
    const connection = await RawConnection.open(server)
    connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await started.opened
    connection.socket.destroy()
    await closed.opened
    await new Promise(setImmediate)
    expect(events.toSorted()).toEqual(['aborted', 'close true false', 'error ECONNRESET'])
  })

  test('tell of a body that nobody wants any more', async () => {
    const closed = gate()
    const { body } = await answerOf((_req, res) => {
      res.on('close', () => closed.open())
      res.write('first')
    })
    dispose(body)
    await closed.opened
  })

  test('come to whoever answers HEAD in his own time', async () => {
    const finished = gate()
    const answer = await client((_req, res) => {
      res.flushHeaders()
      setImmediate(() => {
        res.write('dropped')
        res.end(() => finished.open())
      })
    }).head('/')
    expect(answer.status).toBe(200)
    await finished.opened
  })
})

describe('a failure', () => {
  test('that is thrown before the answer is that of the application', async () => {
    const failing = client(() => {
      throw new Error('thrown')
    })
    await expect(failing.get('/')).rejects.toThrow('thrown')
  })

  test('of an async handler is that of the application', async () => {
    const failing = client(async (_req, res) => {
      res.setHeader('X-Half', '1')
      await Promise.reject(new Error('rejected'))
    })
    await expect(failing.get('/')).rejects.toThrow('rejected')
  })

  test('after the first chunk comes out of the body', async () => {
    const { body } = await answerOf(async (_req, res) => {
      res.write('first')
      await new Promise(setImmediate)
      throw new Error('too late')
    })
    await expect(chunksOf(body)).rejects.toThrow('too late')
  })

  test('cuts the connection when the handler destroys the response', async () => {
    const server = await serveForTest(
      fromNode((_req, res) => {
        res.write('half')
        setImmediate(() => res.destroy())
      }),
      { validated: false },
    )
    const received = await rawRequest(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(received).not.toContain('\r\n0\r\n')
    expect(server.log).toEqual([])
  })

  test('cuts the connection behind what was written before', async () => {
    const server = await serveForTest(
      fromNode((req, res) => {
        res.write('half')
        process.nextTick(() => req.socket.destroy())
      }),
      { validated: false },
    )
    const received = await rawRequest(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n4\r\nhalf\r\n$/s)
  })

  test("is the application's where a response is destroyed before it began and no connection can be cut", async () => {
    await expect(client((_req, res) => res.destroy(new Error('gone wrong'))).get('/')).rejects.toThrow(
      'gone wrong',
    )
  })
})

describe('the connection', () => {
  test('is closed for a handler that asks for it', async () => {
    const server = await serveForTest(
      fromNode((_req, res) => res.setHeader('Connection', 'close').end('bye')),
    )
    const connection = await RawConnection.open(server)
    const received = await connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').untilClose()
    expect(received).toContain('Connection: close\r\n')
    expect(received).toContain('bye')
  })

  test('carries informational answers before the final one', async () => {
    const server = await serveForTest(
      fromNode((_req, res) => {
        res.writeProcessing()
        res.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b.css>; rel=preload'], 'x-hint': '1' })
        res.end('done')
      }),
      { validated: false },
    )
    const received = await rawRequest(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    expect(received).toMatch(/^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 103 Early Hints\r\n/)
    expect(received).toContain(
      'Link: </a.css>; rel=preload, </b.css>; rel=preload\r\nx-hint: 1\r\n\r\nHTTP/1.1 200 OK',
    )
  })

  test('drops informational answers where the gateway has no way to send them', async () => {
    const answer = await client((_req, res) => {
      res.writeProcessing()
      res.writeContinue()
      res.end('done')
    }).get('/')
    expect(answer.text()).toBe('done')
  })
})

describe('a request body', () => {
  test('reaches the handler as it comes, through any layer', async () => {
    const answer = await client(async (req, res) => {
      req.setEncoding('utf8')
      let text = ''
      for await (const chunk of req) text += chunk
      res.end(`${text} ${req.complete}`)
    }).post('/', { body: 'héllo' })
    expect(answer.text()).toBe('héllo true')
  })

  test('is piped back with back pressure', async () => {
    const body = Buffer.alloc(1_000_000, 'abc')
    const answer = await client((req, res) => req.pipe(res)).post('/', { body })
    expect(Buffer.from(answer.bytes()).equals(body)).toBe(true)
  })

  test('ends at once where there is none', async () => {
    const answer = await client(async (req, res) => {
      req.resume()
      await once(req, 'end')
      res.end(`${req.complete}`)
    }).get('/')
    expect(answer.text()).toBe('true')
  })

  test('that a layer refuses to read on is answered as that layer says', async () => {
    const limited: Application = (environ, startResponse) => {
      const input = (async function* () {
        yield new Uint8Array(1)
        throw new ContentTooLarge()
      })()
      return fromNode((req) => req.resume())({ ...environ, 'wsgi.input': input }, startResponse)
    }
    const answer = await new Client(limited, { validate: false }).post('/', { body: 'long' })
    expect(answer.status).toBe(413)
  })

  test('that is refused may be answered by a framework that listens for errors', async () => {
    const limited: Application = (environ, startResponse) => {
      const input = (async function* () {
        yield new Uint8Array(1)
        throw new ContentTooLarge()
      })()
      const app = fromNode((req, res) => {
        req.on('error', (error) => {
          res.statusCode = (error as ContentTooLarge).status
          res.end('mine')
        })
        req.resume()
      })
      return app({ ...environ, 'wsgi.input': input }, startResponse)
    }
    const answer = await new Client(limited, { validate: false }).post('/', { body: 'long' })
    expect(answer.status).toBe(413)
    expect(answer.text()).toBe('mine')
  })

  test('that is refused is not at its end for who goes on as if nothing had happened', async () => {
    const events: string[] = []
    const limited: Application = (environ, startResponse) => {
      const input = (async function* () {
        yield new Uint8Array(1)
        throw new ContentTooLarge()
      })()
      const app = fromNode((req, res) => {
        for (const event of ['data', 'error', 'end']) req.on(event, () => events.push(event))
        req.on('error', () => setImmediate(() => res.end('later')))
      })
      return app({ ...environ, 'wsgi.input': input }, startResponse)
    }
    const answer = await new Client(limited, { validate: false }).post('/', { body: 'long' })
    expect(answer.text()).toBe('later')
    expect(events).toEqual(['data', 'error'])
  })

  test('left unread leaves the connection usable', async () => {
    const server = await serveForTest(fromNode((req, res) => res.end(req.url)))
    const connection = await RawConnection.open(server)
    await connection.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello').until(/\/a$/)
    await connection.send('GET /b HTTP/1.1\r\nHost: a\r\n\r\n').until(/\/b$/)
  })
})
