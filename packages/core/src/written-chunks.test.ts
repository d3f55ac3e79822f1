import { expect, test } from 'vitest'
import { WrittenChunks } from './written-chunks.ts'

test('chunks are taken in the order in which they were written', () => {
  const written = new WrittenChunks()
  expect(written.used).toBe(false)
  void written.write('a')
  void written.write('')
  expect(written.used).toBe(true)
  expect([written.take(), written.take(), written.take()]).toEqual(['a', '', undefined])
})

test('a writer goes on when its chunk is taken', async () => {
  const written = new WrittenChunks()
  const seen: string[] = []
  const writing = written.write('a').then(() => seen.push('written'))
  await Promise.resolve()
  expect(seen).toEqual([])
  written.take()
  await writing
  expect(seen).toEqual(['written'])
})

test('after the end a write throws, and what waits can be taken', () => {
  const written = new WrittenChunks()
  void written.write('a')
  written.end()
  expect(() => written.write('b')).toThrow('write was called after the end of the body. (protocol 3.5)')
  expect(written.take()).toBe('a')
})

test('when nobody reads any more writers go on at once', async () => {
  const written = new WrittenChunks()
  const writing = written.write('a')
  written.drop()
  await writing
  await written.write('b')
  expect(written.take()).toBe(undefined)
})

test('each write is announced', () => {
  const written = new WrittenChunks()
  const seen: unknown[] = []
  written.onWrite = () => seen.push(written.take())
  void written.write('a')
  void written.write('b')
  expect(seen).toEqual(['a', 'b'])
})
