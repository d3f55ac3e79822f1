import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WAITING_LIMIT, WAITING_TIMEOUT_MS, WaitingConnections } from './waiting-connections.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('connections are given back in the order in which they came, once', () => {
  const waiting = new WaitingConnections()
  const [a, b] = [new Socket(), new Socket()]
  waiting.add(a)
  waiting.add(b)
  expect(waiting.take()).toEqual([a, b])
  expect(waiting.take()).toEqual([])
  vi.advanceTimersByTime(WAITING_TIMEOUT_MS)
  expect([a.destroyed, b.destroyed]).toEqual([false, false])
})

test('one that waits too long is closed', () => {
  const waiting = new WaitingConnections()
  const socket = new Socket()
  waiting.add(socket)
  vi.advanceTimersByTime(WAITING_TIMEOUT_MS)
  expect(socket.destroyed).toBe(true)
  expect(waiting.take()).toEqual([])
})

test('those beyond the limit are closed at once', () => {
  const waiting = new WaitingConnections()
  const sockets = Array.from({ length: WAITING_LIMIT + 1 }, () => new Socket())
  for (const socket of sockets) waiting.add(socket)
  expect(sockets.filter((socket) => socket.destroyed)).toEqual([sockets.at(-1)])
  waiting.end()
  expect(sockets.every((socket) => socket.destroyed)).toBe(true)
})
