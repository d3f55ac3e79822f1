import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Application } from '../protocol.ts'
import { systemdSockets } from './listen.ts'
import { rawRequest, serveForTest } from './raw.test-support.ts'

const hello: Application = (environ, startResponse) => {
  startResponse('200 OK', [])
  return `Hello ${environ.REMOTE_ADDR}`
}
const get = 'GET / HTTP/1.0\r\n\r\n'

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stapel-listen-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'app.sock')
}

describe.skipIf(process.platform === 'win32')('a unix socket', () => {
  test('is served, without an address of the peer, and removed when the server is closed', async () => {
    const path = await socketPath()
    const server = await serveForTest(hello, { path })
    expect([server.url, server.port]).toEqual([path, 0])
    expect(await rawRequest(server, get)).toMatch(/Hello undefined$/)
    await server.close()
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('that a killed process has left is replaced', async () => {
    const path = await socketPath()
    const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    await once(spawn(process.execPath, ['-e', program]), 'exit')
    expect((await stat(path)).isSocket()).toBe(true)
    expect(await rawRequest(await serveForTest(hello, { path }), get)).toMatch(/Hello/)
  })

  test('on which somebody listens is not', async () => {
    const path = await socketPath()
    await serveForTest(hello, { path })
    await expect(serveForTest(hello, { path })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('does not replace a file of its name', async () => {
    const path = await socketPath()
    await writeFile(path, 'precious')
    await expect(serveForTest(hello, { path })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    expect((await stat(path)).size).toBe(8)
  })

  test('gets the permissions that were asked for', async () => {
    const path = await socketPath()
    await serveForTest(hello, { path, mode: 0o660 })
    expect((await stat(path)).mode & 0o777).toBe(0o660)
  })
})

describe('systemdSockets', () => {
  const pid = String(process.pid)

  test('gives the descriptors that were passed to this process', () => {
    expect(systemdSockets({ LISTEN_PID: pid, LISTEN_FDS: '2' })).toEqual([3, 4])
  })

  test.each([
    ['nothing was passed', {}],
    ['they were passed to another process', { LISTEN_PID: '1', LISTEN_FDS: '2' }],
    ['the count is none', { LISTEN_PID: pid, LISTEN_FDS: 'two' }],
    ['the count is negative', { LISTEN_PID: pid, LISTEN_FDS: '-1' }],
  ])('gives none where %s', (_, variables) => {
    expect(systemdSockets(variables)).toEqual([])
  })

  test('gives 64 at most', () => {
    expect(systemdSockets({ LISTEN_PID: pid, LISTEN_FDS: '1000000000' })).toHaveLength(64)
  })
})
