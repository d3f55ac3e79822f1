import { EventEmitter, on, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { NotFound } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { eventStream } from './event-stream.ts'

const text = (chunk: Uint8Array | undefined) => new TextDecoder().decode(chunk)

test('sends each event when it comes', async () => {
  const emitter = new EventEmitter()
  const app = eventStream(async function* ({ signal }) {
    for await (const [value] of on(emitter, 'news', { signal })) yield value
  })
  const answer = await new Client(app).stream('/')
  const chunks = answer[Symbol.asyncIterator]()
  expect(text((await chunks.next()).value)).toBe(':\n\n')
  for (const value of ['one', 'two']) {
    const next = chunks.next()
    await vi.waitFor(() => expect(emitter.listenerCount('news')).toBe(1))
    emitter.emit('news', value)
    expect(text((await next).value)).toBe(`data: ${value}\n\n`)
  }
  await answer.leave()
  await vi.waitFor(() => expect(emitter.listenerCount('news')).toBe(0))
})

test('says what it is, and that nobody holds it back', async () => {
  const answer = await new Client(eventStream(() => ['a'])).get('/')
  expect(answer.headers.toList()).toEqual([
    ['Content-Type', 'text/event-stream'],
    ['Cache-Control', 'no-cache'],
    ['X-Accel-Buffering', 'no'],
  ])
  expect(answer.text()).toBe(':\n\ndata: a\n\n')
})

test('takes other headers, and a time to wait', async () => {
  const app = eventStream(() => [], { retry: 500, headers: { 'cache-control': 'no-store', 'X-A': '1' } })
  const answer = await new Client(app).get('/')
  expect(answer.headers.getAll('cache-control')).toEqual(['no-store'])
  expect(answer.headers.get('x-a')).toBe('1')
  expect(answer.text()).toBe('retry: 500\n\n')
})

describe('Last-Event-ID', () => {
  const echo = eventStream(({ lastEventId }) => [String(lastEventId)])

  test.each([
    [{ 'Last-Event-ID': '7' }, '7'],
    // What a browser sends for "ü", as a gateway hands it on.
    [{ 'Last-Event-ID': '\xc3\xbc' }, 'ü'],
    [{ 'Last-Event-ID': '\xff' }, '\ufffd'],
    [{ 'Last-Event-ID': '' }, 'undefined'],
    [{}, 'undefined'],
  ])('of %j is %s', async (headers, id) => {
    expect((await new Client(echo).get('/', { headers })).text()).toContain(`data: ${id}\n`)
  })
})

test('HEAD gets the headers and asks for no events', async () => {
  const source = vi.fn(() => ['a'])
  const answer = await new Client(eventStream(source)).head('/')
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(source).not.toHaveBeenCalled()
})

describe('a heartbeat', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('is sent while no event comes, and loses none', async () => {
    let send = (_value: string) => {}
    const source = async function* () {
      yield await new Promise<string>((resolve) => (send = resolve))
    }
    const answer = await new Client(eventStream(source, { heartbeat: 1000 })).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    for (let i = 0; i < 2; i++) {
      const beat = chunks.next()
      await vi.advanceTimersByTimeAsync(1000)
      expect(text((await beat).value)).toBe(':\n\n')
    }
    const event = chunks.next()
    await vi.advanceTimersByTimeAsync(999)
    send('late')
    expect(text((await event).value)).toBe('data: late\n\n')
    expect((await chunks.next()).done).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not waited for once the client has gone', async () => {
    const source = async function* () {
      yield await new Promise<string>(() => {})
    }
    const answer = await new Client(eventStream(source)).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    const pending = chunks.next()
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    await answer.leave()
    expect((await pending).done).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('can be left out', async () => {
    const source = async function* () {
      yield await new Promise<string>(() => {})
    }
    const app = eventStream(source, { heartbeat: Number.POSITIVE_INFINITY })
    const answer = await new Client(app).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    void chunks.next()
    await vi.advanceTimersByTimeAsync(100_000)
    expect(vi.getTimerCount()).toBe(0)
    await answer.leave()
  })
})

describe('when the client goes', () => {
  test('the signal aborts, the source is left, and no timer stays', async () => {
    const left: string[] = []
    const app = eventStream(async function* ({ signal }) {
      signal.addEventListener('abort', () => left.push('signal'))
      try {
        yield 'a'
        await sleep(60_000, undefined, { signal })
        yield 'b'
      } finally {
        left.push('finally')
      }
    })
    const answer = await new Client(app).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    await chunks.next()
    const pending = chunks.next()
    await answer.leave()
    expect((await pending).done).toBe(true)
    await vi.waitFor(() => expect(left).toEqual(['signal', 'finally']))
    expect(answer.errors).toBe('')
  })

  test('a source that awaits for ever holds nothing up', async () => {
    const app = eventStream(async function* () {
      yield await new Promise<string>(() => {})
    })
    const answer = await new Client(app).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    const pending = chunks.next()
    await answer.leave()
    expect((await pending).done).toBe(true)
  })

  test('what fails for another reason is logged', async () => {
    let waiting = false
    // biome-ignore lint/correctness/useYield: it has nothing to say.
    const app = eventStream(async function* ({ signal }) {
      waiting = true
      await once(signal, 'abort')
      throw new Error('cleaning up failed')
    })
    const answer = await new Client(app).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    void chunks.next()
    await vi.waitFor(() => expect(waiting).toBe(true))
    await answer.leave()
    await vi.waitFor(() => expect(answer.errors).toContain('cleaning up failed'))
  })

  test('what fails after that is logged as well', async () => {
    let fail: ((error: Error) => void) | undefined
    const app = eventStream(async function* () {
      yield await new Promise<string>((_resolve, reject) => {
        fail = reject
      })
    })
    const answer = await new Client(app).stream('/')
    const chunks = answer[Symbol.asyncIterator]()
    await chunks.next()
    void chunks.next()
    await vi.waitFor(() => expect(fail).toBeDefined())
    await answer.leave()
    expect(answer.errors).toBe('')
    fail?.(new Error('too late'))
    await vi.waitFor(() => expect(answer.errors).toContain('too late'))
  })

  test('before the first event, the source is closed without having begun', async () => {
    const close = vi.fn()
    const events = { close, [Symbol.iterator]: () => ['a'].values() }
    const answer = await new Client(eventStream(() => events)).stream('/')
    await answer.leave()
    expect(close).toHaveBeenCalledTimes(1)
  })
})

test('a source that ends is closed, and so is the answer', async () => {
  const close = vi.fn()
  const answer = await new Client(eventStream(() => Object.assign(['a'], { close }))).get('/')
  expect(answer.text()).toBe(':\n\ndata: a\n\n')
  expect(close).toHaveBeenCalledTimes(1)
})

test('no event is pulled ahead of the client (clause 4.1)', async () => {
  let pulled = 0
  const answer = await new Client(
    eventStream(function* () {
      for (;;) yield String(++pulled)
    }),
  ).stream('/')
  const chunks = answer[Symbol.asyncIterator]()
  await chunks.next()
  await chunks.next()
  expect(pulled).toBeLessThanOrEqual(2)
  await answer.leave()
})

describe('a source that fails', () => {
  test('before it gives its iterable is answered', async () => {
    const app = eventStream(async () => {
      throw new NotFound()
    })
    expect((await new Client(app).get('/')).status).toBe(404)
  })

  test('later breaks the answer off', async () => {
    const app = eventStream(async function* () {
      yield 'a'
      throw new Error('broken')
    })
    await expect(new Client(app).get('/')).rejects.toThrow('broken')
  })

  test('with an event that cannot be sent is left', async () => {
    let left = false
    const app = eventStream(function* () {
      try {
        yield { id: 'a\nb' }
      } finally {
        left = true
      }
    })
    await expect(new Client(app).get('/')).rejects.toThrow('the id of an event')
    expect(left).toBe(true)
  })

  test('by giving no iterable', async () => {
    const app = eventStream(() => 5 as never)
    await expect(new Client(app).get('/')).rejects.toThrow('body')
  })
})

test.each([
  [() => eventStream([] as never)],
  [() => eventStream(() => [], { heartbeat: 0 })],
  [() => eventStream(() => [], { heartbeat: 2 ** 31 })],
  [() => eventStream(() => [], { retry: -1 })],
  [() => eventStream(() => [], { heartBeat: 1000 } as never)],
  [() => eventStream(() => [], { headers: { 'X-A': '\n' } })],
])('wrong use throws when it is made: %s', (make) => {
  expect(make).toThrow(/Got /)
})
