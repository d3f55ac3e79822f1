import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { extensionOf, Pictures } from './pictures.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestbook-pictures-'))
})

afterEach(() => rm(folder, { recursive: true }))

const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4, 5)

test('makes its folder', async () => {
  new Pictures(join(folder, 'deep', 'down'))
  expect(await readdir(join(folder, 'deep'))).toEqual(['down'])
})

test('stores a picture under a name of its own, as it came', async () => {
  const name = await new Pictures(folder).save(new File([png], '../../cat.exe', { type: 'text/html' }))
  expect(name).toMatch(/^[0-9a-f-]{36}\.png$/)
  expect(await readdir(folder)).toEqual([name])
  expect(new Uint8Array(await readFile(join(folder, name as string)))).toEqual(png)
})

test('stores nothing that is no picture', async () => {
  const page = new File(['<!doctype html><script>alert(1)</script>'], 'cat.png', { type: 'image/png' })
  expect(await new Pictures(folder).save(page)).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

test('leaves no half of a picture behind when the upload fails', async () => {
  const broken = Object.assign(new File([png], 'cat.png'), {
    stream: () =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(png)
          controller.error(new Error('The disk is full'))
        },
      }),
  })
  await expect(new Pictures(folder).save(broken)).rejects.toThrow('The disk is full')
  expect(await readdir(folder)).toEqual([])
})

test('removes a picture, and does not mind when it is gone', async () => {
  const pictures = new Pictures(folder)
  const name = (await pictures.save(new File([png], 'cat.png'))) as string
  await pictures.remove(name)
  await pictures.remove(name)
  expect(await readdir(folder)).toEqual([])
})

test.each([
  ['png', '\x89PNG\r\n\x1a\n....'],
  ['jpg', '\xff\xd8\xff\xe0\0\x10JFIF..'],
  ['gif', 'GIF89a......'],
  ['gif', 'GIF87a......'],
  ['webp', 'RIFF\n\n\0\0WEBP'],
  [undefined, 'RIFF\n\n\0\0WAVE'],
  [undefined, '<svg xmlns="'],
  [undefined, 'GIF8'],
  [undefined, '.GIF89a'],
  [undefined, ''],
])('%s for what begins with %j', (extension, text) => {
  expect(extensionOf(Buffer.from(text, 'latin1'))).toBe(extension)
})
