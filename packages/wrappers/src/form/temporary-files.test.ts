import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceUnavailable } from '@stapel/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TemporaryFiles } from './temporary-files.ts'

let temporary = ''

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  vi.stubEnv('TMPDIR', temporary)
})

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(temporary, { recursive: true })
})

test('touches the disk only when a file is made', async () => {
  const files = new TemporaryFiles()
  expect(files.used).toBe(false)
  await files.remove()
})

test('files are for the user alone, under names that nobody can foresee', async () => {
  const files = new TemporaryFiles()
  const [a, b] = await Promise.all([files.create(), files.create()])
  await Promise.all([a.handle.close(), b.handle.close()])
  expect(files.used).toBe(true)
  expect(a.path).not.toBe(b.path)
  expect(a.path).toMatch(/stapel-upload-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  if (process.platform !== 'win32') expect(statSync(a.path).mode & 0o777).toBe(0o600)
  await files.remove()
  expect(readdirSync(temporary)).toEqual([])
})

test('remove takes everything away, may be called again, and ends the making of files', async () => {
  const files = new TemporaryFiles()
  const { path, handle } = await files.create()
  await handle.close()
  await files.remove()
  expect(existsSync(path)).toBe(false)
  await files.remove()
  await expect(files.create()).rejects.toThrow('The request has ended')
})

test('a file that is still being opened is removed too', async () => {
  const files = new TemporaryFiles()
  const opened = files.create()
  await files.remove()
  await (await opened).handle.close()
  expect(readdirSync(temporary)).toEqual([])
})

test.each(['/nonexistent', import.meta.filename])(
  'a folder that is none is answered 503, and removing is no failure: %s',
  async (folder) => {
    vi.stubEnv('TMPDIR', folder)
    const files = new TemporaryFiles()
    await expect(files.create()).rejects.toThrow(ServiceUnavailable)
    await files.remove()
  },
)
