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

test('a long body makes V8 collect, a short one costs nothing', async () => {
  const short = new Ballast()
  const shortOnes = await collectionsWhile(() => {
    for (let i = 0; i < 15; i++) short.add(65_536)
  })
  const long = new Ballast()
  const longOnes = await collectionsWhile(() => {
    for (let i = 0; i < 8192; i++) long.add(65_536)
  })
  expect(longOnes).toBeGreaterThan(5)
  expect(longOnes).toBeGreaterThan(shortOnes)
})
