import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { type RequestOptions, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { delimiter } from 'node:path'
import { expect, test } from 'vitest'
import { testCertificate } from '../../../core/src/gateway/tls.test-support.ts'
import { createProject, poll, stapel } from '../stapel-command.test-support.ts'

const app = (text: string): string => `export function app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return '${text} over ' + environ['wsgi.url_scheme']
}
`

function textOf(options: RequestOptions & { ca?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const ask = options.ca === undefined ? request : secureRequest
    ask({ ...options, agent: false }, async (answer) => {
      let text = ''
      for await (const chunk of answer.setEncoding('utf8')) text += chunk
      resolve(text)
    })
      .on('error', reject)
      .end()
  })
}

test('--https serves with a certificate that is made once, through restarts', async () => {
  await using project = createProject({ 'app.js': app('one') })
  const env = { XDG_CACHE_HOME: project.path('cache') }
  const pem = project.path('cache/stapel/localhost.pem')
  {
    await using running = stapel(project.directory, ['app.js', '--port=0', '--https'], env)
    const { port, protocol } = new URL(await running.url())
    expect(protocol).toBe('https:')
    const read = (): Promise<string> => textOf({ host: 'localhost', port, ca: readFileSync(pem, 'utf8') })
    expect(await read()).toBe('one over https')
    expect(running.output()).toContain(`warn until they trust it: ${pem}\n`)
    project.write('app.js', app('two'))
    await expect.poll(read, { timeout: 20_000 }).toBe('two over https')
  }
  const made = readFileSync(pem, 'utf8')
  await using again = stapel(project.directory, ['app.js', '--port=0', '--https', '--no-reload'], env)
  const { port } = new URL(await again.url())
  expect(await textOf({ host: 'localhost', port, ca: made })).toBe('two over https')
  expect(again.output()).not.toContain('certificate')
})

test('--cert and --key serve HTTPS with files of one’s own', async () => {
  const { cert, key } = testCertificate
  await using project = createProject({ 'app.js': app('one'), 'cert.pem': cert, 'key.pem': key })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--cert=cert.pem', '--key=key.pem'])
  const { port } = new URL(await running.url())
  expect(await textOf({ host: 'localhost', port, ca: cert })).toBe('one over https')
})

test('a certificate that is none is refused in one line', async () => {
  await using project = createProject({ 'app.js': app('one'), 'cert.pem': 'hello', 'key.pem': 'hello' })
  await using running = stapel(project.directory, ['app.js', '--cert=cert.pem', '--key=key.pem'])
  const { code, stderr } = await running.ended
  expect(code).toBe(1)
  expect(stderr).toMatch(/^stapel: HTTPS cannot be served with .*cert\.pem and .*key\.pem: .*as PEM\.\n$/)
})

test('--socket serves on a unix socket, which is removed at the end', async () => {
  await using project = createProject({ 'app.js': app('one') })
  const socketPath = project.path('app.sock')
  const running = stapel(project.directory, ['app.js', '--socket=app.sock'])
  await running.printed(/ at app\.sock /)
  expect(await textOf({ socketPath })).toBe('one over http')
  await running[Symbol.asyncDispose]()
  expect(existsSync(socketPath)).toBe(false)
})

test.skipIf(process.platform !== 'linux')('--open opens the address in a browser', async () => {
  await using project = createProject({
    'app.js': app('one'),
    'bin/xdg-open': '#!/bin/sh\nprintf %s "$1" > opened.part && mv opened.part opened\n',
  })
  chmodSync(project.path('bin/xdg-open'), 0o755)
  await using running = stapel(project.directory, ['app.js', '--port=0', '--open'], {
    PATH: `${project.path('bin')}${delimiter}${process.env.PATH}`,
  })
  const url = await running.url()
  await expect.poll(() => existsSync(project.path('opened')), { timeout: 20_000 }).toBe(true)
  expect(readFileSync(project.path('opened'), 'utf8')).toBe(url)
})

test('--open says the address where there is no browser', async () => {
  await using project = createProject({ 'app.js': app('one') })
  await using running = stapel(project.directory, ['app.js', '--port=0', '--open'], {
    PATH: project.path('nothing'),
  })
  await running.printed(/^No browser could be opened; the address is http/m)
  expect(await poll(await running.url(), () => true)).toBe('one over http')
})
