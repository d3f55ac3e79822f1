import { afterEach, describe, expect, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { validate } from '../validate.ts'
import { watchedBody } from './fetch.test-support.ts'
import { fetchHandler } from './fetch-handler.ts'

/** What Workers give as the last argument, and whether all that they were asked to wait for is over. */
function lifetime() {
  const waiting: Promise<unknown>[] = []
  let open = 0
  const context = {
    waitUntil(promise: Promise<unknown>): void {
      open++
      waiting.push(promise.finally(() => open--))
    },
  }
  return { context, asked: () => waiting.length, open: () => open, settled: () => Promise.all(waiting) }
}

const silent = { write: () => {}, flush: () => {} }

describe('a host with waitUntil waits', () => {
  test('for the finally of a generator whose client has gone', async () => {
    const steps: string[] = []
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      try {
        for (;;) yield 'more'
      } finally {
        steps.push('finally')
        await new Promise(setImmediate)
        steps.push('released')
      }
    }
    const host = lifetime()
    const response = await fetchHandler<[object]>(validate(app), { errors: silent })(
      new Request('http://a/'),
      host.context,
    )
    const reader = (response.body as ReadableStream).getReader()
    await reader.read()
    await reader.cancel()
    expect([host.asked(), host.open()]).toEqual([1, 1])
    await host.settled()
    expect(steps).toEqual(['finally', 'released'])
  })

  test('until a body has come to its end, or its application has failed', async () => {
    for (const end of ['end', 'fail']) {
      const app: Application = async function* (_environ, startResponse) {
        startResponse('200 OK', [])
        yield 'one'
        yield 'two'
        if (end === 'fail') throw new Error('late')
      }
      const host = lifetime()
      const response = await fetchHandler<[object]>(app, { errors: silent })(
        new Request('http://a/'),
        host.context,
      )
      expect(host.open()).toBe(1)
      await response.text().catch(() => {})
      await host.settled()
    }
  })

  test('not for an answer in one piece', async () => {
    const host = lifetime()
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return 'whole'
    }
    await fetchHandler<[object]>(app)(new Request('http://a/'), host.context)
    expect(host.asked()).toBe(0)
  })

  test('for an application that still runs when its client has gone', async () => {
    let finish = (): void => {}
    const app: Application = async (_environ, startResponse) => {
      const write = startResponse('200 OK', [])
      void write('begun')
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return 'late'
    }
    const host = lifetime()
    const response = await fetchHandler<[object]>(app)(new Request('http://a/'), host.context)
    await (response.body as ReadableStream).cancel()
    await new Promise(setImmediate)
    expect(host.open()).toBe(1)
    finish()
    await host.settled()
  })
})

describe('where the host has streams of a fixed length', () => {
  const given: number[] = []

  /** What workerd has: a stream that fails when it is closed short of its length. */
  class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array> {
    constructor(length: number) {
      given.push(length)
      let left = length
      super({
        transform(chunk, controller) {
          left -= chunk.byteLength
          controller.enqueue(chunk)
        },
        flush(controller) {
          if (left > 0) controller.error(new TypeError('too short'))
        },
      })
    }
  }

  function onWorkerd(): void {
    ;(globalThis as { FixedLengthStream?: unknown }).FixedLengthStream = FixedLengthStream
  }

  afterEach(() => {
    delete (globalThis as { FixedLengthStream?: unknown }).FixedLengthStream
    given.length = 0
  })

  const sized: Application = async function* (_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', '6']])
    yield 'abc'
    yield 'def'
  }

  test('one is used for a length that was declared, so that the host can announce it', async () => {
    onWorkerd()
    const response = await fetchHandler(validate(sized))(new Request('http://a/'))
    expect(await response.text()).toBe('abcdef')
    expect(given).toEqual([6])
  })

  test('none is used where nobody knows the length', async () => {
    onWorkerd()
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'abc'
    }
    expect(await (await fetchHandler(validate(app))(new Request('http://a/'))).text()).toBe('abc')
    expect(given).toEqual([])
  })

  test('a client that leaves ends the body', async () => {
    onWorkerd()
    const { body, calls } = watchedBody(['abc'], true)
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['Content-Length', '6']])
      return body
    }
    const response = await fetchHandler(validate(app))(new Request('http://a/'))
    const reader = (response.body as ReadableStream).getReader()
    await reader.read()
    await reader.cancel()
    await expect.poll(() => calls).toEqual(['abc', 'return', 'close'])
  })

  test('a body that is shorter than its length does not look whole', async () => {
    onWorkerd()
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [['Content-Length', '9']])
      yield 'abc'
    }
    const response = await fetchHandler(app, { errors: silent })(new Request('http://a/'))
    await expect(response.text()).rejects.toThrow()
  })
})
