import { Readable } from 'node:stream'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import type { Application, Body, Chunk } from './protocol.ts'
import { validate } from './validate.ts'

type SyncBody = Iterable<Chunk> & { close(): void | Promise<void> }
type AsyncBody = AsyncIterable<Chunk> & { close(): void | Promise<void> }

/** What a validated application named "inner" gives for this body. */
function bodyOf<T>(body: () => unknown): T {
  const inner: Application = (_environ, startResponse) => {
    startResponse('200 OK', [])
    return body() as Body
  }
  return validate(inner, { name: 'inner' })(createEnviron('/'), () => () => {}) as T
}

const outside = 'the gateway or the layer outside inner'

/** A body that tells what is done with it. */
function tracked(chunks: readonly Chunk[]): { body: () => Body; seen: string[] } {
  const seen: string[] = []
  const body = (): Body => {
    const iterator = [...chunks].values()
    return {
      [Symbol.iterator]: () => ({
        next: () => iterator.next(),
        return(): IteratorResult<Chunk> {
          seen.push('return')
          return { done: true, value: undefined }
        },
      }),
      close: () => void seen.push('close'),
    }
  }
  return { body, seen }
}

describe('1: what an application returns', () => {
  test('1: chunks and lists stay what they are', () => {
    const list = ['a', new Uint8Array(1)]
    const bytes = new Uint8Array(2)
    expect(bodyOf(() => 'text')).toBe('text')
    expect(bodyOf(() => bytes)).toBe(bytes)
    expect(bodyOf(() => list)).toBe(list)
  })

  test('1: a synchronous iterable stays synchronous, close() included', () => {
    const { body, seen } = tracked(['a', 'b'])
    const validated = bodyOf<SyncBody>(body)
    expect([...validated]).toEqual(['a', 'b'])
    expect(validated.close()).toBe(undefined)
    expect(seen).toEqual(['close'])
  })

  test.each([
    { kind: 'undefined', value: undefined },
    { kind: 'null', value: null },
    { kind: 'the number 1', value: 1 },
    { kind: 'an object of class Object', value: { status: 200 } },
    { kind: 'an object of class Response', value: new Response('') },
  ])('1: $kind is no body', ({ kind, value }) => {
    expect(() => bodyOf(() => value)).toThrow(`inner: Returned ${kind} for a body`)
  })

  test.each([{ value: new Response('') }, { value: { respond() {} } }])(
    '1: a handler in the place of an application is told what makes one of it',
    ({ value }) => {
      expect(() => bodyOf(() => value)).toThrow('becomes an application by Request.application(…)')
    },
  )

  test('1: a middleware that was not called is told that it is to be', () => {
    function cors(): string {
      return ''
    }
    expect(() => bodyOf(() => cors)).toThrow(
      /^inner: Returned the function cors for a body; .* is called when the stack is made/,
    )
  })

  test.each([
    { kind: 'a number', body: () => ['a', 1] },
    { kind: 'null', body: () => [null] },
    { kind: 'a promise', body: () => new Set([Promise.resolve('a')]).values() },
    { kind: 'an ArrayBuffer', body: () => Readable.from([new ArrayBuffer(1)]) },
  ])('1: $kind is no chunk', async ({ body }) => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return body() as Body
    }
    await expect(new Client(app).get('/')).rejects.toMatchObject({ clause: '1' })
  })

  test('1: an iterator that gives no step is at fault', () => {
    const body = bodyOf<SyncBody>(() => ({ [Symbol.iterator]: () => ({ next: () => 'a' }) }))
    expect(() => [...body]).toThrow('inner: The iterator of the body gave the string a for a step')
  })

  test('1: a body that gives a wrong chunk is left', () => {
    const { body, seen } = tracked(['a', 1 as never])
    const validated = bodyOf<SyncBody>(body)
    expect(() => [...validated]).toThrow('The body gave the number 1')
    validated.close()
    expect(seen).toEqual(['return', 'close'])
  })
})

describe('1: close()', () => {
  test.each([
    { kind: 'a list', body: () => Object.assign(['a'], { close: true }) },
    { kind: 'an iterable', body: () => Object.assign(new Set(['a']), { close: {} }) },
  ])('1: $kind whose close is no function is at fault', ({ body }) => {
    expect(() => bodyOf(body)).toThrow(
      expect.objectContaining({
        clause: '1',
        layer: 'inner',
        message: expect.stringContaining('whose close is'),
      }),
    )
  })

  test('1: a close that is undefined is none', () => {
    const body = bodyOf<SyncBody>(() => Object.assign(new Set(['a']), { close: undefined }))
    expect([...body]).toEqual(['a'])
    expect(body.close()).toBe(undefined)
  })

  test('4.2: that of a list is handed on, and called once', () => {
    const seen: string[] = []
    const list = bodyOf<string[] & SyncBody>(() =>
      Object.assign(['a', 'b'], { close: () => void seen.push('close') }),
    )
    expect(Array.isArray(list)).toBe(true)
    expect([...list]).toEqual(['a', 'b'])
    list.close()
    expect(() => list.close()).toThrow(expect.objectContaining({ clause: '4.2', layer: outside }))
    expect(seen).toEqual(['close'])
  })

  test('4.2: that of a list is called by the layer outside', async () => {
    const list: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return Object.assign(['a'], { async close() {} })
    }
    const dropping: Application = function dropping(environ, startResponse) {
      return [...(validate(list, { name: 'list' })(environ, startResponse) as string[])]
    }
    expect((await new Client(list).get('/')).text()).toBe('a')
    await expect(new Client(dropping).get('/')).rejects.toMatchObject({
      clause: '4.2',
      layer: 'dropping',
      message: expect.stringContaining(
        'The body of list was read to its end, but its close() was not called.',
      ),
    })
  })
})

describe('4.1: iterated once', () => {
  test('4.1: a second iteration throws', () => {
    const body = bodyOf<SyncBody>(() => new Set(['a']))
    expect([...body]).toEqual(['a'])
    expect(() => [...body]).toThrow(expect.objectContaining({ clause: '4.1', layer: outside }))
  })

  test('4.3: next() while an earlier call is pending throws', async () => {
    const body = bodyOf<AsyncBody>(async function* () {
      yield 'a'
      yield 'b'
    })
    const iterator = body[Symbol.asyncIterator]()
    const first = iterator.next()
    await expect(iterator.next()).rejects.toMatchObject({ clause: '4.3', layer: outside })
    expect(await first).toEqual({ done: false, value: 'a' })
  })

  test('4.3: chunks come one for one', async () => {
    const made: string[] = []
    const body = bodyOf<AsyncBody>(async function* () {
      for (const chunk of ['a', 'b', 'c']) {
        made.push(chunk)
        yield chunk
      }
    })
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    expect(made).toEqual(['a'])
    await iterator.return?.()
    await body.close()
    expect(made).toEqual(['a'])
  })
})

describe('4.2: disposal by whoever reads', () => {
  test('4.2: after the end close() alone reaches the application', async () => {
    const { body, seen } = tracked(['a'])
    const validated = bodyOf<SyncBody>(body)
    for (const _ of validated);
    validated.close()
    expect(seen).toEqual(['close'])
  })

  test('4.2: half way return() and then close() reach it, once each', () => {
    const { body, seen } = tracked(['a', 'b'])
    const validated = bodyOf<SyncBody>(body)
    for (const _ of validated) break
    validated.close()
    expect(seen).toEqual(['return', 'close'])
  })

  test('4.2: a body that was never read is closed only', () => {
    const { body, seen } = tracked(['a'])
    bodyOf<SyncBody>(body).close()
    expect(seen).toEqual(['close'])
  })

  test('4.2: close() half way without return() is at fault, and the application is left all the same', () => {
    const { body, seen } = tracked(['a', 'b'])
    const validated = bodyOf<SyncBody>(body)
    validated[Symbol.iterator]().next()
    expect(() => validated.close()).toThrow('without return(), half way through it. (protocol 4.2)')
    expect(seen).toEqual(['return', 'close'])
  })

  test('4.2: a second close() is at fault', () => {
    const { body, seen } = tracked([])
    const validated = bodyOf<SyncBody>(body)
    validated.close()
    expect(() => validated.close()).toThrow(expect.objectContaining({ clause: '4.2', layer: outside }))
    expect(seen).toEqual(['close'])
  })

  test('4.2: a second return() is at fault', () => {
    const { body, seen } = tracked(['a', 'b'])
    const iterator = bodyOf<SyncBody>(body)[Symbol.iterator]()
    iterator.next()
    iterator.return?.()
    expect(() => iterator.return?.()).toThrow('Called return() on the body of inner a second time.')
    expect(seen).toEqual(['return'])
  })

  test('4.2: next() after the end, return() or close() is at fault', async () => {
    const ended = bodyOf<SyncBody>(() => new Set())[Symbol.iterator]()
    ended.next()
    expect(() => ended.next()).toThrow('after its end. (protocol 4.2)')

    const returned = bodyOf<AsyncBody>(async function* () {
      yield 'a'
    })[Symbol.asyncIterator]()
    await returned.next()
    await returned.return?.()
    await expect(returned.next()).rejects.toThrow('after return() or close(). (protocol 4.2)')

    const closed = bodyOf<SyncBody>(() => new Set())
    closed.close()
    expect(() => closed[Symbol.iterator]()).toThrow('after its close(). (protocol 4.2)')
  })

  test('4.2: return() goes through while the application waits, and close() waits for nobody then', async () => {
    let wake: (() => void) | undefined
    const seen: string[] = []
    const body = bodyOf<AsyncBody>(async function* () {
      try {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        yield 'late'
      } finally {
        seen.push('left')
      }
    })
    const iterator = body[Symbol.asyncIterator]()
    const pending = iterator.next()
    const returning = iterator.return?.()
    expect(body.close()).toBe(undefined)
    expect(seen).toEqual([])
    wake?.()
    expect(await pending).toEqual({ done: false, value: 'late' })
    await returning
    expect(seen).toEqual(['left'])
  })

  test('4.2: return() after the end does not reach the application', () => {
    const { body, seen } = tracked([])
    const iterator = bodyOf<SyncBody>(body)[Symbol.iterator]()
    iterator.next()
    iterator.return?.()
    expect(seen).toEqual([])
  })

  test("4.2: what a step that was given up brings is nobody's concern", async () => {
    let give: ((step: IteratorResult<Chunk>) => void) | undefined
    const body = bodyOf<AsyncBody>(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => {
            give = resolve
          }),
      }),
    }))
    const iterator = body[Symbol.asyncIterator]()
    const pending = iterator.next()
    await iterator.return?.()
    give?.({ done: false, value: 1 as never })
    expect(await pending).toEqual({ done: false, value: 1 })
  })

  test('4.2: a Node stream that nobody reads is destroyed', () => {
    const stream = Readable.from(['a'])
    bodyOf<AsyncBody>(() => stream).close()
    expect(stream.destroyed).toBe(true)
  })

  test('4.2: a ReadableStream that nobody reads is cancelled', () => {
    const seen: unknown[] = []
    const stream = new ReadableStream({ cancel: () => void seen.push('cancelled') })
    bodyOf<AsyncBody>(() => stream).close()
    expect(seen).toEqual(['cancelled'])
  })
})

describe('failures of the body', () => {
  test('an error of an iteration comes out as it is, and close() follows', () => {
    const failure = new Error('half way')
    const seen: string[] = []
    const body = bodyOf<SyncBody>(() => ({
      [Symbol.iterator]: () => ({
        next() {
          throw failure
        },
      }),
      close: () => void seen.push('close'),
    }))
    expect(() => [...body]).toThrow(failure)
    body.close()
    expect(seen).toEqual(['close'])
  })

  test('a failing close() comes out of close()', async () => {
    const failure = new Error('cannot close')
    const body = bodyOf<AsyncBody>(() => ({
      async *[Symbol.asyncIterator]() {},
      close: async () => {
        throw failure
      },
    }))
    for await (const _ of body);
    await expect(body.close()).rejects.toBe(failure)
  })
})
