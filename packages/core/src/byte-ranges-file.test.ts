import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collect, iterate } from './body.ts'
import { FilePieces, PIECE_READ_SIZE } from './byte-ranges-file.ts'
import { FileTruncated } from './file-truncated.ts'
import type { OpenFile } from './file-wrapper.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stapel-pieces-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** A file that counts what is done with it. */
async function openFile(content: string | Uint8Array) {
  const path = join(folder, crypto.randomUUID())
  await writeFile(path, content)
  const handle = await open(path)
  const counts = { reads: 0, closes: 0 }
  const file: OpenFile = {
    read(buffer, offset, length, position) {
      counts.reads++
      return handle.read(buffer, offset, length, position)
    },
    close() {
      counts.closes++
      return handle.close()
    },
  }
  return { file, counts, path }
}

describe('a file', () => {
  test('gives its pieces and is closed', async () => {
    const { file, counts } = await openFile('abcdefghij')
    const body = new FilePieces(file, ['<', { first: 1, last: 2 }, '|', { first: 8, last: 9 }, '>'])
    expect(new TextDecoder().decode(await collect(body))).toBe('<bc|ij>')
    expect(counts).toEqual({ reads: 2, closes: 1 })
  })

  test('is read in bounded chunks, each when it is asked for (robustness.md W1)', async () => {
    const size = PIECE_READ_SIZE * 2 + 1
    const { file, counts } = await openFile(new Uint8Array(size))
    const iterator = iterate(new FilePieces(file, [{ first: 0, last: size - 1 }]))
    const sizes: number[] = []
    for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
      sizes.push(step.value.length)
      expect(counts.reads).toBe(sizes.length)
    }
    expect(sizes).toEqual([PIECE_READ_SIZE, PIECE_READ_SIZE, 1])
  })

  test('is closed when nobody reads it, and once', async () => {
    const { file, counts } = await openFile('a')
    const body = new FilePieces(file, [{ first: 0, last: 0 }])
    await body.close()
    await body.close()
    expect(counts).toEqual({ reads: 0, closes: 1 })
  })

  test('is closed when the reader leaves', async () => {
    const { file, counts } = await openFile('abc')
    for await (const chunk of new FilePieces(file, [{ first: 0, last: 2 }])) {
      expect(chunk).toHaveLength(3)
      break
    }
    expect(counts.closes).toBe(1)
  })

  test('that got shorter fails, as its length was announced', async () => {
    const { file, counts, path } = await openFile('abcdef')
    const body = new FilePieces(file, [{ first: 0, last: 5 }])
    await truncate(path, 4)
    await expect(collect(body)).rejects.toThrow(new FileTruncated(2))
    expect(counts.closes).toBe(1)
  })
})
