import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileTruncated } from '@stapel/core'
import { expect, test } from 'vitest'
import { readPiece } from './read-piece.ts'

test('a piece is read whole and leaves the file open', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stapel-read-piece-'))
  const path = join(directory, 'file')
  const content = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
  await writeFile(path, content)
  const handle = await open(path)
  expect(Buffer.from(await readPiece(handle, 1000, 300)).equals(content.subarray(1000, 1300))).toBe(true)
  expect(await readPiece(handle, 0, 0)).toHaveLength(0)
  const beyond = readPiece(handle, content.length - 5, 10)
  await expect(beyond).rejects.toThrow(FileTruncated)
  await expect(beyond).rejects.toThrow('5 bytes are missing')
  await handle.close()
  await rm(directory, { recursive: true })
})
