import { renameSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { createProject, poll, stapel } from '../stapel-command.test-support.ts'

// Most of these start a process several times, which takes long where other tests run beside them.
vi.setConfig({ testTimeout: 90_000 })

const says = (text: string): string => `export const text: string = ${JSON.stringify(text)}\n`
const main = `import { text } from './text.ts'
export function app(environ: { PATH_INFO: string }, startResponse: (status: string, headers: string[][]) => void): string {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return text
}
`
const plainApp = (text: string): string =>
  `export function app(environ, startResponse) {\n  startResponse('200 OK', [])\n  return ${JSON.stringify(text)}\n}\n`
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

describe('a change', () => {
  test('is served to the requests that follow, and its file is named', async () => {
    await using project = createProject({
      'app.ts': main,
      'lib/text.ts': says('one'),
      'text.ts': "export { text } from './lib/text.ts'",
    })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    project.write('lib/text.ts', says('two'))
    await running.printed(/^lib\/text\.ts changed, restarting$/m)
    // That it is the very next one unless the start takes long is tested where the time is played: in reloader.test.ts.
    expect(await poll(url, (text) => text !== 'one')).toBe('two')
    await running.printed(/^Ready in [\d.]+ m?s$/m)
  })

  test('refuses, resets and misleads none of the clients that keep requesting', async () => {
    await using project = createProject({ 'app.ts': main, 'text.ts': says('version 0') })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0'])
    const url = await running.url()
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const wrong: unknown[] = []
    let version = 0
    let stopped = false
    const client = async (): Promise<void> => {
      while (!stopped) {
        const answer = await ask(url, agent).catch((error: unknown) => error)
        if (typeof answer !== 'string' || !/^200 version \d$/.test(answer)) wrong.push(answer)
      }
    }
    const clients = Array.from({ length: 8 }, client)
    while (version < 4) {
      version++
      project.write('text.ts', says(`version ${version}`))
      await poll(url, (text) => text === `version ${version}`)
    }
    stopped = true
    await Promise.all(clients)
    agent.destroy()
    expect(wrong).toEqual([])
  })

  // robustness.md D5
  test('lets a request in flight finish on the code it began with', async () => {
    await using project = createProject({
      'app.js': `import { text } from './text.js'
let proceed
export async function app(environ, startResponse) {
  startResponse('200 OK', [])
  if (environ.PATH_INFO !== '/slow') return text
  console.log('begun')
  await new Promise((resolve) => setTimeout(resolve, 500))
  return text
}
`,
      'text.js': "export const text = 'old'\n",
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const slow = fetch(`${url}slow`)
    await running.printed(/begun/)
    project.write('text.js', "export const text = 'new'\n")
    expect(await poll(url, (text) => text === 'new')).toBe('new')
    expect(await (await slow).text()).toBe('old')
  })

  test('of several files at once restarts once', async () => {
    await using project = createProject({
      'app.js':
        "import './a.js'\nimport './b.js'\nimport './c.js'\nconsole.log('loaded')\nexport { app } from './main.js'\n",
      'main.js': plainApp('one'),
      'a.js': '',
      'b.js': '',
      'c.js': '',
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    for (const name of ['a.js', 'b.js', 'c.js']) project.write(name, '// saved')
    project.write('main.js', plainApp('two'))
    await poll(url, (text) => text === 'two')
    expect(count(running.output(), /^loaded$/gm)).toBe(2)
    expect(running.output()).toMatch(/and 3 more changed, restarting$/m)
  })

  test('that comes while the application starts restarts it again', async () => {
    await using project = createProject({ 'app.js': `console.log('one')\n${plainApp('one')}` })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    project.write(
      'app.js',
      `console.log('two')\nawait new Promise((resolve) => setTimeout(resolve, 60_000))\n${plainApp('two')}`,
    )
    await running.printed(/^two$/m)
    project.write('app.js', plainApp('three'))
    expect(await poll(url, () => true)).toBe('three')
  })

  test('to what takes long to start leaves the old code answering, and says so', async () => {
    await using project = createProject({ 'app.js': plainApp('old') })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    project.write(
      'app.js',
      `await new Promise((resolve) => setTimeout(resolve, 60_000))\n${plainApp('late')}`,
    )
    await running.printed(/^app\.js changed, restarting$/m)
    expect(await (await fetch(url)).text()).toBe('old')
    await running.printed(/^GET \/ 200 .* \(by the old code, the new one is still starting\)$/m)
    project.write('app.js', plainApp('new'))
    expect(await poll(url, (text) => text === 'new')).toBe('new')
  })

  test('finds free what the old process alone could have', async () => {
    const listening = (text: string): string => `import { createServer } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
const server = createServer()
const port = Number(readFileSync('port', 'utf8'))
await new Promise((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve))
writeFileSync('port', String(server.address().port))
${plainApp(text)}`
    await using project = createProject({ 'app.js': listening('one'), port: '0' })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    project.write('app.js', listening('two'))
    expect(await poll(url, (text) => text !== 'one')).toBe('two')
    expect(running.output()).not.toContain('EADDRINUSE')
  })

  test('takes the place of an old process that ends meanwhile', async () => {
    await using project = createProject({
      'app.js': `process.on('SIGUSR2', () => process.exit(1))
console.log('I am ' + process.pid)
${plainApp('old')}`,
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const [, pid] = await running.printed(/^I am (\d+)$/m)
    project.write(
      'app.js',
      `import { existsSync } from 'node:fs'
console.log('loading')
while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 10))
${plainApp('new')}`,
    )
    await running.printed(/^loading$/m)
    process.kill(Number(pid), 'SIGUSR2')
    await running.printed(/it is started again/)
    const answer = fetch(url)
    project.write('go', '')
    expect(await (await answer).text()).toBe('new')
  })

  test('is loaded where the packages of Stapel that it imports are loaded already, unless they were installed anew', async () => {
    const module = (text: string): string => `console.log('module loaded')\nexport const text = '${text}'\n`
    const app = (name: string): string => `import { text } from '@stapel/routing'
export const app = (environ, startResponse) => (startResponse('200 OK', []), '${name} ' + text)
`
    await using project = createProject({
      'app.js': app('first'),
      'node_modules/@stapel/routing/package.json': '{"type":"module","exports":"./index.js"}',
      'node_modules/@stapel/routing/index.js': module('old'),
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    // Once for the application, once by the process that waits for the next start.
    await running.printed(/module loaded[\s\S]*module loaded/)
    project.write('app.js', app('second'))
    expect(await poll(url, (text) => text.startsWith('second'))).toBe('second old')
    await running.printed(/(?:module loaded[\s\S]*){3}/)
    project.write('node_modules/@stapel/routing/index.js', module('anew'))
    project.write('app.js', app('third'))
    expect(await poll(url, (text) => text.startsWith('third'))).toBe('third anew')
  })

  test('of a file that is loaded while a request is answered counts, too', async () => {
    await using project = createProject({
      'app.js': `export async function app(environ, startResponse) {
  const { text } = await import('./late.js')
  startResponse('200 OK', [])
  return text
}
`,
      'late.js': "export const text = 'one'\n",
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    project.write('late.js', "export const text = 'two'\n")
    await running.printed(/late\.js changed/)
    expect(await (await fetch(url)).text()).toBe('two')
  })

  test('of a CommonJS module counts, too', async () => {
    await using project = createProject({
      'package.json': '{}',
      'app.js': `const text = require('./text')
exports.app = (environ, startResponse) => (startResponse('200 OK', []), text)
`,
      'text.js': "module.exports = 'one'\n",
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    project.write('text.js', "module.exports = 'two'\n")
    await running.printed(/text\.js changed/)
    expect(await (await fetch(url)).text()).toBe('two')
  })

  test('by renaming a new file over the old one is seen each time', async () => {
    await using project = createProject({ 'app.js': plainApp('0') })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const save = async (text: string): Promise<string> => {
      project.write('app.js~', plainApp(text))
      renameSync(project.path('app.js~'), project.path('app.js'))
      return await poll(url, (answer) => answer === text)
    }
    expect(await save('1')).toBe('1')
    expect(await save('2')).toBe('2')
    expect(await save('3')).toBe('3')
  })

  test('of a file that is only read counts where it is named', async () => {
    await using project = createProject({
      'app.js': `import { readFileSync } from 'node:fs'
const text = readFileSync('templates/page.html', 'utf8')
export function app(environ, startResponse) {
  startResponse('200 OK', [])
  return text
}
`,
      'templates/page.html': 'one',
    })
    await using running = stapel(project.directory, ['app.js', '--port=0', '--watch', 'templates/**'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    // The watching of globs begins when the application does; until then a save may be missed.
    const saving = setInterval(() => project.write('templates/page.html', 'two'), 500)
    await running.printed(/^templates\/page\.html changed, restarting$/m)
    clearInterval(saving)
    expect(await poll(url, (text) => text === 'two')).toBe('two')
  })

  test('of a file that is ignored does nothing, though it is loaded', async () => {
    await using project = createProject({
      'app.js': `import './data/seed.js'\n${plainApp('one')}`,
      'data/seed.js': '',
    })
    await using running = stapel(project.directory, ['app.js', '--port=0', '--ignore=data/**'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toBe('one')
    project.write('data/seed.js', '// saved')
    project.write('app.js', plainApp('two'))
    await poll(url, (text) => text === 'two')
    expect(running.output()).toMatch(/^app\.js changed, restarting$/m)
  })

  test('of a file that is not loaded does nothing', async () => {
    await using project = createProject({ 'app.js': plainApp('one'), 'other.js': '' })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    project.write('other.js', '// saved')
    project.write('node_modules/some/index.js', '')
    // What comes after it in the same directory is seen, so that it would have been.
    project.write('app.js', plainApp('two'))
    await poll(url, (text) => text === 'two')
    expect(running.output()).not.toContain('other.js')
    expect(count(running.output(), /restarting/g)).toBe(1)
  })
})

// robustness.md D5
describe('what breaks is shown, until it is mended', () => {
  test('a syntax error in TypeScript', async () => {
    await using project = createProject({ 'app.ts': main, 'text.ts': says('one') })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0'])
    const url = await running.url()
    project.write('text.ts', "export const other = 1\nexport const text: string = 'never closed\n")
    const text = await poll(url, (_text, status) => status === 500)
    expect(text).toMatch(/^The application could not be loaded\.\n\nSyntaxError: /)
    expect(text).toContain('  at text.ts:2:')
    expect(text).toContain("> 2 | export const text: string = 'never closed\n")
    await running.printed(/> 2 \| export const text: string = 'never closed\n/)
    await running.printed(/started again when one of its files is saved/)
    project.write('text.ts', says('mended'))
    expect(await poll(url, (_text, status) => status === 200)).toBe('mended')
  })

  test('a syntax error in JavaScript, at the very first start', async () => {
    await using project = createProject({
      'app.js': "import './part.js'\nexport { app } from './main.js'\n",
      'main.js': plainApp('well'),
      'part.js': 'const a = 1\nconst b = = 2\n',
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const response = await fetch(url, { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await response.text()
    expect(page).toContain('part.js:2:11</p>')
    expect(page).toContain('<mark>2  const b = = 2</mark>')
    project.write('part.js', '')
    expect(await poll(url, (_text, status) => status === 200)).toBe('well')
  })

  test('an error thrown while loading, in CommonJS', async () => {
    await using project = createProject({
      'app.cjs': "\nthrow new TypeError('no <b>way</b>', { cause: new Error('root') })\n",
    })
    await using running = stapel(project.directory, ['app.cjs', '--port=0'])
    const url = await running.url()
    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
    expect(page).toContain('<h1>TypeError: no &lt;b&gt;way&lt;/b&gt;</h1>')
    expect(page).toContain('app.cjs:2:7')
    expect(page).toContain('Error: root')
    project.write(
      'app.cjs',
      'exports.app = (environ, startResponse) => (startResponse("200 OK", []), "well")',
    )
    expect(await poll(url, (_text, status) => status === 200)).toBe('well')
  })

  test('a factory that throws', async () => {
    await using project = createProject({
      'app.js': "export function create() {\n  throw new Error('no database')\n}\n",
    })
    await using running = stapel(project.directory, ['app.js:create()', '--port=0'])
    const url = await running.url()
    const text = await (await fetch(url)).text()
    expect(text).toContain('Error: no database\n  at app.js:2:9\n')
  })

  test('an export that has gone', async () => {
    await using project = createProject({ 'app.js': plainApp('one') })
    await using running = stapel(project.directory, ['app.js:app', '--port=0'])
    const url = await running.url()
    project.write('app.js', plainApp('two').replace('app', 'other'))
    const text = await poll(url, (_text, status) => status === 500)
    expect(text).toBe('app.js has no export "app"; it exports other.\n')
    project.write('app.js', plainApp('three'))
    expect(await poll(url, (_text, status) => status === 200)).toBe('three')
  })

  test('an import that finds nothing, until the file is there', async () => {
    await using project = createProject({ 'app.ts': main.replace('./text.ts', './new/text.ts') })
    await using running = stapel(project.directory, ['app.ts:app', '--port=0'])
    const url = await running.url()
    const response = await fetch(url)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toMatch(
      /\nError: Cannot find module '.*text\.ts' imported from .*app\.ts\n {2}at app\.ts:1:22\n/,
    )
    project.write('new/text.ts', says('there'))
    expect(await poll(url, (_text, status) => status === 200)).toBe('there')
  })

  test('a file that is deleted, until it is made again', async () => {
    await using project = createProject({
      'app.js': `import './part.js'\n${plainApp('well')}`,
      'part.js': '',
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    rmSync(project.path('part.js'))
    expect(await poll(url, (_text, status) => status === 500)).toContain('Cannot find module')
    project.write('part.js', '')
    expect(await poll(url, (_text, status) => status === 200)).toBe('well')
  })

  test('a process that ends while it loads', async () => {
    await using project = createProject({ 'app.js': 'process.exit(3)\n' })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    expect(await (await fetch(url)).text()).toMatch(/\nprocess\.exit\(3\) was called\.\n {2}at app\.js:1:9\n/)
    project.write('app.js', plainApp('well'))
    expect(await poll(url, (_text, status) => status === 200)).toBe('well')
  })

  test('a syntax error and its mending, ten times', async () => {
    await using project = createProject({ 'app.js': plainApp('0') })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    for (let round = 1; round <= 10; round++) {
      project.write('app.js', `const = ${round}\n`)
      expect(await poll(url, (text) => text.includes(`const = ${round}\n`))).toContain('app.js:1:')
      project.write('app.js', plainApp(String(round)))
      expect(await poll(url, (text) => text === String(round))).toBe(String(round))
    }
  }, 180_000)
})

describe('a crash while requests are answered', () => {
  const crashing = (when: string): string => `export async function app(environ, startResponse) {
  if (environ.PATH_INFO === '/crash') {
    setTimeout(() => {
      throw new RangeError('out of bounds')
    }, ${when})
    await new Promise(() => {})
  }
  startResponse('200 OK', [])
  return 'alive'
}
`
  test('soon after the start: the page for the requests in flight, then the application again', async () => {
    await using project = createProject({ 'app.js': crashing('0') })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const response = await fetch(`${url}crash`)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toContain('RangeError: out of bounds\n  at app.js:4:13\n')
    expect(text).toContain('\nThe application is started again.\n')
    await running.printed(/> 4 \| {7}throw new RangeError/)
    expect(await (await fetch(url)).text()).toBe('alive')
  })

  test('again and again by itself: its reason is printed once, and the page says how it goes on', async () => {
    await using project = createProject({
      'app.js': `${crashing('0')}\nsetTimeout(() => { throw new RangeError('out of time') }, 20)`,
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    await running.printed(/soon after its start; it is started again in 500 ms/)
    const page = await poll(url, (text) => text.includes('started again within'))
    expect(page).toContain('RangeError: out of time')
    expect(running.output().match(/throw new RangeError\('out of time'\)/g)).toHaveLength(1)
    expect(running.output()).toContain('RangeError: out of time at app.js:12:26, as above\n')
    project.write('app.js', crashing('0'))
    expect(await poll(url, (text) => text === 'alive')).toBe('alive')
  })

  test('later: the page for the requests in flight, then the application again', async () => {
    await using project = createProject({ 'app.js': crashing('1100') })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const response = await fetch(`${url}crash`)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('out of bounds')
    expect(await (await fetch(url)).text()).toBe('alive')
    await running.printed(/The application ended; it is started again\./)
  })

  test('an application that catches such errors itself goes on', async () => {
    await using project = createProject({
      'app.js': `process.on('uncaughtException', (error) => console.log('caught ' + error.message))\n${crashing('0')}`,
    })
    await using running = stapel(project.directory, ['app.js', '--port=0'])
    const url = await running.url()
    const abort = new AbortController()
    const crash = fetch(`${url}crash`, { signal: abort.signal }).catch(() => 'left')
    await running.printed(/caught out of bounds/)
    expect(await (await fetch(url)).text()).toBe('alive')
    abort.abort()
    expect(await crash).toBe('left')
  })
})

function ask(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve(`${response.statusCode} ${body}`))
      response.on('error', reject)
    }).on('error', reject)
  })
}
