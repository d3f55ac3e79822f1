import { expect, test } from 'vitest'
import { BodySource, closingIterator } from './body-source.ts'

/** A body that notes what is done with it. */
function noting(
  chunks: readonly string[],
  failure?: Error,
): { body: AsyncIterable<string>; calls: string[] } {
  const calls: string[] = []
  const body = {
    async *[Symbol.asyncIterator]() {
      try {
        yield* chunks
        if (failure !== undefined) throw failure
      } finally {
        calls.push('left')
      }
    },
    close: () => void calls.push('closed'),
  }
  return { body, calls }
}

test('gives the chunks of a body, and closes it once when it has ended', async () => {
  const { body, calls } = noting(['a', 'b'])
  const source = new BodySource(body)
  expect((await source.next()).value).toBe('a')
  expect((await source.next()).value).toBe('b')
  expect((await source.next()).done).toBe(true)
  source.close()
  source.close()
  expect(calls).toEqual(['left', 'closed'])
})

test('leaves a body that has not ended, and closes it', async () => {
  const { body, calls } = noting(['a', 'b'])
  const source = new BodySource(body)
  await source.next()
  source.close()
  await new Promise(setImmediate)
  expect(calls.sort()).toEqual(['closed', 'left'])
})

test('begins no iteration only to end it', () => {
  const { body, calls } = noting(['a'])
  new BodySource(body).close()
  expect(calls).toEqual(['closed'])
})

test('does not leave a body that has failed by itself', async () => {
  const calls: string[] = []
  const source = new BodySource({
    [Symbol.iterator]: () => ({
      next: () => {
        throw new Error('torn')
      },
      return: () => {
        calls.push('left')
        return { done: true as const, value: undefined }
      },
    }),
    close: () => void calls.push('closed'),
  })
  await expect(source.next()).rejects.toThrow('torn')
  source.close()
  expect(calls).toEqual(['closed'])
})

test('gives what fails when nobody reads any more to the report', () => {
  const failures: unknown[] = []
  const broken = Object.assign(['a'], {
    close() {
      throw new Error('close failed')
    },
  })
  new BodySource(broken, (error) => failures.push(error)).close()
  expect(failures).toHaveLength(1)
})

test('an iterator closes its body when its reader leaves', async () => {
  let closed = 0
  const body = {
    [Symbol.asyncIterator]: () =>
      closingIterator(
        async () => ({ done: false, value: 'a' }),
        () => closed++,
      ),
  }
  for await (const chunk of body) {
    expect(chunk).toBe('a')
    break
  }
  expect(closed).toBe(1)
})
