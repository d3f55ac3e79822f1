import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LOADING_NOTICE_MS } from '../load/until-loaded.ts'
import { guardCommand, LOAD_TIMEOUT_MS } from './guard.ts'
import { output } from './output.ts'

let told: string[] = []

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  told = []
  vi.spyOn(output, 'err').mockImplementation((text) => void told.push(text))
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A process that runs nothing. */
class PlayedCommand extends EventEmitter {
  killed = false

  kill(): boolean {
    this.killed = true
    this.emit('close', null, 'SIGKILL')
    return true
  }
}

interface Guarded {
  readonly command: PlayedCommand
  readonly code: Promise<number>
  readonly heard: readonly unknown[]
}

function guard(): Guarded {
  const command = new PlayedCommand()
  const heard: unknown[] = []
  const code = guardCommand(['routes'], {
    target: 'app.js',
    heard: (message) => heard.push(message),
    late: () => 28,
    start: () => command as unknown as ChildProcess,
  })
  return { command, code, heard }
}

test('the exit code is that of the process', async () => {
  const { command, code, heard } = guard()
  const probing = { stapel: 'probing', name: 'GET /' }
  command.emit('message', probing)
  command.emit('message', 'of the application')
  command.emit('close', 3, null)
  expect(await code).toBe(3)
  expect(heard).toEqual([probing])
  await vi.advanceTimersByTimeAsync(2 * LOAD_TIMEOUT_MS)
  expect([told, command.killed]).toEqual([[], false])
})

test('an application that takes long to load is told, and ended when it takes too long', async () => {
  const { command, code } = guard()
  await vi.advanceTimersByTimeAsync(LOADING_NOTICE_MS)
  expect(told).toEqual(['stapel: app.js is still being loaded after 10 s; what does it do at its top level?'])
  await vi.advanceTimersByTimeAsync(LOAD_TIMEOUT_MS - LOADING_NOTICE_MS - 1)
  expect(command.killed).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await code).toBe(1)
  expect(command.killed).toBe(true)
  expect(told.slice(1)).toEqual([
    'stapel: app.js is not loaded after 60 s: its modules are in a loop, or await what does not come.',
  ])
})

test('one that is loaded has the time that it says, from when it says so', async () => {
  const { command, code } = guard()
  command.emit('message', { stapel: 'within', ms: 100 })
  await vi.advanceTimersByTimeAsync(99)
  command.emit('message', { stapel: 'within', ms: 100 })
  await vi.advanceTimersByTimeAsync(99)
  expect(command.killed).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(await code).toBe(28)
  expect([told, command.killed]).toEqual([[], true])
})

test('an end by a signal is told', async () => {
  const { command, code } = guard()
  command.emit('close', null, 'SIGABRT')
  expect(await code).toBe(1)
  expect(told).toEqual(['stapel: The process of the application was ended by SIGABRT.'])
})

test('a process that cannot be started is told', async () => {
  const { command, code } = guard()
  command.emit('error', new Error('spawn EAGAIN'))
  expect(await code).toBe(1)
  expect(told).toEqual(['stapel: No process could be started: spawn EAGAIN'])
})
