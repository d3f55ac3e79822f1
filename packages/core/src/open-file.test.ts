import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { collect } from './body.ts'
import { FilePieces } from './byte-ranges-file.ts'
import { type OpenedFile, openBelow, openFile } from './open-file.ts'

let directory: string
let root: string

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-open-file-')))
  root = join(directory, 'root')
  await mkdir(join(root, 'folder'), { recursive: true })
  await writeFile(join(root, 'a.txt'), 'inside')
  await writeFile(join(root, 'folder/b.txt'), 'deeper')
  await writeFile(join(directory, 'secret.txt'), 'outside')
})

afterEach(() => rm(directory, { recursive: true }))

const all = () => true

async function textOf(found: OpenedFile | 'directory' | undefined): Promise<string | undefined> {
  if (found === undefined || found === 'directory') return found
  const { file, state } = found
  return new TextDecoder().decode(await collect(new FilePieces(file, [{ first: 0, last: state.size - 1 }])))
}

test('gives an open file with its state', async () => {
  const found = (await openBelow(root, ['a.txt'], all)) as OpenedFile
  expect(found.state.size).toBe(6)
  expect(found.state.mtimeMs).toBeGreaterThan(0)
  expect(await textOf(found)).toBe('inside')
})

test('gives what tells a file from another one in its place, before and after', async () => {
  const found = (await openFile(join(root, 'a.txt'))) as OpenedFile
  const { dev, ino, ctimeMs } = found.state
  expect(ctimeMs).toBeGreaterThanOrEqual(found.state.mtimeMs)
  expect(await found.file.stat()).toMatchObject({ dev, ino, ctimeMs, size: 6 })
  await writeFile(join(root, 'b.txt'), 'inside')
  await rename(join(root, 'b.txt'), join(root, 'a.txt'))
  const other = (await openFile(join(root, 'a.txt'))) as OpenedFile
  expect(other.state.ino).not.toBe(ino)
  await Promise.all([found.file.close(), other.file.close()])
})

test('tells directories, the root among them', async () => {
  expect(await openBelow(root, ['folder'], all)).toBe('directory')
  expect(await openBelow(root, [], all)).toBe('directory')
})

test('finds files when the root is the root of the file system', async () => {
  const names = join(root, 'a.txt').split('/').slice(1)
  expect(await textOf(await openBelow('/', names, all))).toBe('inside')
})

test.each([
  { what: 'a missing file (ENOENT)', names: ['missing'] },
  { what: 'a file taken for a directory (ENOTDIR)', names: ['a.txt', 'b'] },
  { what: 'an over-long name (ENAMETOOLONG)', names: ['ü'.repeat(255)] },
  { what: 'an over-long path (ENAMETOOLONG)', names: Array<string>(3000).fill('aa') },
])('finds nothing for $what (P4)', async ({ names }) => {
  expect(await openBelow(root, names, all)).toBeUndefined()
})

test.skipIf(process.getuid?.() === 0)(
  'finds nothing where it may not read (EACCES, P4; skipped for the superuser)',
  async () => {
    await chmod(join(root, 'a.txt'), 0o000)
    expect(await openBelow(root, ['a.txt'], all)).toBeUndefined()
  },
)

describe('links (P5)', () => {
  test('are followed to a file of the root', async () => {
    await symlink('folder/b.txt', join(root, 'link.txt'))
    await symlink(join(root, 'folder'), join(root, 'linked'))
    expect(await textOf(await openBelow(root, ['link.txt'], all))).toBe('deeper')
    expect(await textOf(await openBelow(root, ['linked', 'b.txt'], all))).toBe('deeper')
  })

  test('are not followed out of the root, at the end or on the way', async () => {
    await symlink(join(directory, 'secret.txt'), join(root, 'file'))
    await symlink('..', join(root, 'up'))
    await symlink('file', join(root, 'chained'))
    expect(await openBelow(root, ['file'], all)).toBeUndefined()
    expect(await openBelow(root, ['up'], all)).toBeUndefined()
    expect(await openBelow(root, ['up', 'secret.txt'], all)).toBeUndefined()
    expect(await openBelow(root, ['chained'], all)).toBeUndefined()
  })

  test('are not followed to a neighbour whose name begins like the root (P1)', async () => {
    await mkdir(`${root}-old`)
    await writeFile(`${root}-old/a.txt`, 'outside')
    await symlink(`${root}-old`, join(root, 'old'))
    expect(await openBelow(root, ['old', 'a.txt'], all)).toBeUndefined()
    expect(await openBelow(root, ['old'], all)).toBeUndefined()
  })

  test('are not followed to names that are refused (P6)', async () => {
    await mkdir(join(root, '.hidden'))
    await writeFile(join(root, '.hidden/c.txt'), 'hidden')
    await symlink('.hidden/c.txt', join(root, 'shown.txt'))
    const seen: (readonly string[])[] = []
    const refuses = (names: readonly string[]) => seen.push(names) === 0
    expect(await openBelow(root, ['shown.txt'], refuses)).toBeUndefined()
    expect(seen).toEqual([['.hidden', 'c.txt']])
  })

  test('that lead round or nowhere are as nothing', async () => {
    await symlink('b', join(root, 'a'))
    await symlink('a', join(root, 'b'))
    await symlink('missing', join(root, 'dangling'))
    expect(await openBelow(root, ['a'], all)).toBeUndefined()
    expect(await openBelow(root, ['dangling'], all)).toBeUndefined()
  })

  test('are followed anywhere from a path that the application named', async () => {
    await symlink(join(directory, 'secret.txt'), join(root, 'named'))
    expect(await textOf(await openFile(join(root, 'named')))).toBe('outside')
    expect(await textOf(await openFile(pathToFileURL(join(root, 'named'))))).toBe('outside')
    expect(await openFile(join(root, 'missing'))).toBeUndefined()
  })
})

describe.skipIf(process.platform === 'win32')('what is neither file nor directory is as nothing (P5)', () => {
  test('a FIFO without a writer, which blocks a plain open', async () => {
    execFileSync('mkfifo', [join(root, 'fifo')])
    expect(await openBelow(root, ['fifo'], all)).toBeUndefined()
    expect(await openFile(join(root, 'fifo'))).toBeUndefined()
  })

  test('a socket', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve))
    expect(await openBelow(root, ['socket'], all)).toBeUndefined()
    await new Promise((resolve) => server.close(resolve))
  })

  test('a device', async () => {
    expect(await openFile('/dev/null')).toBeUndefined()
  })
})

test.skipIf(process.platform !== 'linux')('leaves no file open when it gives none', async () => {
  await symlink(join(directory, 'secret.txt'), join(root, 'out'))
  execFileSync('mkfifo', [join(root, 'fifo')])
  for (const name of ['folder', 'missing', 'out', 'fifo']) await openBelow(root, [name], all)
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => realpath(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  expect(open.filter((path) => path.startsWith(directory))).toEqual([])
})
