import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { createGzip } from 'node:zlib'
import { type Body, type Chunk, collect, ProtocolError } from '@stapel/core'
import { expect, test } from 'vitest'
import { decode, decodeStart, present } from './compress.test-support.ts'
import { CompressedBody } from './compress-body.ts'
import { type CodingName, createCodings } from './compress-codings.ts'

const streams: ReturnType<typeof createGzip>[] = []

function compressed(
  body: Body,
  length = -1,
  failures: unknown[] = [],
  name: CodingName = 'gzip',
): CompressedBody {
  const [coding] = createCodings([name])
  const createStream = () => {
    const stream = coding?.createStream() as ReturnType<typeof createGzip>
    streams.push(stream)
    return stream
  }
  return new CompressedBody(body, createStream, { length, report: (error) => failures.push(error) })
}

// robustness.md Z4
test.each(present)('gives each chunk before the next one is pulled, in %s', async (name) => {
  let pulled = 0
  const body = compressed(
    (async function* () {
      for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
        pulled++
        yield event
      }
    })(),
    -1,
    [],
    name,
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
    expect(decodeStart(name, Buffer.concat(chunks))).toBe(seen)
  }
  chunks.push((await iterator.next()).value)
  expect(await iterator.next()).toEqual({ done: true, value: undefined })
  expect(decode(name, Buffer.concat(chunks)).toString()).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n')
})

test.each(present)('cuts a large chunk into pieces, and gives all of it, in %s', async (name) => {
  const large = new Uint8Array(300_000)
  for (let i = 0; i < large.length; i++) large[i] = (Math.imul(i, 2_654_435_761) >>> 13) & 255
  const pieces: Uint8Array[] = []
  for await (const piece of compressed([large], -1, [], name)) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(4)
  expect(Math.max(...pieces.map((piece) => piece.byteLength))).toBeLessThan(70_000)
  expect(decode(name, Buffer.concat(pieces)).equals(large)).toBe(true)
})

test.each(present)('gives all output of a chunk that gets no smaller with it, in %s', async (name) => {
  const noise = new TextEncoder().encode(randomBytes(40_000).toString('base64'))
  const iterator = compressed([noise, noise], -1, [], name)[Symbol.asyncIterator]()
  const first: Uint8Array = (await iterator.next()).value
  expect(decodeStart(name, first)).toBe(new TextDecoder().decode(noise))
  const rest: Uint8Array[] = []
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) rest.push(step.value)
  expect(decode(name, Buffer.concat([first, ...rest])).byteLength).toBe(2 * noise.byteLength)
})

test('passes empty chunks on', async () => {
  const iterator = compressed(['', 'a'])[Symbol.asyncIterator]()
  expect((await iterator.next()).value).toHaveLength(0)
  expect(decodeStart('gzip', (await iterator.next()).value)).toBe('a')
})

// robustness.md Z7
test.each(present)('gives a valid stream for an empty body and for empty chunks, in %s', async (name) => {
  for (const body of [[], ['', new Uint8Array(0)]]) {
    expect(decode(name, await collect(compressed(body, -1, [], name))).toString()).toBe('')
  }
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
