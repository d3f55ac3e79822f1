import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { plainFailure } from '../failure/failure.ts'
import { createProject } from '../stapel-command.test-support.ts'
import type { ToParent } from './messages.ts'
import { type PlayedProcess, playProcesses } from './processes.test-support.ts'
import { SPARE_DELAY_MS } from './processes.ts'
import { PATIENCE_MS, Reloader } from './reloader.ts'
import { QUICK_RESTARTS, RESTART_LIMIT, RESTART_PAUSE_MS, RESTART_REST_MS, STEADY_MS } from './restarts.ts'
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
      failed: ({ title }, { wait }) => told.push(`failed ${title}${wait === 0 ? ', again' : ''}`),
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

/** Has an application be ready and end at once, so often in a row. */
async function endSoon(played: readonly PlayedProcess[], times: number): Promise<void> {
  for (let time = 1; time <= times; time++) {
    const process = lastLoading(played)
    process.tell(ready)
    await fail(process, 'out of memory')
    await vi.advanceTimersByTimeAsync(0)
  }
}

function starts(played: readonly PlayedProcess[]): number {
  return played.filter(({ told }) => told.includes('load')).length
}

test('an application that ends soon after its start is started again at once, and requests wait', async () => {
  const { reloader, played, told } = reloaderForTest()
  await endSoon(played, 1)
  const turn = reloader.turn()
  lastLoading(played).tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['ready', 'failed out of memory, again', 'ready'])
})

test('one that ends again and again is started after a pause, in which its failure is shown', async () => {
  const { reloader, played } = reloaderForTest()
  await endSoon(played, QUICK_RESTARTS)
  expect(starts(played)).toBe(QUICK_RESTARTS + 1)
  const waiting = reloader.turn()
  await endSoon(played, 1)
  const failure = { title: 'out of memory', next: expect.stringContaining('again within 0.5 s') }
  expect(await waiting).toMatchObject({ by: 'worker' })
  expect(reloader.turn()).toMatchObject({ by: 'failure', failure })
  await vi.advanceTimersByTimeAsync(RESTART_PAUSE_MS - 1)
  expect(starts(played)).toBe(QUICK_RESTARTS + 1)
  await vi.advanceTimersByTimeAsync(1)
  expect(starts(played)).toBe(QUICK_RESTARTS + 2)
  const turn = reloader.turn()
  lastLoading(played).tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
})

/** Has an application end so often that it is not started again by itself. */
async function giveUp(played: readonly PlayedProcess[]): Promise<void> {
  await endSoon(played, QUICK_RESTARTS)
  for (let pause = RESTART_PAUSE_MS; starts(played) <= RESTART_LIMIT; pause *= 2) {
    await endSoon(played, 1)
    await vi.advanceTimersByTimeAsync(pause)
  }
  await endSoon(played, 1)
}

test('in the end a request starts it again, at most one in a while', async () => {
  const { reloader, played } = reloaderForTest()
  await giveUp(played)
  const all = starts(played)
  expect(all).toBe(RESTART_LIMIT + 1)
  await vi.advanceTimersByTimeAsync(RESTART_REST_MS - 1)
  expect(reloader.turn()).toMatchObject({ by: 'failure' })
  expect(starts(played)).toBe(all)
  await vi.advanceTimersByTimeAsync(1)
  const turns = [reloader.turn(), reloader.turn()]
  expect(starts(played)).toBe(all + 1)
  await endSoon(played, 1)
  expect(await Promise.all(turns)).toMatchObject([{ by: 'worker' }, { by: 'worker' }])
  await vi.advanceTimersByTimeAsync(RESTART_REST_MS - 1)
  expect(reloader.turn()).toMatchObject({ by: 'failure' })
  expect(starts(played)).toBe(all + 1)
})

test('without a request it stays as it is, and a save begins anew', async () => {
  const { played, save } = reloaderForTest()
  await giveUp(played)
  const all = starts(played)
  await vi.advanceTimersByTimeAsync(10 * RESTART_REST_MS)
  expect(starts(played)).toBe(all)
  await save()
  await endSoon(played, 1)
  expect(starts(played)).toBe(all + 2)
})

test('a save in a pause starts it once', async () => {
  const { played, save } = reloaderForTest()
  await endSoon(played, QUICK_RESTARTS + 1)
  const all = starts(played)
  await save()
  await vi.advanceTimersByTimeAsync(2 * RESTART_PAUSE_MS)
  expect(starts(played)).toBe(all + 1)
})

test('a start that fails after its code was ready once is tried again', async () => {
  const { reloader, played, told } = reloaderForTest()
  await endSoon(played, 1)
  await fail(lastLoading(played), 'no database')
  const turn = reloader.turn()
  lastLoading(played).tell(ready)
  expect(await turn).toMatchObject({ by: 'worker' })
  expect(told).toEqual(['ready', 'failed out of memory, again', 'failed no database, again', 'ready'])
})

test('at the end of the server nothing is started any more', async () => {
  const { reloader, played } = reloaderForTest()
  await endSoon(played, QUICK_RESTARTS + 1)
  const all = starts(played)
  reloader.kill()
  await vi.advanceTimersByTimeAsync(2 * RESTART_PAUSE_MS)
  expect(starts(played)).toBe(all)
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
