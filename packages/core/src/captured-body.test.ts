import { describe, expect, test } from 'vitest'
import { CapturedBody } from './captured-body.ts'
import { ClientDisconnected } from './http-errors.ts'
import type { Chunk } from './protocol.ts'
import { WrittenChunks } from './written-chunks.ts'

/** A captured body, what to write into it, and what was reported. */
function captured() {
  const written = new WrittenChunks()
  const reported: unknown[] = []
  return { written, reported, body: new CapturedBody(written, (error) => reported.push(error)) }
}

/** A body that tells what is done with it. */
function tracked(chunks: readonly Chunk[]) {
  const seen: string[] = []
  const values = [...chunks].values()
  const source = {
    [Symbol.iterator]: () => ({
      next: () => values.next(),
      return(): IteratorResult<Chunk> {
        seen.push('return')
        return { done: true, value: undefined }
      },
    }),
    close: () => void seen.push('close'),
  }
  return { source, seen }
}

async function read(body: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of body) chunks.push(chunk)
  return chunks
}

describe('what it gives', () => {
  test('written chunks, then the body', async () => {
    const { written, body } = captured()
    void written.write('a')
    expect(await read(body.follow(['b', 'c']))).toEqual(['a', 'b', 'c'])
  })

  test('what is written while the reader waits', async () => {
    const { written, body } = captured()
    const reading = read(body)
    await written.write('a')
    await written.write('b')
    body.follow('c')
    expect(await reading).toEqual(['a', 'b', 'c'])
  })

  test('what is written while the next step of the body is awaited', async () => {
    const { written, body } = captured()
    body.follow(
      (async function* () {
        await written.write('a')
        yield 'b'
        await written.write('c')
      })(),
    )
    expect(await read(body)).toEqual(['a', 'b', 'c'])
  })

  test('a step that was pulled before', async () => {
    const { body } = captured()
    const iterator = ['a', 'b'].values()
    expect(await read(body.follow(iterator, iterator, iterator.next()))).toEqual(['a', 'b'])
  })

  test('an error after what was written', async () => {
    const { written, body } = captured()
    const failure = new Error('half way')
    void written.write('a')
    body.fail(failure)
    const iterator = body[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 'a' })
    await expect(iterator.next()).rejects.toBe(failure)
    expect((await iterator.next()).done).toBe(true)
  })

  test('an error for what is no body', async () => {
    const { body } = captured()
    await expect(read(body.follow(undefined as never))).rejects.toMatchObject({ clause: '1' })
  })

  test('no step of the body before one is asked for', async () => {
    const { written, body } = captured()
    const made: string[] = []
    void written.write('a')
    body.follow(
      (function* () {
        made.push('b')
        yield 'b'
      })(),
    )
    const iterator = body[Symbol.asyncIterator]()
    await iterator.next()
    expect(made).toEqual([])
    await iterator.next()
    expect(made).toEqual(['b'])
  })
})

describe('giving it up', () => {
  test('half way calls return() and close() of the source, once', async () => {
    const { body } = captured()
    const { source, seen } = tracked(['a', 'b'])
    for await (const _ of body.follow(source)) break
    body.close()
    body.close()
    expect(seen).toEqual(['return', 'close'])
  })

  test('before the source was read calls close() only', () => {
    const { body } = captured()
    const { source, seen } = tracked(['a'])
    body.follow(source).close()
    expect(seen).toEqual(['close'])
  })

  test('before there is a source disposes of it when it comes', () => {
    const { body } = captured()
    const { source, seen } = tracked(['a'])
    body.close()
    body.follow(source)
    expect(seen).toEqual(['close'])
  })

  test('after the end calls close() only', async () => {
    const { body } = captured()
    const { source, seen } = tracked(['a'])
    await read(body.follow(source))
    body.close()
    expect(seen).toEqual(['close'])
  })

  test('ends a reader that waits', async () => {
    const { body } = captured()
    const iterator = body[Symbol.asyncIterator]()
    const waiting = iterator.next()
    await iterator.return?.()
    expect((await waiting).done).toBe(true)
  })

  test('lets writers go on', async () => {
    const { written, body } = captured()
    const writing = written.write('a')
    body.close()
    await writing
    expect(await written.write('b')).toBe(undefined)
  })

  test('gives what close() of the source gives', async () => {
    const failure = new Error('close')
    const { body } = captured()
    const closing = body.follow({ ...tracked([]).source, close: () => Promise.reject(failure) }).close()
    await expect(closing).rejects.toBe(failure)
  })
})

describe('an error when nobody reads any more', () => {
  test('is reported', () => {
    const { body, reported } = captured()
    const failure = new Error('late')
    body.close()
    body.fail(failure)
    expect(reported).toEqual([failure])
  })

  test('is not when it says that the client has gone', () => {
    const { body, reported } = captured()
    body.close()
    body.fail(new ClientDisconnected())
    expect(reported).toEqual([])
  })
})
