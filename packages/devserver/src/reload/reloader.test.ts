import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { createProject } from '../stapel-command.test-support.ts'
import type { ToParent } from './messages.ts'
import { type PlayedProcess, playProcesses } from './processes.test-support.ts'
import { SPARE_DELAY_MS } from './processes.ts'
import { PATIENCE_MS, Reloader, STEADY_MS } from './reloader.ts'
import { DEBOUNCE_MS, STORM_DEBOUNCE_MS } from './saves.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

interface TestReloader {
  readonly reloader: Reloader
  readonly played: readonly PlayedProcess[]
  /** What was told, in its order. */
  readonly told: readonly string[]
  /** Has the application started anew, as after a save, and gives its process. */
  save(): Promise<PlayedProcess>
}

/** Reloads an application whose processes the test plays. */
function reloaderForTest(): TestReloader {
  const project = createProject({ 'app.js': '' })
  const { played, fork } = playProcesses()
  const told: string[] = []
  const reloader = new Reloader(
    {
      load: {
        file: project.path('app.js'),
        text: 'app.js',
        exportName: undefined,
        call: false,
        tsx: false,
      },
      directory: project.directory,
      peerHeader: 'x-peer',
      watch: [],
      ignore: [],
      live: undefined,
      process: undefined,
      fork,
    },
    {
      changed: () => told.push('changed'),
      ready: () => told.push('ready'),
      threw: ({ title }) => told.push(`threw ${title}`),
      failed: ({ title }, again) => told.push(`failed ${title}${again ? ', again' : ''}`),
      unwatched: ({ message }) => told.push(message),
    },
  )
  onTestFinished(async () => {
    for (const process of played) if (process.connected) process.end()
    await reloader.close()
    await project[Symbol.asyncDispose]()
  })
  return {
    reloader,
    played,
    told,
    save: async () => {
      reloader.restart()
      await vi.advanceTimersByTimeAsync(STORM_DEBOUNCE_MS)
      return lastLoading(played)
    },
  }
}

/** The process that was told last to load the application. */
function lastLoading(played: readonly PlayedProcess[]): PlayedProcess {
  const process = played.findLast(({ told }) => told.includes('load'))
  if (process === undefined) throw new Error('No process was told to load the application.')
  return process
}

const ready: ToParent = { stapel: 'ready', modules: [] }
const failed = (title: string, code?: string): ToParent => ({
  stapel: 'failed',
  failure: { ...plainFailure('error', title), code },
})

/** A process reports why, and ends. */
async function fail(process: PlayedProcess, title: string, code?: string): Promise<void> {
  process.tell(failed(title, code))
  process.end(1)
  await vi.advanceTimersByTimeAsync(0)
}

test('requests wait for the first start', async () => {
  const { reloader, played, told } = reloaderForTest()
  const turn = reloader.turn()
  played[0]?.tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(reloader.turn()).toEqual(await turn)
  expect(told).toEqual(['ready'])
})

test('requests after a save wait for the new code, and the old process ends when it is there', async () => {
  const { reloader, played, told, save } = reloaderForTest()
  played[0]?.tell(ready)
  const old = await reloader.turn()
  const starting = save()
  const turn = reloader.turn()
  const next = await starting
  expect(played[0]?.told).not.toContain('stop')
  next.tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(await turn).not.toEqual(old)
  expect(played[0]?.told).toContain('stop')
  expect(told).toEqual(['ready', 'changed', 'ready'])
})

test('where the new code takes long the old one answers, and that is said', async () => {
  const { reloader, played, save } = reloaderForTest()
  played[0]?.tell(ready)
  await save()
  const turn = reloader.turn()
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  expect(await turn).toMatchObject({ by: 'worker', outdated: true })
})

test('a save ends the start of what is outdated by it', async () => {
  const { reloader, played, save } = reloaderForTest()
  played[0]?.tell(ready)
  const second = await save()
  const third = await save()
  expect(second.told).toContain('stop')
  second.tell(ready)
  const turn = reloader.turn()
  third.tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(third.told).not.toContain('stop')
})

test('a start that fails is shown, until the next save', async () => {
  const { reloader, played, told, save } = reloaderForTest()
  await fail(played[0] as PlayedProcess, 'no database')
  expect(reloader.turn()).toMatchObject({ by: 'failure', failure: { title: 'no database' } })
  const next = await save()
  const turn = reloader.turn()
  next.tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['failed no database', 'changed', 'ready'])
})

test('a save that breaks the application ends what was there', async () => {
  const { reloader, played, save } = reloaderForTest()
  played[0]?.tell(ready)
  const starting = save()
  const turn = reloader.turn()
  await fail(await starting, 'never closed')
  expect(await turn).toMatchObject({ by: 'failure' })
  expect(played[0]?.told).toContain('stop')
})

test('an application that ends soon after its start waits for a save', async () => {
  const { reloader, played, told } = reloaderForTest()
  played[0]?.tell(ready)
  await fail(played[0] as PlayedProcess, 'out of memory')
  expect(reloader.turn()).toMatchObject({ by: 'failure' })
  expect(told).toEqual(['ready', 'failed out of memory'])
})

test('an application that ends later is started again at once', async () => {
  const { reloader, played, told } = reloaderForTest()
  played[0]?.tell(ready)
  await vi.advanceTimersByTimeAsync(STEADY_MS + 1)
  await fail(played[0] as PlayedProcess, 'out of memory')
  expect(lastLoading(played)).not.toBe(played[0])
  const turn = reloader.turn()
  lastLoading(played).tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['ready', 'failed out of memory, again', 'ready'])
})

test('an old process that ends while the new one starts leaves requests waiting', async () => {
  const { reloader, played, told, save } = reloaderForTest()
  played[0]?.tell(ready)
  const next = await save()
  await fail(played[0] as PlayedProcess, 'out of memory')
  const turn = reloader.turn()
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  next.tell(ready)
  expect(await turn).toEqual({ by: 'worker', worker: expect.anything() })
  expect(told).toEqual(['ready', 'changed', 'failed out of memory, again', 'ready'])
})

test('what the old process holds is had after its end', async () => {
  const { reloader, played, told, save } = reloaderForTest()
  played[0]?.tell(ready)
  const second = await save()
  await fail(second, 'the port is in use', 'EADDRINUSE')
  expect(played[0]?.told).toContain('stop')
  expect(lastLoading(played)).toBe(second)
  played[0]?.end()
  await vi.advanceTimersByTimeAsync(0)
  const third = lastLoading(played)
  expect(third).not.toBe(second)
  third.tell(ready)
  expect(await reloader.turn()).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['ready', 'changed', 'ready'])
})

test('a save while the old process ends causes one start', async () => {
  const { reloader, played, save } = reloaderForTest()
  played[0]?.tell(ready)
  await fail(await save(), 'the port is in use', 'EADDRINUSE')
  reloader.restart()
  played[0]?.end()
  await vi.advanceTimersByTimeAsync(DEBOUNCE_MS)
  expect(played.filter(({ told }) => told.includes('load'))).toHaveLength(3)
})

test('TypeScript that Node cannot load is loaded with tsx, from then on', async () => {
  const { reloader, played, told, save } = reloaderForTest()
  await fail(played[0] as PlayedProcess, 'Unknown file extension', 'ERR_UNKNOWN_FILE_EXTENSION')
  lastLoading(played).tell(ready)
  expect(reloader.turn()).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['ready'])
  const next = await save()
  await fail(next, 'no more than that', 'ERR_UNKNOWN_FILE_EXTENSION')
  expect(reloader.turn()).toMatchObject({ by: 'failure' })
})

test('the process for the next start loads ahead what the application has loaded of Stapel', async () => {
  const { reloader, played, save } = reloaderForTest()
  const modules = [import.meta.url]
  played[0]?.tell({ stapel: 'ready', modules })
  await vi.advanceTimersByTimeAsync(SPARE_DELAY_MS)
  expect(played.map((process) => process.modules)).toEqual([[], modules])
  await fail(await save(), 'never closed')
  await vi.advanceTimersByTimeAsync(SPARE_DELAY_MS)
  expect(reloader.turn()).toMatchObject({ by: 'failure' })
  expect(played[2]?.modules).toEqual(modules)
})

test('at the end requests that wait are turned away, as are those that come', async () => {
  const { reloader, played } = reloaderForTest()
  const turn = reloader.turn()
  const closed = reloader.close()
  expect(await turn).toMatchObject({ by: 'nobody', reason: 'The server is stopping.' })
  expect(reloader.turn()).toMatchObject({ by: 'nobody' })
  for (const process of played) process.end()
  await closed
})
