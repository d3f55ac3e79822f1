import { expect, onTestFinished, test } from 'vitest'
import type { Closer } from './close-server.ts'
import { closeOnSignals } from './signals.ts'

/** Notes what it is told; whether it is closed is the test's affair. */
function noting(): Closer & { calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    close: async () => void calls.push('close'),
    cut: async () => void calls.push('cut'),
    closed: Promise.resolve(),
  }
}

/** What Node does with a signal for which there are listeners; a real one would reach the test runner as well. */
function signal(name: 'SIGTERM' | 'SIGINT'): void {
  process.emit(name, name)
}

function watched(closer: Closer): () => void {
  const stop = closeOnSignals(closer)
  onTestFinished(stop)
  return stop
}

// robustness.md U3
test('the first signal closes, the second cuts', () => {
  const closer = noting()
  watched(closer)
  signal('SIGTERM')
  expect(closer.calls).toEqual(['close'])
  signal('SIGINT')
  expect(closer.calls).toEqual(['close', 'cut'])
})

test('several servers share one pair of listeners, which goes with the last of them', () => {
  const before = [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]
  const first = noting()
  const second = noting()
  const stopFirst = watched(first)
  const stopSecond = watched(second)
  expect(process.listenerCount('SIGTERM')).toBe((before[0] as number) + 1)
  signal('SIGTERM')
  expect([first.calls, second.calls]).toEqual([['close'], ['close']])
  stopFirst()
  signal('SIGTERM')
  expect([first.calls, second.calls]).toEqual([['close'], ['close', 'cut']])
  stopSecond()
  expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).toEqual(before)
})

test('a server that starts after all others have closed gets a first signal of its own', () => {
  const earlier = noting()
  const stop = watched(earlier)
  signal('SIGTERM')
  stop()
  const later = noting()
  watched(later)
  signal('SIGTERM')
  expect(later.calls).toEqual(['close'])
  expect(earlier.calls).toEqual(['close'])
})
