import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createProject, type Project } from '../stapel-command.test-support.ts'
import { readSettingsFile } from './settings-file.ts'

const home = process.cwd()
let project: Project
let made = 0

/** Makes the settings file of this name in a directory of its own, and goes there. */
function inProject(files: Readonly<Record<string, string>>): void {
  project = createProject(files)
  process.chdir(project.directory)
}

beforeAll(() => () => process.chdir(home))
afterEach(async () => {
  process.chdir(home)
  await project[Symbol.asyncDispose]()
  made++
})

test('none is read where there is none', async () => {
  inProject({})
  expect(await readSettingsFile(undefined)).toBeUndefined()
  expect(await readSettingsFile('')).toBeUndefined()
})

test('a module gives settings and hooks', async () => {
  inProject({
    'stapel.config.mjs': `export default { port: 8080, accessLog: 'json', workers: undefined, onExit() { return ${made} } }`,
  })
  const file = await readSettingsFile(undefined)
  expect(file).toMatchObject({ name: 'stapel.config.mjs', path: project.path('stapel.config.mjs') })
  expect([...(file?.values ?? [])]).toEqual([
    ['port', 8080],
    ['accessLog', 'json'],
  ])
  expect(Object.keys(file?.hooks ?? {})).toEqual(['onExit'])
})

test('JSON gives settings', async () => {
  inProject({ 'stapel.config.json': '{ "workers": "auto" }' })
  expect((await readSettingsFile(undefined))?.values.get('workers')).toBe('auto')
})

test('the one that is named is read, whatever its name', async () => {
  inProject({ 'stapel.config.json': '{}', 'production.json': '{ "workers": 4 }' })
  expect((await readSettingsFile('production.json'))?.values.get('workers')).toBe(4)
})

describe('what cannot be is refused', () => {
  test.for([
    [{}, 'other.json', 1, 'There is no settings file other.json in '],
    [{ 'a.json': '{' }, 'a.json', 1, 'a.json cannot be read: '],
    [{ 'a.mjs': 'throw new Error("no")' }, 'a.mjs', 1, 'a.mjs cannot be read: no'],
    [{ 'a.json': '[]' }, 'a.json', 2, 'a.json has no object of settings as its default export.'],
    [
      { 'b.mjs': 'export const port = 1' },
      'b.mjs',
      2,
      'b.mjs has no object of settings as its default export.',
    ],
    [{ 'a.json': '{ "prot": 1 }' }, 'a.json', 2, 'a.json has no setting "prot"; is it port?'],
    [
      { 'a.json': '{ "keep-alive": 1 }' },
      'a.json',
      2,
      'a.json has no setting "keep-alive"; is it keepAlive?',
    ],
    // What is asked once comes from the command line.
    [{ 'a.json': '{ "header": ["A: b"] }' }, 'a.json', 2, 'a.json has no setting "header"; '],
    [
      { 'a.json': '{ "nothingLikeIt": 1 }' },
      'a.json',
      2,
      'a.json has no setting "nothingLikeIt"; there are app, ',
    ],
    [{ 'a.json': '{ "config": "b.json" }' }, 'a.json', 2, 'a.json has no setting "config"; '],
    [{ 'a.json': '{ "__proto__": 1 }' }, 'a.json', 2, 'a.json has no setting "__proto__"; '],
    [{ 'a.json': '{ "onBoot": "x" }' }, 'a.json', 2, 'Got "x" for onBoot in a.json; expected a function.'],
  ] as const)('%j', async ([files, name, exitCode, message]) => {
    inProject(files)
    await expect(readSettingsFile(name)).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining(message),
    })
  })
})
