import { setImmediate as turn } from 'node:timers/promises'
import { constants, type createGzip, gunzipSync } from 'node:zlib'
import { type Body, type Chunk, collect, ProtocolError } from '@stapel/core'
import { expect, test } from 'vitest'
import { CompressedBody } from './compress-body.ts'
import { codings } from './compress-codings.ts'

const gzip = codings[0]
const streams: ReturnType<typeof createGzip>[] = []

function compressed(body: Body, length = -1, failures: unknown[] = []): CompressedBody {
  const createStream = () => {
    const stream = gzip?.createStream(undefined) as ReturnType<typeof createGzip>
    streams.push(stream)
    return stream
  }
  return new CompressedBody(body, createStream, { length, report: (error) => failures.push(error) })
}

/** What a client can read of the beginning of a stream. */
function readable(chunks: readonly Uint8Array[]): string {
  return gunzipSync(Buffer.concat(chunks), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
}

test('gives each chunk before the next one is pulled', async () => {
  let pulled = 0
  const body = compressed(
    (async function* () {
      for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
        pulled++
        yield event
      }
    })(),
  )
  const chunks: Uint8Array[] = []
  const iterator = body[Symbol.asyncIterator]()
  for (const [count, seen] of [
    [1, 'data: 1\n\n'],
    [2, 'data: 1\n\ndata: 2\n\n'],
    [3, 'data: 1\n\ndata: 2\n\ndata: 3\n\n'],
  ] as const) {
    chunks.push((await iterator.next()).value)
    expect(pulled).toBe(count)
    expect(readable(chunks)).toBe(seen)
  }
  chunks.push((await iterator.next()).value)
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
})

test('cuts a large chunk into pieces, and gives all of it', async () => {
  const large = new Uint8Array(300_000)
  for (let i = 0; i < large.length; i++) large[i] = (Math.imul(i, 2_654_435_761) >>> 13) & 255
  const pieces: Uint8Array[] = []
  for await (const piece of compressed([large])) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(4)
  expect(Math.max(...pieces.map((piece) => piece.byteLength))).toBeLessThan(70_000)
  expect(gunzipSync(Buffer.concat(pieces)).equals(large)).toBe(true)
})

test('passes empty chunks on', async () => {
  const iterator = compressed(['', 'a'])[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toHaveLength(0)
  expect(readable([(await iterator.next()).value])).toBe('a')
})

test('gives a valid stream for an empty body', async () => {
  expect(gunzipSync(await collect(compressed([]))).toString()).toBe('')
})

test('closes the plain body and the stream at the end, once', async () => {
  let closed = 0
  const body = compressed({
    *[Symbol.iterator]() {
      yield 'a'
    },
    close() {
      closed++
    },
  })
  await collect(body)
  body.close()
  expect(closed).toBe(1)
  expect(streams.at(-1)?.destroyed).toBe(true)
})

test('close() returns the iterator, closes the plain body and destroys the stream', async () => {
  const calls: string[] = []
  const body = compressed({
    async *[Symbol.asyncIterator]() {
      try {
        yield 'a'
        yield 'b'
      } finally {
        calls.push('return')
      }
    },
    close() {
      calls.push('close')
    },
  })
  await body[Symbol.asyncIterator]().next()
  body.close()
  body.close()
  await turn()
  expect(calls.sort()).toEqual(['close', 'return'])
  expect(streams.at(-1)?.destroyed).toBe(true)
})

test('leaving a loop early gives the plain body up', async () => {
  let returned = false
  const body = compressed(
    (function* () {
      try {
        for (;;) yield 'a'
      } finally {
        returned = true
      }
    })(),
  )
  for await (const _ of body) break
  expect(returned).toBe(true)
})

test('close() before the first step makes no stream', () => {
  const before = streams.length
  let closed = false
  const body = compressed(
    Object.assign(['a'], {
      close() {
        closed = true
      },
    }),
  )
  body.close()
  expect(closed).toBe(true)
  expect(streams).toHaveLength(before)
})

test('close() does not wait for an application that never answers, and ends the pending step when it does', async () => {
  let answer: (step: IteratorResult<Chunk>) => void = () => {}
  let closed = false
  const body = compressed({
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise<IteratorResult<Chunk>>((resolve) => {
          answer = resolve
        }),
    }),
    close() {
      closed = true
    },
  })
  const pending = body[Symbol.asyncIterator]().next()
  body.close()
  expect(closed).toBe(true)
  answer({ done: false, value: 'late' })
  expect(await pending).toEqual({ done: true, value: undefined })
})

test('close() while a chunk is being compressed ends the step without an error', async () => {
  const body = compressed(['a'.repeat(60_000), 'b'])
  const pending = body[Symbol.asyncIterator]().next()
  await Promise.resolve()
  await Promise.resolve()
  body.close()
  expect(await pending).toEqual({ done: true, value: undefined })
})

test('hands on the error of the plain body and closes it', async () => {
  let closed = 0
  const failures: unknown[] = []
  const body = compressed(
    {
      *[Symbol.iterator]() {
        yield 'a'
        throw new Error('torn')
      },
      close() {
        closed++
      },
    },
    -1,
    failures,
  )
  await expect(collect(body)).rejects.toThrow('torn')
  body.close()
  expect(closed).toBe(1)
  expect(streams.at(-1)?.destroyed).toBe(true)
  expect(failures).toEqual([])
})

test('hands on an error of the coding and gives the plain body up', async () => {
  let returned = false
  const source = (function* () {
    try {
      for (;;) yield 'a'
    } finally {
      returned = true
    }
  })()
  const body = compressed(source)
  const iterator = body[Symbol.asyncIterator]()
  await iterator.next()
  streams.at(-1)?.destroy(new Error('zlib failed'))
  await expect(iterator.next()).rejects.toThrow()
  body.close()
  expect(returned).toBe(true)
})

test.each([
  ['shorter', ['abc'], 4],
  ['longer', ['abc', 'de'], 4],
])('throws for a body that is %s than its Content-Length', async (_name, chunks, length) => {
  await expect(collect(compressed(chunks, length))).rejects.toThrow(ProtocolError)
})

test('throws for a chunk that is none', async () => {
  await expect(collect(compressed([1 as unknown as string]))).rejects.toThrow(
    'The body gave a value of type number; expected chunks that are strings or Uint8Arrays. (protocol 1)',
  )
})

test('reports a close() that fails', async () => {
  const failures: unknown[] = []
  const broken = {
    [Symbol.iterator]: () => ['a'].values(),
    close() {
      throw new Error('close failed')
    },
  }
  await collect(compressed(broken, -1, failures))
  expect(failures).toHaveLength(1)
})
