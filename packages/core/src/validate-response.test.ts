import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import type { Application, HeaderList, StartResponse, Status, Write } from './protocol.ts'
import { stack } from './stack.ts'
import { validate } from './validate.ts'

describe('3: the arguments of startResponse', () => {
  test('3: status, headers and an error pass', async () => {
    const answer = await new Client((_environ, startResponse) => {
      startResponse('200 OK', [])
      startResponse('500 Internal Server Error', [['X-Why', 'failed']], new Error('failed'))
      return 'Sorry'
    }).get('/')
    expect(answer.status).toBe(500)
    expect(answer.headers.get('x-why')).toBe('failed')
  })

  test('3: one argument is too few', async () => {
    const app: Application = (_environ, startResponse) => {
      const start: (...given: never) => unknown = startResponse
      start(...(['200 OK'] as never))
      return ''
    }
    await expect(new Client(app).get('/')).rejects.toThrow('Called startResponse with 1 arguments')
  })
})

describe('3.1: before the first chunk', () => {
  test('3.1: a generator may call startResponse when it is first iterated, after empty chunks', async () => {
    const answer = await new Client(function* (_environ, startResponse) {
      yield ''
      startResponse('200 OK', [])
      yield 'Hello'
    }).get('/')
    expect(answer.text()).toBe('Hello')
  })

  test.each<{ kind: string; app: Application }>([
    { kind: 'a string', app: () => 'Hello' },
    { kind: 'an empty string', app: () => '' },
    { kind: 'a list', app: async () => ['Hello'] },
    {
      kind: 'a generator',
      app: function* () {
        yield 'Hello'
      },
    },
    {
      kind: 'an empty async generator',
      app: async function* () {
        yield ''
      },
    },
  ])('3.1: $kind without startResponse throws', async ({ app }) => {
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '3.1' })
  })
})

test('3.1: a chunk before startResponse throws, also when that is called later', async () => {
  const app: Application = function* late(_environ, startResponse) {
    yield 'Hello'
    startResponse('200 OK', [])
  }
  await expect(new Client(app).get('/')).rejects.toThrow('late: Gave a chunk before it called startResponse')
})

describe('violations throw at the call site', () => {
  /** What a deed of the application throws where it is done. */
  const thrownBy = (deed: (startResponse: StartResponse) => void): unknown => {
    let thrown: unknown
    const app: Application = (_environ, startResponse) => {
      try {
        deed(startResponse)
      } catch (error) {
        thrown = error
        throw error
      }
      return ''
    }
    expect(() => validate(app, { name: 'app' })(createEnviron('/'), () => () => {})).toThrow()
    return thrown
  }

  test.each<{ clause: string; deed: (startResponse: StartResponse) => void }>([
    { clause: '3', deed: (startResponse) => (startResponse as (...given: unknown[]) => unknown)() },
    { clause: '3.4', deed: (startResponse) => startResponse('200' as Status, []) },
    { clause: '3.4', deed: (startResponse) => startResponse('200 OK', [['Bad Name', '']]) },
    { clause: '1', deed: (startResponse) => startResponse('200 OK', Object.freeze([]) as never) },
    { clause: '4.5', deed: (startResponse) => startResponse('200 OK', [['Content-Length', 'x']]) },
    { clause: '3.5', deed: (startResponse) => startResponse('200 OK', [])(1 as never) },
    { clause: '4.5', deed: (startResponse) => startResponse('200 OK', [['Content-Length', '0']])('a') },
  ])('$clause', ({ clause, deed }) => {
    expect(thrownBy(deed)).toMatchObject({ clause, layer: 'app' })
  })
})

describe('3.2 and 3.3: calling it again', () => {
  test('3.3: a second call without an error throws at the call site', async () => {
    let caught: unknown
    const app: Application = function twice(_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        startResponse('404 Not Found', [])
      } catch (error) {
        caught = error
        throw error
      }
      return ''
    }
    await expect(new Client(app).get('/')).rejects.toThrow('twice: Called startResponse a second time')
    expect(caught).toMatchObject({ clause: '3.3', layer: 'twice' })
  })

  test('3.3: a violation that the application catches comes out at its end', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      try {
        startResponse('404 Not Found', [])
      } catch {}
      return 'fine'
    }
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '3.3' })
  })

  test('3.3: a violation comes out in place of an error that hides it', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      try {
        startResponse('404 Not Found', [])
      } catch {
        throw new Error('something else')
      }
      return ''
    }
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '3.3' })
  })

  test('3.3: a violation that a generator catches comes out with its next chunk', async () => {
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        startResponse('404 Not Found', [])
      } catch {}
      yield 'fine'
    }
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '3.3' })
  })

  test('3.3: it comes out before that chunk is sent', () => {
    const app = validate(function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        startResponse('404 Not Found', [])
      } catch {}
      yield 'fine'
    })
    const body = app(createEnviron('/'), () => () => {}) as Iterable<string>
    expect(() => body[Symbol.iterator]().next()).toThrow('protocol 3.3')
  })

  test('3.3: with an error after the first chunk it throws that error, which aborts the answer', async () => {
    const failure = new Error('half way')
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'first'
      startResponse('500 Internal Server Error', [], failure)
    }
    await expect(new Client(app).get('/')).rejects.toBe(failure)
  })

  test('3.3: that error comes out also when the application catches it', async () => {
    const failure = new Error('half way')
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'first'
      try {
        startResponse('500 Internal Server Error', [], failure)
      } catch {}
      yield 'second'
    }
    await expect(new Client(app).get('/')).rejects.toBe(failure)
  })

  test('3.3: a caller that takes an error after the first chunk is at fault', () => {
    const app = validate(
      function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'first'
        startResponse('500 Internal Server Error', [], new Error('half way'))
      },
      { name: 'app' },
    )
    const body = app(createEnviron('/'), () => () => {}) as Iterable<string>
    expect(() => [...body]).toThrow(
      expect.objectContaining({ clause: '3.3', layer: 'the gateway or the layer outside app' }),
    )
  })

  test('3.3: a caller that throws another error after the first chunk is at fault', () => {
    const app = validate(
      function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'first'
        startResponse('500 Internal Server Error', [], new Error('half way'))
      },
      { name: 'app' },
    )
    const body = app(createEnviron('/'), (_status, _headers, error) => {
      if (error !== undefined) throw new TypeError('something else')
      return () => {}
    }) as Iterable<string>
    expect(() => [...body]).toThrow(
      'the gateway or the layer outside app: Its startResponse threw an object of class TypeError for an error after the answer was committed',
    )
  })

  test('3.3: the error comes out also when nobody reads any more, and nobody is blamed', async () => {
    const failure = new Error('half way')
    const lines: string[] = []
    let start: StartResponse | undefined
    const inner: Application = async function* (_environ, startResponse) {
      start = startResponse
      startResponse('200 OK', [])
      yield 'first'
      yield 'second'
      yield 'third'
    }
    const app = stack(inner, validate, (next) => (environ, startResponse) => next(environ, startResponse))
    const environ = createEnviron('/', {
      environ: { 'wsgi.errors': { write: (text) => void lines.push(text), flush() {} } },
    })
    const body = app(environ, () => () => {}) as AsyncIterable<string> & { close(): Promise<void> }
    let chunks = 0
    for await (const _ of body) if (++chunks === 2) break
    await body.close()
    expect(() => start?.('500 Internal Server Error', [], failure)).toThrow(failure)
    expect(lines).toEqual([])
  })

  test('3.3: a caller that takes an error after write() is at fault, too', () => {
    const app: Application = (_environ, startResponse) => {
      void startResponse('200 OK', [])('')
      startResponse('500 Internal Server Error', [], new Error('half way'))
      return ''
    }
    expect(() => validate(app)(createEnviron('/'), () => () => {})).toThrow(
      'took an error after the answer was committed',
    )
  })

  test('3.2: a call after the answer is complete throws', async () => {
    let start: StartResponse | undefined
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      start = startResponse
      return 'done'
    }
    await new Client(app).get('/')
    expect(() => start?.('500 Internal Server Error', [], new Error('late'))).toThrow(
      'after its answer was complete',
    )
  })
})

describe('3.4: status and headers', () => {
  const answerWith = (status: unknown, headers: unknown): Promise<unknown> =>
    new Client((_environ, startResponse) => {
      startResponse(status as Status, headers as HeaderList)
      return ''
    }).get('/')

  test.each<{ status: Status; headers: HeaderList }>([
    { status: '200 ', headers: [] },
    { status: '999 Caf\xe9', headers: [['X-Empty', '']] },
    {
      status: '207 Multi-Status',
      headers: [
        ['set-cookie', 'a=b'],
        ['set-cookie', 'c=d'],
      ],
    },
  ])('3.4: $status with $headers passes', async ({ status, headers }) => {
    expect(await answerWith(status, headers)).toMatchObject({ status: Number(status.slice(0, 3)) })
  })

  test.each([
    { status: '200', headers: [] },
    { status: '100 Continue', headers: [] },
    { status: '200 OK\r\nX: y', headers: [] },
    { status: 200, headers: [] },
    { status: '200 OK', headers: {} },
    { status: '200 OK', headers: new Map() },
    { status: '200 OK', headers: ['X-Header: value'] },
    { status: '200 OK', headers: [['X-Header']] },
    { status: '200 OK', headers: [['X Header', 'value']] },
    { status: '200 OK', headers: [['X-Header', 'a\nb']] },
    { status: '200 OK', headers: [['X-Header', 'a\0b']] },
    { status: '200 OK', headers: [['X-Header', '\u20ac']] },
    { status: '200 OK', headers: [['X-Header', 1]] },
    { status: '200 OK', headers: [['Connection', 'close']] },
    { status: '200 OK', headers: [['transfer-encoding', 'chunked']] },
  ])('3.4: $status with $headers throws', async ({ status, headers }) => {
    await expect(answerWith(status, headers)).rejects.toMatchObject({ name: 'ProtocolError', clause: '3.4' })
  })

  test('3.4: the message has the clause once', async () => {
    await expect(answerWith('200', [])).rejects.toThrow(/^[^(]*as in '200 OK'\. \(protocol 3\.4\)$/)
  })

  test.each([
    { what: 'a frozen list', headers: Object.freeze([['X-Header', 'value']]) },
    { what: 'a list that cannot grow', headers: Object.preventExtensions([['X-Header', 'value']]) },
    { what: 'a frozen header', headers: [['X-Header', 'value'], Object.freeze(['X-Other', 'value'])] },
  ])('1: $what throws, since other layers may change it', async ({ headers }) => {
    await expect(answerWith('200 OK', headers)).rejects.toMatchObject({ clause: '1' })
  })
})

describe('3.5: write', () => {
  test('3.5: chunks go before the body', async () => {
    const answer = await new Client(async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      await write('Hel')
      await write(new Uint8Array([108, 111]))
      return '!'
    }).get('/')
    expect(answer.text()).toBe('Hello!')
  })

  test('3.5: anything but a chunk throws', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])({} as never)
      return ''
    }
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '3.5', layer: 'app' })
  })

  test('3.5: a write after the answer is complete throws', async () => {
    let write: Write | undefined
    await new Client((_environ, startResponse) => {
      write = startResponse('200 OK', [])
      return 'done'
    }).get('/')
    expect(() => write?.('late')).toThrow('after its answer was complete')
  })

  test('3.5: a caller whose startResponse returns no function is at fault', () => {
    const app = validate((_environ, startResponse) => {
      startResponse('200 OK', [])
      return ''
    })
    expect(() => app(createEnviron('/'), (() => undefined) as never)).toThrow(
      'Its startResponse returned undefined; expected the function write. (protocol 3.5)',
    )
  })

  test('3.5: a caller whose write returns something else is at fault', () => {
    const app = validate((_environ, startResponse) => {
      startResponse('200 OK', [])('chunk')
      return ''
    })
    expect(() => app(createEnviron('/'), () => () => true as never)).toThrow(
      'Its write returned the boolean true',
    )
  })

  test('3.5: after the body was given up a writer is left alone', async () => {
    const writes: unknown[] = []
    let write: Write | undefined
    const app = validate(async function* (_environ, startResponse) {
      write = startResponse('200 OK', [])
      yield 'first'
      yield 'second'
    })
    const body = app(
      createEnviron('/'),
      () => (chunk) => void writes.push(chunk),
    ) as AsyncIterable<string> & {
      close(): Promise<void>
    }
    for await (const _ of body) break
    await body.close()
    expect(write?.('nobody reads this')).toBe(undefined)
    expect(writes).toEqual([])
  })
})

describe('4.5: Content-Length (robustness.md B1)', () => {
  const answerWith = (length: string, app: (write: Write) => ReturnType<Application>, method = 'GET') =>
    new Client((_environ, startResponse) =>
      app(startResponse('200 OK', [['Content-Length', length]])),
    ).request('/', {
      method,
    })

  test('4.5: as many bytes as it says pass, in UTF-8', async () => {
    expect((await answerWith('7', () => ['Grü', 'ße'])).text()).toBe('Grüße')
  })

  test.each([
    { text: 'Grüße'.repeat(300), bytes: 2100 },
    { text: 'Hello'.repeat(300), bytes: 1500 },
    { text: '\u20ac\ud83d\ude00', bytes: 7 },
  ])('4.5: $bytes bytes of text are counted as such', async ({ text, bytes }) => {
    expect((await answerWith(String(bytes), () => [text])).text()).toBe(text)
    await expect(answerWith(String(bytes - 1), () => [text])).rejects.toMatchObject({ clause: '4.5' })
    await expect(answerWith(String(bytes + 1), () => [text])).rejects.toMatchObject({ clause: '4.5' })
  })

  test('4.5: written chunks are counted', async () => {
    const answer = await answerWith('4', async (write) => {
      await write('ab')
      return 'cd'
    })
    expect(answer.text()).toBe('abcd')
  })

  test('4.5: fewer bytes throw', async () => {
    await expect(answerWith('6', () => 'Hello')).rejects.toThrow(
      'The body has 5 bytes, fewer than its Content-Length of 6. (protocol 4.5)',
    )
  })

  test('4.5: fewer bytes of a generator throw at its end', async () => {
    await expect(
      answerWith('6', async function* () {
        yield 'Hello'
      }),
    ).rejects.toMatchObject({ clause: '4.5' })
  })

  test('4.5: more bytes throw, and the generator is left', async () => {
    const seen: string[] = []
    const body = function* (): Generator<string> {
      try {
        yield 'Hello'
        yield '!'
      } finally {
        seen.push('left')
      }
    }
    await expect(answerWith('5', body)).rejects.toThrow('more bytes than its Content-Length of 5')
    expect(seen).toEqual(['left'])
  })

  test('4.5: more written bytes throw at the call site', async () => {
    const app = async (write: Write): Promise<string> => {
      await write('Hello!')
      return ''
    }
    await expect(answerWith('5', app)).rejects.toMatchObject({ clause: '4.5' })
  })

  test.each(['5, 5', '+5', '', '0x5'])('4.5: %j is no length', async (length) => {
    await expect(answerWith(length, () => 'Hello')).rejects.toMatchObject({ clause: '4.5' })
  })

  test('4.4: HEAD keeps the length that GET would have', async () => {
    const answer = await answerWith('5', () => '', 'HEAD')
    expect(answer.headers.get('content-length')).toBe('5')
  })

  test('4.4: 304 may keep a length, and a body that nobody sends', async () => {
    const answer = await new Client((_environ, startResponse) => {
      startResponse('304 Not Modified', [['Content-Length', '100']])
      return 'ignored'
    }).get('/')
    expect(answer.chunks).toEqual([])
    expect(answer.headers.get('content-length')).toBe('100')
  })

  test('4.5: a layer outside that changes the list of headers is not the application that is wrong', async () => {
    const shorten: Application = (environ, startResponse) =>
      validate((_environ, start) => {
        start('200 OK', [['Content-Length', '5']])
        return 'Hello'
      })(environ, (status, headers, error) => {
        headers.length = 0
        return startResponse(status, headers, error)
      })
    expect((await new Client(shorten).get('/')).text()).toBe('Hello')
  })
})
