import { describe, expect, test } from 'vitest'
import { NotFound, ServiceUnavailable } from '../http-errors.ts'
import type { Application, Chunk } from '../protocol.ts'
import { dechunk, gate, RawConnection, rawRequest, serveForTest } from './raw.test-support.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const head = 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const keptAlive = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4)
}

describe('3: startResponse', () => {
  test('3.1: an application that does not call it is answered 500', async () => {
    const server = await serveForTest(() => 'x', { validated: false })
    expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 500 /)
    expect(server.log.join('')).toContain('protocol 3.1')
  })

  test('3.2: headers are not sent before the first non-empty chunk', async () => {
    const started = gate()
    const proceed = gate()
    const server = await serveForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield ''
      started.open()
      await proceed.opened
      startResponse('202 Accepted', [], new Error('later'))
      yield 'x'
    })
    const connection = await RawConnection.open(server)
    connection.send(get)
    await started.opened
    expect(connection.text).toBe('')
    proceed.open()
    expect(await connection.untilClose()).toMatch(/^HTTP\/1\.1 202 /)
  })

  test("3.2: write('') sends the headers at once", async () => {
    const proceed = gate()
    const server = await serveForTest(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [['X-Early', '1']])
      await write('')
      await proceed.opened
      return 'rest'
    })
    const connection = await RawConnection.open(server)
    await connection.send(get).until(/X-Early: 1[\s\S]*\r\n\r\n/)
    proceed.open()
    expect(await connection.untilClose()).toContain('rest')
  })

  test('3.2: called again with an error before the commitment, the newer status and headers replace the older', async () => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [['X-Old', '1']])
      startResponse('503 Service Unavailable', [['X-New', '1']], new Error('down'))
      return 'sorry'
    })
    const answer = await rawRequest(server, get)
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(answer).toContain('X-New: 1')
    expect(answer).not.toContain('X-Old')
  })

  test('3.3: called again without an error it throws at the call site', async () => {
    let thrown: unknown
    const server = await serveForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        try {
          startResponse('201 Created', [])
        } catch (error) {
          thrown = error
        }
        return 'x'
      },
      { validated: false },
    )
    expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 200 /)
    expect(thrown).toMatchObject({ clause: '3.3' })
  })

  // robustness.md E5
  test('3.3: called with an error after the commitment it throws that error, and the connection is cut', async () => {
    const failure = new Error('late')
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'first'
      startResponse('500 Internal Server Error', [], failure)
      yield 'never'
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('first')
    expect(answer).not.toContain('0\r\n\r\n')
    expect(answer).not.toContain('never')
    expect(server.log.join('')).toContain('late')
  })

  test.each([
    ['a status without a reason part', '200', []],
    ['a line break in the status', '200 OK\r\nX: y', []],
    ['a header name that is no token', '200 OK', [['X Y', 'z']]],
    ['a line break in a value', '200 OK', [['X', 'a\r\nSet-Cookie: b']]],
    ['text beyond latin-1', '200 OK', [['X', '\u20ac']]],
    // robustness.md B2
    ['a hop-by-hop header', '200 OK', [['Transfer-Encoding', 'chunked']]],
  ])('3.4: %s throws at the call site and never reaches the wire', async (_, status, headers) => {
    const server = await serveForTest(
      (_environ, startResponse) => {
        startResponse(status as '200 OK', headers as [string, string][])
        return 'x'
      },
      { validated: false },
    )
    const answer = await rawRequest(server, get)
    expect(answer).toMatch(/^HTTP\/1\.1 500 /)
    expect(answer).not.toContain('Set-Cookie')
    expect(server.log.join('')).toContain('protocol 3.4')
  })

  test('3.4: repeated headers keep their order, latin-1 is sent as it is', async () => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('299 ', [
        ['Set-Cookie', 'a=1'],
        ['X-Text', 'caf\u00e9'],
        ['Set-Cookie', 'b=2'],
      ])
      return ''
    })
    expect(await rawRequest(server, get)).toMatch(
      /^HTTP\/1\.1 299 \r\nSet-Cookie: a=1\r\nX-Text: caf\xe9\r\nSet-Cookie: b=2\r\n/,
    )
  })

  test.each([
    ['ASCII text', 'Hello', 'Hello'],
    ['text beyond ASCII', 'caf\u00e9', 'caf\xc3\xa9'],
    ['bytes', new Uint8Array([72, 105]), 'Hi'],
  ])('3.4: header values go out as latin-1 beside %s', async (_, body, sent) => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [['X-Text', 'caf\u00e9']])
      return body
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('X-Text: caf\xe9\r\n')
    expect(bodyOf(answer)).toBe(sent)
  })

  test('3.4: header values go out as latin-1 beside a stream of text', async () => {
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [['X-Text', 'caf\u00e9']])
      yield 'caf\u00e9'
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('X-Text: caf\xe9\r\n')
    expect(answer).toContain('5\r\ncaf\xc3\xa9\r\n')
  })

  test('3.5: what write sends precedes the body', async () => {
    const server = await serveForTest(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [['Content-Length', '6']])
      await write('ab')
      await write(new Uint8Array([99, 100]))
      return ['e', 'f']
    })
    expect(bodyOf(await rawRequest(server, get))).toBe('abcdef')
  })
})

describe('4: bodies', () => {
  test('4.1: the next chunk is pulled only when the client has room', async () => {
    let pulled = 0
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      const chunk = new Uint8Array(1_048_576)
      for (pulled = 1; pulled <= 256; pulled++) yield chunk
    })
    const connection = await RawConnection.open(server)
    connection.socket.pause()
    connection.send(get)
    await expect.poll(() => pulled).toBeGreaterThan(0)
    // The kernel's buffers take a few chunks; a gateway that ignored the client would pull all of them at once.
    const [before] = [pulled]
    await new Promise((resolve) => setImmediate(resolve))
    expect(before).toBeLessThan(64)
    expect(pulled).toBeLessThan(64)
  })

  test('4.2: a client that goes aborts the signal, then return() and close() are called once', async () => {
    const calls: string[] = []
    const server = await serveForTest((environ, startResponse) => {
      environ['stapel.context'].signal.addEventListener('abort', () => calls.push('abort'))
      startResponse('200 OK', [])
      let first = true
      return {
        [Symbol.asyncIterator]: () => ({
          next: (): Promise<IteratorResult<Chunk>> => {
            if (!first) return new Promise(() => {})
            first = false
            return Promise.resolve({ done: false, value: 'first' })
          },
          return: async () => {
            calls.push('return')
            return { done: true as const, value: undefined }
          },
        }),
        close: () => void calls.push('close'),
      }
    })
    const connection = await RawConnection.open(server)
    await connection.send(get).until(/first/)
    connection.socket.destroy()
    await expect.poll(() => calls).toEqual(['abort', 'return', 'close'])
  })

  test('4.2: a body read to its end is closed once and not returned', async () => {
    const calls: string[] = []
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      const steps = ['a', 'b']
      return {
        [Symbol.iterator]: () => ({
          next: () => {
            const value = steps.shift()
            return value === undefined
              ? { done: true as const, value: undefined }
              : { done: false as const, value }
          },
          return: () => {
            calls.push('return')
            return { done: true as const, value: undefined }
          },
        }),
        close: () => void calls.push('close'),
      }
    })
    expect(dechunk(bodyOf(await rawRequest(server, get)))).toBe('ab')
    expect(calls).toEqual(['close'])
  })

  test('4.2: the finally block of a generator runs when the client goes', async () => {
    let cleaned = false
    const server = await serveForTest(async function* (environ, startResponse) {
      startResponse('200 OK', [])
      const { signal } = environ['stapel.context']
      try {
        yield 'first'
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        yield 'second'
      } finally {
        cleaned = true
      }
    })
    const connection = await RawConnection.open(server)
    await connection.send(get).until(/first/)
    connection.socket.destroy()
    await expect.poll(() => cleaned).toBe(true)
    expect(server.log).toEqual([])
  })

  test('4.3: a chunk goes out before the next one is pulled', async () => {
    const proceed = gate()
    const server = await serveForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      yield 'data: 1\n\n'
      await proceed.opened
      yield 'data: 2\n\n'
    })
    const connection = await RawConnection.open(server)
    await connection.send(get).until(/data: 1\n\n/)
    proceed.open()
    await connection.until(/data: 2\n\n/)
  })

  // robustness.md B3
  test('4.4: HEAD sends no bytes and keeps the headers of GET', async () => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return 'Hello'
    })
    const answer = await rawRequest(server, head)
    expect(answer).toContain('Content-Length: 5\r\n')
    expect(bodyOf(answer)).toBe('')
  })

  test('4.4: for HEAD a generator is run only until startResponse was called', async () => {
    const steps: string[] = []
    const server = await serveForTest(function* (_environ, startResponse) {
      try {
        steps.push('start')
        startResponse('200 OK', [])
        yield 'a'
        steps.push('on')
        yield 'b'
      } finally {
        steps.push('finally')
      }
    })
    expect(bodyOf(await rawRequest(server, head))).toBe('')
    expect(steps).toEqual(['start', 'finally'])
  })

  // robustness.md B3
  test.each(['204 No Content', '304 Not Modified'] as const)(
    '4.4: %s sends no bytes, and the connection stays usable',
    async (status) => {
      const server = await serveForTest((environ, startResponse) => {
        startResponse(environ.PATH_INFO === '/' ? status : '200 OK', [])
        return environ.PATH_INFO === '/' ? '' : 'next'
      })
      const connection = await RawConnection.open(server)
      connection.send(
        'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      )
      const answer = await connection.untilClose()
      expect(answer).toMatch(
        new RegExp(
          `^HTTP/1.1 ${status}\r\n(?:(?!Content-Length|Transfer-Encoding).+\r\n)*\r\nHTTP/1.1 200 OK\r\n`,
        ),
      )
      expect(answer).toContain('next')
    },
  )

  test('4.4: a 205 has no content', async () => {
    const server = await serveForTest(
      (_environ, startResponse) => {
        startResponse('205 Reset Content', [])
        return 'not sent'
      },
      { validated: false },
    )
    expect(await rawRequest(server, get)).not.toContain('not sent')
  })

  test.each([
    ['one chunk', 'caf\u00e9', '5'],
    ['bytes', new Uint8Array([1, 2, 3]), '3'],
    ['a list of strings', ['a', 'b\u20ac'], '5'],
    ['a mixed list', ['a', new Uint8Array(2)], '3'],
    ['an empty list', [], '0'],
  ])('4.5: the length of %s is computed', async (_, body, length) => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return body as Chunk
    })
    expect(await rawRequest(server, get)).toContain(`Content-Length: ${length}\r\n`)
  })

  test('4.5: a body of unknown length is chunked for HTTP/1.1 and ends with the connection for HTTP/1.0', async () => {
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'a'
      yield 'b'
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('Transfer-Encoding: chunked\r\n')
    expect(dechunk(bodyOf(answer))).toBe('ab')
    expect(bodyOf(await rawRequest(server, 'GET / HTTP/1.0\r\n\r\n'))).toBe('ab')
  })

  test('4.5: no length is computed from an empty body for HEAD', async () => {
    const server = await serveForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return ''
    })
    expect(await rawRequest(server, head)).not.toContain('Content-Length')
  })

  // robustness.md B1
  test.each([
    ['one chunk', 'Hello World'],
    ['a list', ['Hello', ' World']],
  ])(
    '4.5: %s longer than its Content-Length is cut there, logged, and the connection stays usable',
    async (_, body) => {
      const server = await serveForTest(
        (_environ, startResponse) => {
          startResponse('200 OK', [['Content-Length', '5']])
          return body
        },
        { validated: false },
      )
      const connection = await RawConnection.open(server)
      connection.send(keptAlive)
      await connection.until(/Hello/)
      connection.send(get)
      const answer = await connection.untilClose()
      expect(answer.match(/Hello(?: World)?/g)).toEqual(['Hello', 'Hello'])
      expect(server.log.join('')).toContain('protocol 4.5')
    },
  )

  // robustness.md B1
  test.each([
    ['one chunk', 'Hello'],
    ['a list', ['Hel', 'lo']],
  ])('4.5: %s shorter than its Content-Length closes the connection', async (_, body) => {
    const server = await serveForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Length', '10']])
        return body
      },
      { validated: false },
    )
    const connection = await RawConnection.open(server)
    const answer = await connection.send(keptAlive).untilClose()
    expect(answer).toContain('Content-Length: 10')
    expect(bodyOf(answer)).toBe('Hello')
    expect(server.log.join('')).toContain('protocol 4.5')
  })
})

// robustness.md U2
describe('5: errors', () => {
  const throwers: readonly (readonly [string, Application])[] = [
    [
      'thrown',
      () => {
        throw new Error('secret')
      },
    ],
    [
      'rejected',
      async () => {
        throw new Error('secret')
      },
    ],
    [
      'thrown by a generator',
      function* () {
        if (Date.now() > 0) throw new Error('secret')
        yield ''
      },
    ],
    [
      'thrown after startResponse',
      (_environ, startResponse) => {
        startResponse('200 OK', [['X-Old', '1']])
        throw new Error('secret')
      },
    ],
    [
      'thrown after an empty chunk',
      async function* (_environ, startResponse) {
        startResponse('202 Accepted', [['X-Old', '1']])
        yield ''
        throw new Error('secret')
      },
    ],
  ]
  test.each(throwers)('an error %s is logged and answered with a plain 500', async (_, app) => {
    const server = await serveForTest(app)
    const answer = await rawRequest(server, get)
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
    expect(answer).not.toMatch(/secret|X-Old/)
    expect(server.log.join('').match(/secret/g)).toHaveLength(1)
  })

  test('a value that is no error is answered as one', async () => {
    const server = await serveForTest(() => {
      throw null
    })
    expect(await rawRequest(server, get)).toMatch(/^HTTP\/1\.1 500 /)
  })

  test('an HTTPError answers itself; below 500 it is not logged', async () => {
    const server = await serveForTest(() => {
      throw new NotFound('No such page.')
    })
    const answer = await rawRequest(server, get)
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
    expect(answer).toContain('No such page.')
    expect(server.log).toEqual([])
  })

  test('an HTTPError of 500 and above is logged', async () => {
    const server = await serveForTest(() => {
      throw new ServiceUnavailable('Later.', { retryAfter: 5, cause: new Error('database gone') })
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('Retry-After: 5\r\n')
    expect(answer).not.toContain('database')
    expect(server.log.join('')).toContain('database gone')
  })

  // robustness.md E5
  test('an error after the commitment cuts the connection, without a final chunk', async () => {
    const server = await serveForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'begun'
      throw new Error('too late')
    })
    const answer = await rawRequest(server, get)
    expect(answer).toContain('begun')
    expect(answer).not.toMatch(/0\r\n\r\n$/)
    expect(server.log).toHaveLength(1)
  })

  test('one failing request does not touch another on the same connection', async () => {
    const server = await serveForTest((environ, startResponse) => {
      if (environ.PATH_INFO === '/') throw new Error('first')
      startResponse('200 OK', [])
      return 'fine'
    })
    const connection = await RawConnection.open(server)
    connection.send(`${keptAlive}GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    expect(await connection.untilClose()).toMatch(/^HTTP\/1\.1 500 [\s\S]*HTTP\/1\.1 200 OK[\s\S]*fine$/)
  })

  test('a failure after the client has gone is logged once and dropped', async () => {
    const entered = gate()
    const proceed = gate()
    const server = await serveForTest(async (environ) => {
      environ['stapel.context'].signal.addEventListener('abort', () => proceed.open())
      entered.open()
      await proceed.opened
      throw new Error('nobody listens')
    })
    const connection = await RawConnection.open(server)
    connection.send(get)
    await entered.opened
    connection.socket.destroy()
    await expect.poll(() => server.log).toEqual([expect.stringContaining('nobody listens')])
  })
})
