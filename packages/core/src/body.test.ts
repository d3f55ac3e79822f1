import { Readable } from 'node:stream'
import { expect, describe as group, test } from 'vitest'
import {
  collect,
  concat,
  describe,
  dispose,
  isChunk,
  isPromise,
  iterate,
  release,
  toBytes,
  withClose,
} from './body.ts'
import type { Body, Chunk, Closeable } from './protocol.ts'

/** A body that tells what is done with it. */
function tracked(chunks: readonly Chunk[], seen: string[]): Iterable<Chunk> & { close(): void } {
  const values = [...chunks].values()
  return {
    [Symbol.iterator]: () => ({
      next: () => values.next(),
      return(): IteratorResult<Chunk> {
        seen.push('return')
        return { done: true, value: undefined }
      },
    }),
    close: () => void seen.push('close'),
  }
}

group('iterate', () => {
  test('a string and bytes are one chunk each', () => {
    expect([...(iterate('abc') as IterableIterator<Chunk>)]).toEqual(['abc'])
    const bytes = new Uint8Array([1, 2])
    expect([...(iterate(bytes) as IterableIterator<Chunk>)]).toEqual([bytes])
  })

  test('the asynchronous iteration of a body that has both is taken', () => {
    const asynchronous = { next: async () => ({ done: true as const, value: undefined }) }
    const both = { ...tracked([], []), [Symbol.asyncIterator]: () => asynchronous }
    expect(iterate(both)).toBe(asynchronous)
  })

  test.each([undefined, null, 1, {}, Symbol('body'), () => 'body'])('%s is no body', (value) => {
    expect(() => iterate(value as never)).toThrow(expect.objectContaining({ clause: '1' }))
  })
})

group('dispose', () => {
  test('an iteration that had begun is ended, then the body closed', () => {
    const seen: string[] = []
    const body = tracked(['a'], seen)
    dispose(body, iterate(body))
    expect(seen).toEqual(['return', 'close'])
  })

  test('a body that was not iterated is closed only', () => {
    const seen: string[] = []
    dispose(tracked(['a'], seen))
    expect(seen).toEqual(['close'])
  })

  test('a Node stream is destroyed, and what it says to that does no harm', async () => {
    const stream = new Readable({
      read() {},
      destroy: (_error, done) => done(new Error('cannot be destroyed in peace')),
    })
    dispose(stream)
    await new Promise((resolve) => setImmediate(resolve))
    expect(stream.destroyed).toBe(true)
  })

  test('a ReadableStream is cancelled', () => {
    const seen: string[] = []
    dispose(new ReadableStream({ cancel: () => void seen.push('cancel') }) as never)
    expect(seen).toEqual(['cancel'])
  })

  test('failures are reported, all of them, and thrown nowhere', async () => {
    const failures: unknown[] = []
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: true as const, value: undefined }),
        return: async () => {
          throw new Error('return')
        },
      }),
      close: () => {
        throw new Error('close')
      },
    }
    dispose(body, iterate(body), (error) => failures.push(error))
    await new Promise((resolve) => setImmediate(resolve))
    expect(failures.map(String).toSorted()).toEqual(['Error: close', 'Error: return'])
  })

  test('what is no body is left alone', () => {
    expect(() => dispose(undefined as never)).not.toThrow()
    expect(() => release(null as never)).not.toThrow()
    expect(() => dispose('text')).not.toThrow()
  })
})

group('withClose', () => {
  test('the function is called once, after close() of the body, and synchronously', () => {
    const seen: string[] = []
    const body = withClose(tracked(['a'], seen), () => void seen.push('onClose')) as Iterable<Chunk> &
      Closeable
    expect([...body]).toEqual(['a'])
    expect(body.close?.()).toBe(undefined)
    expect(body.close?.()).toBe(undefined)
    expect(seen).toEqual(['close', 'onClose'])
  })

  test('a chunk gets a close()', () => {
    const seen: string[] = []
    const body = withClose('text', () => void seen.push('onClose')) as Iterable<Chunk> & Closeable
    expect([...body]).toEqual(['text'])
    body.close?.()
    expect(seen).toEqual(['onClose'])
  })

  test('an asynchronous close() is awaited first', async () => {
    const seen: string[] = []
    const body = withClose(
      {
        async *[Symbol.asyncIterator]() {
          yield 'a'
        },
        close: async () => {
          await new Promise((resolve) => setImmediate(resolve))
          seen.push('close')
        },
      },
      async () => void seen.push('onClose'),
    )
    expect(new TextDecoder().decode(await collect(body))).toBe('a')
    await (body as Closeable).close?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['close', 'onClose'])
  })

  test('it is called also when close() of the body fails, and that failure comes out', async () => {
    const failing = (close: () => void | Promise<void>, seen: string[]): Closeable =>
      withClose({ ...tracked([], []), close }, () => void seen.push('onClose')) as Closeable
    const seen: string[] = []
    const failure = new Error('close')
    expect(() =>
      failing(() => {
        throw failure
      }, seen).close?.(),
    ).toThrow(failure)
    await expect(failing(() => Promise.reject(failure), seen).close?.()).rejects.toBe(failure)
    expect(seen).toEqual(['onClose', 'onClose'])
  })

  test('a stream that is given up without being read is destroyed', () => {
    const stream = Readable.from(['a'])
    dispose(withClose(stream, () => {}))
    expect(stream.destroyed).toBe(true)
  })
})

group('collect', () => {
  test('reads text and bytes as bytes, and closes', async () => {
    const seen: string[] = []
    expect(await collect(tracked(['ü', new Uint8Array([33])], seen))).toEqual(new TextEncoder().encode('ü!'))
    expect(seen).toEqual(['close'])
  })

  test('stops beyond the limit, and gives the rest up', async () => {
    const seen: string[] = []
    await expect(collect(tracked(['abc', 'def', 'ghi'], seen), 5)).rejects.toThrow('more than 5 bytes')
    expect(seen).toEqual(['return', 'close'])
  })

  test('the limit itself is allowed', async () => {
    expect((await collect(['abc', 'de'], 5)).byteLength).toBe(5)
  })

  test('refuses a limit that would be none, and gives the body up', async () => {
    let closed = 0
    const body = Object.assign(['a'], { close: () => void closed++ })
    await expect(collect(body, Number.NaN)).rejects.toThrow('Got NaN for the limit')
    await expect(collect('a', -1)).rejects.toThrow(RangeError)
    expect(closed).toBe(1)
  })

  test('a body that fails is closed, and its iterator left alone', async () => {
    const seen: string[] = []
    const body: Body = {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error('half way')
        },
        return(): IteratorResult<Chunk> {
          seen.push('return')
          return { done: true, value: undefined }
        },
      }),
      close: () => void seen.push('close'),
    }
    await expect(collect(body)).rejects.toThrow('half way')
    expect(seen).toEqual(['close'])
  })
})

test('concat joins pieces, and gives a single one as it is', () => {
  const one = new Uint8Array([1])
  expect(concat([one])).toBe(one)
  expect(concat([one, new Uint8Array([2, 3])])).toEqual(new Uint8Array([1, 2, 3]))
  expect(concat([])).toEqual(new Uint8Array(0))
})

test('toBytes encodes text as UTF-8 and leaves bytes alone', () => {
  const bytes = Buffer.from('a')
  expect(toBytes('\u20ac')).toEqual(new Uint8Array([0xe2, 0x82, 0xac]))
  expect(toBytes(bytes)).toBe(bytes)
})

test('isChunk and isPromise tell apart what is returned', () => {
  expect([isChunk(''), isChunk(new Uint8Array()), isChunk([]), isChunk(new ArrayBuffer(1))]).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([
    isPromise(Promise.resolve()),
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
    isPromise({ then() {} }),
    isPromise(''),
    isPromise(undefined),
  ]).toEqual([true, true, false, false])
})

test.each([
  { value: undefined, text: 'undefined' },
  { value: null, text: 'null' },
  { value: 1, text: 'the number 1' },
  { value: Symbol('a'), text: 'the symbol Symbol(a)' },
  { value: class Page {}, text: 'the function Page' },
  { value: () => {}, text: /^the function / },
  { value: new Map(), text: 'an object of class Map' },
  { value: Object.create(null), text: 'an object of class null' },
])('describe says $text', ({ value, text }) => {
  expect(describe(value)).toMatch(text)
})
