import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMounts, type MountOptions, pathBelow } from './mounts.ts'
import type { Resource } from './source.ts'

const options: MountOptions = {
  index: 'index.html',
  dotfiles: 'ignore',
  symlinks: 'inside',
  exactCase: true,
  tryFiles: [],
}
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stapel-mounts-'))
  await mkdir(join(directory, 'public'))
  await writeFile(join(directory, 'public/a.txt'), 'a')
})

afterAll(() => rm(directory, { recursive: true }))

async function nameOf(found: Promise<Resource | undefined> | undefined): Promise<string | undefined> {
  const resource = await found
  await resource?.file.close()
  return resource?.name
}

test('the longest prefix comes first', () => {
  const mounts = createMounts({ '/': directory, '/a/b': directory, '/a': directory }, options)
  expect(mounts.map((mount) => mount.prefix)).toEqual(['/a/b', '/a', ''])
})

test('prefixes are brought to normal form', () => {
  const mounts = createMounts(
    { '/%61ssets/': directory, '/über uns': directory, '/a%2fb': directory },
    options,
  )
  expect(mounts.map((mount) => mount.prefix).sort()).toEqual(['/%C3%BCber%20uns', '/a%2Fb', '/assets'])
})

test('a place is a path, relative to the current directory or not, or a file: URL', async () => {
  const places = [
    join(directory, 'public'),
    relative(process.cwd(), join(directory, 'public')),
    pathToFileURL(join(directory, 'public')),
    pathToFileURL(`${join(directory, 'public')}/`),
  ]
  for (const place of places) {
    const [mount] = createMounts({ '/static': place }, options)
    expect(await nameOf(mount?.source.find('/a.txt'))).toBe('a.txt')
  }
})

test('the places of one prefix keep their order', async () => {
  const mounts = createMounts({ '/': [join(directory, 'public/a.txt'), directory], '/a': directory }, options)
  expect(mounts.map((mount) => mount.prefix)).toEqual(['/a', ''])
  expect(mounts[1]?.directories.map(({ root }) => root)).toEqual([await realpath(directory)])
  expect(await nameOf(mounts[1]?.source.find('/'))).toBe('a.txt')
  expect(await nameOf(mounts[1]?.source.find('/public/a.txt'))).toBe('a.txt')
})

test('a single file answers for its prefix alone', async () => {
  const [mount] = createMounts({ '/robots.txt': join(directory, 'public/a.txt') }, options)
  expect(await nameOf(mount?.source.find(''))).toBe('a.txt')
  expect(mount?.source.find('/')).toBeUndefined()
  expect(mount?.source.find('/a.txt')).toBeUndefined()
})

test('a path lies below a prefix in whole segments (P1)', () => {
  expect(pathBelow('/static', '/static')).toBe('')
  expect(pathBelow('/static', '/static/')).toBe('/')
  expect(pathBelow('/static', '/static/a')).toBe('/a')
  expect(pathBelow('/static', '/static-old/a')).toBeUndefined()
  expect(pathBelow('/static', '/Static/a')).toBeUndefined()
  expect(pathBelow('/static', '/stat')).toBeUndefined()
  expect(pathBelow('', '/a')).toBe('/a')
  expect(pathBelow('', '')).toBe('')
})

describe('misuse throws when made', () => {
  test('a place where there is nothing, named', () => {
    expect(() => createMounts({ '/static': join(directory, 'missing') }, options)).toThrow(
      `staticFiles: got ${join(directory, 'missing')} for the mount "/static"`,
    )
  })

  test.each(['static', '/../x', '/a?b', '/a#b', '/%00'])('the prefix %j', (prefix) => {
    expect(() => createMounts({ [prefix]: directory }, options)).toThrow(
      `staticFiles: got the mount ${JSON.stringify(prefix)}`,
    )
  })

  test('two prefixes that are one', () => {
    expect(() => createMounts({ '/a': directory, '/%61/': directory }, options)).toThrow('twice')
  })

  test.each(['', 'a\0b', 42, undefined])('the place %j', (place) => {
    const message = 'expected a path or a file: URL'
    expect(() => createMounts({ '/a': place as string }, options)).toThrow(message)
    expect(() => createMounts({ '/a': [directory, place as string] }, options)).toThrow(message)
  })

  test.each([
    [undefined, 'got undefined for the mounts'],
    ['public', 'got "public" for the mounts'],
    [(inner: unknown) => inner, 'got the function (anonymous) for the mounts'],
    [['public'], 'got ["public"] for the mounts'],
  ])('mounts that are %j', (mounts, message) => {
    expect(() => createMounts(mounts as never, options)).toThrow(
      `staticFiles: ${message}; expected an object`,
    )
  })

  test('no place', () => {
    expect(() => createMounts({ '/a': [] }, options)).toThrow(
      'staticFiles: got an empty list for the mount "/a"',
    )
  })

  test('a URL that is no file', () => {
    expect(() => createMounts({ '/a': new URL('http://localhost/a') }, options)).toThrow(
      'expected a file: URL',
    )
  })

  test.skipIf(process.platform === 'win32')('a device', () => {
    expect(() => createMounts({ '/a': '/dev/null' }, options)).toThrow('expected a directory or a file')
  })

  test.each([{}, null, 'public'])('the mounts %j', (mounts) => {
    expect(() => createMounts(mounts as Record<string, string>, options)).toThrow(TypeError)
  })
})
