import { ServiceUnavailable } from '@stapel/core'
import { expect, test } from 'vitest'
import { WorkQueue } from './work-queue.ts'

/** Work that ends when it is told to, and what has begun so far. */
function manualWork() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers>()
  return {
    begun,
    start: (name: string) => (): Promise<void> => {
      begun.push(name)
      const end = withResolvers()
      ends.set(name, end)
      return end.promise
    },
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(`${name} failed`)),
  }
}

interface PromiseWithResolvers {
  promise: Promise<void>
  resolve(): void
  reject(error: Error): void
}

// Promise.withResolvers is there from Node 22.
function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => {}
  let reject = (_error: Error): void => {}
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}

test('begins as many pieces as may run, the others in order as places become free', async () => {
  const queue = new WorkQueue(2, 10)
  const work = manualWork()
  const runs = new Map(['a', 'b', 'c', 'd'].map((name) => [name, queue.run(work.start(name))]))
  expect(work.begun).toEqual(['a', 'b'])
  work.end('b')
  await runs.get('b')
  expect(work.begun).toEqual(['a', 'b', 'c'])
  work.end('a')
  await runs.get('a')
  expect(work.begun).toEqual(['a', 'b', 'c', 'd'])
  work.end('c')
  work.end('d')
  await Promise.all(runs.values())
})

test('gives what the work gives, and a place back when it fails', async () => {
  const queue = new WorkQueue(1, 10)
  const work = manualWork()
  const failing = queue.run(work.start('a'))
  const next = queue.run(async () => 'result')
  work.fail('a')
  await expect(failing).rejects.toThrow('a failed')
  expect(await next).toBe('result')
  await expect(
    queue.run(() => {
      throw new TypeError('at once')
    }),
  ).rejects.toThrow('at once')
  expect(await queue.run(async () => 'again')).toBe('again')
})

test('answers 503 when too many wait', async () => {
  const queue = new WorkQueue(1, 1)
  const work = manualWork()
  const running = queue.run(work.start('a'))
  const waiting = queue.run(async () => 'late')
  const refused = queue.run(work.start('c'))
  await expect(refused).rejects.toBeInstanceOf(ServiceUnavailable)
  await expect(refused).rejects.toMatchObject({ headers: [['Retry-After', '1']] })
  work.end('a')
  await running
  expect(await waiting).toBe('late')
  expect(work.begun).toEqual(['a'])
  expect(await queue.run(async () => 'free')).toBe('free')
})
