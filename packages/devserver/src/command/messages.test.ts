/** What a new user does wrong, and what is said then. */
import { chmodSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createProject, stapel } from '../stapel-command.test-support.ts'
import { resolveTarget } from './load-settings.ts'

const app =
  'export const app = (environ, startResponse) => {\n  startResponse("200 OK", [])\n  return "fine"\n}\n'
const files = {
  'app.js': app,
  'handler.js': 'export default (req, res) => res.end()\n',
  'list.js': 'export default [1, 2]\n',
  'script.js': 'console.log("a script")\n',
  'server.js': 'import { createServer } from "node:http"\ncreateServer((req, res) => res.end()).listen(0)\n',
  'public/index.html': '<h1>Index</h1>',
  'public/style.css': 'a {}',
  'settings.json': '{"envFile":["a.env"]}',
}

describe('one line says what to do, with exit code 1, for', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
    [
      'a file with another extension',
      ['app.ts'],
      /^stapel: There is no file app\.ts in \S+; is it app\.js\?$/,
    ],
    ['a file with another name', ['apq.js'], /; is it app\.js\?$/],
    [
      'a file in another directory',
      ['public/index.js'],
      /^stapel: There is no file public\/index\.js in \S+$/,
    ],
    ['no module', ['public/style.css'], /is no module; .* the files of its directory: stapel public$/],
    [
      'another export',
      ['app.js:ap'],
      /^stapel: app\.js has no export "ap"; it exports app\. Did you mean app\.js:app\?$/,
    ],
    [
      'an export of a directory',
      ['public:app'],
      /^stapel: public is a directory, .*; it has no export app\.$/,
    ],
    [
      'an export that is none',
      ['list.js'],
      /^stapel: list\.js is an object of class Array; expected an application: /,
    ],
    [
      'a handler of Node',
      ['handler.js'],
      /^stapel: handler\.js takes \(req, res\).* --as node or --as stapel$/,
    ],
    ['an application called as a factory', ['app.js:app()'], /takes 2 arguments, .*; leave out the \(\)\.$/],
    ['a script', ['script.js'], /it exports nothing\. Export the application, as in: export const app = …$/],
    [
      'a server that listens',
      ['server.js'],
      /^stapel: server\.js listens itself, on port 0, .*: export default app$/,
    ],
    [
      'a file of variables that is not there',
      ['app.js', '--config=settings.json'],
      /no file a\.env for --env-file, as seen from \S+$/,
    ],
  ]
  test.for(cases)('%s', async ([_what, args, message]) => {
    await using project = createProject(files)
    const { code, stderr } = await stapel(project.directory, [...args, '--port=0']).ended
    expect(stderr.trimEnd()).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(code).toBe(1)
  })
})

test('a wrong --as says what there is, with exit code 2', async () => {
  await using project = createProject(files)
  expect(await stapel(project.directory, ['handler.js', '--as', 'express']).ended).toMatchObject({
    code: 2,
    stderr: 'stapel: Got "express" for --as; expected one of node, fetch, stapel.\n',
  })
})

describe('the page and the terminal say what to do about', () => {
  test.for([
    ['an error in TypeScript', 'app.ts', 'export const app: = 1\n', /SyntaxError: .*\n {2}at app\.ts:1:19\n/],
    [
      'require in a module',
      'app.js',
      'require("node:fs")\n',
      /is an ECMAScript module: use import, or name it \.cjs\./,
    ],
    ['module.exports in a module', 'app.js', 'module.exports = 1\n', /use export, or name it \.cjs\./],
    [
      'import in a CommonJS module',
      'app.cjs',
      'import "node:fs"\n',
      /is a CommonJS module: .*name it \.mjs\./,
    ],
    [
      'a factory that is not called',
      'app.js',
      `${app.replace('app', 'made')}export default () => made\n`,
      /stapel 'app\.ts:create\(\)'/,
    ],
    [
      'a handler of Node without its names',
      'app.js',
      'export default (q, s) => s.end()\n',
      /Then: --as node/,
    ],
  ] as const)('%s', async ([_what, name, source, message]) => {
    await using project = createProject({ [name]: source })
    await using running = stapel(project.directory, [name, '--port=0'])
    const response = await fetch(await running.url())
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch(message)
    expect(running.output()).toMatch(message)
  })
})

describe('what this user may not read', () => {
  /** Becomes a user without rights, where the test runs as one that has all. */
  function giveUpRights(): () => void {
    if (process.getuid?.() !== 0) return () => {}
    process.seteuid?.(65_534)
    return () => process.seteuid?.(0)
  }

  test.skipIf(process.platform === 'win32')('is told, with the right that is missing', async () => {
    await using project = createProject(files)
    chmodSync(project.path('app.js'), 0)
    chmodSync(project.path('public'), 0)
    chmodSync(project.directory, 0o755)
    const regain = giveUpRights()
    try {
      expect(() => resolveTarget(project.path('app.js'))).toThrow(
        /app\.js cannot be read: permission denied; give this user the right to, as in: chmod u\+r \S+app\.js$/,
      )
      expect(() => resolveTarget(project.path('public'))).toThrow(/chmod u\+rx \S+public$/)
      expect(() => resolveTarget(project.path('public/app.js'))).toThrow(
        /a directory above it may not be entered by this user/,
      )
    } finally {
      regain()
      chmodSync(project.path('public'), 0o755)
    }
  })
})
