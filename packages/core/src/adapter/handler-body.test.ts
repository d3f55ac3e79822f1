import { expect, test } from 'vitest'
import { HandlerBody } from './handler-body.ts'

interface Owned {
  readonly body: HandlerBody
  /** What the owner was told, in order. */
  readonly told: readonly string[]
  /** Node writes a batch. */
  put(...texts: readonly string[]): void
}

function owned(): Owned {
  const told: string[] = []
  const body = new HandlerBody({
    taken: () => void told.push('taken'),
    leave: () => void told.push('leave'),
  })
  return {
    body,
    told,
    put: (...texts) => {
      const list = texts.map((chunk) => ({ chunk, encoding: 'utf8' as const }))
      body.put(list, () => void told.push('written'))
    },
  }
}

test('chunks are given one by one; they count as written when the next one is asked for', async () => {
  const { body, told, put } = owned()
  put('a', 'b')
  expect([await body.next(), await body.next(), told]).toEqual([
    { done: false, value: 'a' },
    { done: false, value: 'b' },
    [],
  ])
  body.end()
  expect(await body.next()).toEqual({ done: true, value: undefined })
  expect(told).toEqual(['written', 'taken'])
})

test('who waits is woken by what comes, and not by nothing', async () => {
  const { body, put } = owned()
  const waiting = body.next()
  body.wake()
  put('late')
  body.wake()
  expect(await waiting).toEqual({ done: false, value: 'late' })
})

test('who waits is woken by the end', async () => {
  const { body } = owned()
  const waiting = body.next()
  body.end()
  expect(body.ended).toBe(true)
  body.wake()
  expect(await waiting).toEqual({ done: true, value: undefined })
})

test('what is written while the batch before is told is given without waiting', async () => {
  const told: string[] = []
  const body = new HandlerBody({ taken: () => {}, leave: () => {} })
  body.put([{ chunk: 'a', encoding: 'utf8' }], () => {
    told.push('a')
    body.put([{ chunk: 'b', encoding: 'utf8' }], () => told.push('b'))
  })
  await body.next()
  expect(await body.next()).toEqual({ done: false, value: 'b' })
  expect(told).toEqual(['a'])
})

test('a failure comes after what was written before', async () => {
  const { body, put } = owned()
  put('a')
  body.fail(new Error('on purpose'))
  expect(await body.next()).toEqual({ done: false, value: 'a' })
  await expect(body.next()).rejects.toThrow('on purpose')
})

test('a failure ends the waiting', async () => {
  const { body } = owned()
  const waiting = body.next()
  body.fail(new Error('on purpose'))
  await expect(waiting).rejects.toThrow('on purpose')
})

test('its owner is told that nobody reads any more', async () => {
  const { body, told } = owned()
  expect(await body.return()).toEqual({ done: true, value: undefined })
  body.close()
  expect(told).toEqual(['leave', 'leave'])
})
