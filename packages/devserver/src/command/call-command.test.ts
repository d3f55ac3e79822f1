import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { createProject, stapel, stapelCommand } from '../stapel-command.test-support.ts'

const app = `import { stack, validate } from '@stapel/core'
async function echo(environ, startResponse) {
  const body = await environ['stapel.context'].read({ limit: 10_000_000 })
  const { REQUEST_METHOD, REQUEST_URI, HTTP_HOST, CONTENT_TYPE, CONTENT_LENGTH, REMOTE_ADDR } = environ
  if (environ.PATH_INFO === '/throw') throw new Error('broken on purpose')
  if (environ.PATH_INFO === '/none') {
    startResponse('404 Not Found', [])
    return 'nothing here'
  }
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']])
  if (environ.PATH_INFO === '/bytes') return body
  if (environ.PATH_INFO === '/cut') return cut()
  return [REQUEST_METHOD, REQUEST_URI, HTTP_HOST, CONTENT_TYPE, CONTENT_LENGTH, REMOTE_ADDR].join(' ')
}
async function* cut() {
  yield 'begun'
  throw new Error('cut on purpose')
}
export const app = stack(echo, validate)
setInterval(() => {}, 1000)
`

test('prints the body and ends, though the application would go on', async () => {
  await using project = createProject({ 'app.js': app })
  expect(await stapel(project.directory, ['call', 'app.js:app', 'GET', '/path?a=1']).ended).toEqual({
    code: 0,
    stdout: 'GET /path?a=1 localhost   127.0.0.1',
    stderr: '',
  })
})

test('asks the module that is there, or that of the settings file, and prints the head with -i', async () => {
  await using project = createProject({ 'src/app.js': app })
  const { stdout } = await stapel(project.directory, ['call', '/', '-i', '--json', '{}']).ended
  expect(stdout).toBe(
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 45\r\n\r\nPOST / localhost application/json 2 127.0.0.1',
  )
  project.write('other.js', 'export default () => new Response("other")')
  project.write('stapel.config.json', '{ "app": "other.js", "as": "fetch" }')
  expect((await stapel(project.directory, ['call', '/']).ended).stdout).toBe('other')
})

test('a body of bytes goes in from standard input and out to a file as it is', async () => {
  await using project = createProject({ 'app.js': app })
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256))
  const args = [stapelCommand, 'call', 'POST', '/bytes', '-d', '@-']
  const child = spawn(process.execPath, args, {
    cwd: project.directory,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(bytes)
  expect(bytes.equals(await buffer(child.stdout))).toBe(true)
  writeFileSync(project.path('in.bin'), bytes)
  const file = await stapel(project.directory, ['call', '/bytes', '-d', '@in.bin', '-o', 'out.bin']).ended
  expect(file).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(bytes.equals(readFileSync(project.path('out.bin')))).toBe(true)
})

test('-I asks with HEAD, -v shows both heads', async () => {
  await using project = createProject({ 'app.js': app })
  const head = await stapel(project.directory, ['call', '/', '-I']).ended
  expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
  const verbose = await stapel(project.directory, ['call', '/a', '-v', '-H', 'Host: example.org']).ended
  expect(verbose.stdout).toBe('GET /a example.org   127.0.0.1')
  expect(verbose.stderr).toMatch(
    /^> GET \/a HTTP\/1\.1\n> Accept: \*\/\*\n> Host: example\.org\n>\n< HTTP\/1\.1 200 OK\n[\s\S]*\n<\n$/,
  )
})

test('exit codes are those of curl', async () => {
  await using project = createProject({ 'app.js': app })
  const codeOf = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await stapel(project.directory, ['call', ...args]).ended
    return [code, stdout, stderr.split('\n')[0]]
  }
  expect(await codeOf('/none')).toEqual([0, 'nothing here', ''])
  expect(await codeOf('/none', '--fail')).toEqual([22, '', 'stapel: The answer is 404 Not Found.'])
  expect(await codeOf('/none', '--fail', '-s')).toEqual([22, '', ''])
  expect(await codeOf('/throw')).toEqual([0, 'Internal Server Error\n', 'Error: broken on purpose'])
  expect(await codeOf('/cut')).toEqual([18, 'begun', 'Error: cut on purpose'])
  expect(await codeOf('/', '-o', 'none/file')).toEqual([
    23,
    '',
    expect.stringMatching(/^stapel: The answer cannot be written: ENOENT/),
  ])
}, 60_000)

const leading = `export const app = (environ, startResponse) => {
  const { PATH_INFO, QUERY_STRING, REQUEST_METHOD, HTTP_COOKIE } = environ
  const to = { '/one': '/two?a=1', '/two': '/three', '/loop': '/loop', '/away': 'https://example.org/' }[PATH_INFO]
  if (to !== undefined) {
    startResponse('302 Found', [['Location', to]])
    return 'moved'
  }
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [REQUEST_METHOD, PATH_INFO, QUERY_STRING, HTTP_COOKIE].join(' ')
}
`

test('-L follows redirects within the application, -i prints each head, -w what came of it', async () => {
  await using project = createProject({ 'app.js': leading })
  const run = (...args: string[]): Promise<unknown> => stapel(project.directory, ['call', ...args]).ended
  const head = (location: string): string =>
    `HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 5\r\n\r\n`
  expect(
    await run('POST', '/one', '-Lid', 'a=1', '-b', 'b=2', '-w', '\\n%{http_code} %{num_redirects}'),
  ).toEqual({
    code: 0,
    stdout: `${head('/two?a=1')}${head('/three')}HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 15\r\n\r\nGET /three  b=2\n200 2`,
    stderr: '',
  })
  expect(await run('/loop', '-L', '--max-redirs=3')).toEqual({
    code: 47,
    stdout: '',
    stderr: 'stapel: Got more than 3 redirects, the last one to http://localhost/loop\n',
  })
  expect(await run('/away', '-L')).toEqual({
    code: 0,
    stdout: 'moved',
    stderr: 'stapel: https://example.org/ is not of this application, and is not asked.\n',
  })
  expect(await run('/one', '-w', ' %{redirect_url}')).toEqual({
    code: 0,
    stdout: 'moved http://localhost/two?a=1',
    stderr: '',
  })
}, 60_000)

test('-c keeps cookies over redirects, and in a file for the next call, which -b names', async () => {
  await using project = createProject({
    'app.js': `export const app = (environ, startResponse) => {
  const { PATH_INFO, HTTP_COOKIE = 'none' } = environ
  const isLogin = PATH_INFO === '/login'
  startResponse(isLogin ? '303 See Other' : '200 OK', isLogin ? [['Location', '/'], ['Set-Cookie', 'id=1; Path=/']] : [])
  return HTTP_COOKIE
}
`,
  })
  const run = (...args: string[]): Promise<unknown> => stapel(project.directory, ['call', ...args]).ended
  const said = (stdout: string): unknown => ({ code: 0, stdout, stderr: '' })
  expect(await run('POST', '/login', '-L')).toEqual(said('none'))
  expect(await run('POST', '/login', '-L', '-b', 'jar', '-c', 'jar', '-b', 'a=2')).toEqual(said('a=2; id=1'))
  expect(readFileSync(project.path('jar'), 'utf8')).toContain('localhost\tFALSE\t/\tFALSE\t0\tid\t1\n')
  expect(await run('/', '-b', 'jar')).toEqual(said('id=1'))
  expect(await run('/', '-b', 'jar', '-H', 'Cookie: own=1')).toEqual(said('own=1'))
  expect(await run('/', '-b', 'none')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^stapel: The cookie file none cannot be read: ENOENT.*; a cookie is given as name=value\.\n$/,
    ),
  })
}, 60_000)

test('--max-time ends an application that takes longer, though it blocks its process', async () => {
  await using project = createProject({
    'app.js': `export const app = (environ, startResponse) => {
  if (environ.PATH_INFO === '/block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  startResponse('200 OK', [])
  return 'quick'
}
`,
  })
  const run = (...args: string[]): Promise<unknown> =>
    stapel(project.directory, ['call', 'app.js', ...args]).ended
  const stderr = 'stapel: There was no whole answer after 0.2 s, the time of --max-time.\n'
  expect(await run('/block', '--max-time=0.2')).toEqual({ code: 28, stdout: '', stderr })
  expect(await run('/block', '-sm', '0.2')).toEqual({ code: 28, stdout: '', stderr: '' })
  expect(await run('/block', '-sSm', '0.2')).toEqual({ code: 28, stdout: '', stderr })
  expect(await run('/quick', '-m', '600')).toEqual({ code: 0, stdout: 'quick', stderr: '' })
}, 60_000)

test('an application that never answers, never ends its answer, or ends the process is told, and is no success', async () => {
  await using project = createProject({
    'app.js': `export const app = (environ, startResponse) => {
  if (environ.PATH_INFO === '/exit') process.exit(0)
  if (environ.PATH_INFO === '/never') return new Promise(() => {})
  startResponse('200 OK', [])
  return (async function* () {
    yield 'begun'
    await new Promise(() => {})
  })()
}
`,
    'exits.js': 'process.exit(0)',
  })
  const run = (...args: string[]): Promise<unknown> => stapel(project.directory, ['call', ...args]).ended
  expect(await run('/never')).toEqual({
    code: 52,
    stdout: '',
    stderr: 'stapel: The application never answers: it awaits what nothing will settle.\n',
  })
  expect(await run('/begun')).toEqual({
    code: 18,
    stdout: 'begun',
    stderr: 'stapel: The application never ends its answer: it awaits what nothing will settle.\n',
  })
  expect(await run('/exit')).toEqual({
    code: 52,
    stdout: '',
    stderr: 'stapel: app.js has ended the process with exit code 0.\n',
  })
  expect(await run('exits.js', '/')).toMatchObject({
    code: 52,
    stderr: expect.stringContaining('exits.js has ended'),
  })
}, 60_000)

test('what is wrong is said in one line', async () => {
  await using project = createProject({ 'other.txt': '' })
  expect(await stapel(project.directory, ['call', '/']).ended).toMatchObject({
    code: 2,
    stderr:
      'stapel: There is no app.ts, app.js or src/app.ts here; name the application, as in: stapel call server.js GET /\n',
  })
  expect(await stapel(project.directory, ['call', 'app.js', '/']).ended).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^stapel: There is no file app\.js in \S+\n$/),
  })
})
