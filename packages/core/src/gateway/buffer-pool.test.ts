import { expect, test } from 'vitest'
import { BufferPool } from './buffer-pool.ts'

test('a buffer that was given back is used again', () => {
  const pool = new BufferPool(16, 2)
  const first = pool.take()
  expect(first.length).toBe(16)
  expect(pool.take()).not.toBe(first)
  pool.give(first)
  expect(pool.take()).toBe(first)
})

test('no more than the limit are kept', () => {
  const pool = new BufferPool(16, 1)
  const buffers = [pool.take(), pool.take()]
  for (const buffer of buffers) pool.give(buffer)
  expect(pool.take()).toBe(buffers[0])
  expect(buffers).not.toContain(pool.take())
})
