import { readdirSync, readlinkSync } from 'node:fs'
import { ServiceUnavailable } from '@stapel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { TemporaryFiles } from './temporary-files.ts'
import { UploadedFile, type UploadTarget } from './uploaded-file.ts'

let files = new TemporaryFiles()

afterEach(async () => {
  vi.unstubAllEnvs()
  await files.remove()
  files = new TemporaryFiles()
  expect(openFiles()).toEqual([])
})

function targetOf(limits: Partial<FormLimits>): UploadTarget {
  return { limits: formLimits(limits), files, memory: { bytes: 0 } }
}

/** A file of pieces, each added when the disk has room for it. */
async function upload(pieces: readonly Uint8Array[], target: UploadTarget, type = ''): Promise<File> {
  const file = new UploadedFile('a.txt', type, target)
  try {
    for (const piece of pieces) await file.add(piece)
  } catch (error) {
    await file.abort()
    throw error
  }
  return file.finish()
}

const tens = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => Buffer.from(String(i % 10).repeat(10)))

describe('where a file is kept', () => {
  test('in memory up to the limit', async () => {
    const file = await upload(tens(3), targetOf({ memory: 30 }), 'text/plain')
    expect(files.used).toBe(false)
    expect(file).toBeInstanceOf(File)
    expect([file.name, file.type, file.size]).toEqual(['a.txt', 'text/plain', 30])
    expect(await file.text()).toBe('000000000011111111112222222222')
  })

  test('in a temporary file above it, with the same face', async () => {
    const file = await upload(tens(4), targetOf({ memory: 30 }), 'text/plain')
    expect(files.used).toBe(true)
    expect(file).toBeInstanceOf(File)
    expect([file.name, file.type, file.size]).toEqual(['a.txt', 'text/plain', 40])
    expect(await file.text()).toBe('0000000000111111111122222222223333333333')
    expect(await file.slice(9, 12).text()).toBe('011')
    const chunks: Uint8Array[] = []
    for await (const chunk of file.stream()) chunks.push(chunk)
    expect(Buffer.concat(chunks)).toHaveLength(40)
  })

  test('in a temporary file where all files together take too much memory (robustness.md M2)', async () => {
    const target = targetOf({ memory: 30, totalMemory: 50 })
    await upload(tens(3), target)
    expect(files.used).toBe(false)
    const second = await upload(tens(3), target)
    expect(files.used).toBe(true)
    expect(second.size).toBe(30)
    expect(target.memory.bytes).toBe(30)
  })
})

test('many writes keep the order of the bytes, small and large pieces mixed', async () => {
  const pieces = Array.from({ length: 300 }, (_, i) => Buffer.alloc(i % 3 === 0 ? 17_000 : 10, i))
  const file = await upload(pieces, targetOf({ memory: 100 }))
  expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.concat(pieces))).toBe(true)
})

test('who adds faster than the disk writes is told to wait (W3)', async () => {
  const file = new UploadedFile('a', '', targetOf({ memory: 0 }))
  const piece = Buffer.alloc(524_288)
  expect(file.add(piece)).toBeUndefined()
  const behind = file.add(piece)
  expect(behind).toBeInstanceOf(Promise)
  await behind
  expect(file.add(piece)).toBeUndefined()
  expect((await file.finish()).size).toBe(3 * piece.length)
})

describe('a disk without room', () => {
  test('is answered 503 when the file ends, with the cause for the log', async () => {
    vi.stubEnv('TMPDIR', '/nonexistent')
    const error = await upload(tens(2), targetOf({ memory: 10 })).catch((failure: Error) => failure)
    expect(error).toBeInstanceOf(ServiceUnavailable)
    expect((error as Error).cause).toMatchObject({ code: 'ENOENT' })
    expect((error as Error).message).not.toContain('nonexistent')
  })

  test('is answered 503 while the file still comes', async () => {
    vi.stubEnv('TMPDIR', '/nonexistent')
    const file = new UploadedFile('a', '', targetOf({ memory: 10 }))
    const add = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) await file.add(Buffer.alloc(262_144))
    }
    await expect(add()).rejects.toThrow(ServiceUnavailable)
    await file.abort()
  })
})

test('abort closes the file, also while it is written', async () => {
  const file = new UploadedFile('a', '', targetOf({ memory: 10 }))
  file.add(Buffer.alloc(600_000))
  await file.abort()
  expect(files.used).toBe(true)
  expect(openFiles()).toEqual([])
})

/** The files of uploads that this process has open. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('stapel-upload-')
    } catch {
      return false
    }
  })
}
