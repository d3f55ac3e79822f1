import { chmodSync, renameSync, rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, type Project } from '../stapel-command.test-support.ts'
import { MISSING, signatureOf } from './file-signature.ts'
import { FileWatch } from './file-watch.ts'

interface Watched {
  readonly project: Project
  readonly watch: FileWatch
  /** The names of the files that changed, in their order. */
  readonly changes: readonly string[]
  /** Resolves when a file has changed that had not before the call. */
  changed(name: string): Promise<void>
}

/** Watches the files of a new directory as if they had just been loaded. */
function watchForTest(files: Readonly<Record<string, string>>, missing: readonly string[] = []): Watched {
  const project = createProject(files)
  const changes: string[] = []
  const listeners = new Set<() => void>()
  const watch = new FileWatch((path) => {
    changes.push(path.slice(project.directory.length + 1))
    for (const listener of listeners) listener()
  })
  onTestFinished(async () => {
    await watch.close()
    await project[Symbol.asyncDispose]()
  })
  const paths = Object.keys(files).map((name) => project.path(name))
  watch.add(paths.map((path) => ({ path, signature: signatureOf(path) })))
  watch.add(missing.map((name) => ({ path: project.path(name), signature: MISSING })))
  return {
    project,
    watch,
    changes,
    changed: (name) => {
      const from = changes.length
      return new Promise((resolve) => {
        const listener = (): void => {
          if (!changes.includes(name, from)) return
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
      })
    },
  }
}

test('a save is a change, also before the watcher has found the file', async () => {
  const { project, changes, changed } = watchForTest({ 'a.js': '1' })
  const first = changed('a.js')
  project.write('a.js', '22')
  await first
  const second = changed('a.js')
  project.write('a.js', '333')
  await second
  expect(changes).toEqual(['a.js', 'a.js'])
})

// robustness.md D5
test('a save by renaming, a deletion and a new file in its place are changes', async () => {
  const { project, changed } = watchForTest({ 'a.js': '1' })
  const renamed = changed('a.js')
  project.write('a.js~', '2')
  renameSync(project.path('a.js~'), project.path('a.js'))
  await renamed
  const deleted = changed('a.js')
  rmSync(project.path('a.js'))
  await deleted
  const made = changed('a.js')
  project.write('a.js', '3')
  await made
})

test('a file that was looked for in vain is a change when it is there, also in a new directory', async () => {
  const { project, changed } = watchForTest({ 'a.js': '1' }, ['b.js', 'new/deep/c.js'])
  const beside = changed('b.js')
  project.write('b.js', '1')
  await beside
  const deep = changed('new/deep/c.js')
  project.write('new/deep/c.js', '1')
  await deep
})

test('other files, and other permissions, are none', async () => {
  const { project, changes, changed } = watchForTest({ 'a.js': '1', 'marker.js': '1' })
  const noticed = changed('marker.js')
  chmodSync(project.path('a.js'), 0o600)
  project.write('other.js', '1')
  project.write('node_modules/some/index.js', '1')
  project.write('marker.js', '2')
  await noticed
  expect(changes).toEqual(['marker.js'])
})

test('a file that is loaded no more is forgotten', async () => {
  const { project, watch, changes, changed } = watchForTest({ 'a.js': '1', 'b.js': '1' })
  watch.mark()
  watch.add([{ path: project.path('b.js'), signature: signatureOf(project.path('b.js')) }])
  watch.forgetUnused()
  const noticed = changed('b.js')
  project.write('a.js', '22')
  project.write('b.js', '22')
  await noticed
  expect(changes).toEqual(['b.js'])
})

test('a sweep finds what was saved, whatever was told', () => {
  const { project, watch, changes } = watchForTest({ 'a.js': '1', 'b.js': '1' })
  project.write('b.js', '22')
  watch.sweep()
  expect(changes).toEqual(['b.js'])
  watch.sweep()
  expect(changes).toEqual(['b.js'])
})

test('a file that was saved since it was loaded is a change when it is added', () => {
  const { project, watch, changes } = watchForTest({ 'a.js': '1' })
  const path = project.path('a.js')
  const signature = signatureOf(path)
  project.write('a.js', '22')
  watch.add([{ path, signature }])
  expect(changes).toEqual(['a.js'])
})

test('a directory of the name of what was looked for is none', () => {
  const { project, watch, changes } = watchForTest({ 'a/other.js': '1' }, ['a', 'a.js'])
  watch.sweep()
  expect(changes).toEqual([])
  project.write('a.js', '1')
  watch.sweep()
  expect(changes).toEqual(['a.js'])
})
