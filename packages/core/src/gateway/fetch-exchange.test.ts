import { describe, expect, test } from 'vitest'
import type { Application, Write } from '../protocol.ts'
import { handlerForTest, watchedBody } from './fetch.test-support.ts'
import { gate } from './raw.test-support.ts'

async function readPieces(answer: Response): Promise<string[]> {
  const pieces: string[] = []
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return pieces
    pieces.push(new TextDecoder().decode(value))
  }
}

describe('3: startResponse', () => {
  test('3.1: an application that does not call it is answered 500', async () => {
    const { fetch, log } = handlerForTest(() => 'x', { validated: false })
    expect((await fetch('/')).status).toBe(500)
    expect(log.join('')).toContain('protocol 3.1')
  })

  test('3.1: a generator that gives a chunk before it is answered 500, and is ended', async () => {
    let ended = false
    const { fetch } = handlerForTest(
      function* (_environ, startResponse) {
        try {
          yield 'early'
          startResponse('200 OK', [])
        } finally {
          ended = true
        }
      },
      { validated: false },
    )
    expect((await fetch('/')).status).toBe(500)
    expect(ended).toBe(true)
  })

  test('3.2: the answer is not made before the first non-empty chunk, and may be replaced until then', async () => {
    const answer = await handlerForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [['X-Old', '1']])
      yield ''
      startResponse('202 Accepted', [['X-New', '1']], new Error('later'))
      yield 'x'
    }).fetch('/')
    expect(answer.status).toBe(202)
    expect(answer.headers.get('x-old')).toBeNull()
    expect(answer.headers.get('x-new')).toBe('1')
  })

  test("3.2: write('') makes the answer at once", async () => {
    const proceed = gate()
    const answer = await handlerForTest(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [['X-Early', '1']])
      await write('')
      await proceed.opened
      return 'rest'
    }).fetch('/')
    expect(answer.headers.get('x-early')).toBe('1')
    proceed.open()
    expect(await answer.text()).toBe('rest')
  })

  test('3.3: called again without an error it throws at the call site', async () => {
    let thrown: unknown
    const answer = await handlerForTest(
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
    ).fetch('/')
    expect(answer.status).toBe(200)
    expect(thrown).toMatchObject({ clause: '3.3' })
  })

  test('3.3: called with an error after the commitment it throws that error, and the stream fails', async () => {
    const { fetch, log } = handlerForTest(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'first'
      startResponse('500 Internal Server Error', [], new Error('late'))
      yield 'never'
    })
    await expect((await fetch('/')).text()).rejects.toThrow('late')
    expect(log.join('')).toContain('late')
  })

  test.each([
    ['a status without a reason part', '200', []],
    ['a status that no Response can have', '600 Odd', []],
    ['a line break in a value', '200 OK', [['X', 'a\r\nSet-Cookie: b']]],
    ['a hop-by-hop header', '200 OK', [['Transfer-Encoding', 'chunked']]],
  ])('3.4: %s throws at the call site', async (_, status, headers) => {
    const { fetch, log } = handlerForTest(
      (_environ, startResponse) => {
        startResponse(status as '200 OK', headers as [string, string][])
        return 'x'
      },
      { validated: false },
    )
    const answer = await fetch('/')
    expect(answer.status).toBe(500)
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(log.join('')).toContain('protocol 3.4')
  })

  test('3.5: what write sends precedes the body', async () => {
    const answer = await handlerForTest(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [['Content-Length', '6']])
      await write('ab')
      await write(new Uint8Array([99, 100]))
      return ['e', 'f']
    }).fetch('/')
    expect(await readPieces(answer)).toEqual(['ab', 'cd', 'e', 'f'])
  })

  test('3.5: write and the chunks of a generator keep their order', async () => {
    const answer = await handlerForTest(async function* (_environ, startResponse) {
      const write = startResponse('200 OK', [])
      await write('1')
      await write('2')
      yield '3'
      await write('4')
      yield '5'
    }).fetch('/')
    expect((await readPieces(answer)).join('')).toBe('12345')
  })

  test('3.5: a promise of write settles when the host has taken the chunk and waits for another', async () => {
    const calls: string[] = []
    const answer = await handlerForTest(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      await write('a')
      calls.push('a taken')
      await write('b')
      calls.push('b taken')
      return []
    }).fetch('/')
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    expect(calls).toEqual([])
    await reader.read()
    expect(calls).toEqual([])
    await reader.read()
    expect(calls).toEqual(['a taken'])
    expect((await reader.read()).done).toBe(true)
    expect(calls).toEqual(['a taken', 'b taken'])
  })

  test('3.5: write after the end of the body throws', async () => {
    let write: Write | undefined
    const { fetch } = handlerForTest(
      (_environ, startResponse) => {
        write = startResponse('200 OK', [])
        return 'x'
      },
      { validated: false },
    )
    await fetch('/')
    expect(() => write?.('late')).toThrow('after the end of the body')
    expect(() => write?.(5 as never)).toThrow('the number 5')
  })
})

describe('4: bodies', () => {
  test('4.1: a chunk is pulled only when the reader waits for it', async () => {
    const { body, calls } = watchedBody(['a', 'b', 'c'])
    const answer = await handlerForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return body
    }).fetch('/')
    expect(calls).toEqual(['a'])
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    expect(calls).toEqual(['a'])
    await reader.read()
    expect(calls).toEqual(['a', 'b'])
    await reader.read()
    expect((await reader.read()).done).toBe(true)
    expect(calls).toEqual(['a', 'b', 'c', 'close'])
  })

  test('4.2: a reader that cancels aborts the signal, then return() and close() are called once', async () => {
    const { body, calls } = watchedBody(['a'], true)
    const answer = await handlerForTest((environ, startResponse) => {
      environ['stapel.context'].signal.addEventListener('abort', () => calls.push('abort'))
      startResponse('200 OK', [])
      return body
    }).fetch('/')
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await reader.cancel()
    await expect.poll(() => calls).toEqual(['a', 'abort', 'return', 'close'])
  })

  test('4.2: a signal of the request that aborts ends the body as well', async () => {
    const { body, calls } = watchedBody(['a'], true)
    const client = new AbortController()
    const answer = await handlerForTest((environ, startResponse) => {
      environ['stapel.context'].signal.addEventListener('abort', () => calls.push('abort'))
      startResponse('200 OK', [])
      return body
    }).fetch('/', { signal: client.signal })
    client.abort()
    await expect(answer.text()).rejects.toThrow('closed the connection')
    await expect.poll(() => calls).toEqual(['a', 'abort', 'return', 'close'])
  })

  test('4.2: a client that leaves while the first chunk is awaited ends the body', async () => {
    const { body, calls } = watchedBody([], true)
    const client = new AbortController()
    const begun = gate()
    const answer = handlerForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      begun.open()
      return body
    }).fetch('/', { signal: client.signal })
    await begun.opened
    client.abort()
    expect((await answer).status).toBe(400)
    await expect.poll(() => calls).toEqual(['return', 'close'])
  })

  test('4.2: a body that comes after the reader has cancelled is disposed of', async () => {
    const { body, calls } = watchedBody(['a'])
    const proceed = gate()
    const answer = await handlerForTest(
      async (_environ, startResponse) => {
        void startResponse('200 OK', [])('early')
        await proceed.opened
        return body
      },
      { validated: false },
    ).fetch('/')
    await answer.body?.cancel()
    proceed.open()
    await expect.poll(() => calls).toEqual(['close'])
  })

  test('4.2: the signal does not abort once the answer is complete', async () => {
    let signal: AbortSignal | undefined
    const client = new AbortController()
    const { fetch } = handlerForTest(async function* (environ, startResponse) {
      signal = environ['stapel.context'].signal
      startResponse('200 OK', [])
      yield 'a'
      yield 'b'
    })
    expect(await (await fetch('/', { signal: client.signal })).text()).toBe('ab')
    client.abort()
    expect(signal?.aborted).toBe(false)
  })

  test('4.2: a failure after the client has gone is logged once and dropped', async () => {
    const waiting = gate()
    const { fetch, log } = handlerForTest(
      async function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'a'
        await waiting.opened
        throw new Error('too late')
      },
      { validated: false },
    )
    const answer = await fetch('/')
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    const pending = reader.read()
    await reader.cancel()
    await pending
    waiting.open()
    await expect.poll(() => log).toHaveLength(1)
    expect(log[0]).toContain('too late')
  })

  test('4.3: each chunk of a generator is a chunk of the stream', async () => {
    const answer = await handlerForTest(async function* (_environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      yield 'data: 1\n\n'
      yield ''
      yield 'data: 2\n\n'
    }).fetch('/')
    expect(await readPieces(answer)).toEqual(['data: 1\n\n', 'data: 2\n\n'])
  })

  test.each(['204 No Content', '205 Reset Content', '304 Not Modified'] as const)(
    '4.4: %s has no body and no length, whatever the application gave',
    async (status) => {
      const { body, calls } = watchedBody(['a'])
      const answer = await handlerForTest((_environ, startResponse) => {
        startResponse(status, [['X-Kept', '1']])
        return body
      }).fetch('/')
      expect(answer.body).toBeNull()
      expect(answer.headers.get('content-length')).toBeNull()
      expect(answer.headers.get('x-kept')).toBe('1')
      expect(calls).toEqual(['close'])
    },
  )

  test('4.4: HEAD keeps the headers of GET', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return ['a', 'gr\u00fc\u00df']
    }
    const { fetch } = handlerForTest(app)
    const [get, head] = [await fetch('/'), await fetch('/', { method: 'HEAD' })]
    // The host adds the length of a body that it gets in one piece.
    expect([...head.headers]).toEqual([['content-length', '7'], ...get.headers])
    expect(head.body).toBeNull()
  })

  test('4.4: HEAD does not wait for a body whose head is known', async () => {
    const { body, calls } = watchedBody([], true)
    const answer = await handlerForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return body
    }).fetch('/', { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(calls).toEqual(['close'])
  })

  test('4.4: write sends nothing for HEAD', async () => {
    const answer = await handlerForTest(async (_environ, startResponse) => {
      await startResponse('200 OK', [])('a')
      return 'b'
    }).fetch('/', { method: 'HEAD' })
    expect(answer.body).toBeNull()
  })

  test.each([
    ['a chunk', () => 'abcdef'],
    ['a list', () => ['abc', 'def']],
    ['a generator', () => ['abc', 'def'].values()],
  ])('4.5: %s longer than its Content-Length is cut there and logged', async (_, body) => {
    const { fetch, log } = handlerForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Length', '4']])
        return body()
      },
      { validated: false },
    )
    const answer = await fetch('/')
    expect(answer.headers.get('content-length')).toBe('4')
    expect(await answer.text()).toBe('abcd')
    expect(log.join('')).toContain('protocol 4.5')
  })

  test.each([
    ['a chunk', () => 'ab'],
    ['a list', () => ['a', 'b']],
    ['a generator', () => ['a', 'b'].values()],
  ])('4.5: %s shorter than its Content-Length ends in an error', async (_, body) => {
    const { fetch, log } = handlerForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [['Content-Length', '4']])
        return body()
      },
      { validated: false },
    )
    await expect((await fetch('/')).text()).rejects.toThrow('its Content-Length is 4')
    expect(log).toHaveLength(1)
  })

  test('4.5: the length of a list is computed, also of one that is too large to be joined', async () => {
    const answer = await handlerForTest((_environ, startResponse) => {
      startResponse('200 OK', [])
      return [new Uint8Array(60_000), 'gr\u00fc\u00df', new Uint8Array(60_000)]
    }).fetch('/')
    expect(answer.headers.get('content-length')).toBe('120006')
    expect((await answer.arrayBuffer()).byteLength).toBe(120_006)
  })

  test.each([
    ['a list', () => ['a', 5]],
    ['a generator', () => ['', 5].values()],
    ['a body', () => 5],
  ])('1: %s with something else than chunks is answered 500', async (_, body) => {
    const { fetch, log } = handlerForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        return body() as unknown as string
      },
      { validated: false },
    )
    expect((await fetch('/')).status).toBe(500)
    expect(log.join('')).toContain('the number 5')
  })

  test('1: something else than a chunk after the first one is an error of the stream', async () => {
    const { fetch, log } = handlerForTest(
      (_environ, startResponse) => {
        startResponse('200 OK', [])
        return ['a', {} as string].values()
      },
      { validated: false },
    )
    await expect((await fetch('/')).text()).rejects.toThrow('an object of class Object')
    expect(log).toHaveLength(1)
  })
})
