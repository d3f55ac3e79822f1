import { expect, test } from 'vitest'
import { SocketChunks } from './socket-chunks.ts'

function written(...texts: readonly string[]): { chunks: SocketChunks; told: () => number } {
  const chunks = new SocketChunks()
  let told = 0
  const list = texts.map((chunk) => ({ chunk, encoding: 'utf8' as const }))
  chunks.put(list, () => {
    told++
  })
  return { chunks, told: () => told }
}

test('chunks are taken in order, without empty ones', () => {
  const { chunks } = written('', 'a', '', 'b')
  expect([chunks.take(), chunks.empty, chunks.take(), chunks.take()]).toEqual(['a', false, 'b', undefined])
  expect(chunks.empty).toBe(true)
})

test('the only chunk is told, and not where there are more', () => {
  expect(written('', 'a', '').chunks.only()).toBe('a')
  expect(written('', '').chunks.only()).toBe('')
  expect(written('a', 'b').chunks.only()).toBeUndefined()
  expect(new SocketChunks().only()).toBe('')
})

test('Node is told once that all was taken, and what is left is dropped', () => {
  const { chunks, told } = written('a', 'b')
  expect([chunks.waiting, chunks.size]).toEqual([true, 2])
  chunks.done()
  chunks.done()
  expect([told(), chunks.waiting, chunks.take()]).toEqual([1, false, undefined])
})

test('who is told may write again at once', () => {
  const chunks = new SocketChunks()
  chunks.put([{ chunk: 'a', encoding: 'utf8' }], () => {
    chunks.put([{ chunk: 'b', encoding: 'utf8' }], () => {})
  })
  chunks.done()
  expect([chunks.take(), chunks.waiting]).toEqual(['b', true])
})

test('strings in other encodings become the bytes they stand for', () => {
  const chunks = new SocketChunks()
  const list = [
    { chunk: 'caf\u00e9', encoding: 'latin1' as const },
    { chunk: '4142', encoding: 'hex' as const },
    { chunk: new Uint8Array([1]), encoding: 'buffer' as BufferEncoding },
  ]
  chunks.put(list, () => {})
  expect(chunks.take()).toEqual(Buffer.from([0x63, 0x61, 0x66, 0xe9]))
  expect(chunks.take()).toEqual(Buffer.from('AB'))
  expect(chunks.take()).toEqual(new Uint8Array([1]))
})
