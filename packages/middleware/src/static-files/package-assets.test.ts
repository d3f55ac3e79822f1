import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Application, stack } from '@stapel/core'
import { Client } from '@stapel/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { staticFiles } from '../static-files.ts'
import { packageAssets } from './package-assets.ts'

let directory: string
/** A project whose dependencies lie beside and above it. */
let project: string

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'stapel-package-assets-')))
  project = join(directory, 'project')
  const stored = join(directory, 'store/htmx.org')
  await mkdir(join(stored, 'dist'), { recursive: true })
  await mkdir(join(project, 'node_modules/@scope/icons'), { recursive: true })
  await mkdir(join(project, 'src'))
  await mkdir(join(directory, 'node_modules/events'), { recursive: true })
  await writeFile(
    join(stored, 'package.json'),
    '{ "name": "htmx.org", "exports": { ".": "./dist/htmx.js" } }',
  )
  await writeFile(join(stored, 'dist/htmx.js'), 'htmx')
  await writeFile(join(directory, 'node_modules/events/a.txt'), 'events')
  await writeFile(join(directory, 'secret.txt'), 'outside')
  await mkdir(join(directory, 'store/htmx.org-old'))
  await symlink(stored, join(project, 'node_modules/htmx.org'))
  await symlink('../..', join(stored, 'up'))
})

afterAll(() => rm(directory, { recursive: true }))

const inner: Application = (environ, startResponse) => {
  startResponse('404 Not Found', [])
  return `inner ${environ.PATH_INFO}`
}

test('the folder of a package, which shows nothing of it in its exports, is mounted', async () => {
  const place = packageAssets('htmx.org', 'dist', project)
  const client = new Client(stack(inner, staticFiles({ '/vendor/htmx': place })))
  expect((await client.get('/vendor/htmx/htmx.js')).text()).toBe('htmx')
  expect((await client.get('/vendor/htmx/package.json')).text()).toBe('inner /vendor/htmx/package.json')
})

describe('a package', () => {
  test('is found from a module, a file or a directory', () => {
    const expected = join(directory, 'store/htmx.org')
    for (const from of [
      project,
      join(project, 'src'),
      pathToFileURL(join(project, 'src/app.ts')),
      pathToFileURL(join(project, 'src/app.ts')).href,
      pathToFileURL(`${project}/`),
    ]) {
      expect(packageAssets('htmx.org', '.', from)).toBe(expected)
    }
  })

  test('is found from the current directory where nothing else is said', () => {
    expect(packageAssets('vitest')).toMatch(/vitest$/)
  })

  test('may have a scope, lie above, and be called like a module of Node', () => {
    expect(packageAssets('@scope/icons', '.', project)).toBe(join(project, 'node_modules/@scope/icons'))
    expect(packageAssets('events', '.', project)).toBe(join(directory, 'node_modules/events'))
  })

  test('gives a single file, too', () => {
    expect(packageAssets('htmx.org', 'dist/htmx.js', project)).toBe(
      join(directory, 'store/htmx.org/dist/htmx.js'),
    )
  })
})

describe('misuse throws a TypeError that shows what it got', () => {
  test('a package that is not installed', () => {
    expect(() => packageAssets('missing', 'dist', project)).toThrow(
      `got the package missing, which is not installed where ${project} would find it`,
    )
  })

  test.each([
    '',
    '.',
    '..',
    '../htmx.org',
    '/etc',
    'a/b',
    '@scope',
    '@scope/a/b',
    '@../a',
    'C:\\a',
    '.bin',
    42,
  ])('the name %j', (name) => {
    expect(() => packageAssets(name as string, '.', project)).toThrow('expected its name')
  })

  // robustness.md P1, P5
  test.each(['..', '../..', '../htmx.org-old', 'dist/../..', 'up', 'up/project'])(
    'the folder %j, which leads out',
    (folder) => {
      expect(() => packageAssets('htmx.org', folder, project)).toThrow('which leads out of htmx.org')
    },
  )

  test.each(['', '/etc', 'a\0b', 42])('the folder %j, which is none', (folder) => {
    expect(() => packageAssets('htmx.org', folder as string, project)).toThrow(
      'expected a path within the package',
    )
  })

  test('a folder that is not there', () => {
    expect(() => packageAssets('htmx.org', 'lib', project)).toThrow(
      'the folder "lib", which htmx.org does not have',
    )
  })

  test.each(['https://example.org/a.js', 'missing-folder'])('the place %j to look from', (from) => {
    expect(() => packageAssets('htmx.org', '.', from)).toThrow('expected import.meta.url, or a path')
  })
})
