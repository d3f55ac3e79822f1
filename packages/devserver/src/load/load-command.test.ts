import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createProject, poll, stapel } from '../stapel-command.test-support.ts'

const show = 'export default (request) => Response.json([process.env.A, process.env.B])\n'

describe.each([
  ['with a process of its own', []],
  ['from this process', ['--no-reload']],
] as const)('%s', (_name, options) => {
  test('an Express application of a CommonJS module is served unchanged', async () => {
    await using project = createProject({
      'server.cjs': `const express = require('express')
const app = express()
app.get('/users/:id', (req, res) => res.json({ id: req.params.id, ip: req.ip }))
module.exports = app
`,
    })
    await using running = stapel(project.directory, ['server.cjs', '--port=0', ...options])
    const response = await fetch(`${await running.url()}users/7`)
    expect(await response.json()).toEqual({ id: '7', ip: '127.0.0.1' })
    expect(response.headers.get('x-powered-by')).toBe('Express')
    expect((await fetch(`${await running.url()}none`)).status).toBe(404)
  })

  test('.env and .env.local are read, and what is set already stays', async () => {
    await using project = createProject({ 'app.js': show, '.env': 'A=env\nB=env', '.env.local': 'A=local' })
    await using running = stapel(project.directory, ['app.js', '--port=0', ...options], { B: 'shell' })
    expect(await (await fetch(await running.url())).json()).toEqual(['local', 'shell'])
  })

  test('--import goes before the application, --env-file in the place of .env', async () => {
    await using project = createProject({
      'app.js': show,
      '.env': 'A=env',
      'a.env': 'A=a',
      'first.ts': "process.env.B = (process.env.A satisfies unknown) + ' then first'",
    })
    const given = ['--env-file', 'a.env', '--import', './first.ts']
    await using running = stapel(project.directory, ['app.js', '--port=0', ...given, ...options])
    expect(await (await fetch(await running.url())).json()).toEqual(['a', 'a then first'])
    expect(running.output()).not.toContain('Warning')
  })

  test.for([
    ['./none.js', 'file'],
    ['there-is-no-such-package', 'package'],
  ])('%s for --import, where there is none, is told in one line', async ([specifier, what]) => {
    await using project = createProject({ 'app.js': show })
    const given = [`--import=${specifier}`, ...options]
    const { code, stderr } = await stapel(project.directory, ['app.js', '--port=0', ...given]).ended
    // Node warns of what packages are looked for with.
    const said = stderr.split('\n').filter((line) => line.startsWith('stapel: '))
    expect(said).toEqual([
      expect.stringMatching(`^stapel: There is no ${what} ${specifier} for --import, as seen from `),
    ])
    expect(code).toBe(1)
  })

  test('what a module for --import looks for in vain is a failure as any other', async () => {
    await using project = createProject({ 'app.js': show, 'first.js': "import './none.js'\n" })
    await using running = stapel(project.directory, ['app.js', '--port=0', '--import=./first.js', ...options])
    await running.printed(/Cannot find module[\s\S]*first\.js:1/)
    running.kill('SIGTERM')
    await running.ended
  })

  test('TypeScript with an enum, which no Node can strip', async () => {
    await using project = createProject({
      'app.ts':
        "import { Word } from './word.ts'\nexport default (request: Request) => new Response(Word.Greeting + request.method)\n",
      'word.ts': "export enum Word { Greeting = 'Hello, ' }\n",
    })
    await using running = stapel(project.directory, ['app.ts', '--port=0', ...options])
    expect(await (await fetch(await running.url())).text()).toBe('Hello, GET')
  })

  test('a directory is served, with its index', async () => {
    await using project = createProject({ 'public/index.html': '<h1>Index</h1>', 'public/a.css': 'a{}' })
    await using running = stapel(project.directory, ['./public', '--port=0', ...options])
    const url = await running.url()
    const index = await fetch(url)
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await index.text()).toBe('<h1>Index</h1>')
    expect((await fetch(`${url}a.css`)).headers.get('cache-control')).toBe('no-cache')
    expect((await fetch(`${url}none`)).status).toBe(404)
    writeFileSync(project.path('public/index.html'), '<h1>Changed</h1>')
    expect(await (await fetch(url)).text()).toBe('<h1>Changed</h1>')
  })

  test('a directory without an index is listed, and that is said', async () => {
    await using project = createProject({ 'src/app.ts': show, 'src/<b>.txt': 'a' })
    await using running = stapel(project.directory, ['src', '--port=0', ...options])
    const html = await (await fetch(await running.url(), { headers: { Accept: 'text/html' } })).text()
    expect(html).toContain('&lt;b&gt;.txt')
    expect(running.output()).toContain(
      'stapel: src has no index.html; its files are listed. To serve the application in it: stapel src/app.ts\n',
    )
  })
})

// robustness.md D5
test('a change of .env, and an .env that was not there before, start the application again', async () => {
  await using project = createProject({ 'app.js': show, '.env': 'A=1' })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const url = await running.url()
  expect(await (await fetch(url)).json()).toEqual(['1', null])
  project.write('.env', 'A=2')
  expect(await poll(url, (text) => text !== '["1",null]')).toBe('["2",null]')
  await running.printed(/\.env changed, restarting/)
  project.write('.env.local', 'A=3\nB=3')
  expect(await poll(url, (text) => text !== '["2",null]')).toBe('["3","3"]')
})

test('a directory with --live has its pages reload', async () => {
  await using project = createProject({ 'public/index.html': '<body>one</body>', 'public/a.css': '' })
  await using running = stapel(project.directory, ['public', '--port=0', '--live'])
  const url = await running.url()
  expect(await (await fetch(url, { headers: { Accept: 'text/html' } })).text()).toContain('<script')
  project.write('public/index.html', '<body>two</body>')
  await running.printed(/index\.html changed, restarting\n[\s\S]*Ready in/)
})

test('a change of a module that --import names starts the application again', async () => {
  await using project = createProject({ 'app.js': show, 'first.js': "process.env.A = 'first'\n" })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--import', './first.js'])
  const url = await running.url()
  expect(await (await fetch(url)).json()).toEqual(['first', null])
  project.write('first.js', "process.env.A = 'second'\n")
  expect(await poll(url, (text) => text !== '["first",null]')).toBe('["second",null]')
})

test('a change of a named file of variables counts, too', async () => {
  await using project = createProject({ 'app.js': show, 'a.env': 'A=1', 'b.env': 'A=2\nB=2' })
  const files = ['--env-file=b.env', '--env-file', 'a.env']
  await using running = stapel(project.directory, ['app.js', '--port=0', ...files])
  const url = await running.url()
  expect(await (await fetch(url)).json()).toEqual(['1', '2'])
  project.write('a.env', 'A=3')
  expect(await poll(url, (text) => text !== '["1","2"]')).toBe('["3","2"]')
})

describe('stapel serve', () => {
  test('has TypeScript with an enum, and its hooks, from one load', async () => {
    await using project = createProject({
      'app.ts': `enum Word { Loaded = 'loaded', Told = 'told' }
console.log(Word.Loaded)
export const onWorker = () => console.log(Word.Told)
export default (request: Request) => new Response(Word.Told)
`,
    })
    await using running = stapel(project.directory, ['serve', 'app.ts', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('told')
    expect(running.output()).toMatch(/^loaded\ntold\nStapel serves /)
  })

  test('reads no .env by itself, and lists no directory', async () => {
    await using project = createProject({ 'app.js': show, '.env': 'A=env', 'b.env': 'B=named' })
    await using running = stapel(project.directory, ['serve', 'app.js', '--port=0', '--env-file=b.env'])
    expect(await (await fetch(await running.url())).json()).toEqual([null, 'named'])
    await using files = stapel(project.directory, ['serve', '.', '--port=0'])
    const url = await files.url()
    expect((await fetch(url)).status).toBe(404)
    expect(await (await fetch(new URL('/app.js', url))).text()).toBe(show)
  })
})

describe('an application that listens itself', () => {
  const server =
    "import { createServer } from 'node:http'\nconst app = createServer((req, res) => res.end())\n"

  test.for([[[]], [['--no-reload']]] as const)(
    'and exports nothing is told what to do %j',
    async ([options]) => {
      await using project = createProject({ 'app.js': `${server}app.listen(0)\n` })
      await using running = stapel(project.directory, ['app.js', '--port=0', ...options])
      expect(await running.ended).toMatchObject({
        code: 1,
        stderr:
          'stapel: app.js listens itself, on port 0, and does not export what is to be served; export the application and leave out listen(), as in: export default app\n',
      })
    },
  )

  test('and exports a handler is served, and that is said', async () => {
    await using project = createProject({
      'app.js': `${server}app.listen(0)\nexport default (request) => new Response('fetched')\n`,
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    expect(await (await fetch(await running.url())).text()).toBe('fetched')
    expect(running.output()).toContain('stapel: app.js listens on port 0 as well; leave listen() out')
  })
})

test.for([
  ['at its top level', 'await new Promise(() => {})\n'],
  ['in its factory', 'export const create = () => new Promise(() => {})\n'],
] as const)('an application that waits for ever %s is told', async ([_where, source]) => {
  await using project = createProject({ 'app.js': source })
  const target = source.includes('create') ? 'app.js:create()' : 'app.js'
  await using running = stapel(project.directory, [target, '--port=0', '--no-reload'])
  expect(await running.ended).toMatchObject({
    code: 1,
    stderr: `stapel: ${target} is never loaded: at its top level, or in its factory, it awaits what nothing will settle.\n`,
  })
})
