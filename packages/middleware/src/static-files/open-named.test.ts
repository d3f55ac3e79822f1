import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Forbidden } from '@stapel/core'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { allowsHidden, isSpelledSo, type NameRules, openNamed } from './open-named.ts'

let directory: string
let root: string

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-open-named-')))
  root = join(directory, 'root')
  await mkdir(join(root, 'folder'), { recursive: true })
  await writeFile(join(root, 'a.txt'), 'inside')
  await writeFile(join(root, 'folder/b.txt'), 'deeper')
  await writeFile(join(root, '.env'), 'hidden')
  await writeFile(join(directory, 'outside.txt'), 'outside')
  await symlink('a.txt', join(root, 'link'))
  await symlink('folder', join(root, 'way'))
  await symlink('.env', join(root, 'env'))
  await symlink('../outside.txt', join(root, 'out'))
  await symlink('gone', join(root, 'broken'))
})

afterAll(() => rm(directory, { recursive: true }))

const rules: NameRules = { dotfiles: 'ignore', symlinks: 'inside', comparesCase: false }

/** What is found: `'directory'`, the number of bytes of a file, `undefined`. */
async function sizeOf(path: string, changed: Partial<NameRules> = {}): Promise<unknown> {
  const found = await openNamed(root, path.split('/'), { ...rules, ...changed })
  if (found === undefined || found === 'directory') return found
  await found.file.close()
  return found.state.size
}

// robustness.md P5
describe('links', () => {
  test('are followed as long as they stay inside', async () => {
    expect(await sizeOf('link')).toBe(6)
    expect(await sizeOf('way/b.txt')).toBe(6)
    expect(await sizeOf('way')).toBe('directory')
    expect(await sizeOf('out')).toBeUndefined()
    expect(await sizeOf('broken')).toBeUndefined()
  })

  test('are followed wherever they lead', async () => {
    expect(await sizeOf('link', { symlinks: 'follow' })).toBe(6)
    expect(await sizeOf('out', { symlinks: 'follow' })).toBe(7)
    expect(await sizeOf('env', { symlinks: 'follow' })).toBe(6)
    expect(await sizeOf('broken', { symlinks: 'follow' })).toBeUndefined()
  })

  test('are as absent where they are refused, at the end and on the way', async () => {
    expect(await sizeOf('a.txt', { symlinks: 'refuse' })).toBe(6)
    expect(await sizeOf('folder', { symlinks: 'refuse' })).toBe('directory')
    expect(await sizeOf('link', { symlinks: 'refuse' })).toBeUndefined()
    expect(await sizeOf('way', { symlinks: 'refuse' })).toBeUndefined()
    expect(await sizeOf('way/b.txt', { symlinks: 'refuse' })).toBeUndefined()
  })
})

// robustness.md P6
describe('a link to a hidden name', () => {
  test('is as absent, denied or served, as the name itself', async () => {
    expect(await sizeOf('env')).toBeUndefined()
    expect(await sizeOf('env', { dotfiles: 'allow' })).toBe(6)
    await expect(sizeOf('env', { dotfiles: 'deny' })).rejects.toThrow(Forbidden)
  })

  test('names are hidden by the dot they begin with, in every place', () => {
    expect(allowsHidden(['a', 'b.txt'], 'ignore')).toBe(true)
    expect(allowsHidden(['.well-known', 'a'], 'deny')).toBe(true)
    expect(allowsHidden(['.git', 'config'], 'ignore')).toBe(false)
    expect(allowsHidden(['a', '.env'], 'allow')).toBe(true)
    expect(() => allowsHidden(['a', '.env'], 'deny')).toThrow(Forbidden)
  })
})

// robustness.md P3, P7
describe('spelling', () => {
  /** The directories of a file system that ignores case, as `readdir` finds them by any spelling. */
  const folders = new Map([
    ['/srv', ['Secret.txt', 'Docs', 'way']],
    ['/srv/docs', ['A.html']],
    ['/srv/way', ['A.html']],
  ])
  const namesIn = async (folder: string): Promise<readonly string[]> => {
    const names = folders.get(folder.replaceAll('\\', '/').toLowerCase())
    if (names === undefined) throw new Error('ENOENT')
    return names
  }

  test.each([['Secret.txt'], ['Docs'], ['Docs/A.html'], ['way/A.html']])(
    '%s is a name as it stands',
    async (path) => {
      expect(await isSpelledSo('/srv', path.split('/'), namesIn)).toBe(true)
    },
  )

  test.each([
    ...['SECRET.TXT', 'secret.txt', 'docs/A.html', 'Docs/a.html', 'WAY/A.html', 'way/a.html'],
    ...['Missing/A.html', 'Docs/A.html/more', 'Secret.txt '],
  ])('%s is none', async (path) => {
    expect(await isSpelledSo('/srv', path.split('/'), namesIn)).toBe(false)
  })

  test('no spelling but the true one leads past a guard that knows it', async () => {
    const spelling = fc
      .array(fc.boolean(), { minLength: 10, maxLength: 10 })
      .map((upper) => [...'secret.txt'].map((c, i) => (upper[i] ? c.toUpperCase() : c)).join(''))
    await fc.assert(
      fc.asyncProperty(spelling, async (name) => {
        expect(await isSpelledSo('/srv', [name], namesIn)).toBe(name === 'Secret.txt')
      }),
    )
  })

  test('is compared with the directory, and what was opened by another one is closed', async () => {
    expect(await sizeOf('folder/b.txt', { comparesCase: true })).toBe(6)
    expect(await sizeOf('way/b.txt', { comparesCase: true })).toBe(6)
    expect(await sizeOf('folder', { comparesCase: true })).toBe('directory')
    expect(await sizeOf('gone', { comparesCase: true })).toBeUndefined()
  })

  test.runIf(process.platform === 'linux')(
    'a file that has lost its name while it was opened is closed',
    async () => {
      const before = readdirSync('/proc/self/fd').length
      // A name that cannot be read back stands for one that was spelled in another way.
      const names = ['..', 'root', 'a.txt']
      expect(
        await openNamed(root, names, { ...rules, symlinks: 'follow', comparesCase: true }),
      ).toBeUndefined()
      expect(readdirSync('/proc/self/fd')).toHaveLength(before)
    },
  )
})
