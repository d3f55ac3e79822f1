import { describe, expect, test } from 'vitest'
import type { Chunk, Closeable } from './protocol.ts'
import { resume } from './resumed-body.ts'
import { WrittenChunks } from './written-chunks.ts'

/** A body of these chunks, resumed after its first step, and what was done with it. */
function resumed(chunks: readonly Chunk[], written: WrittenChunks = new WrittenChunks()) {
  const seen: string[] = []
  const values = [...chunks].values()
  const iterator: Iterator<Chunk> = {
    next: () => values.next(),
    return() {
      seen.push('return')
      return { done: true, value: undefined }
    },
  }
  const source = { [Symbol.iterator]: () => iterator, close: () => void seen.push('close') }
  const body = resume(source, iterator, iterator.next(), written) as Iterable<Chunk> & Closeable
  return { body, seen }
}

describe('a body that is read', () => {
  test('gives the step that was pulled, then the rest', () => {
    const { body, seen } = resumed(['a', 'b', 'c'])
    expect([...body]).toEqual(['a', 'b', 'c'])
    body.close?.()
    expect(seen).toEqual(['close'])
  })

  test('may have ended with the step that was pulled', () => {
    const { body, seen } = resumed([])
    expect([...body]).toEqual([])
    body.close?.()
    expect(seen).toEqual(['close'])
  })

  test('stays at its end', () => {
    const iterator = resumed(['a']).body[Symbol.iterator]()
    expect([iterator.next().done, iterator.next().done, iterator.next().done]).toEqual([false, true, true])
  })
})

describe('a body that is given up', () => {
  test('half way gets return() and then close(), once each', () => {
    const { body, seen } = resumed(['a', 'b'])
    for (const _ of body) break
    body.close?.()
    body.close?.()
    expect(seen).toEqual(['return', 'close'])
  })

  test('without being read gets both from close()', () => {
    const { body, seen } = resumed(['a', 'b'])
    body.close?.()
    expect(seen).toEqual(['return', 'close'])
  })

  test('after it had ended by itself gets close() only', () => {
    const { body, seen } = resumed([])
    body.close?.()
    expect(seen).toEqual(['close'])
  })
})

describe('what is written meanwhile', () => {
  test('goes before the chunk of that step', () => {
    const written = new WrittenChunks()
    const iterator = (function* (): Generator<Chunk> {
      yield 'a'
      void written.write('b')
      yield 'c'
      void written.write('d')
    })()
    const body = resume(iterator, iterator, iterator.next(), written) as Iterable<Chunk>
    expect([...body]).toEqual(['a', 'b', 'c', 'd'])
  })

  test('goes before an error of that step', () => {
    const written = new WrittenChunks()
    const failure = new Error('half way')
    const iterator = (function* (): Generator<Chunk> {
      yield 'a'
      void written.write('b')
      throw failure
    })()
    const body = resume(iterator, iterator, iterator.next(), written) as Iterable<Chunk>
    const seen: Chunk[] = []
    expect(() => {
      for (const chunk of body) seen.push(chunk)
    }).toThrow(failure)
    expect(seen).toEqual(['a', 'b'])
  })

  test('after the end is refused', () => {
    const written = new WrittenChunks()
    expect([...resumed(['a'], written).body]).toEqual(['a'])
    expect(() => written.write('b')).toThrow('protocol 3.5')
  })

  test('is dropped once the body was given up', async () => {
    const written = new WrittenChunks()
    resumed(['a'], written).body.close?.()
    await expect(written.write('b')).resolves.toBe(undefined)
  })
})
