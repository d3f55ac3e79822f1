/** Where `stapel serve` listens: unix sockets, and what systemd passes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { createProject, stapel, stapelCommand } from '../stapel-command.test-support.ts'

const app = `export function app(environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'hello ' + environ['wsgi.multiprocess']
}
`

test.skipIf(process.platform === 'win32')('a unix socket', async () => {
  await using project = createProject({ 'app.js': app })
  await using running = stapel(project.directory, ['serve', 'app.js', '--socket', 'app.sock'])
  await running.printed(/ at app\.sock with 1 worker/)
  const [response] = (await once(
    request({ socketPath: project.path('app.sock'), path: '/' }).end(),
    'response',
  )) as [IncomingMessage]
  expect((await response.setEncoding('utf8').toArray()).join('')).toBe('hello false')
})

test.skipIf(process.platform === 'win32').for([
  [
    'x'.repeat(120),
    2,
    /^stapel: Got a path of 120 bytes for a unix socket; expected at most 10\d\. [^\n]+\n$/,
  ],
  ['none/app.sock', 1, /^stapel: Cannot listen on none\/app\.sock: there is no directory none\.\n$/],
] as const)('the path %s of a socket is refused', async ([path, code, message]) => {
  await using project = createProject({ 'app.js': app })
  expect(await stapel(project.directory, ['serve', 'app.js', '--socket', path]).ended).toEqual({
    code,
    stdout: '',
    stderr: expect.stringMatching(message),
  })
})

test.skipIf(process.platform === 'win32')('a socket that systemd passes, with two workers', async () => {
  await using project = createProject({ 'app.js': app })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const child = passing(server, project.directory)
  server.close()
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('hello true')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.skipIf(process.platform === 'win32')('a unix socket that systemd passes', async () => {
  await using project = createProject({ 'app.js': app })
  const server = createServer().listen(project.path('app.sock'))
  await once(server, 'listening')
  const child = passing(server, project.directory)
  const line = await firstLine(child)
  expect(line).toMatch(
    /^Stapel serves app\.js at the unix socket that systemd passed with 2 workers, pid \d+$/,
  )
  server.close()
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

test.skipIf(process.platform === 'win32')('what systemd passes and is no socket is told', async () => {
  await using project = createProject({ 'app.js': app })
  const file = openSync(project.path('app.js'), 'r')
  const child = passing({ _handle: { fd: file } }, project.directory)
  expect(await firstLine(child)).toMatch(/^stapel: Cannot listen on descriptor 3, which systemd passed: /)
  closeSync(file)
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1)
})

/** The command with two workers and a descriptor as systemd passes it. */
function passing(server: object, directory: string): ChildProcess {
  const { fd } = (server as { _handle: { fd: number } })._handle
  // The variables name the process, which a shell that becomes it knows; its descriptor 3 is the socket.
  const script = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"'
  return spawn('sh', ['-c', script, process.execPath, stapelCommand, 'serve', 'app.js', '--workers=2'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe', fd],
  })
}

async function firstLine({ stderr }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stderr as Readable })) return line
  return ''
}
