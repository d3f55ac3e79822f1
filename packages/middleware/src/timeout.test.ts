import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { setImmediate as turn } from 'node:timers/promises'
import {
  type Application,
  type Environ,
  outline,
  stack,
  validate,
  type WebSocketConnection,
} from '@stapel/core'
import { serve } from '@stapel/core/node'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { TIMEOUT_LIMIT, TimedOut, type TimeoutOptions, timeout } from './timeout.ts'
import { unavailable } from './unavailable.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const cut: TimeoutOptions = { body: 'cut' }

/** An answer that nobody gives until `settle` is called. */
function pending<T>(): { promise: Promise<T>; settle: (value: T) => void; fail: (error: unknown) => void } {
  let settle: (value: T) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  return { promise, settle, fail }
}

function log(): { environ: Partial<Environ>; text: () => string } {
  let text = ''
  return {
    environ: {
      'wsgi.errors': {
        write(line) {
          text += line
        },
        flush() {},
      },
    },
    text: () => text,
  }
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name, and leaves no timer', async ({ make }) => {
    const shaped = { status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] } as const
    for (const options of [{}, cut]) {
      const inner = make({ ...shaped, headers: [['X-Inner', 'yes']] })
      const answer = await new Client(stack(validate(inner), timeout(1000, options))).get('/')
      expect([answer.status, answer.text(), answer.headers.get('X-Inner')]).toEqual([201, 'one, two', 'yes'])
      expect(answer.errors).toBe('')
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  test.each(applicationShapes)('answers HEAD and 304 for $name, and leaves no timer', async ({ make }) => {
    const client = new Client(
      stack(validate(make({ status: '304 Not Modified', headers: [], chunks: ['x'] })), timeout(1000, cut)),
    )
    expect((await client.head('/')).status).toBe(304)
    expect((await client.get('/')).status).toBe(304)
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'hands on that an application $name',
    async ({ make }) => {
      for (const options of [{}, cut]) {
        const app = stack(make(new Error('torn')), timeout(1000, options))
        await expect(new Client(app).get('/')).rejects.toThrow('torn')
        expect(vi.getTimerCount()).toBe(0)
      }
    },
  )
})

describe('an application that does not answer in time', () => {
  test('is answered for with 503, and aborted', async () => {
    const never = pending<string>()
    let reason: unknown
    const app: Application = (environ) => {
      const { signal } = environ['stapel.context']
      signal.addEventListener('abort', () => {
        reason = signal.reason
      })
      return never.promise
    }
    const answering = new Client(stack(app, timeout(1000, { retryAfter: 5 }))).get('/')
    await vi.advanceTimersByTimeAsync(999)
    expect(reason).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    const answer = await answering
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5'])
    expect(answer.errors).toContain('The application took longer than 1000 ms.')
    expect(reason).toBeInstanceOf(TimedOut)
  })

  // Other toolkits throw one error for all requests, which then carries what a layer has done to that of another one.
  test('has an error of its own', async () => {
    const reasons: unknown[] = []
    const app: Application = (environ) => {
      const { signal } = environ['stapel.context']
      signal.addEventListener('abort', () => void reasons.push(signal.reason))
      return pending<string>().promise
    }
    const client = new Client(stack(app, timeout(1000)))
    const answering = [client.get('/'), client.get('/')]
    await vi.advanceTimersByTimeAsync(1000)
    await Promise.all(answering)
    expect(reasons).toEqual([expect.any(TimedOut), expect.any(TimedOut)])
    expect(reasons[0]).not.toBe(reasons[1])
  })

  test('gets the page of a layer outside', async () => {
    const app = stack(() => pending<string>().promise, unavailable({ contact: 'me' }), timeout(1000))
    const answering = new Client(app).get('/')
    await vi.advanceTimersByTimeAsync(1000)
    expect((await answering).text()).toContain('please tell me')
  })

  test('cannot answer any more: what it returns later is closed, once', async () => {
    const late = pending<void>()
    let closed = 0
    const started: string[] = []
    const app: Application = async (_environ, startResponse) => {
      await late.promise
      startResponse('200 OK', [])
      return Object.assign(['late'], {
        close() {
          closed++
        },
      })
    }
    const answering = timeout(1000)(app)(createEnviron('/'), (status) => {
      started.push(status)
      return () => {}
    }) as Promise<unknown>
    const refused = expect(answering).rejects.toBeInstanceOf(TimedOut)
    await vi.advanceTimersByTimeAsync(1000)
    await refused
    late.settle()
    await turn()
    expect([closed, started]).toEqual([1, []])
  })

  test('has a generator that is left where it waits', async () => {
    const never = pending<void>()
    let left = false
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        yield ''
        await never.promise
      } finally {
        left = true
      }
    }
    const answering = new Client(stack(app, timeout(1000))).get('/')
    await vi.advanceTimersByTimeAsync(1000)
    expect((await answering).status).toBe(503)
    never.settle()
    await turn()
    expect(left).toBe(true)
  })

  test('is told where it waits for the body of the request', async () => {
    async function* stalled(): AsyncGenerator<string> {
      yield 'some'
      await pending<void>().promise
    }
    const failures: unknown[] = []
    const reading: Application = async (environ) => {
      try {
        for await (const _ of environ['wsgi.input']);
      } catch (error) {
        failures.push(error)
        throw error
      }
      return ''
    }
    const readingWhole: Application = async (environ) => {
      await environ['stapel.context'].read().catch((error: unknown) => failures.push(error))
      return ''
    }
    for (const app of [reading, readingWhole]) {
      const answering = new Client(stack(app, timeout(1000))).post('/', { body: stalled() })
      await vi.advanceTimersByTimeAsync(1000)
      expect((await answering).status).toBe(503)
    }
    await turn()
    expect(failures).toEqual([expect.any(TimedOut), expect.any(TimedOut)])
  })

  test('leaves the input of the gateway, once', async () => {
    let returned = 0
    const environ = createEnviron('/', { method: 'POST' })
    environ['wsgi.input'] = {
      [Symbol.asyncIterator]: () => ({
        next: () => pending<IteratorResult<Uint8Array>>().promise,
        return: async () => {
          returned++
          return { done: true, value: undefined }
        },
      }),
    }
    const app: Application = async (inner) => {
      for await (const _ of inner['wsgi.input']);
      return ''
    }
    const refused = expect(timeout(1000)(app)(environ, () => () => {})).rejects.toBeInstanceOf(TimedOut)
    await vi.advanceTimersByTimeAsync(1000)
    await refused
    await turn()
    expect(returned).toBe(1)
  })

  test('gets nothing more of the body of the request', async () => {
    const late = pending<void>()
    const got: unknown[] = []
    const app: Application = async (environ) => {
      await late.promise
      await environ['wsgi.input']
        [Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => got.push(error))
      return ''
    }
    const answering = new Client(stack(app, timeout(1000))).post('/', { body: 'late' })
    await vi.advanceTimersByTimeAsync(1000)
    await answering
    late.settle()
    await turn()
    expect(got).toEqual([expect.any(TimedOut)])
  })

  test('is logged when it fails later, unless because it was aborted', async () => {
    for (const [error, logged] of [
      [new Error('far too late'), true],
      [new DOMException('aborted', 'AbortError'), false],
    ] as const) {
      const late = pending<string>()
      const { environ, text } = log()
      const answering = timeout(1000)(() => late.promise)(createEnviron('/', { environ }), () => () => {})
      const refused = expect(answering).rejects.toBeInstanceOf(TimedOut)
      await vi.advanceTimersByTimeAsync(1000)
      await refused
      late.fail(error)
      await turn()
      expect(text() !== '').toBe(logged)
    }
  })
})

describe('a signal', () => {
  test('aborts also when the client leaves, with its reason', async () => {
    const leaving = new AbortController()
    const never = pending<string>()
    let signal: AbortSignal | undefined
    const app: Application = (environ) => {
      signal = environ['stapel.context'].signal
      return never.promise
    }
    const left = expect(
      new Client(stack(app, timeout(1000))).get('/', { signal: leaving.signal }),
    ).rejects.toThrow()
    await turn()
    leaving.abort()
    await left
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).not.toBeInstanceOf(TimedOut)
  })

  test('of the layers outside does not abort when the time is over', async () => {
    const environ = createEnviron('/')
    const answering = timeout(1000)(() => pending<string>().promise)(environ, () => () => {})
    const refused = expect(answering).rejects.toBeInstanceOf(TimedOut)
    await vi.advanceTimersByTimeAsync(1000)
    await refused
    expect(environ['stapel.context'].signal.aborted).toBe(false)
  })
})

describe('a body that is under way', () => {
  /** Gives a chunk each time it is told to. */
  function events() {
    const steps = [pending<void>(), pending<void>()]
    const seen = { left: false, aborted: false }
    const app: Application = async function* (environ, startResponse) {
      environ['stapel.context'].signal.addEventListener('abort', () => {
        seen.aborted = true
      })
      startResponse('200 OK', [['Content-Type', 'text/event-stream']])
      try {
        yield 'one'
        for (const step of steps) {
          await step.promise
          yield 'more'
        }
      } finally {
        seen.left = true
      }
    }
    return { app, steps, seen }
  }

  test('is left, and its signal too', async () => {
    const { app, steps, seen } = events()
    const answering = new Client(stack(app, timeout(1000))).get('/')
    await vi.advanceTimersByTimeAsync(5000)
    steps[0]?.settle()
    steps[1]?.settle()
    expect((await answering).text()).toBe('onemoremore')
    expect(seen.aborted).toBe(false)
  })

  test('is cut where that is asked for', async () => {
    const { app, steps, seen } = events()
    const cutOff = expect(new Client(stack(app, timeout(1000, cut))).get('/')).rejects.toBeInstanceOf(
      TimedOut,
    )
    await vi.advanceTimersByTimeAsync(500)
    steps[0]?.settle()
    await vi.advanceTimersByTimeAsync(500)
    await cutOff
    expect(seen.aborted).toBe(true)
    steps[1]?.settle()
    await turn()
    expect(seen.left).toBe(true)
  })

  test('is cut at its next chunk where nobody waits for one', async () => {
    const app: Application = function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'one'
      yield 'two'
    }
    const body = timeout(1000, cut)(app)(createEnviron('/'), () => () => {}) as AsyncIterable<string>
    const reader = body[Symbol.asyncIterator]()
    expect((await reader.next()).value).toBe('one')
    await vi.advanceTimersByTimeAsync(1000)
    await expect(reader.next()).rejects.toBeInstanceOf(TimedOut)
  })

  test('is closed once, whether it ends, is left or is cut', async () => {
    let closed = 0
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      const iterator = ['one', 'two'].values()
      return {
        [Symbol.iterator]: () => iterator,
        close() {
          closed++
        },
      }
    }
    const call = () =>
      timeout(1000, cut)(app)(createEnviron('/'), () => () => {}) as AsyncIterable<string> & { close(): void }
    const ended = call()
    for await (const _ of ended);
    ended.close()
    expect(closed).toBe(1)
    const left = call()
    for await (const _ of left) break
    left.close()
    expect(closed).toBe(2)
    const unread = call()
    unread.close()
    unread.close()
    expect(closed).toBe(3)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('has its iteration ended where it was left or cut, not where it came to its end', async () => {
    let returned = 0
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      const chunks = ['one', 'two'].values()
      const leave = (): IteratorResult<string> => {
        returned++
        return { done: true, value: undefined }
      }
      return { [Symbol.iterator]: () => ({ next: () => chunks.next(), return: leave }) }
    }
    const call = () =>
      timeout(1000, cut)(app)(createEnviron('/'), () => () => {}) as AsyncIterable<string> & { close(): void }
    const ended = call()
    for await (const _ of ended);
    ended.close()
    expect(returned).toBe(0)
    const left = call()
    for await (const _ of left) break
    left.close()
    expect(returned).toBe(1)
    const late = call()[Symbol.asyncIterator]()
    await late.next()
    await vi.advanceTimersByTimeAsync(1000)
    await expect(late.next()).rejects.toBeInstanceOf(TimedOut)
    expect(returned).toBe(2)
  })

  test('over a socket breaks, so that nobody takes it for whole', async () => {
    vi.useRealTimers()
    const app: Application = async function* (environ, startResponse) {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      yield 'first'
      await once(environ['stapel.context'].signal, 'abort')
      yield 'never seen'
    }
    const running = await serve(stack(app, timeout(50, cut)), { port: 0, errors: { write() {}, flush() {} } })
    onTestFinished(() => running.close({ timeout: 0 }))
    const sent = request({ port: running.port }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    const reading = (async () => {
      for await (const _ of answer);
    })()
    await expect(reading).rejects.toThrow('aborted')
  })
})

test('a WebSocket has no limit once it is accepted', async () => {
  const talk = pending<string>()
  const environ = createEnviron('/')
  environ['wsgi.websocket'] = { protocols: [], accept: async () => ({}) as WebSocketConnection }
  const app: Application = async (inner, startResponse) => {
    await inner['wsgi.websocket']?.accept()
    const said = await talk.promise
    startResponse('200 OK', [])
    return said
  }
  const answering = timeout(1000, cut)(app)(environ, () => () => {})
  await vi.advanceTimersByTimeAsync(5000)
  talk.settle('bye')
  expect(await answering).toBe('bye')
})

test('requests that are excepted get the environ as it is', () => {
  const environ = createEnviron('/uploads')
  let got: unknown
  const app: Application = (inner, startResponse) => {
    got = inner
    startResponse('200 OK', [])
    return ''
  }
  timeout(1000, { except: ({ PATH_INFO }) => PATH_INFO === '/uploads' })(app)(environ, () => () => {})
  expect(got).toBe(environ)
})

test('stays synchronous, and sets no timer, over a synchronous application', () => {
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'now'
  }
  expect(timeout(1000)(app)(createEnviron('/'), () => () => {})).toBe('now')
  expect(vi.getTimerCount()).toBe(0)
})

test('has its name in an outline', () => {
  const app = stack(function hello() {
    return ''
  }, timeout(1000))
  expect(String(outline(app))).toBe('timeout\n  hello')
})

// Timers of Node fire at once for a longer time.
test.each([
  [
    TIMEOUT_LIMIT + 1,
    {},
    'got 2147483648 for the time; expected milliseconds: an integer from 1 to 2147483647',
  ],
  [0, {}, 'got 0 for the time'],
  ['5s', {}, 'got "5s" for the time'],
  [undefined, {}, 'got undefined for the time'],
  [1, { body: 'stop' }, "got \"stop\" for the option body; expected 'leave' or 'cut'"],
  [1, { retryAfter: -1 }, 'got -1 for the option retryAfter'],
  [1, { except: true }, 'got true for the option except'],
  [1, { status: 504 }, 'got the unknown option "status"'],
])('refuses %j with %j when it is made', (ms, options, message) => {
  const make = (): unknown => timeout(ms as number, options as TimeoutOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})
