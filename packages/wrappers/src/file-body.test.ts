import { type Closeable, collect, dispose, type FileWrapper, iterate, type OpenFile } from '@stapel/core'
import { expect, test, vi } from 'vitest'
import { FileBody } from './file-body.ts'

/** A file in memory that counts how often it is closed. */
function memoryFile(text: string) {
  const bytes = new TextEncoder().encode(text)
  const counts = { closes: 0 }
  const file: OpenFile = {
    async read(buffer, offset, length, position) {
      const part = bytes.subarray(position, position + length)
      buffer.set(part, offset)
      return { bytesRead: part.length }
    },
    async close() {
      counts.closes++
    },
  }
  return { file, counts }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const noWrapper: FileWrapper = () => {
  throw new Error('It should not have been asked.')
}

test('gives all of a file and closes it', async () => {
  const { file, counts } = memoryFile('abcdef')
  expect(text(await collect(new FileBody(file, 6, undefined)))).toBe('abcdef')
  expect(counts.closes).toBe(1)
})

/** A gateway's way to send files, which notes what it is asked for. */
function noting() {
  const asked: unknown[] = []
  async function* sending(): AsyncGenerator<string, void, undefined> {
    yield 'sent by the gateway'
  }
  const sent = sending()
  const wrapper: FileWrapper = (_file, range) => {
    asked.push(range)
    return sent as ReturnType<FileWrapper>
  }
  return { asked, sent, wrapper }
}

test('is sent by the gateway where it has a way, whole or a range of it', async () => {
  const { asked, sent, wrapper } = noting()
  const body = new FileBody(memoryFile('abcdef').file, 6, wrapper)
  expect(body.whole()).toBe(sent)
  expect(new FileBody(memoryFile('abcdef').file, 6, wrapper).select([{ first: 1, last: 2 }])).toBe(sent)
  const iterated = new FileBody(memoryFile('abcdef').file, 6, wrapper)
  expect(text(await collect(iterated))).toBe('sent by the gateway')
  expect(asked).toEqual([
    { start: 0, end: 6 },
    { start: 1, end: 3 },
    { start: 0, end: 6 },
  ])
})

test('is closed when its reader leaves before it has read', async () => {
  const { file, counts } = memoryFile('abcdef')
  const body = new FileBody(file, 6, undefined)
  dispose(body, iterate(body))
  await vi.waitFor(() => expect(counts.closes).toBe(1))
})

test('hands the file on to what was selected of it', async () => {
  const { file, counts } = memoryFile('abcdef')
  const body = new FileBody(file, 6, undefined)
  const selected = body.select([{ first: 1, last: 2 }]) as Closeable
  await body.close()
  expect(counts.closes).toBe(0)
  await selected.close?.()
  expect(counts.closes).toBe(1)
})

test('is closed once where nothing was selected', async () => {
  const { file, counts } = memoryFile('abcdef')
  const body = new FileBody(file, 6, noWrapper)
  await body.close()
  await body.close()
  expect(counts.closes).toBe(1)
})

test('does not ask the gateway for several pieces, nor for none', async () => {
  const { file } = memoryFile('abcdef')
  const ranges = [
    { first: 0, last: 0 },
    { first: 5, last: 5 },
  ]
  expect(text(await collect(new FileBody(file, 6, noWrapper).select(ranges)))).toBe('af')
  expect(text(await collect(new FileBody(file, 6, noWrapper).select(['<', ...ranges])))).toBe('<af')
  expect(await collect(new FileBody(memoryFile('').file, 0, noWrapper))).toHaveLength(0)
})
