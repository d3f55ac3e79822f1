import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { GlobWatch } from './glob-watch.ts'
import { parseGlob } from './globs.ts'

interface TestWatch {
  readonly folder: string
  write(name: string, text: string): void
  /** Waits for a change of a file; gives all that were seen until then. */
  changed(name: string): Promise<readonly string[]>
}

async function watchForTest(globs: readonly string[], files: readonly string[] = []): Promise<TestWatch> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stapel-test-')))
  const write = (name: string, text: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  for (const name of files) write(name, '')
  const seen: string[] = []
  const watch = new GlobWatch(
    globs.map((glob) => parseGlob(glob, folder)),
    { changed: (path) => void seen.push(path.slice(folder.length + 1)), failed: () => {} },
  )
  onTestFinished(async () => {
    await watch.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await watch.ready
  return {
    folder,
    write,
    changed: async (name) => {
      await expect.poll(() => seen, { timeout: 10_000 }).toContain(name)
      return seen.splice(0)
    },
  }
}

test('a file that is saved, made, renamed and removed is seen each time', async () => {
  const { folder, write, changed } = await watchForTest(['pages/**/*.html'], ['pages/a.html'])
  write('pages/a.html', 'saved')
  await changed('pages/a.html')
  write('pages/new/b.html', 'made')
  await changed('pages/new/b.html')
  write('pages/a.html~', 'renamed')
  renameSync(join(folder, 'pages/a.html~'), join(folder, 'pages/a.html'))
  await changed('pages/a.html')
  rmSync(join(folder, 'pages/a.html'))
  await changed('pages/a.html')
})

test('of changes that follow each other at once, the last is seen', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'stapel-test-')))
  const file = join(folder, 'site.css')
  writeFileSync(file, 'before')
  const seen: string[] = []
  const watch = new GlobWatch([parseGlob('*.css', folder)], {
    changed: (path) => {
      seen.push(readFileSync(path, 'utf8'))
      if (seen.length === 1) writeFileSync(file, 'written')
    },
    failed: () => {},
  })
  onTestFinished(async () => {
    await watch.close()
    rmSync(folder, { recursive: true, force: true })
  })
  await watch.ready
  writeFileSync(file, '')
  await expect.poll(() => seen.at(-1), { timeout: 10_000 }).toBe('written')
})

test('a directory that is not there yet is watched when it is made', async () => {
  const { write, changed } = await watchForTest(['data/deep/*.json'], ['other.txt'])
  write('data/deep/a.json', '{}')
  await changed('data/deep/a.json')
})

// robustness.md D5: event storms; drill 26
test('what matches no glob is not seen, nor what is below node_modules', async () => {
  const { write, changed } = await watchForTest(
    ['**/*.html'],
    ['a.txt', 'a.html', 'node_modules/some/a.html'],
  )
  write('a.txt', 'saved')
  write('b.txt', 'made')
  write('node_modules/some/a.html', 'saved')
  write('a.html', 'saved')
  expect(await changed('a.html')).toEqual(['a.html'])
})
