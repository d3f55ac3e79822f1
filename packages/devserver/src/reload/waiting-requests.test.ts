import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Turn } from './turn.ts'
import { WAITING_LIMIT, WAITING_TIMEOUT_MS, WaitingRequests } from './waiting-requests.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const someone: Turn = { by: 'worker', worker: {} as never }

/** Requests that wait, for nobody unless a test says so. */
function waitingFor(now: () => Turn | undefined = () => undefined, patience: number = Infinity) {
  return new WaitingRequests({ now, patience: () => patience })
}

test('all that wait get the turn that is given', async () => {
  const waiting = waitingFor()
  const turns = [waiting.wait(), waiting.wait()]
  waiting.release(someone)
  expect(await Promise.all(turns)).toEqual([someone, someone])
})

test('one that waits too long gets nobody', async () => {
  const turn = waitingFor().wait()
  // A timer may come early, so that there is a millisecond more.
  vi.advanceTimersByTime(WAITING_TIMEOUT_MS + 1)
  expect(await turn).toEqual({ by: 'nobody', reason: 'The application is still starting.' })
  expect(vi.getTimerCount()).toBe(0)
})

test('after the time of patience it is looked again', async () => {
  let turn: Turn | undefined
  const answer = waitingFor(() => turn, 5_000).wait()
  turn = someone
  vi.advanceTimersByTime(5_001)
  expect(await answer).toBe(someone)
  expect(vi.getTimerCount()).toBe(0)
})

test('a client that leaves waits no more', async () => {
  const waiting = waitingFor()
  const gone = new AbortController()
  const turn = waiting.wait(gone.signal)
  gone.abort()
  expect(await turn).toEqual({ by: 'nobody', reason: 'The client has gone.' })
  expect(vi.getTimerCount()).toBe(0)
})

test('more than the limit are turned away, until others have had their turn', async () => {
  const waiting = waitingFor()
  const gone = new AbortController()
  const turns = Array.from({ length: WAITING_LIMIT }, (_, index) =>
    waiting.wait(index === 0 ? gone.signal : undefined),
  )
  expect(waiting.wait()).toEqual({
    by: 'nobody',
    reason: 'Too many requests wait for the application to start.',
  })
  gone.abort()
  expect(waiting.wait()).toBeInstanceOf(Promise)
  waiting.release(someone)
  expect((await Promise.all(turns)).filter((turn) => turn === someone)).toHaveLength(WAITING_LIMIT - 1)
})
