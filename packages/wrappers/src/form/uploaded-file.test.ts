import { readdirSync, readlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { ContentTooLarge, ServiceUnavailable } from '@stapel/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type FormLimits, formLimits } from './form-limits.ts'
import { inputOf } from './multipart.test-support.ts'
import { UploadFolder } from './upload-folder.ts'
import { readUploadedFile, type UploadTarget } from './uploaded-file.ts'

let folder = new UploadFolder()

afterEach(async () => {
  vi.unstubAllEnvs()
  await folder.remove()
  folder = new UploadFolder()
})

function targetOf(limits: Partial<FormLimits>): UploadTarget {
  return { limits: formLimits(limits), folder, memory: { bytes: 0 } }
}

const tens = (count: number): AsyncIterable<Uint8Array> =>
  inputOf(Array.from({ length: count }, (_, i) => Buffer.from(String(i % 10).repeat(10))))

describe('where a file is kept', () => {
  test('in memory up to the limit', async () => {
    const file = await readUploadedFile(tens(3), 'a.txt', 'text/plain', targetOf({ memory: 30 }))
    expect(folder.used).toBe(false)
    expect(file).toBeInstanceOf(File)
    expect([file.name, file.type, file.size]).toEqual(['a.txt', 'text/plain', 30])
    expect(await file.text()).toBe('000000000011111111112222222222')
  })

  test('in a temporary file above it, with the same face', async () => {
    const file = await readUploadedFile(tens(4), 'a.txt', 'text/plain', targetOf({ memory: 30 }))
    expect(folder.used).toBe(true)
    expect(file).toBeInstanceOf(File)
    expect([file.name, file.type, file.size]).toEqual(['a.txt', 'text/plain', 40])
    expect(await file.text()).toBe('0000000000111111111122222222223333333333')
    expect(await file.slice(9, 12).text()).toBe('011')
    const chunks: Uint8Array[] = []
    for await (const chunk of file.stream()) chunks.push(chunk)
    expect(Buffer.concat(chunks)).toHaveLength(40)
  })

  test('in a temporary file where all files together take too much memory (M2)', async () => {
    const target = targetOf({ memory: 30, totalMemory: 50 })
    await readUploadedFile(tens(3), 'a', '', target)
    expect(folder.used).toBe(false)
    const second = await readUploadedFile(tens(3), 'b', '', target)
    expect(folder.used).toBe(true)
    expect(second.size).toBe(30)
    expect(target.memory.bytes).toBe(30)
  })
})

test('a file over its limit is answered 413 and closed', async () => {
  const read = readUploadedFile(tens(10), 'a', '', targetOf({ memory: 20, file: 55 }))
  await expect(read).rejects.toThrow(ContentTooLarge)
})

test('a disk without room is answered 503 with the cause for the log', async () => {
  vi.stubEnv('TMPDIR', '/nonexistent')
  const read = readUploadedFile(tens(2), 'a', '', targetOf({ memory: 10 }))
  await expect(read).rejects.toThrow(ServiceUnavailable)
  const error = await read.catch((failure: Error) => failure)
  expect((error as Error).cause).toMatchObject({ code: 'ENOENT' })
  expect((error as Error).message).not.toContain('nonexistent')
})

test('a source that fails leaves no open file', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(100)
    throw new Error('gone')
  }
  await expect(readUploadedFile(failing(), 'a', '', targetOf({ memory: 10 }))).rejects.toThrow('gone')
  expect(readdirSync(tmpdir())).toContainEqual(expect.stringMatching(/^stapel-upload-/))
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
