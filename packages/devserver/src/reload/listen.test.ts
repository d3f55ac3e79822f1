import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_PORT } from '../command/options.ts'
import { listen, PORT_ATTEMPTS, urlOf } from './listen.ts'

function serverForTest(): Server {
  const server = createServer()
  onTestFinished(() => void server.close())
  return server
}

/** Answers for ports as a system does on which some are in use. */
function withPortsInUse(server: Server, inUse: (port: number) => boolean): number[] {
  const tried: number[] = []
  const { listen } = server
  server.listen = ((address: { port: number }, listening: () => void) => {
    tried.push(address.port)
    if (!inUse(address.port))
      return Reflect.apply(listen, server, [{ port: 0, host: '127.0.0.1' }, listening])
    queueMicrotask(() => server.emit('error', Object.assign(new Error('in use'), { code: 'EADDRINUSE' })))
    return server
  }) as Server['listen']
  return tried
}

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stapel-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

// robustness.md D6
test('takes the next free port where none was asked for', async () => {
  const server = serverForTest()
  const tried = withPortsInUse(server, (port) => port < DEFAULT_PORT + 2)
  expect(await listen(server, { host: '127.0.0.1', port: undefined })).toEqual([
    DEFAULT_PORT,
    DEFAULT_PORT + 1,
  ])
  expect(tried).toEqual([DEFAULT_PORT, DEFAULT_PORT + 1, DEFAULT_PORT + 2])
})

test('gives up after a few of them', async () => {
  const server = serverForTest()
  const tried = withPortsInUse(server, () => true)
  await expect(listen(server, { host: '127.0.0.1', port: undefined })).rejects.toThrow(
    `the ports ${DEFAULT_PORT} to ${DEFAULT_PORT + PORT_ATTEMPTS - 1} are in use`,
  )
  expect(tried).toHaveLength(PORT_ATTEMPTS)
})

test('takes no other port than the one that was asked for, and says what has it', async () => {
  const holder = createNetServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  onTestFinished(() => void holder.close())
  const { port } = holder.address() as AddressInfo
  await expect(listen(serverForTest(), { host: '127.0.0.1', port })).rejects.toThrow(
    process.platform === 'linux'
      ? `Cannot listen on 127.0.0.1:${port}: the port is in use by process ${process.pid} (`
      : `Cannot listen on 127.0.0.1:${port}: the port is in use; `,
  )
})

test('replaces a unix socket that nobody answers on, and no other', async () => {
  const path = join(folderForTest(), 'app.sock')
  const first = serverForTest()
  expect(await listen(first, { host: '127.0.0.1', port: undefined, socket: path })).toEqual([])
  expect(urlOf(first, '127.0.0.1')).toBe(path)
  await expect(listen(serverForTest(), { host: '127.0.0.1', port: undefined, socket: path })).rejects.toThrow(
    `Cannot listen on ${path}: somebody listens on it`,
  )
  expect(existsSync(path)).toBe(true)
})

test('tells a directory that is not there from one that it may not write to', async () => {
  const socket = join(folderForTest(), 'none', 'app.sock')
  await expect(listen(serverForTest(), { host: '127.0.0.1', port: undefined, socket })).rejects.toThrow(
    `Cannot listen on ${socket}: its directory is not there.`,
  )
})

test('touches no file that is no socket', async () => {
  const path = join(folderForTest(), 'notes.txt')
  writeFileSync(path, 'mine')
  await expect(listen(serverForTest(), { host: '127.0.0.1', port: undefined, socket: path })).rejects.toThrow(
    'Cannot listen on',
  )
  expect(existsSync(path)).toBe(true)
})

test('gives an address that a browser on this machine can open', async () => {
  const server = serverForTest()
  await listen(server, { host: '127.0.0.1', port: 0 })
  const { port } = server.address() as AddressInfo
  expect(urlOf(server, '127.0.0.1')).toBe(`http://127.0.0.1:${port}/`)
  expect(urlOf(server, '0.0.0.0')).toBe(`http://127.0.0.1:${port}/`)
  expect(urlOf(server, '::', 'https')).toBe(`https://[::1]:${port}/`)
})
