import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HOLD_MS, Repeats } from './repeats.ts'
import { plain } from './terminal.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function collecting(): { lines: string[]; repeats: Repeats } {
  const lines: string[] = []
  return { lines, repeats: new Repeats((text) => lines.push(text), plain) }
}

test('the first line of a kind is written at once, those that follow in one, after a moment', () => {
  const { lines, repeats } = collecting()
  repeats.line('GET / 1 ms', 'GET /')
  repeats.line('GET / 2 ms', 'GET /')
  repeats.line('GET / 3 ms', 'GET /')
  expect(lines).toEqual(['GET / 1 ms'])
  vi.advanceTimersByTime(HOLD_MS)
  expect(lines).toEqual(['GET / 1 ms', 'GET / 3 ms (×2)'])
  repeats.line('GET / 4 ms', 'GET /')
  vi.advanceTimersByTime(HOLD_MS)
  expect(lines.slice(2)).toEqual(['GET / 4 ms'])
})

test('another line comes after what was held back', () => {
  const { lines, repeats } = collecting()
  repeats.line('a', 'a')
  repeats.line('a', 'a')
  repeats.line('b', 'b')
  repeats.line('a', 'a')
  expect(lines).toEqual(['a', 'a', 'b', 'a'])
})

test('lines without a kind are never held back', () => {
  const { lines, repeats } = collecting()
  repeats.line('a')
  repeats.line('a')
  expect(lines).toEqual(['a', 'a'])
})

test('what is held back is written at the end', () => {
  const { lines, repeats } = collecting()
  for (let i = 0; i < 5; i++) repeats.line('a', 'a')
  repeats.flush()
  repeats.flush()
  expect(lines).toEqual(['a', 'a (×4)'])
  expect(vi.getTimerCount()).toBe(0)
})
