/**
 * Bundles the sources of every package into `packages/<name>/dist`, by entry point: `node scripts/bundle.js`. The declarations there are `tsc -b`'s.
 *
 * An entry point is what package.json exports, and what begins a process or a thread. What several of them need stands in chunks, so that each class and
 * each cache is there once. All modules lie side by side, one folder below the package. docs/decisions/bundling.md says why.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

/** Bundles the packages whose sources are newer than what was made of them. Vitest calls it before the tests, some of which run what is published. */
export async function setup() {
  await Promise.all(readdirSync(packages).map((name) => isFresh(name) || bundle(name)))
}

const packages = fileURLToPath(new URL('../packages/', import.meta.url))

/** What begins a process or a thread, by package. */
const beginnings = {
  devserver: [
    'src/cli.ts',
    'src/command/guarded-process.ts',
    'src/reload/child.ts',
    'src/serve/worker.ts',
    'src/load/loaded-files-hooks.ts',
  ],
}

/** What stands in one chunk, by package, where rolldown would make several of it: each file of its own costs half a millisecond of a start. */
const groups = {
  // What several entry points need, but nothing that needs Node: others of them run on any host.
  core: [{ name: 'shared', test: needsNoNode, minShareCount: 2 }],
  devserver: [
    // What the command needs before it starts the application's process, and that process before it loads the application.
    {
      name: 'start',
      test: /src\/(command\/(command|dev-command)|load\/(load-application|loaded-files)|failure\/(failure|happened)|reload\/peer)\.ts$/,
    },
    // Before that, the command needs no more than the process, and the thread of hooks than how files are told apart.
    { name: 'early-child', test: /src\/reload\/early-child\.ts$/, priority: 1 },
    { name: 'file-signature', test: /src\/reload\/file-signature\.ts$/, priority: 1 },
  ],
}

async function bundle(name) {
  const directory = join(packages, name)
  const dist = join(directory, 'dist')
  const build = await rolldown({
    input: entriesOf(name, directory),
    platform: 'neutral',
    // Packages are imported from where they are installed.
    external: (id) => !id.startsWith('.') && !isAbsolute(id),
    treeshake: false,
    // A module of the group `start` may be imported dynamically elsewhere.
    checks: { ineffectiveDynamicImport: false },
  })
  removeModules(dist)
  await build.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // Everything that is written is kept: by default, a call for what it throws, as of decodeURIComponent, would be removed as one without effect.
    minify: false,
    codeSplitting: { groups: groups[name] ?? [] },
  })
  await build.close()
  writeFileSync(join(dist, stamp), '')
}

/** The sources of the entry points by the name of the module that is made of each. */
function entriesOf(name, directory) {
  const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
  const exported = Object.values(exports)
    .filter((target) => target['@stapel/source'] !== undefined)
    .map((target) => [basename(target.default, '.js'), target['@stapel/source']])
  const begun = (beginnings[name] ?? []).map((source) => [basename(source, '.ts'), source])
  return Object.fromEntries(
    [...exported, ...begun].map(([entry, source]) => [entry, join(directory, source)]),
  )
}

function needsNoNode(id) {
  return !readFileSync(id, 'utf8').includes("from 'node:")
}

/** Those of an earlier bundle have other names. */
function removeModules(dist) {
  mkdirSync(dist, { recursive: true })
  for (const file of readdirSync(dist, { recursive: true })) {
    if (/\.js(\.map)?$/.test(file)) rmSync(join(dist, file))
  }
}

// Not published: a name with this ending is left out by `files` of every package.json.
const stamp = 'bundle.tsbuildinfo'

function isFresh(name) {
  const directory = join(packages, name)
  const made = join(directory, 'dist', stamp)
  if (!existsSync(made)) return false
  const src = join(directory, 'src')
  const inputs = [fileURLToPath(import.meta.url), join(directory, 'package.json'), src]
  for (const file of readdirSync(src, { recursive: true })) inputs.push(join(src, file))
  const { mtimeMs } = statSync(made)
  return inputs.every((file) => statSync(file).mtimeMs < mtimeMs)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await setup()
