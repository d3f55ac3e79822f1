import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SendFromDirectoryOptions, sendFromDirectory } from './send-from-directory.ts'

let folder: string
let root: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stapel-directory-'))
  root = join(folder, 'root')
  await mkdir(join(root, 'a/.git'), { recursive: true })
  await mkdir(join(root, '.well-known'))
  await mkdir(join(folder, 'root_old'))
  for (const name of ['root/a/b.txt', 'root/a/.env', 'root/a/.git/config', 'root/.well-known/x.txt']) {
    await writeFile(join(folder, name), name)
  }
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'root_old/secret.txt'), 'secret')
  await symlink('a/b.txt', join(root, 'inside.txt'))
  await symlink('../secret.txt', join(root, 'outside.txt'))
  await symlink('../root_old', join(root, 'sibling'))
  await symlink('a/.env', join(root, 'hidden.txt'))
  await symlink('a/b.txt', join(root, '.dotted'))
  await symlink(root, join(folder, 'link'))
  execFileSync('mkfifo', [join(root, 'fifo')])
})

afterAll(() => rm(folder, { recursive: true }))

const get = (path: string | readonly string[], options?: SendFromDirectoryOptions) =>
  new Client(validate(sendFromDirectory(root, path, options))).get('/')

test.each([['a/b.txt'], [['a', 'b.txt']], ['inside.txt']])('sends %j', async (path) => {
  const answer = await get(path)
  expect([answer.status, answer.text()]).toEqual([200, 'root/a/b.txt'])
})

test('takes the options of sendFile', async () => {
  const answer = await get('a/b.txt', { attachment: true, maxAge: 5 })
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename=b.txt')
  expect(answer.headers.get('cache-control')).toBe('public, max-age=5')
})

test('the directory may be a link or a URL', async () => {
  for (const directory of [join(folder, 'link'), pathToFileURL(root)]) {
    expect((await new Client(sendFromDirectory(directory, 'a/b.txt')).get('/')).status).toBe(200)
  }
})

describe('what leads out of the directory is 404', () => {
  test.each([
    ['../secret.txt (P2)', '../secret.txt'],
    ['a/../../secret.txt (P2)', 'a/../../secret.txt'],
    ['dots within (P2)', 'a/../a/b.txt'],
    ['a sibling whose name begins alike (P1)', '../root_old/secret.txt'],
    ['a link to a file (P5)', 'outside.txt'],
    ['a link to a sibling (P1, P5)', 'sibling/secret.txt'],
    ['backslashes (P7)', '..\\secret.txt'],
    ['a slash within a segment (P3)', ['a', '../../secret.txt']],
    ['a slash that would lead to a file (P3)', ['a/b.txt']],
  ])('robustness.md: %s', async (_name, path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(answer.text()).not.toContain('secret')
  })

  test('an absolute path', async () => {
    expect((await get(join(folder, 'secret.txt'))).status).toBe(404)
  })
})

describe('what is no file to be sent is 404 (robustness.md P4, P5, P6)', () => {
  test.each([
    'missing.txt',
    'a',
    'a/',
    '',
    'a/b.txt/c',
    'fifo',
    'a\0b',
    'x'.repeat(300),
    'a/.env',
    'a/.git/config',
    'hidden.txt',
    '.dotted',
  ])('%j', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(answer.text()).not.toContain(folder)
  })

  test('no names at all', async () => {
    expect((await get([])).status).toBe(404)
  })
})

test('hidden names may be allowed; .well-known always is (robustness.md P6)', async () => {
  expect((await get('.well-known/x.txt')).status).toBe(200)
  expect((await get('a/.env', { dotfiles: 'allow' })).status).toBe(200)
  expect((await get('hidden.txt', { dotfiles: 'allow' })).status).toBe(200)
  expect((await get('fifo', { dotfiles: 'allow' })).status).toBe(404)
})

test('a directory that is not there is a fault of the application', async () => {
  const client = new Client(sendFromDirectory(join(folder, 'missing'), 'a'))
  await expect(client.get('/')).rejects.toThrow('ENOENT')
})

test.each([
  [() => sendFromDirectory('', 'a')],
  [() => sendFromDirectory(new URL('https://example.org'), 'a')],
  [() => sendFromDirectory('.', 5 as never)],
  [() => sendFromDirectory('.', 'a', { dotfiles: 'deny' as never })],
  [() => sendFromDirectory('.', 'a', { maxAge: -1 })],
])('wrong use throws when it is made: %s', (make) => {
  expect(make).toThrow(/Got /)
})
