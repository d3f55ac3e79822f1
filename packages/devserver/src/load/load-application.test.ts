import { rmSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { parseTarget } from '../command/target.ts'
import type { LoadSettings } from '../reload/messages.ts'
import { createProject } from '../stapel-command.test-support.ts'
import { loadApplication } from './load-application.ts'

/** Settings for a target in a directory with one file. */
function settingsFor(target: string, source: string): LoadSettings {
  const { text, file, exportName, call } = parseTarget(target)
  const project = createProject({ [file]: source })
  onTestFinished(() => project[Symbol.asyncDispose]())
  return { file: project.path(file), text, exportName, call, tsx: false }
}

const nameOf = async (target: string, source: string): Promise<string> =>
  (await loadApplication(settingsFor(target, source))).name

test('a named export', async () => {
  expect(await nameOf('a.mjs:main', 'export function main() {}; export function app() {}')).toBe('main')
})

test('app goes before the default export', async () => {
  expect(await nameOf('a.mjs', 'export default function other() {}; export function app() {}')).toBe('app')
})

test('the default export', async () => {
  expect(await nameOf('a.mjs', 'export default function other() {}')).toBe('other')
})

test('exports that a CommonJS module computes', async () => {
  const source = "for (const name of ['app', 'main']) exports[name] = { [name]() {} }[name]"
  expect(await nameOf('a.cjs', source)).toBe('app')
  expect(await nameOf('a.cjs:main', source)).toBe('main')
})

test("the default export in TypeScript's CommonJS output", async () => {
  expect(await nameOf('a.cjs', 'exports.__esModule = true; exports.default = function other() {}')).toBe(
    'other',
  )
})

test('a factory, also one that promises', async () => {
  expect(await nameOf('a.mjs:create()', 'export const create = () => function made() {}')).toBe('made')
  expect(await nameOf('a.mjs:create()', 'export const create = async () => function made() {}')).toBe('made')
})

const wrong: readonly [target: string, source: string, message: string][] = [
  [
    'a.mjs:app()',
    'export const app = (environ, startResponse) => ""',
    'a.mjs:app(): the export takes 2 arguments, as an application does and a factory does not; leave out the ().',
  ],
  ['a.mjs:main', 'export default 1', 'a.mjs has no export "main"; it exports default.'],
  [
    'a.mjs',
    'export const b = 1',
    'a.mjs exports neither "app" nor a default; it exports b. Name one, as in: stapel a.mjs:b',
  ],
  [
    'a.mjs:crate()',
    'export const create = () => {}; export const b = 1',
    'a.mjs has no export "crate"; it exports b, create. Did you mean a.mjs:create?',
  ],
  [
    'a.mjs',
    'const app = 1',
    'a.mjs exports neither "app" nor a default; it exports nothing. Export the application, as in: export const app = …',
  ],
  [
    'a.mjs:app',
    'export const app = null',
    'a.mjs:app is null; expected an application: a function (environ, startResponse), an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server.',
  ],
  [
    'a.mjs:app',
    "export const app = 'text'",
    'a.mjs:app is the string "text"; expected an application: a function (environ, startResponse), an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server.',
  ],
  [
    'a.mjs',
    'export default class Site {}',
    'a.mjs is the class Site; expected an application: a function (environ, startResponse), an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server.',
  ],
  [
    'a.mjs:router',
    'class Router { app = () => {} }; export const router = new Router()',
    'a.mjs:router is an object of class Router; expected an application: a function (environ, startResponse), an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server. Its property "app" is one: export that.',
  ],
  [
    'a.mjs:create()',
    'export const create = {}',
    'a.mjs:create(): the export is an object; expected a function to call.',
  ],
  [
    'a.mjs:create()',
    'export const create = () => 1',
    'what a.mjs:create() returned is the number 1; expected an application: a function (environ, startResponse), an Express, Koa, Fastify, Hono or h3 application, an object with fetch, or an http.Server.',
  ],
]
test.for(wrong)('%s of %j is refused', async ([target, source, message]) => {
  await expect(loadApplication(settingsFor(target, source))).rejects.toMatchObject({
    name: 'TargetError',
    message,
  })
})

test('a file that was removed since the command started is told as gone', async () => {
  const settings = settingsFor('a.mjs:main', 'export function main() {}')
  rmSync(settings.file)
  await expect(loadApplication(settings)).rejects.toMatchObject({
    name: 'TargetError',
    message: 'The file a.mjs is gone.',
  })
})

test('a module that another one looks for in vain is no missing target', async () => {
  const settings = settingsFor('a.mjs', "import './none.mjs'\n")
  await expect(loadApplication(settings)).rejects.toMatchObject({ code: 'ERR_MODULE_NOT_FOUND' })
})

test('what the module throws is thrown', async () => {
  await expect(loadApplication(settingsFor('a.mjs', "throw new RangeError('mine')"))).rejects.toThrow(
    RangeError,
  )
})
