import { PerformanceObserver } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { Ballast } from './ballast.ts'

async function collectionsWhile(task: () => void): Promise<number> {
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  observer.observe({ entryTypes: ['gc'] })
  task()
  await new Promise((resolve) => setImmediate(resolve))
  collections += observer.takeRecords().length
  observer.disconnect()
  return collections
}

test('many buffers make V8 collect, few do not', async () => {
  const few = new Ballast()
  const fewCollections = await collectionsWhile(() => {
    for (let i = 0; i < 15; i++) few.add(65_536)
  })
  const many = new Ballast()
  const manyCollections = await collectionsWhile(() => {
    for (let i = 0; i < 8192; i++) many.add(65_536)
  })
  expect(manyCollections).toBeGreaterThan(5)
  expect(manyCollections).toBeGreaterThan(fewCollections)
})

test('small buffers count together, whichever body they are of', () => {
  const ballast = new Ballast()
  const made = new Set([ballast.object])
  for (let i = 0; i < 640; i++) {
    ballast.add(1024)
    made.add(ballast.object)
  }
  expect(made.size).toBe(1 + 10)
})

test('an object has half the size of the buffers, and at most half a mebibyte', () => {
  const ballast = new Ballast()
  ballast.add(65_536)
  expect(ballast.object.length * 8).toBe(32_768)
  ballast.add(1_000_000_000)
  expect(ballast.object.length * 8).toBe(524_288)
})
