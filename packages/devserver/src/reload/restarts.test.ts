import { expect, test } from 'vitest'
import {
  QUICK_RESTARTS,
  RESTART_LIMIT,
  RESTART_PAUSE_MS,
  RESTART_REST_MS,
  Restarts,
  restartText,
  STEADY_MS,
} from './restarts.ts'

function proven(): Restarts {
  const restarts = new Restarts()
  restarts.ready()
  return restarts
}

/** What is waited for after so many ends in a row. */
function waits(restarts: Restarts, count: number, lasted = 0): (number | undefined)[] {
  return Array.from({ length: count }, () => restarts.after(lasted).wait)
}

test('an application that ends soon is started at once a few times, then after growing pauses, then no more', () => {
  const pauses = Array.from({ length: RESTART_LIMIT - QUICK_RESTARTS }, (_, i) => RESTART_PAUSE_MS * 2 ** i)
  expect(waits(proven(), RESTART_LIMIT + 2)).toEqual([
    ...Array<number>(QUICK_RESTARTS).fill(0),
    ...pauses,
    undefined,
    undefined,
  ])
})

test('the pauses of a whole row are together shorter than half a minute', () => {
  const all = waits(proven(), RESTART_LIMIT).map((wait) => wait ?? Infinity)
  expect(all.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(30_000)
})

test('one that lasts is started again at once, however often it ends', () => {
  expect(waits(proven(), 100, STEADY_MS + 1)).toEqual(Array(100).fill(0))
})

test('an end after a steady time begins a new row', () => {
  const restarts = proven()
  waits(restarts, RESTART_LIMIT + 1)
  expect(restarts.after(STEADY_MS + 1)).toEqual({ wait: 0, ends: 1 })
  expect(restarts.after(STEADY_MS)).toEqual({ wait: 0, ends: 2 })
})

test('code that was never ready waits for a save, as does that of a save', () => {
  const restarts = new Restarts()
  expect(restarts.after(0)).toEqual({ wait: undefined, ends: 0 })
  restarts.ready()
  expect(restarts.after(0)).toEqual({ wait: 0, ends: 1 })
  restarts.reset()
  expect(restarts.after(0)).toEqual({ wait: undefined, ends: 0 })
})

test('clients are told how it goes on', () => {
  expect(restartText({ wait: undefined, ends: 0 })).toBeUndefined()
  expect(restartText({ wait: 0, ends: 1 })).toBe('The application is started again.')
  expect(restartText({ wait: 500, ends: 4 })).toBe(
    'The application ended soon after its start; it is started again within 0.5 s.',
  )
  expect(restartText({ wait: undefined, ends: 8 })).toBe(
    `The application ended 8 times in a row, each time soon after its start. Saving one of its files starts it again, and so does asking again, ${RESTART_REST_MS / 1000} s after that.`,
  )
})
