import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createProject, stapel } from '../stapel-command.test-support.ts'

const hello = `export function app(environ: { PATH_INFO: string }, startResponse: (status: string, headers: string[][]) => void): string {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello from ' + environ.PATH_INFO
}
`
const helloJs = hello.replaceAll(/: \{[^}]*\}|: \([^=]*=> void|: string\b/g, '')

describe('what is served', () => {
  test('an export of a TypeScript file, on a free port, until Ctrl+C', async () => {
    await using project = createProject({ 'app.ts': hello })
    await using running = stapel(project.directory, ['app.ts:app', '--port', '0'])
    const url = await running.url()
    const response = await fetch(`${url}there`)
    expect(await response.text()).toBe('Hello from /there')
    await running.printed(/GET \/there 200 17 B \d+ ms\n/)
    running.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(
      /^Stapel serves app\.ts:app at http:\/\/127\.0\.0\.1:\d+\/ \(reload on, ready in [^)]+\)\nPress Ctrl\+C to stop\nGET \/there 200 17 B \d+ ms\n$/,
    )
  })

  test('the export app of a JavaScript file', async () => {
    await using project = createProject({ 'app.js': `${helloJs}export default () => 'not me'\n` })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('Hello from /')
  })

  test('the default export where there is no app', async () => {
    await using project = createProject({
      'app.mjs': helloJs.replace('export function app', 'export default function'),
    })
    await using running = stapel(project.directory, ['app.mjs', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('Hello from /')
  })

  test('a CommonJS module', async () => {
    await using project = createProject({
      'package.json': '{}',
      'app.js': helloJs.replace('export function app', 'module.exports = function app'),
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('Hello from /')
  })

  test('what an asynchronous factory gives', async () => {
    await using project = createProject({
      'app.ts': `${hello.replace('export ', '')}export async function create(): Promise<typeof app> { return app }\n`,
    })
    await using running = stapel(project.directory, ['app.ts:create()', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('Hello from /')
  })

  test('TypeScript with an enum, which no Node can strip', async () => {
    await using project = createProject({
      'app.ts': `enum Word { Greeting = 'Hello from' }\n${hello.replace("'Hello from '", "Word.Greeting + ' '")}`,
    })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('Hello from /')
  })

  test('the port of $PORT', async () => {
    await using project = createProject({ 'app.js': helloJs })
    await using running = stapel(project.directory, ['app.js'], { PORT: '0' })
    expect(await running.url()).not.toContain(':8000')
  })

  test('the output of the application is passed through', async () => {
    await using project = createProject({
      'app.js': `console.log('to out'); console.error('to err')\n${helloJs}`,
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    await running.url()
    running.kill('SIGTERM')
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stdout).toContain('to out\n')
    expect(stderr).toBe('to err\n')
  })
})

describe('--no-reload', () => {
  test('serves from the one process', async () => {
    await using project = createProject({
      'app.ts': `${hello}console.log('pid ' + process.pid)\n`,
    })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0', '--no-reload'])
    const response = await fetch(await running.url())
    expect(await response.text()).toBe('Hello from /')
    await running.printed(/GET \/ 200 12 B \d+ ms\n/)
    expect(running.output()).toContain(`pid ${running.pid}\n`)
    expect(running.output()).toContain('(reload off, ready in ')
    running.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('ends with the error when the application cannot be loaded', async () => {
    await using project = createProject({ 'app.js': `const a = 1\nthrow new Error('not today')\n` })
    const { code, stdout, stderr } = await stapel(project.directory, ['app.js', '--port=0', '--no-reload'])
      .ended
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('Error: not today\n  at app.js:2:7\n')
    expect(stderr).toContain("> 2 | throw new Error('not today')\n")
  })

  test('ends with the error when the application crashes', async () => {
    await using project = createProject({
      'app.js': helloJs.replace(
        'startResponse(',
        "setTimeout(() => { throw new Error('later') })\n  startResponse(",
      ),
    })
    const running = stapel(project.directory, ['app.js', '--port=0', '--no-reload'])
    await fetch(await running.url()).catch(() => {})
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toContain('Error: later\n  at app.js:2:28\n')
  })
})

describe('what is wrong is said in one line', () => {
  const cases: readonly [args: string[], code: number, message: string][] = [
    [[], 2, 'stapel: Name the application to serve, as in: stapel app.js\n'],
    [['app.js', 'b.js'], 2, 'stapel: Got "b.js" besides "app.js"; expected one application.\n'],
    [
      ['app.js', 'app'],
      2,
      'stapel: Got "app" besides "app.js"; expected one application. Is it stapel app.js:app?\n',
    ],
    [
      ['serv', 'app.js'],
      2,
      'stapel: Got "app.js" besides "serv"; expected one application. Is it stapel serve app.js?\n',
    ],
    [
      ['dev', 'app.js'],
      2,
      'stapel: Got "app.js" besides "dev"; expected one application. Is it stapel app.js?\n',
    ],
    [['app.js', '--frobnicate'], 2, "stapel: Unknown option '--frobnicate'; see stapel --help.\n"],
    [
      ['app.js', '--port', '70000'],
      2,
      'stapel: Got "70000" for --port; expected a number from 0 to 65535.\n',
    ],
    [
      ['app.js:a-b'],
      2,
      'stapel: Got "a-b" for the export of app.js; expected a name or a call without arguments, as in app.ts:app or \'app.ts:create()\'.\n',
    ],
    [
      ['app.js:nope', '-p0'],
      1,
      'stapel: app.js has no export "nope"; it exports Thing, answer, app, broken.\n',
    ],
    [
      ['app.js:answer', '-p0'],
      1,
      'stapel: app.js:answer is the number 42; expected an application: a function (environ, startResponse), ',
    ],
    [
      ['app.js:Thing', '-p0'],
      1,
      'stapel: app.js:Thing is the class Thing; expected an application: a function (environ, startResponse), ',
    ],
    [
      ['app.js:broken()', '-p0'],
      1,
      'stapel: what app.js:broken() returned is undefined; expected an application: a function (environ, startResponse), ',
    ],
    [
      ['empty.js', '-p0'],
      1,
      'stapel: empty.js exports neither "app" nor a default; it exports nothing. Export the application, as in: export const app = …\n',
    ],
    [
      ['empty.js', '-p0', '--no-reload'],
      1,
      'stapel: empty.js exports neither "app" nor a default; it exports nothing. Export the application, as in: export const app = …\n',
    ],
    [
      ['app.js', '-p0', '--host', 'no.such.host.invalid'],
      1,
      'stapel: Cannot listen on no.such.host.invalid:0: ',
    ],
  ]
  test.for(cases)('%j ends with %i', async ([args, expected, message]) => {
    await using project = createProject({
      'app.js': `${helloJs}export const answer = 42\nexport class Thing {}\nexport function broken() {}\n`,
      'empty.js': '',
    })
    const { code, stdout, stderr } = await stapel(project.directory, args).ended
    expect(stderr.startsWith(message), stderr).toBe(true)
    expect(stderr.indexOf('\n')).toBe(stderr.length - 1)
    expect(stdout).toBe('')
    expect(code).toBe(expected)
  })

  test('a missing file, with a guess at what was meant', async () => {
    await using project = createProject({ 'app.js': helloJs })
    const { code, stderr } = await stapel(project.directory, ['app:app']).ended
    expect(stderr).toBe(`stapel: There is no file or directory app in ${project.directory}; is it app.js?\n`)
    expect(code).toBe(1)
  })

  // robustness.md D6
  test('a port in use', async () => {
    await using project = createProject({ 'app.js': helloJs })
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, stderr } = await stapel(project.directory, ['app.js', '--port', String(port)]).ended
    server.close()
    const holder =
      process.platform === 'linux'
        ? ` by process ${process.pid} \\(.+\\); stop that, or take another port with --port`
        : '; .+ names what uses it, --port takes another one'
    expect(stderr).toMatch(
      new RegExp(`^stapel: Cannot listen on 127\\.0\\.0\\.1:${port}: the port is in use${holder}\\.\n$`),
    )
    expect(code).toBe(1)
  })

  test('--help and --version end with 0', async () => {
    await using project = createProject({})
    const help = await stapel(project.directory, ['--help']).ended
    expect(help.stdout).toContain('Usage: stapel <module[:export]> [options]')
    expect(help.code).toBe(0)
    const version = await stapel(project.directory, ['-v']).ended
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(version.code).toBe(0)
  })
})

// robustness.md U3
describe('stopping', () => {
  const slow = `export async function app(environ, startResponse) {
  console.log('begun')
  await new Promise((resolve) => setTimeout(resolve, 300))
  startResponse('200 OK', [])
  return 'done'
}
`
  test('a request in flight is answered first', async () => {
    await using project = createProject({ 'app.js': slow })
    const running = stapel(project.directory, ['app.js', '--port=0'])
    const answer = fetch(await running.url())
    await running.printed(/begun/)
    running.kill('SIGTERM')
    expect(await (await answer).text()).toBe('done')
    expect((await running.ended).code).toBe(0)
  })

  test('a second signal ends it at once', async () => {
    await using project = createProject({ 'app.js': slow.replace('300', '60000') })
    const running = stapel(project.directory, ['app.js', '--port=0'])
    const answer = fetch(await running.url()).catch(() => 'cut')
    await running.printed(/begun/)
    running.kill('SIGINT')
    await running.printed(/again to stop at once/)
    running.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(await answer).toBe('cut')
  })

  // robustness.md D5
  test('the process of the application ends when the command is killed, and leaves no files', async () => {
    await using project = createProject({
      'app.js': helloJs.replace('export', 'console.log(process.pid)\nexport'),
    })
    const temporary = project.path('tmp')
    mkdirSync(temporary)
    const running = stapel(project.directory, ['app.js', '--port=0'], { TMPDIR: temporary })
    await running.url()
    running.kill('SIGKILL')
    // The application's process writes to the same output, which ends when both have.
    expect((await running.ended).code).toBe(null)
    expect(readdirSync(temporary).filter((name) => name.startsWith('stapel-'))).toEqual([])
  })
})
