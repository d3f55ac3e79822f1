import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listDirectories } from './directory-listing.ts'
import type { Directory } from './mounts.ts'
import type { NameRules } from './open-named.ts'

let root: string

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'stapel-directory-listing-')))
  for (const name of ['many', 'links', 'twin', 'empty']) await mkdir(join(root, name))
  for (let i = 0; i < 40; i++) await writeFile(join(root, 'many', `${i}.txt`), 'x'.repeat(i))
  await symlink('../many/7.txt', join(root, 'links/file'))
  await symlink('../many', join(root, 'links/folder'))
  await symlink('gone', join(root, 'links/broken'))
  await writeFile(join(root, 'twin/7.txt'), 'another one')
})

afterAll(() => rm(root, { recursive: true }))

const rules: NameRules = { dotfiles: 'ignore', symlinks: 'inside', comparesCase: false }

function directory(folder = '', changed: Partial<NameRules> = {}): Directory {
  return { root: join(root, folder), rules: { ...rules, ...changed } }
}

test('gives all entries up to the limit, with their sizes, and says whether there are more', async () => {
  const all = await listDirectories([directory()], ['many'], 40)
  expect(all?.truncated).toBe(false)
  const sizes = all?.entries.map(({ name, size }) => `${name} ${size}`).sort()
  expect(sizes).toEqual(Array.from({ length: 40 }, (_, i) => `${i}.txt ${i}`).sort())
  const fewer = await listDirectories([directory()], ['many'], 39)
  expect([fewer?.truncated, fewer?.entries.length]).toEqual([true, 39])
})

test('gives an empty list for an empty directory, and nothing for what is none', async () => {
  expect(await listDirectories([directory()], ['empty'], 10)).toEqual({ entries: [], truncated: false })
  expect(await listDirectories([directory()], ['missing'], 10)).toBeUndefined()
  expect(await listDirectories([directory()], ['many', '7.txt'], 10)).toBeUndefined()
  expect(await listDirectories([], [], 10)).toBeUndefined()
})

test('gives links by what they lead to', async () => {
  const listing = await listDirectories([directory()], ['links'], 10)
  const shown = listing?.entries.map(({ name, type, size }) => [name, type, size]).sort()
  expect(shown).toEqual([
    ['file', 'file', 7],
    ['folder', 'directory', 0],
  ])
})

test('gives several directories as one, the first of a name counting, no more than the limit', async () => {
  const both = [directory('twin'), directory('many')]
  const listing = await listDirectories(both, [], 50)
  expect(listing?.entries.filter(({ name }) => name === '7.txt').map(({ size }) => size)).toEqual([11])
  expect([listing?.truncated, listing?.entries.length]).toEqual([false, 40])
  const cut = await listDirectories([directory(), directory('many')], [], 40)
  expect([cut?.truncated, cut?.entries.length]).toEqual([true, 40])
})

test('gives the names as they stand where case is compared', async () => {
  const listing = await listDirectories([directory('', { comparesCase: true })], ['links'], 10)
  expect(listing?.entries.map(({ name }) => name).sort()).toEqual(['file', 'folder'])
})

test.runIf(process.platform === 'linux')('leaves nothing open', async () => {
  const before = (await readdir('/proc/self/fd')).length
  for (const names of [['links'], ['many'], ['many', '7.txt'], ['missing']]) {
    await listDirectories([directory()], names, 10)
  }
  expect((await readdir('/proc/self/fd')).length).toBe(before)
})
