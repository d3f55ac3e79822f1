import { chmodSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { MISSING } from '../reload/file-signature.ts'
import { createProject } from '../stapel-command.test-support.ts'
import { ENV_FILES, envFilesFor, loadEnvFiles } from './env-files.ts'

/** Forgets variables after the test. */
function restore(...names: string[]): void {
  onTestFinished(() => {
    for (const name of names) delete process.env[name]
  })
}

test('a variable that is set stays, and an earlier file goes before a later one', async () => {
  await using project = createProject({
    local: 'ENV_FILES_A=local\nENV_FILES_SET=local\n',
    shared: 'ENV_FILES_A=shared\nENV_FILES_B="of two words" # why\n',
  })
  restore('ENV_FILES_A', 'ENV_FILES_B', 'ENV_FILES_SET')
  process.env.ENV_FILES_SET = 'by the shell'
  loadEnvFiles([project.path('local'), project.path('shared')])
  expect([process.env.ENV_FILES_A, process.env.ENV_FILES_B, process.env.ENV_FILES_SET]).toEqual([
    'local',
    'of two words',
    'by the shell',
  ])
})

test('tells the files that were looked for, those that are not there too', async () => {
  await using project = createProject({ '.env': '' })
  const files = loadEnvFiles([project.path('.env.local'), project.path('.env')])
  expect(files.map(({ path, signature }) => [path, signature === MISSING])).toEqual([
    [project.path('.env.local'), true],
    [project.path('.env'), false],
  ])
})

test('a directory of that name is left out, a file that cannot be read is told', async () => {
  await using project = createProject({ '.env/bin/python': '', unreadable: 'A=1' })
  expect(loadEnvFiles([project.path('.env')])).toEqual([{ path: project.path('.env'), signature: MISSING }])
  chmodSync(project.directory, 0o755)
  chmodSync(project.path('unreadable'), 0)
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  try {
    expect(() => loadEnvFiles([project.path('unreadable')])).toThrow(/unreadable cannot be read: /)
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})

test('what is named takes the place of the files of development, the last one first', () => {
  const names = (paths: readonly string[]): (string | undefined)[] =>
    paths.map((path) => path.split(/[\\/]/).at(-1))
  expect(names(envFilesFor([], true))).toEqual(ENV_FILES)
  expect(envFilesFor([], false)).toEqual([])
  expect(names(envFilesFor(['a', 'b'], true))).toEqual(['b', 'a'])
})
