import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { createProject, stapel } from '../stapel-command.test-support.ts'

const app = `import { onError, stack } from '@stapel/core'

const fail = () => {
  throw new TypeError('broken on purpose', { cause: new Error('behind it') })
}
const ways = new Map([
  ['/throw', fail],
  ['/late', async function* (_environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    yield 'begun'
    fail()
  }],
  ['/pages', stack(fail, onError((error) => error))],
  ['/reject', () => void Promise.reject(new Error('nobody waits'))],
  ['/exit', () => process.exit(7)],
  ['/memory', () => {
    const all = []
    for (;;) all.push(new Array(1_000_000).fill(all.length))
  }],
  ['/hang', () => new Promise(() => {})],
])

export function app(environ, startResponse) {
  const way = ways.get(environ.PATH_INFO)
  if (way !== undefined) return way(environ, startResponse) ?? new Promise(() => {})
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'fine'
}
`

/** How often a text stands in another one. */
const count = (whole: string, part: string): number => whole.split(part).length - 1

describe.each([
  ['with a process of its own', []],
  ['from this process', ['--no-reload']],
] as const)('%s', (_name, options) => {
  test('a throw in a request is a page, and one frame in the terminal; the next request is answered', async () => {
    await using project = createProject({ 'app.js': app })
    await using running = stapel(project.directory, ['app.js', '--port=0', ...options])
    const url = await running.url()
    const page = await fetch(`${url}throw`, { headers: { Accept: 'text/html', Cookie: 'sid=secret' } })
    expect(page.status).toBe(500)
    const html = await page.text()
    expect(html).toContain('<h1>TypeError: broken on purpose</h1>')
    expect(html).toContain('<h3>Error: behind it</h3>')
    expect(html).not.toContain('sid=secret')
    const json = await fetch(`${url}throw`, { headers: { Accept: 'application/json' } })
    expect(await json.json()).toMatchObject({ status: 500, detail: 'TypeError: broken on purpose' })
    expect(await (await fetch(url)).text()).toBe('fine')
    await running.printed(/GET \/ 200/)
    const output = running.output()
    expect(count(output, 'TypeError: broken on purpose')).toBe(2)
    expect(output).toMatch(
      /An error was thrown while answering GET \/throw\n\nTypeError: broken on purpose\n {2}at app\.js:4:9\n[\s\S]*> 4 \|[\s\S]*Caused by: Error: behind it[\s\S]*Layers: app/,
    )
  })

  test('a throw after the first chunk cuts the answer, and is in the terminal whole', async () => {
    await using project = createProject({ 'app.js': app })
    await using running = stapel(project.directory, ['app.js', '--port=0', ...options])
    const url = await running.url()
    await expect(fetch(`${url}late`).then((response) => response.text())).rejects.toThrow()
    await running.printed(/after the answer had begun\n\nTypeError: broken on purpose\n {2}at app\.js:4:9/)
    expect(await (await fetch(url)).text()).toBe('fine')
    expect(count(running.output(), 'TypeError: broken on purpose')).toBe(1)
  })

  test('an application with pages of its own answers as in production, and the frame is there once', async () => {
    await using project = createProject({ 'app.js': app })
    await using running = stapel(project.directory, ['app.js', '--port=0', ...options])
    const url = await running.url()
    const response = await fetch(`${url}pages`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('broken on purpose')
    await running.printed(/TypeError: broken on purpose\n {2}at app\.js:4:9/)
    await fetch(url)
    await running.printed(/GET \/ 200/)
    expect(count(running.output(), 'TypeError: broken on purpose')).toBe(1)
  })
})

test('a promise that nobody waits for says what it was, where, and that nothing handled it', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const response = await fetch(`${await running.url()}reject`)
  expect(response.status).toBe(500)
  expect(await response.text()).toMatch(
    /^A promise was rejected, and nothing handled it\.\n\nError: nobody waits\n {2}at app\.js:/,
  )
})

test('process.exit() says who called it', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const response = await fetch(`${await running.url()}exit`)
  expect(response.status).toBe(500)
  expect(await response.text()).toMatch(/\n\nprocess\.exit\(7\) was called\.\n {2}at app\.js:15:/)
})

test('full memory says what to do', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['app.js', '--port=0'], {
    NODE_OPTIONS: '--max-old-space-size=64',
  })
  const response = await fetch(`${await running.url()}memory`)
  expect(response.status).toBe(500)
  expect(await response.text()).toContain('NODE_OPTIONS=--max-old-space-size=')
})

test.for([
  [
    'a package that is missing',
    "import 'not-installed-anywhere'",
    /Install the package: \w+ \w+ not-installed-anywhere/,
  ],
  ['a file that is missing', "import './part'", /There is a file part\.js in that folder/],
  [
    'an export that is missing',
    "import { halve } from './part.js'",
    /Did you mean half\?\n\.\/part\.js exports half, whole\./,
  ],
  ['a syntax error', 'export const app = = 1', /SyntaxError: [\s\S]*> 1 \| export const app = = 1\n/],
  ['a throw at the start', "throw new Error('not today')", /> 1 \| throw new Error\('not today'\)/],
  ['a require in a module', "require('node:fs')", /ECMAScript module: use import/],
] as const)('%s is shown with what to do', async ([_name, source, pattern]) => {
  await using project = createProject({
    'app.js': `${source}\n`,
    'part.js': 'export const half = 1\nexport const whole = 2\n',
  })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const response = await fetch(await running.url())
  expect(response.status).toBe(500)
  expect(await response.text()).toMatch(pattern)
  expect(running.output()).toMatch(pattern)
})

test('places in TypeScript are those of its source', async () => {
  await using project = createProject({
    'app.ts': `interface Visitor {
  readonly name: string
}

export function app(): string {
  const visitor = undefined as unknown as Visitor
  return visitor.name
}
`,
  })
  await using running = stapel(project.directory, ['app.ts', '--port=0'])
  const page = await (await fetch(await running.url())).text()
  expect(page).toMatch(/TypeError: [^\n]+\n {2}at app\.ts:7:18\n/)
  expect(page).toContain('> 7 |   return visitor.name\n')
})

test('--trace shows requests and answers without what is secret', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--trace'])
  await fetch(`${await running.url()}path?token=abc`, { headers: { Authorization: 'Bearer abc' } })
  await running.printed(/GET \/path/)
  expect(running.output()).toMatch(
    /> GET \/path\?token=\(hidden\) HTTP\/1\.1\n[\s\S]*> authorization: \(hidden\)\n[\s\S]*< HTTP\/1\.1 200 OK\n< Content-Type: text\/plain\n/i,
  )
})

test('a client that speaks no HTTP gets no source', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['app.js', '--port=0'])
  const { port } = new URL(await running.url())
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  socket.end('\x16\x03\x01nonsense\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*\r\n\r\n400 Bad Request\n$/)
})
