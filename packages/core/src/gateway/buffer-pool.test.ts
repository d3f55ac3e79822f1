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

test('who takes more than there are gets others, of which no more are kept', () => {
  const pool = new BufferPool(16, 1)
  const buffers = [pool.take(), pool.take()]
  expect(buffers.map((buffer) => buffer.length)).toEqual([16, 16])
  for (const buffer of buffers) pool.give(buffer)
  expect(pool.take()).toBe(buffers[0])
  expect(buffers).not.toContain(pool.take())
})

test('buffers that are taken together share no byte', () => {
  const pool = new BufferPool(16, 3)
  const buffers = [pool.take(), pool.take(), pool.take()]
  buffers.forEach((buffer, index) => {
    buffer.fill(index)
  })
  expect(buffers.map((buffer) => new Set(buffer))).toEqual([new Set([0]), new Set([1]), new Set([2])])
})
