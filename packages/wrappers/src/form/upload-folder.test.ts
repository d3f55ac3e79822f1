import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ServiceUnavailable } from '@stapel/core'
import { afterEach, expect, test, vi } from 'vitest'
import { UploadFolder } from './upload-folder.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

test('touches the disk only when a file is made', async () => {
  const folder = new UploadFolder()
  expect(folder.used).toBe(false)
  await folder.remove()
})

test('files lie in one folder of their own, for the user alone', async () => {
  const folder = new UploadFolder()
  const [a, b] = await Promise.all([folder.create(), folder.create()])
  await Promise.all([a.handle.close(), b.handle.close()])
  expect(dirname(a.path)).toBe(dirname(b.path))
  expect(a.path).not.toBe(b.path)
  if (process.platform !== 'win32') {
    expect(statSync(a.path).mode & 0o777).toBe(0o600)
    expect(statSync(dirname(a.path)).mode & 0o777).toBe(0o700)
  }
  await folder.remove()
})

test('remove takes everything away, may be called again, and ends the folder', async () => {
  const folder = new UploadFolder()
  const { path, handle } = await folder.create()
  await handle.close()
  await folder.remove()
  expect(existsSync(dirname(path))).toBe(false)
  await folder.remove()
  await expect(folder.create()).rejects.toThrow('The request has ended')
})

test('a folder that cannot be made is answered 503, and removing it is no failure', async () => {
  vi.stubEnv('TMPDIR', '/nonexistent')
  const folder = new UploadFolder()
  await expect(folder.create()).rejects.toThrow(ServiceUnavailable)
  await folder.remove()
})
