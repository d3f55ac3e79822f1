import { afterEach, expect, test, vi } from 'vitest'
import { checkPasswordHash, PASSWORD_CONCURRENCY, PASSWORD_QUEUE_LIMIT } from './password.ts'

type Done = (error: Error | null | undefined, hash: Buffer) => void

/** What was asked of scrypt and is not answered yet. */
const asked: { cost: number; done: Done }[] = []

vi.mock('node:crypto', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:crypto')>()),
  scrypt(_password: unknown, _salt: unknown, _size: unknown, options: { cost: number }, done: Done) {
    asked.push({ cost: options.cost, done })
  },
}))

afterEach(() => {
  expect(asked).toEqual([])
})

/** Answers the next that is asked of scrypt. */
async function answerNext(error: Error | null = null): Promise<number> {
  const { cost, done } = await vi.waitUntil(() => asked.shift())
  done(error, Buffer.alloc(64))
  return cost
}

const zeros = '0'.repeat(128)

test('a user who does not exist costs a hash, which no password fits', async () => {
  const checked = checkPasswordHash(undefined, 'secret')
  // The hash that scrypt gives here is the one that is compared with.
  expect(await answerNext()).toBe(32_768)
  expect(await checked).toBe(false)
  const known = checkPasswordHash(`scrypt:16:1:1$salt$${zeros}`, 'secret')
  expect(await answerNext()).toBe(16)
  expect(await known).toBe(true)
})

test('beyond the queue a check is answered 503, and those within it are not lost', async () => {
  const limit = PASSWORD_CONCURRENCY + PASSWORD_QUEUE_LIMIT
  const hash = `scrypt:16:1:1$salt$${zeros}`
  const checks = Array.from({ length: limit + 1 }, () => checkPasswordHash(hash, 'secret'))
  await expect(checks[limit]).rejects.toMatchObject({ status: 503, headers: [['Retry-After', '1']] })
  await vi.waitUntil(() => asked.length === PASSWORD_CONCURRENCY)
  for (let i = 0; i < limit; i++) {
    await answerNext()
    expect(asked.length).toBeLessThan(PASSWORD_CONCURRENCY)
  }
  expect(await Promise.all(checks.slice(0, limit))).toEqual(new Array(limit).fill(true))
})

test('a failure of the library rejects, and is no wrong password', async () => {
  const checked = checkPasswordHash(`scrypt:16:1:1$salt$${zeros}`, 'secret')
  const rejected = expect(checked).rejects.toThrow('no memory')
  await answerNext(new Error('no memory'))
  await rejected
})

test('no error is null, or undefined as Bun has it', async () => {
  const checked = checkPasswordHash(`scrypt:16:1:1$salt$${zeros}`, 'secret')
  const { done } = await vi.waitUntil(() => asked.shift())
  done(undefined, Buffer.alloc(64))
  expect(await checked).toBe(true)
})
