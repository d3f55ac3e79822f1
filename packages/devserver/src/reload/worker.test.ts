import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import type { LoadSettings } from './messages.ts'
import { type PlayedProcess, playProcesses } from './processes.test-support.ts'
import { END_TIMEOUT_MS, RETIRE_TIMEOUT_MS, Worker } from './worker.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settings: LoadSettings = {
  file: '/site/app.js',
  text: 'app.js',
  exportName: undefined,
  call: false,
  tsx: false,
}

/** A worker whose process the test plays, and what it told. */
function workerForTest(): { worker: Worker; process: PlayedProcess; told: string[] } {
  const { played, fork } = playProcesses()
  const told: string[] = []
  const worker = new Worker(
    { tsx: false, socketPath: 'app.sock', peerHeader: 'x-peer', process: fork() },
    {
      files: (files) => told.push(`files ${files.length}`),
      ready: () => told.push('ready'),
      threw: ({ title }) => told.push(`threw ${title}`),
      exited: (failure) => {
        told.push(`exited ${failure.title}`)
        return failure
      },
    },
  )
  return { worker, process: played[0] as PlayedProcess, told }
}

test('what the process tells is passed on, what an application sends is not', () => {
  const { worker, process, told } = workerForTest()
  worker.load(settings)
  process.tell({ stapel: 'files', files: [{ path: '/site/app.js', signature: '1' }] })
  process.emit('message', 'of the application')
  process.emit('message', null)
  process.tell({ stapel: 'ready', modules: [] })
  process.tell({ stapel: 'threw', failure: plainFailure('error', 'once') })
  expect(process.told).toEqual(['prepare', 'load'])
  expect(told).toEqual(['files 1', 'ready', 'threw once'])
})

test('one without requests in flight is asked to end at once, and once', () => {
  const { worker, process } = workerForTest()
  worker.retire()
  worker.retire()
  expect(process.told).toEqual(['prepare', 'stop'])
})

test('one with requests in flight is asked when they are answered', () => {
  const { worker, process } = workerForTest()
  const ends = [worker.begin(), worker.begin()]
  worker.retire()
  expect(worker.active).toBe(2)
  ends[0]?.()
  expect(process.told).toEqual(['prepare'])
  ends[1]?.()
  expect(process.told).toEqual(['prepare', 'stop'])
})

test('requests in flight have a bounded time', () => {
  const { worker, process } = workerForTest()
  worker.begin()
  worker.retire()
  vi.advanceTimersByTime(RETIRE_TIMEOUT_MS - 1)
  expect(process.told).toEqual(['prepare'])
  vi.advanceTimersByTime(1)
  expect(process.told).toEqual(['prepare', 'stop'])
})

test('one that does not end when it is asked is killed', async () => {
  const { worker, process, told } = workerForTest()
  worker.retire()
  vi.advanceTimersByTime(END_TIMEOUT_MS - 1)
  expect(process.signalCode).toBe(null)
  vi.advanceTimersByTime(1)
  expect(process.signalCode).toBe('SIGKILL')
  await worker.ended
  expect(told).toEqual(["exited The application's process was ended by SIGKILL."])
  expect(vi.getTimerCount()).toBe(0)
})

test('why it ended is what it reported', async () => {
  const { worker, process, told } = workerForTest()
  process.tell({ stapel: 'failed', failure: plainFailure('error', 'no database') })
  process.end(1)
  expect(await worker.ended).toMatchObject({ title: 'no database' })
  expect(told).toEqual(['exited no database'])
})

test('where it reported nothing, it is its exit code', async () => {
  const { worker, process } = workerForTest()
  process.end(7)
  expect((await worker.ended).title).toBe("The application's process ended with exit code 7.")
})

test('a call of process.exit() is told', async () => {
  const { worker, process } = workerForTest()
  const stack = 'Error\n    at process.exit (node:internal/process:1:1)\n    at file:///site/app.js:1:9'
  process.tell({ stapel: 'exit', code: 3, stack })
  process.end(3)
  expect((await worker.ended).title).toBe('process.exit(3) was called.')
})

test('a process that could not be started is a failure', async () => {
  const { played, fork } = playProcesses()
  const process = fork()
  Object.assign(process, { pid: undefined })
  const told: string[] = []
  const worker = new Worker(
    { tsx: false, socketPath: 'app.sock', peerHeader: 'x-peer', process },
    {
      files: () => {},
      ready: () => {},
      threw: () => {},
      exited: (failure) => {
        told.push(failure.title)
        return failure
      },
    },
  )
  played[0]?.emit('error', new Error('EAGAIN'))
  expect((await worker.ended).title).toBe('The process could not be started: EAGAIN')
  expect(told).toHaveLength(1)
})

test('the outline is that of the process, and none where it ends before', async () => {
  const { worker, process } = workerForTest()
  const outline = worker.outline()
  process.tell({ stapel: 'outline', text: 'app' })
  expect(await outline).toBe('app')
  const late = worker.outline()
  process.end()
  expect(await late).toBe(undefined)
})

test('a process that has ended is told nothing', () => {
  const { worker, process } = workerForTest()
  process.end()
  worker.load(settings)
  expect(process.told).toEqual(['prepare'])
})
