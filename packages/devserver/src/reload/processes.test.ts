import type { ChildProcess } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { createProject } from '../stapel-command.test-support.ts'
import { type PlayedProcess, playProcesses } from './processes.test-support.ts'
import { Processes, type ProcessesEvents, SPARE_DELAY_MS } from './processes.ts'
import { RETIRE_TIMEOUT_MS } from './worker.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const silent: ProcessesEvents = {
  files: () => {},
  ready: () => {},
  threw: () => {},
  exited: (_worker, failure) => failure,
}

/** Processes without an application, in a directory that nobody looks at, and the file of a module to load ahead. */
function processesForTest(early?: ChildProcess): {
  processes: Processes
  played: readonly PlayedProcess[]
  module: { url: string; replace(): void }
} {
  const project = createProject({ 'module.js': '' })
  onTestFinished(() => project[Symbol.asyncDispose]())
  const { played, fork } = playProcesses()
  const options = { directory: 'sockets', peerHeader: 'x-peer', early, fork }
  return {
    processes: new Processes(options, silent),
    played,
    module: {
      url: pathToFileURL(project.path('module.js')).href,
      replace: () => project.write('module.js', 'anew'),
    },
  }
}

test('each has a socket of its own', () => {
  const { processes } = processesForTest()
  expect(processes.take(false).socketPath).not.toBe(processes.take(false).socketPath)
})

test('the first start takes the process that was started for it', () => {
  const other = playProcesses()
  const { processes, played } = processesForTest(other.fork())
  processes.take(false)
  expect(other.played[0]?.told).toEqual(['prepare'])
  expect(played).toHaveLength(0)
})

test('a process that has ended before the first start is none to start with', () => {
  const other = playProcesses()
  const early = other.fork()
  other.played[0]?.end(1)
  const { processes, played } = processesForTest(early)
  processes.take(false)
  expect(played).toHaveLength(1)
})

test('one waits for the next start, made after the first requests', () => {
  const { processes, played } = processesForTest()
  processes.take(false)
  processes.prepare(false)
  vi.advanceTimersByTime(SPARE_DELAY_MS - 1)
  expect(played).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(played).toHaveLength(2)
  processes.take(false)
  expect(played).toHaveLength(2)
})

test('one that waits is enough', () => {
  const { processes, played } = processesForTest()
  for (let start = 0; start < 3; start++) {
    processes.prepare(false)
    vi.advanceTimersByTime(SPARE_DELAY_MS)
  }
  expect(played).toHaveLength(1)
})

test('a start that comes sooner has no process made that it would not need', () => {
  const { processes, played } = processesForTest()
  processes.prepare(false)
  processes.take(false)
  vi.runAllTimers()
  expect(played).toHaveLength(1)
})

test('one that waits without tsx is ended where tsx is needed', () => {
  const { processes, played } = processesForTest()
  processes.prepare(false)
  vi.advanceTimersByTime(SPARE_DELAY_MS)
  expect(processes.take(true).tsx).toBe(true)
  expect(played.map(({ told }) => told)).toEqual([['prepare', 'stop'], ['prepare']])
})

test('one that waits has loaded what it will need', () => {
  const { processes, played, module } = processesForTest()
  processes.prepare(false, [module.url])
  vi.advanceTimersByTime(SPARE_DELAY_MS)
  expect(played[0]?.modules).toEqual([module.url])
  processes.take(false)
  expect(played).toHaveLength(1)
})

test('one that has loaded what was installed anew is not used', () => {
  const { processes, played, module } = processesForTest()
  processes.prepare(false, [module.url])
  vi.advanceTimersByTime(SPARE_DELAY_MS)
  module.replace()
  processes.take(false)
  expect(played.map(({ told }) => told)).toEqual([['prepare', 'stop'], ['prepare']])
  expect(played[1]?.modules).toEqual([])
})

test('one that ends while it waits is replaced when it is needed', async () => {
  const { processes, played } = processesForTest()
  processes.prepare(false)
  vi.advanceTimersByTime(SPARE_DELAY_MS)
  played[0]?.end(1)
  await vi.advanceTimersByTimeAsync(0)
  processes.take(false)
  expect(played).toHaveLength(2)
})

test('the end waits for requests in flight, in a bounded time', async () => {
  const { processes, played } = processesForTest()
  const worker = processes.take(false)
  processes.prepare(false)
  worker.begin()
  expect(processes.active).toBe(1)
  const closed = processes.close()
  expect(played[0]?.told).toEqual(['prepare'])
  vi.advanceTimersByTime(RETIRE_TIMEOUT_MS)
  expect(played[0]?.told).toEqual(['prepare', 'stop'])
  played[0]?.end()
  await closed
  expect(processes.active).toBe(0)
  expect(played).toHaveLength(1)
})

test('a request that outlasts the process that it was passed to is told so', async () => {
  const { processes, played } = processesForTest()
  const worker = processes.take(false)
  worker.begin()
  worker.retire()
  vi.advanceTimersByTime(RETIRE_TIMEOUT_MS)
  played[0]?.end()
  expect((await worker.ended).title).toMatch(/^A save or a restart replaced the code/)
})

test('a process that ends by itself while it is replaced is told as what it was', async () => {
  const { processes, played } = processesForTest()
  const worker = processes.take(false)
  worker.begin()
  worker.retire()
  played[0]?.end(null, 'SIGKILL')
  expect((await worker.ended).title).toBe("The application's process was ended by SIGKILL.")
})

test('they are killed at once where that is asked for', () => {
  const { processes, played } = processesForTest()
  processes.take(false).begin()
  processes.prepare(false)
  processes.kill()
  vi.runAllTimers()
  expect(played.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL'])
})
