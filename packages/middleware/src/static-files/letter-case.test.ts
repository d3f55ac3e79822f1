import { link, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CaseProbe, ignoresCase } from './letter-case.ts'

let directory: string

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-letter-case-')))
})

afterAll(() => rm(directory, { recursive: true }))

/** A file system of these paths that tells `a` from `A`, or does not. */
function probeOf(paths: readonly string[], ignoring: boolean): CaseProbe {
  const key = (path: string): string => (ignoring ? path.toLowerCase() : path)
  const found = (path: string): string | undefined => paths.find((known) => key(known) === key(path))
  return {
    namesIn: (folder) => paths.filter((path) => dirname(path) === folder).map((path) => basename(path)),
    isSame: (one, other) => found(one) !== undefined && found(one) === found(other),
  }
}

// robustness.md P7: what Linux cannot show is shown with tables of names.
test('a directory is asked by another spelling of one of its entries', () => {
  const paths = ['/srv', '/srv/1.2', '/srv/Secret.txt']
  expect(ignoresCase('/srv', probeOf(paths, true))).toBe(true)
  expect(ignoresCase('/srv', probeOf(paths, false))).toBe(false)
})

test('two entries that differ only in case tell that it does not', () => {
  expect(ignoresCase('/srv', probeOf(['/srv/A', '/srv/a'], false))).toBe(false)
})

test('a directory without a letter in it is asked by its own name', () => {
  expect(ignoresCase('/srv', probeOf(['/srv', '/srv/1'], true))).toBe(true)
  expect(ignoresCase('/srv', probeOf(['/srv', '/srv/1'], false))).toBe(false)
})

test('where nothing has a letter the platform decides', () => {
  const expected = process.platform === 'win32' || process.platform === 'darwin'
  expect(ignoresCase('/', probeOf(['/1'], true))).toBe(expected)
})

test('tells it of any names', () => {
  const name = fc.string({ minLength: 1 }).filter((name) => /[a-z]/i.test(name) && !/[/.]/.test(name))
  fc.assert(
    fc.property(name, fc.boolean(), (name, ignoring) => {
      expect(ignoresCase('/srv', probeOf([`/srv/${name}`], ignoring))).toBe(ignoring)
    }),
  )
})

test.runIf(process.platform === 'linux')(
  'the real directory of a test on Linux tells them apart',
  async () => {
    expect(ignoresCase(directory)).toBe(false)
    await writeFile(join(directory, 'Secret.txt'), '')
    expect(ignoresCase(directory)).toBe(false)
    await mkdir(join(directory, 'empty'))
    expect(ignoresCase(join(directory, 'empty'))).toBe(false)
    expect(ignoresCase(join(directory, 'missing'))).toBe(false)
    // Two names of one file are two all the same.
    await link(join(directory, 'Secret.txt'), join(directory, 'sECRET.TXT'))
    expect(ignoresCase(directory)).toBe(false)
  },
)
