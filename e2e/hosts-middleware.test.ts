import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostsFolder, installPrograms } from './hosts/programs.ts'

const packageFolder = new URL('../packages/middleware/', import.meta.url)
const { exports } = JSON.parse(await readFile(new URL('package.json', packageFolder), 'utf8')) as {
  exports: Record<string, unknown>
}
const subpaths = Object.keys(exports)
  .filter((name) => name !== '.' && name !== './package.json')
  .map((name) => name.slice(2))

/** What the table of the README says of a subpath: what it needs, or nothing. */
const needs = new Map(
  [
    ...(await readFile(new URL('README.md', packageFolder), 'utf8')).matchAll(
      /^\| [^|]+ \| `@stapel\/middleware\/([\w-]+)` +\| ([^|]*)\|/gm,
    ),
  ].map(([, name, need]) => [name as string, (need as string).trim()]),
)

const portable = subpaths.filter((name) => needs.get(name) === '')

test('the README says of every middleware what it needs', () => {
  expect([...needs.keys()].sort()).toEqual([...subpaths].sort())
  for (const need of needs.values()) expect(need).toMatch(/^(?:Node, for .*)?$/)
})

test('every middleware that needs no Node is part of what all hosts serve', async () => {
  const sources = await Promise.all(
    ['app.js', 'layers.js'].map((name) => readFile(new URL(`hosts/${name}`, import.meta.url), 'utf8')),
  )
  const imported = [...sources.join('\n').matchAll(/from '@stapel\/middleware\/([\w-]+)'/g)]
  expect([...new Set(imported.map(([, name]) => name))].sort()).toEqual(portable.sort())
})

const programs = await installPrograms().catch((error: Error) => {
  if (process.env.CI) throw error
  return error
})

const reason = programs instanceof Error ? ' (skipped: esbuild cannot be installed)' : ''

describe.skipIf(programs instanceof Error)(`what a middleware imports${reason}`, () => {
  /** The names of the modules that are missing where there is no Node. */
  let missing: ReadonlyMap<string, string | undefined>

  beforeAll(async () => {
    if (programs instanceof Error) return
    const found = new Map<string, string | undefined>()
    for (const name of subpaths) found.set(name, await missingModule(programs.esbuild, name))
    missing = found
  })

  test.each(subpaths)('%s needs modules of Node if, and only if, the README says so', (name) => {
    if (portable.includes(name)) expect(missing.get(name)).toBeUndefined()
    else expect(missing.get(name)).toMatch(/^node:/)
  })
})

/** Bundles a subpath for no runtime in particular, and gives what cannot be found. */
function missingModule(esbuild: string, name: string): Promise<string | undefined> {
  const options = [
    '--bundle',
    '--format=esm',
    '--platform=neutral',
    '--main-fields=module,main',
    '--outfile=/dev/null',
  ]
  return new Promise((resolve, reject) => {
    const child = execFile(esbuild, options, { cwd: hostsFolder }, (error, _stdout, stderr) => {
      const [, module] = /Could not resolve "([^"]+)"/.exec(stderr) ?? []
      if (error !== null && module === undefined) reject(error)
      else resolve(module)
    })
    child.stdin?.end(`export * from '@stapel/middleware/${name}'`)
  })
}
