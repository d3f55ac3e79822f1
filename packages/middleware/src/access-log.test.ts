import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import {
  type Application,
  type Body,
  ClientDisconnected,
  type Environ,
  NotFound,
  outline,
  stack,
  validate,
} from '@stapel/core'
import { serve } from '@stapel/core/node'
import { applicationShapes, Client, createEnviron, exchange, failingShapes } from '@stapel/testing'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type AccessEntry, type AccessLogOptions, type AccessLogTarget, accessLog } from './access-log.ts'
import { basicAuth } from './basic-auth.ts'
import { bodyLimit } from './body-limit.ts'
import { timeout } from './timeout.ts'

/** A log that keeps its entries. */
function recorder(): { entries: AccessEntry[]; layer: ReturnType<typeof accessLog> } {
  const entries: AccessEntry[] = []
  const format = (entry: AccessEntry) => {
    entries.push(entry)
    return undefined
  }
  return { entries, layer: accessLog(() => {}, { format }) }
}

const summary = ({ status, size, outcome }: AccessEntry) => ({ status, size, outcome })

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

describe('over every application shape', () => {
  test.each(applicationShapes)('logs $name once, and hands its answer on', async ({ make }) => {
    const { entries, layer } = recorder()
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'grüße'] })
    const answer = await new Client(stack(inner, validate, layer)).get('/')
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, grüße'])
    expect(entries.map(summary)).toEqual([{ status: 201, size: 12, outcome: 'complete' }])
    expect(answer.errors).toBe('')
  })

  test.each(applicationShapes)('logs HEAD of $name without size', async ({ make }) => {
    const { entries, layer } = recorder()
    const inner = make({ status: '200 OK', headers: [], chunks: ['one'] })
    // A generator is not iterated further than startResponse: it may have another status then.
    const { status } = await new Client(stack(inner, layer)).head('/')
    expect(entries.map(summary)).toEqual([{ status, size: 0, outcome: 'complete' }])
  })

  test.each(['204 No Content', '304 Not Modified'] as const)('logs %s', async (status) => {
    const { entries, layer } = recorder()
    const app: Application = (_environ, startResponse) => {
      startResponse(status, [])
      return ''
    }
    await new Client(stack(app, layer)).get('/')
    expect(entries.map(summary)).toEqual([
      { status: Number(status.slice(0, 3)), size: 0, outcome: 'complete' },
    ])
  })

  test.each(failingShapes.filter(({ committed }) => !committed))(
    'logs the 500 of an application that $name',
    async ({ make }) => {
      const { entries, layer } = recorder()
      await new Client(stack(make(), layer), { rejectErrors: false }).get('/')
      expect(entries.map(summary)).toEqual([{ status: 500, size: undefined, outcome: 'failed' }])
    },
  )

  test.each(failingShapes.filter(({ committed, given }) => !committed && given))(
    'logs the 404 of an application that $name',
    async ({ make }) => {
      const { entries, layer } = recorder()
      await new Client(stack(make(new NotFound()), layer)).get('/')
      expect(entries.map(summary)).toEqual([{ status: 404, size: undefined, outcome: 'complete' }])
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'logs the answer that breaks of an application that $name',
    async ({ make }) => {
      const { entries, layer } = recorder()
      await expect(new Client(stack(make(new Error('torn')), layer)).get('/')).rejects.toThrow('torn')
      expect(entries.map(summary)).toEqual([{ status: 200, size: 5, outcome: 'failed' }])
    },
  )
})

describe('a body', () => {
  test.each([
    ['a text', 'abc'],
    ['bytes', new Uint8Array(3)],
    ['a list', ['a', 'bc']],
  ] as [string, Body][])('that is %s stays a list, whose length the gateway knows', async (_name, inner) => {
    const app = accessLog(() => {})((_environ, startResponse) => {
      startResponse('200 OK', [])
      return inner
    })
    expect(Array.isArray(app(createEnviron('/'), () => () => {}))).toBe(true)
    expect((await new Client(app).get('/')).headers.get('Content-Length')).toBe('3')
  })

  test('that is a list of the application is not changed', async () => {
    const list = Object.freeze(['a', 'b']) as string[]
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return list
    }
    const client = new Client(stack(app, recorder().layer))
    expect((await client.get('/')).text()).toBe('ab')
    expect((await client.get('/')).text()).toBe('ab')
  })

  test.each(['sync', 'async', 'list'] as const)(
    'is closed once, before its line is written (%s)',
    async (kind) => {
      const seen: string[] = []
      const bodies = {
        list: ['a', 'b'],
        sync: {
          *[Symbol.iterator]() {
            yield 'a'
          },
        },
        async: {
          async *[Symbol.asyncIterator]() {
            yield 'a'
          },
        },
      }
      const app: Application = (_environ, startResponse) => {
        startResponse('200 OK', [])
        return Object.assign(bodies[kind], { close: () => void seen.push('close') }) as Body
      }
      await new Client(
        stack(
          app,
          accessLog(() => seen.push('line')),
        ),
      ).get('/')
      expect(seen.sort()).toEqual(['close', 'line'])
    },
  )

  test('is not read ahead', async () => {
    let made = 0
    const app = recorder().layer(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      for (;;) yield `${++made}`
    })
    const body = (await app(createEnviron('/'), () => () => {})) as AsyncIterable<string>
    expect(made).toBe(0)
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    expect(made).toBe(1)
    await iterator.return?.()
  })

  test('that is none is left to whoever checks it', () => {
    const app = recorder().layer((() => undefined) as unknown as Application)
    expect(app(createEnviron('/'), () => () => {})).toBe(undefined)
  })
})

describe('a client that leaves', () => {
  function start(inner: Application) {
    const client = new AbortController()
    const { entries, layer } = recorder()
    const environ = createEnviron('/', { signal: client.signal })
    return { client, entries, answer: exchange(layer(inner), environ, client.signal) }
  }

  test('in the middle of a stream is logged then, with what it got', async () => {
    const { client, entries, answer } = start(async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'one'
      queueMicrotask(() => client.abort())
      await new Promise(() => {})
    })
    await expect(answer).rejects.toThrow()
    expect(entries.map(summary)).toEqual([{ status: 200, size: 3, outcome: 'disconnected' }])
  })

  test('before there is an answer is logged then, without status', async () => {
    let settle: () => void = () => {}
    const { client, entries, answer } = start(
      () =>
        new Promise((_resolve, reject) => {
          settle = () => reject(new ClientDisconnected())
        }),
    )
    client.abort()
    expect(entries.map(summary)).toEqual([{ status: undefined, size: 0, outcome: 'disconnected' }])
    settle()
    await expect(answer).rejects.toThrow()
    expect(entries).toHaveLength(1)
  })

  test('while its request is read is logged once', async () => {
    const { entries, answer } = start(async () => {
      throw new ClientDisconnected()
    })
    await answer
    expect(entries.map(summary)).toEqual([{ status: undefined, size: 0, outcome: 'disconnected' }])
  })
})

describe('over a socket', () => {
  async function get(app: Application): Promise<IncomingMessage> {
    const running = await serve(app, { port: 0 })
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({ port: running.port }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    return answer
  }

  test('a client that leaves is logged', async () => {
    const { entries, layer } = recorder()
    const answer = await get(
      layer(async function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'one'
        await new Promise(() => {})
      }),
    )
    await once(answer, 'data')
    expect(entries).toEqual([])
    answer.destroy()
    await expect.poll(() => entries.map(summary)).toEqual([{ status: 200, size: 3, outcome: 'disconnected' }])
  })

  test('a client that leaves before there is an answer is logged then, without a signal', async () => {
    const { entries, layer } = recorder()
    const made: unknown[] = []
    const running = await serve(
      (environ, startResponse) => {
        const context = environ['stapel.context']
        const watched = Object.create(context, { signal: { get: () => made.push(context.signal) } })
        for (const name of ['onGone', 'gone'] as const) {
          const of = context as unknown as Record<string, unknown>
          const get = () => (typeof of[name] === 'function' ? of[name].bind(context) : of[name])
          Object.defineProperty(watched, name, { get })
        }
        environ['stapel.context'] = watched
        return layer(() => new Promise(() => {}))(environ, startResponse)
      },
      { port: 0 },
    )
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({ port: running.port }).on('error', () => {})
    sent.end()
    const [socket] = await once(sent, 'socket')
    await once(running.server, 'request')
    expect(entries).toEqual([])
    socket.destroy()
    await expect
      .poll(() => entries.map(summary))
      .toEqual([{ status: undefined, size: 0, outcome: 'disconnected' }])
    expect(made).toEqual([])
  })

  test('an answer that came later is logged once, also when its client leaves then', async () => {
    const { entries, layer } = recorder()
    const answer = await get(
      layer(async (_environ, startResponse) => {
        await undefined
        startResponse('200 OK', [])
        return 'one'
      }),
    )
    const { socket } = answer
    await once(answer.resume(), 'end')
    socket.destroy()
    await once(socket, 'close')
    expect(entries.map(summary)).toEqual([{ status: 200, size: 3, outcome: 'complete' }])
  })

  test('a file is sent as the gateway likes to, and logged', async () => {
    const { entries, layer } = recorder()
    let inner: Body | undefined
    let outer: Body | undefined
    const file: Application = async (environ, startResponse) => {
      const handle = await open(new URL(import.meta.url))
      const { size } = await handle.stat()
      startResponse('200 OK', [['Content-Length', String(size)]])
      inner = environ['wsgi.file_wrapper']?.(handle) as Body
      return inner
    }
    const watched = layer(file)
    const answer = await get(async (environ, startResponse) => {
      outer = await watched(environ, startResponse)
      return outer
    })
    const content = Buffer.concat(await answer.toArray())
    expect(outer).toBe(inner)
    await expect
      .poll(() => entries.map(summary))
      .toEqual([{ status: 200, size: content.length, outcome: 'complete' }])
  })
})

describe('what is known of a request', () => {
  test('is its entry', async () => {
    const { entries, layer } = recorder()
    await new Client(stack(hello, layer), { base: 'https://example.org' }).post('/a%20b?c=d', {
      body: 'sent',
      headers: { Referer: 'https://example.net/', 'User-Agent': 'test/1' },
      environ: { REMOTE_USER: 'ada', REMOTE_ADDR: '192.0.2.7', 'stapel.request_id': 'r1' },
    })
    const [entry] = entries as [AccessEntry]
    expect(entry).toMatchObject({
      id: 'r1',
      address: '192.0.2.7',
      user: 'ada',
      method: 'POST',
      scheme: 'https',
      host: 'example.org',
      target: '/a%20b?c=d',
      path: '/a%20b',
      protocol: 'HTTP/1.1',
      requestSize: 4,
      referer: 'https://example.net/',
      agent: 'test/1',
    })
    expect(entry.headers).toContainEqual(['Content-Type', 'text/plain'])
    expect(entry.wait).toBeLessThanOrEqual(entry.duration)
  })

  test('includes the user whom a layer inside has found', async () => {
    const { entries, layer } = recorder()
    const signIn: Application = (environ, startResponse) => {
      environ.REMOTE_USER = 'ada'
      return hello(environ, startResponse)
    }
    await new Client(stack(signIn, layer)).get('/')
    expect(entries[0]?.user).toBe('ada')
  })

  test('includes the user whom basicAuth has found inside of layers that copy environ', async () => {
    const { entries, layer } = recorder()
    const app = stack(validate(hello), layer, timeout(1000), bodyLimit(10), basicAuth({ ada: 'lovelace' }))
    const headers = { Authorization: `Basic ${btoa('ada:lovelace')}` }
    await new Client(validate(app)).post('/', { headers, body: 'short' })
    await new Client(validate(app)).post('/')
    expect(entries.map(({ user, status }) => [user, status])).toEqual([
      ['ada', 200],
      [undefined, 401],
    ])
  })
})

test('a duration lasts until the last byte', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { entries, layer } = recorder()
  const app: Application = function* (_environ, startResponse) {
    vi.advanceTimersByTime(100)
    startResponse('200 OK', [])
    yield 'one'
    vi.advanceTimersByTime(1000)
    yield 'two'
  }
  await new Client(stack(app, layer)).get('/')
  expect([entries[0]?.wait, entries[0]?.duration]).toEqual([100, 1100])
})

describe('where lines go', () => {
  test('a function gets them without, a stream with a line break', async () => {
    const lines: string[] = []
    const options: AccessLogOptions = { format: ({ path }) => path }
    await new Client(accessLog((line) => lines.push(line), options)(hello)).get('/a')
    await new Client(accessLog({ write: (text) => lines.push(text) }, options)(hello)).get('/b')
    expect(lines).toEqual(['/a', '/b\n'])
  })

  test('what is skipped does not go', async () => {
    const lines: string[] = []
    const layer = accessLog((line) => lines.push(line), {
      format: ({ path }) => path,
      skip: ({ path, status }) => path === '/healthz' && status === 200,
    })
    const client = new Client(layer(hello))
    await client.get('/healthz')
    await client.get('/other')
    expect(lines).toEqual(['/other'])
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('a target that %s costs no request, and is told to the error log', async (_name, target) => {
    const answer = await new Client(accessLog(target)(hello)).get('/')
    expect(answer.text()).toBe('Hello')
    await expect.poll(() => answer.errors || 'nothing yet').not.toBe('')
  })

  test.each([
    [
      'format',
      {
        format: () => {
          throw new Error('odd')
        },
      },
    ],
    [
      'skip',
      {
        skip: () => {
          throw new Error('odd')
        },
      },
    ],
  ] as [string, AccessLogOptions][])('a %s that throws costs no request', async (_name, options) => {
    const answer = await new Client(accessLog(() => {}, options)(hello)).get('/')
    expect([answer.text(), answer.errors.includes('Error: odd')]).toEqual(['Hello', true])
  })

  test('a stream that takes no more gets none, and the loss is told', async () => {
    const lines: string[] = []
    const stream = { writableLength: 11, write: (text: string) => lines.push(text) }
    const client = new Client(accessLog(stream, { bufferLimit: 10, format: ({ path }) => path })(hello))
    await client.get('/1')
    await client.get('/2')
    stream.writableLength = 0
    const answer = await client.get('/3')
    expect(lines).toEqual(['/3\n'])
    expect(answer.errors).toContain('2 lines were lost')
  })
})

test('stays synchronous over a synchronous application', () => {
  const app = accessLog(() => {})(hello)
  expect(app(createEnviron('/'), () => () => {})).not.toBeInstanceOf(Promise)
})

test('does not make a signal for an answer that is there at once', async () => {
  const environ = createEnviron('/')
  let asked = 0
  const context = Object.create(environ['stapel.context'], {
    signal: {
      get: () => {
        asked++
        return new AbortController().signal
      },
    },
  }) as Environ['stapel.context']
  const body = accessLog(() => {})(function* (_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'a'
  })({ ...environ, 'stapel.context': context }, () => () => {}) as Iterable<string> & { close(): void }
  for (const _ of body);
  body.close()
  expect(asked).toBe(0)
})

test('has its name in an outline', () => {
  expect(
    String(
      outline(
        stack(
          hello,
          accessLog(() => {}),
        ),
      ),
    ),
  ).toBe('accessLog\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [undefined, {}, 'got undefined to write to; expected a function that gets a line, or a stream'],
    ['access.log', {}, 'got "access.log" to write to'],
    [{}, {}, 'got {} to write to'],
    [() => {}, { format: 'dev' }, "got \"dev\" for the option format; expected 'combined', 'common', 'json'"],
    [() => {}, { format: 'json', fields: [] }, 'got [] for the option fields; expected a list of names'],
    [() => {}, { format: 'json', fields: ['ip'] }, 'got ["ip"] for the option fields'],
    [
      () => {},
      { fields: ['time'] },
      "got the option fields for a format that has its own; expected the format 'json'",
    ],
    [() => {}, { skip: '/healthz' }, 'got "/healthz" for the option skip'],
    [() => {}, { bufferLimit: 0 }, 'got 0 for the option bufferLimit'],
    [() => {}, { immediate: true }, 'got the unknown option "immediate"'],
  ])('%j with %j', (target, options, message) => {
    const make = () => accessLog(target as AccessLogTarget, options as AccessLogOptions)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  })
})
