import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { guestbookFolder, type ServedApplication, serveGuestbook } from './support/command.ts'
import { filledForm, png } from './support/form.ts'
import { makeTemporaryFolders, type TemporaryFolders } from './support/guestbook-copy.ts'
import { openRaw, sendRaw } from './support/raw.ts'

let folders: TemporaryFolders
let guestbook: ServedApplication
let url: string

beforeAll(async () => {
  folders = await makeTemporaryFolders()
  guestbook = await serveGuestbook({ cwd: guestbookFolder, env: folders.env })
  url = guestbook.url
})

afterEach(async () => {
  expect((await fetch(url)).status).toBe(200)
  expect(await uploads()).toEqual([])
})

afterAll(async () => {
  await guestbook?.stop()
  await folders.remove()
})

test.each(['entries/%zz', 'entries/%ff', 'static/%zz', 'admin/entries/%/delete'])(
  'answers 400 to malformed percent-encoding: /%s',
  async (path) => {
    expect(
      await sendRaw(url, `GET /${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 400 /)
  },
)

test.each([
  '..%2f..%2fapp.ts',
  '..%5capp.ts',
  '%2e%2e/app.ts',
  '../app.ts',
  '.gitignore',
  'style.css%00.png',
])('gives no file outside of the folder: /static/%s', async (path) => {
  const answer = await sendRaw(
    url,
    `GET /static/${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
  expect(answer).not.toContain('staticFiles')
})

test('answers 413 to a picture that is over its limit', async () => {
  const answer = await fetch(url, {
    method: 'POST',
    body: filledForm('Ann', 'Hello', Buffer.concat([png, Buffer.alloc(3_000_000)])),
  })
  expect(answer.status).toBe(413)
  expect(await readdir(join(folders.data, 'pictures'))).toEqual([])
})

test('answers 413 to a urlencoded form that is over its limit', async () => {
  const body = new URLSearchParams({ name: 'Ann', message: 'x'.repeat(3_000_000) })
  expect((await fetch(url, { method: 'POST', body })).status).toBe(413)
})

test.each([
  ['has no boundary', 'multipart/form-data', 'x'],
  ['has a part without a name', 'multipart/form-data; boundary=b', '--b\r\nX: y\r\n\r\nz\r\n--b--\r\n'],
  [
    'has no end',
    'multipart/form-data; boundary=b',
    '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAnn',
  ],
  ['has no parts at all', 'multipart/form-data; boundary=b', 'name=Ann'],
])('answers 400 to a multipart form that %s', async (_what, type, body) => {
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body })
  expect(answer.status).toBe(400)
})

test('answers 415 to what is no form', async () => {
  const answer = await fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { 'Content-Type': 'application/json' },
  })
  expect(answer.status).toBe(415)
})

test('answers 405 with what is allowed to a method that the address does not have', async () => {
  const answer = await fetch(url, { method: 'PROPFIND' })
  expect(answer.status).toBe(405)
  expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST'])
  const file = await fetch(`${url}static/style.css`, { method: 'DELETE' })
  expect(file.status).toBe(405)
})

test('answers 501 to a method that nobody knows', async () => {
  expect(await sendRaw(url, 'BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 501 /,
  )
})

test.each([
  ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['no request line', 'hello\r\n\r\n'],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab',
  ],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\nConnection: close\r\n\r\n'],
])('answers 400 to a request with %s', async (_what, request) => {
  expect(await sendRaw(url, request)).toMatch(/^HTTP\/1\.1 400 /)
})

test('leaves no temporary file of an upload that the client cuts off', async () => {
  const before = await readdir(join(folders.data, 'pictures'))
  const socket = await openRaw(url)
  const head =
    '--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
  socket.write(
    `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1900000\r\n\r\n${head}`,
  )
  socket.write(Buffer.concat([png, Buffer.alloc(900_000)]))
  await until(async () => (await uploads()).length > 0)
  socket.destroy()
  await until(async () => (await uploads()).length === 0)
  expect(await readdir(join(folders.data, 'pictures'))).toEqual(before)
})

/** The folders of uploads that are being read. */
async function uploads(): Promise<string[]> {
  return (await readdir(folders.temporary)).filter((name) => name.startsWith('stapel-upload-'))
}

/** Looks again and again; the test's time limit bounds it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}
