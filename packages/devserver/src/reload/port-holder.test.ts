import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { basename } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { COMMAND_LIMIT, portHolder } from './port-holder.ts'

const onLinux = test.skipIf(process.platform !== 'linux')

/** A process that listens on a free port, which it prints. */
async function holderForTest(...args: string[]): Promise<{ child: ChildProcess; port: number }> {
  const program =
    "const s = require('node:net').createServer().listen(0, () => console.log(s.address().port))"
  const child = spawn(process.execPath, ['-e', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill())
  const [printed] = await once(child.stdout, 'data')
  return { child, port: Number(printed) }
}

onLinux('the process that listens on a port is told with its command line', async () => {
  const { child, port } = await holderForTest()
  const holder = portHolder(port)
  expect(holder?.pid).toBe(child.pid)
  expect(holder?.command.startsWith(`${basename(process.execPath)} -e const s`)).toBe(true)
})

onLinux('a long command line is cut', async () => {
  const { port } = await holderForTest('a'.repeat(10_000))
  expect(portHolder(port)?.command).toHaveLength(COMMAND_LIMIT + 1)
})

onLinux('a process that is connected to a port does not hold it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(portHolder(port)?.pid).toBe(process.pid)
  server.close()
  await once(server, 'close')
  expect(portHolder(port)).toBeUndefined()
})

test('of a port that nobody has nothing is told', () => {
  expect(portHolder(1)).toBeUndefined()
})
