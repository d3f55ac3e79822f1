import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type HealthCheck, HealthChecks } from './health-checks.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(checks: Readonly<Record<string, HealthCheck>>, cache = 1000) {
  const clock = { time: 0 }
  const lines: string[] = []
  const runner = new HealthChecks(checks, { timeout: 500, cache, now: () => clock.time })
  const ask = () => runner.report((text) => void lines.push(text.split('\n', 1)[0] as string))
  return { ask, clock, lines }
}

describe('a check', () => {
  test.each([
    ['gives nothing', () => {}, 'pass'],
    ['gives true', () => true, 'pass'],
    ['resolves', async () => {}, 'pass'],
    ['gives false', () => false, 'fail'],
    ['resolves with false', async () => false, 'fail'],
    ['rejects', () => Promise.reject(new Error('away')), 'fail'],
    [
      'throws what is no error',
      () => {
        throw Object.create(null)
      },
      'fail',
    ],
  ] as [string, HealthCheck, string][])('that %s is a %s', async (_name, check, status) => {
    const report = await setUp({ check }).ask()
    expect([report.status, report.checks.check?.status]).toEqual([status, status])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that has a state fails while it is open', async () => {
    for (const [state, status] of [
      ['closed', 'pass'],
      ['half-open', 'pass'],
      ['open', 'fail'],
    ] as const) {
      // A breaker is a function, which is not to be called.
      const guard = Object.assign(() => expect.unreachable(), { state })
      expect((await setUp({ guard }).ask()).checks.guard).toMatchObject({ status, state })
    }
  })

  test('that takes too long fails, and is told so', async () => {
    let aborted = false
    const slow: HealthCheck = (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason)
        })
      })
    const asking = setUp({ slow, fast: () => true }).ask()
    await vi.advanceTimersByTimeAsync(500)
    const report = await asking
    expect(report.checks.slow?.error).toBe('Error: The check took longer than 500 ms.')
    expect([report.status, report.checks.fast?.status, aborted]).toEqual(['fail', 'pass', true])
  })

  test('that never ends is called once, and fails until it does', async () => {
    let calls = 0
    let end = (): void => {}
    const stuck: HealthCheck = () => {
      calls++
      return new Promise<void>((resolve) => {
        end = resolve
      })
    }
    const { ask, clock } = setUp({ stuck })
    const first = ask()
    await vi.advanceTimersByTimeAsync(500)
    await first
    clock.time = 2000
    expect((await ask()).checks.stuck?.error).toContain('has not ended')
    expect(calls).toBe(1)
    end()
    await turn()
    clock.time = 4000
    const again = ask()
    expect(calls).toBe(2)
    end()
    expect((await again).status).toBe('pass')
  })

  test('may have any name', async () => {
    const { checks } = await setUp(JSON.parse('{"__proto__":{"state":"open"}}')).ask()
    expect(Object.keys(checks)).toEqual(['__proto__'])
  })
})

describe('a report', () => {
  test('is shared by all who ask while it is made, and for a while after', async () => {
    let calls = 0
    const { ask, clock } = setUp({ counted: () => void calls++ })
    await Promise.all([ask(), ask(), ask()])
    clock.time = 999
    await ask()
    expect(calls).toBe(1)
    clock.time = 1000
    await ask()
    expect(calls).toBe(2)
  })

  test('is made for each who asks where nothing is kept', async () => {
    let calls = 0
    const { ask } = setUp({ counted: () => void calls++ }, 0)
    await ask()
    await ask()
    expect(calls).toBe(2)
  })

  test('of no checks passes', async () => {
    expect(await setUp({}).ask()).toEqual({ status: 'pass', checks: {} })
  })
})

test('the log gets a line when a check begins to fail, and when it passes again', async () => {
  let broken = true
  const { ask, lines } = setUp(
    {
      database() {
        if (broken) throw new Error('refused')
      },
    },
    0,
  )
  await ask()
  await ask()
  broken = false
  await ask()
  await ask()
  expect(lines).toEqual(['health: database fails: Error: refused', 'health: database passes again.'])
})

test('measures how long a check took', async () => {
  const { ask, clock } = setUp({
    slow() {
      clock.time += 41.6
    },
  })
  expect((await ask()).checks.slow?.time).toBe(42)
})
