import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DEBOUNCE_LIMIT_MS, DEBOUNCE_MS, Saves, STORM_DEBOUNCE_MS, STORM_LIMIT_MS } from './saves.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Saves, and what was told of them. */
function gathered(): { saves: Saves; told: (readonly string[])[] } {
  const told: (readonly string[])[] = []
  return { saves: new Saves((files) => told.push(files)), told }
}

/** Saves a file so many times, this long apart in milliseconds. */
function storm(saves: Saves, count: number, apart: number, wasted: (index: number) => boolean): void {
  for (let i = 0; i < count; i++) {
    saves.add('a.js', wasted(i))
    vi.advanceTimersByTime(apart)
  }
}

test('a save is told of after a short quiet', () => {
  const { saves, told } = gathered()
  saves.add('a.js', false)
  vi.advanceTimersByTime(DEBOUNCE_MS - 1)
  expect(told).toEqual([])
  expect(saves.pending).toBe(true)
  vi.advanceTimersByTime(1)
  expect(told).toEqual([['a.js']])
  expect(saves.pending).toBe(false)
})

test('those that come together are told of at once, each file once', () => {
  const { saves, told } = gathered()
  for (const path of ['a.js', 'b.js', 'a.js']) saves.add(path, false)
  vi.advanceTimersByTime(DEBOUNCE_MS)
  expect(told).toEqual([['a.js', 'b.js']])
  saves.add('c.js', false)
  vi.advanceTimersByTime(DEBOUNCE_MS)
  expect(told).toEqual([['a.js', 'b.js'], ['c.js']])
})

test('a restart that was asked for names no file', () => {
  const { saves, told } = gathered()
  saves.add(undefined, false)
  vi.advanceTimersByTime(DEBOUNCE_MS)
  expect(told).toEqual([[]])
})

test('saves that go on are told of at the limit', () => {
  const { saves, told } = gathered()
  storm(saves, DEBOUNCE_LIMIT_MS, 1, () => false)
  expect(told).toEqual([['a.js']])
})

// robustness.md D5
test('a start that was in vain makes the next one wait longer', () => {
  const { saves, told } = gathered()
  saves.add('a.js', true)
  vi.advanceTimersByTime(4 * DEBOUNCE_MS - 1)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual([['a.js']])
})

// robustness.md D5
test('a storm in which every start is in vain waits no longer than its limits', () => {
  const { saves, told } = gathered()
  storm(saves, 10, STORM_LIMIT_MS, () => true)
  told.length = 0
  saves.add('a.js', false)
  vi.advanceTimersByTime(STORM_DEBOUNCE_MS - 1)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual([['a.js']])
  storm(saves, STORM_LIMIT_MS, 1, () => false)
  expect(told).toHaveLength(2)
})

test('an application that is ready ends the storm', () => {
  const { saves, told } = gathered()
  storm(saves, 10, STORM_LIMIT_MS, () => true)
  told.length = 0
  saves.calm()
  saves.add('a.js', false)
  vi.advanceTimersByTime(DEBOUNCE_MS)
  expect(told).toEqual([['a.js']])
})

test('nothing is told after the end', () => {
  const { saves, told } = gathered()
  saves.add('a.js', false)
  saves.close()
  vi.runAllTimers()
  expect(told).toEqual([])
})
