import { expect, test } from 'vitest'
import { MessageQueue, QUEUE_LIMIT, QUEUE_SIZE } from './websocket-messages.ts'

test('messages come out in their order, also to those who waited for them', async () => {
  const queue = new MessageQueue(() => {})
  const waiting = [queue.next(), queue.next()]
  for (const message of ['a', 'b', 'c']) queue.push(message)
  expect(await Promise.all([...waiting, queue.next()])).toEqual(
    ['a', 'b', 'c'].map((value) => ({ done: false, value })),
  )
})

test('what has arrived is still given after the end, and those who wait get the end', async () => {
  const queue = new MessageQueue(() => {})
  queue.push('last')
  queue.end()
  expect(await queue.next()).toEqual({ done: false, value: 'last' })
  expect(await queue.next()).toEqual({ done: true, value: undefined })
  const other = new MessageQueue(() => {})
  const waiting = other.next()
  other.end()
  expect(await waiting).toEqual({ done: true, value: undefined })
})

test.each([
  ['messages', Array.from({ length: QUEUE_LIMIT }, () => 'x')],
  ['bytes', [new Uint8Array(QUEUE_SIZE)]],
])('it says when it is full of %s, and when there is room again', async (_, messages) => {
  const told: boolean[] = []
  const queue = new MessageQueue((full) => told.push(full))
  for (const message of messages.slice(1)) queue.push(message)
  expect(told).toEqual([])
  queue.push(messages[0] as string)
  expect(told).toEqual([true])
  expect(queue.isFull).toBe(true)
  await queue.next()
  expect(told).toEqual([true, false])
})
