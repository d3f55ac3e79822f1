import { expect, onTestFinished, test } from 'vitest'
import { createProject, type Project } from '../stapel-command.test-support.ts'
import { ApplicationWatch, type ApplicationWatchOptions } from './application-watch.ts'
import { signatureOf } from './file-signature.ts'

interface Watched {
  readonly project: Project
  readonly watch: ApplicationWatch
  /** What was told, in its order: `'changed a.js'`. */
  readonly told: readonly string[]
  /** Saves a file again and again until something was told: the watching of globs begins when it does. */
  saved(name: string, sentence: string): Promise<void>
}

/** Watches an application of these files, which it has loaded. */
function watchForTest(
  files: readonly string[],
  { watch, ignore }: Partial<ApplicationWatchOptions>,
): Watched {
  const project = createProject(Object.fromEntries(files.map((name) => [name, ''])))
  const told: string[] = []
  const watched = new ApplicationWatch(
    { watch: (watch ?? []).map(project.path), ignore: (ignore ?? []).map(project.path) },
    {
      changed: (path) => told.push(`changed ${path.slice(project.directory.length + 1)}`),
      restyled: (name) => told.push(`restyled ${name}`),
      failed: (error) => told.push(error.message),
    },
  )
  onTestFinished(async () => {
    await watched.close()
    await project[Symbol.asyncDispose]()
  })
  watched.begin(project.path(files[0] ?? ''))
  watched.add(files.map((name) => ({ path: project.path(name), signature: signatureOf(project.path(name)) })))
  watched.finish()
  let count = 0
  return {
    project,
    watch: watched,
    told,
    saved: async (name, sentence) => {
      await expect
        .poll(
          () => {
            project.write(name, 'x'.repeat(++count))
            return told
          },
          { timeout: 10_000, interval: 200 },
        )
        .toContain(sentence)
    },
  }
}

test('what was loaded is watched', async () => {
  const { saved } = watchForTest(['app.js', 'part.js'], {})
  await saved('part.js', 'changed part.js')
})

test('what is not loaded any more is forgotten', async () => {
  const { project, watch, told, saved } = watchForTest(['app.js', 'part.js'], {})
  watch.begin(project.path('app.js'))
  watch.finish()
  project.write('part.js', 'saved')
  watch.sweep()
  await saved('app.js', 'changed app.js')
  expect(told).not.toContain('changed part.js')
})

test('what is named is watched besides, and what is ignored is not', async () => {
  const { project, told, saved } = watchForTest(['app.js', 'data/seed.js'], {
    watch: ['pages/*.html'],
    ignore: ['data/**'],
  })
  await saved('pages/a.html', 'changed pages/a.html')
  project.write('data/seed.js', 'saved')
  await saved('app.js', 'changed app.js')
  expect(told).not.toContain('changed data/seed.js')
})

test('a style sheet that is named is told by its name', async () => {
  const { saved } = watchForTest(['app.js'], { watch: ['styles/*.css'] })
  await saved('styles/page.css', 'restyled page.css')
})

test('a style sheet that the application loads is a change as any other', async () => {
  const { told, saved } = watchForTest(['app.js', 'page.css'], { watch: ['*.css'] })
  await saved('page.css', 'changed page.css')
  expect(told).not.toContain('restyled page.css')
})
