import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collect, dispose, iterate, toBytes } from './body.ts'
import { selectPieces } from './byte-ranges-body.ts'
import type { ContentPiece } from './http/byte-ranges.ts'
import type { Body, Chunk } from './protocol.ts'
import { ProtocolError } from './protocol-error.ts'

const text = async (body: Body): Promise<string> => new TextDecoder().decode(await collect(body))

const pieces: readonly ContentPiece[] = ['<', { first: 1, last: 2 }, '|', { first: 6, last: 8 }, '>']

async function* later(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* chunks
}

describe('the same pieces are taken out of every body', () => {
  test.each<[string, () => Body]>([
    ['a string', () => 'abcdefghij'],
    ['bytes', () => toBytes('abcdefghij')],
    ['a list', () => ['abc', '', 'defgh', 'ij']],
    ['a list of single letters', () => [...'abcdefghij']],
    ['an iterator', () => ['abcdefg', 'hij'].values()],
    ['an async generator', () => later(['a', 'bcdefghi', 'j'])],
    ['a Node stream', () => Readable.from([Buffer.from('abcde'), Buffer.from('fghij')])],
    ['a ReadableStream', () => new Blob(['abcdefghij']).stream()],
  ])('%s', async (_name, make) => {
    expect(await text(selectPieces(make(), pieces))).toBe('<bc|ghi>')
  })
})

test('a string is cut in bytes of UTF-8', async () => {
  expect(await collect(selectPieces('aüb', [{ first: 2, last: 3 }]))).toEqual(new Uint8Array([0xbc, 0x62]))
})

test('any cut of the body gives the same', async () => {
  const whole = 'abcdefghijklmnopqrstuvwxyz'
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(25), { minLength: 2, maxLength: 8 }),
      fc.array(fc.nat(26), { maxLength: 10 }),
      async (ends, cuts) => {
        const sorted = [...ends].sort((a, b) => a - b)
        const ranges = sorted.flatMap((first, i) =>
          i % 2 === 0 && sorted[i + 1] !== undefined ? [{ first, last: (sorted[i + 1] as number) - 1 }] : [],
        )
        const places = [0, ...[...cuts].sort((a, b) => a - b), 26]
        const chunks = places.slice(1).map((end, i) => whole.slice(places[i], end))
        const expected = ranges.map(({ first, last }) => whole.slice(first, last + 1)).join('')
        expect(await text(selectPieces(later(chunks), ranges))).toBe(expected)
      },
    ),
  )
})

describe('a body that is shorter than its ranges', () => {
  test.each<[string, () => Body]>([
    ['a string', () => 'abc'],
    ['an async generator', () => later(['ab', 'c'])],
  ])('fails (%s)', async (_name, make) => {
    const reading = async () => text(selectPieces(make(), [{ first: 1, last: 3 }]))
    await expect(reading()).rejects.toThrow(ProtocolError)
  })
})

describe('the body beneath is left once (clause 4.2)', () => {
  function watched(chunks: readonly Chunk[]) {
    const calls: string[] = []
    const values = chunks.values()
    const body: Body = {
      [Symbol.asyncIterator]: () => ({
        next: async () => values.next(),
        return: async () => {
          calls.push('return')
          return { done: true, value: undefined }
        },
      }),
      close() {
        calls.push('close')
      },
    }
    return { body, calls }
  }

  test('when the last range was read before its end', async () => {
    const { body, calls } = watched(['abc', 'def', 'ghi'])
    expect(await text(selectPieces(body, [{ first: 0, last: 3 }]))).toBe('abcd')
    expect(calls).toEqual(['return', 'close'])
  })

  test('when nobody reads', () => {
    const { body, calls } = watched(['abc'])
    const selected = selectPieces(body, [{ first: 0, last: 1 }])
    dispose(selected)
    dispose(selected)
    expect(calls).toEqual(['close'])
  })

  test('when the reader leaves half way', async () => {
    const { body, calls } = watched(['abc', 'def'])
    const selected = selectPieces(body, [{ first: 0, last: 4 }])
    const iterator = iterate(selected)
    await iterator.next()
    dispose(selected, iterator)
    await Promise.resolve()
    expect(calls).toEqual(['return', 'close'])
  })

  test('not by return() when it has ended before its range', async () => {
    const { body, calls } = watched(['abc'])
    await expect(collect(selectPieces(body, [{ first: 0, last: 3 }]))).rejects.toThrow(ProtocolError)
    expect(calls).toEqual(['close'])
  })

  test('while it is awaited', async () => {
    const calls: string[] = []
    const selected = selectPieces(
      {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>(() => {}),
          return: async () => {
            calls.push('return')
            return { done: true, value: undefined }
          },
        }),
      },
      [{ first: 0, last: 4 }],
    )
    const iterator = iterate(selected)
    void iterator.next()
    dispose(selected, iterator)
    expect(calls).toEqual(['return'])
  })

  test('not by return() when it has failed itself', async () => {
    const calls: string[] = []
    const selected = selectPieces(
      {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new Error('broken')),
          return: async () => {
            calls.push('return')
            return { done: true, value: undefined }
          },
        }),
        close() {
          calls.push('close')
        },
      },
      [{ first: 0, last: 4 }],
    )
    await expect(collect(selected)).rejects.toThrow('broken')
    expect(calls).toEqual(['close'])
  })
})
