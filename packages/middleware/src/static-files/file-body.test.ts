import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collect } from '@stapel/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FileBody, FileTruncated, READ_SIZE, readPiece } from './file-body.ts'

let directory: string
let path: string
const content = Uint8Array.from({ length: READ_SIZE * 2 + 1000 }, (_, index) => index % 251)

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-file-body-'))
  path = join(directory, 'file')
  await writeFile(path, content)
})

afterEach(() => rm(directory, { recursive: true }))

test('gives the bytes in reads of 64 KiB and closes the file at the end', async () => {
  const handle = await open(path)
  const sizes: number[] = []
  for await (const chunk of new FileBody(handle, 0, content.length)) sizes.push(chunk.length)
  expect(sizes).toEqual([READ_SIZE, READ_SIZE, 1000])
  expect(handle.fd).toBe(-1)
})

test('gives a part of the file, and no byte more when the file grows', async () => {
  const handle = await open(path)
  expect(await collect(new FileBody(handle, 500, READ_SIZE + 1))).toEqual(
    content.subarray(500, 501 + READ_SIZE),
  )
  expect(handle.fd).toBe(-1)
})

test('reads nothing before it is asked to', async () => {
  const handle = await open(path)
  const body = new FileBody(handle, 0, content.length)
  const iterator = body[Symbol.asyncIterator]()
  await iterator.next()
  await writeFile(
    path,
    content.map((byte) => 255 - byte),
  )
  const second = await iterator.next()
  expect((second.value as Uint8Array)[0]).toBe(255 - (content[READ_SIZE] as number))
  await body.close()
})

test('gives chunks with memory of their own', async () => {
  const body = new FileBody(await open(path), 0, content.length)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(content)).toBe(true)
})

test('closes the file when the iteration is left', async () => {
  const handle = await open(path)
  for await (const _chunk of new FileBody(handle, 0, content.length)) break
  expect(handle.fd).toBe(-1)
})

test('closes the file in close(), before, during and after the iteration', async () => {
  const unread = await open(path)
  await new FileBody(unread, 0, 10).close()
  expect(unread.fd).toBe(-1)

  const handle = await open(path)
  const body = new FileBody(handle, 0, content.length)
  const reading = body[Symbol.asyncIterator]().next()
  const closing = body.close()
  expect((await reading).value).toHaveLength(READ_SIZE)
  await closing
  await body.close()
  expect(handle.fd).toBe(-1)
})

test('fails and closes the file when it gets shorter', async () => {
  const handle = await open(path)
  const iterator = new FileBody(handle, 0, content.length)[Symbol.asyncIterator]()
  await iterator.next()
  await truncate(path, READ_SIZE + 10)
  expect((await iterator.next()).value).toHaveLength(10)
  await expect(iterator.next()).rejects.toThrow(FileTruncated)
  expect(handle.fd).toBe(-1)
})

test('a piece is read whole and leaves the file open', async () => {
  const handle = await open(path)
  expect(Buffer.from(await readPiece(handle, 1000, 300)).equals(content.subarray(1000, 1300))).toBe(true)
  expect(await readPiece(handle, 0, 0)).toHaveLength(0)
  await expect(readPiece(handle, content.length - 5, 10)).rejects.toThrow('5 bytes are missing')
  await handle.close()
})
