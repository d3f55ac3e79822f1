import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BreakerState, BUCKETS, Circuit, type CircuitOptions } from './breaker-circuit.ts'

function circuit(options: Partial<CircuitOptions> = {}) {
  const clock = { time: 0 }
  const changes: BreakerState[] = []
  const made = new Circuit({
    failures: 3,
    ratio: 0.5,
    window: 1000,
    cooldown: 100,
    probes: 1,
    now: () => clock.time,
    onChange: (state) => changes.push(state),
    ...options,
  })
  const send = (outcome: 'success' | 'failure' | undefined): boolean => {
    const ticket = made.admit()
    if (ticket !== undefined) made.record(ticket, outcome)
    return ticket !== undefined
  }
  return { made, clock, changes, send }
}

describe('closed', () => {
  test('opens with the failure that is one too many', () => {
    const { made, send } = circuit()
    send('failure')
    send('failure')
    expect(made.state).toBe('closed')
    send('failure')
    expect(made.state).toBe('open')
  })

  test('stays closed while too small a share fails', () => {
    const { made, send } = circuit({ ratio: 0.5 })
    for (let i = 0; i < 10; i++) send('success')
    for (let i = 0; i < 9; i++) send('failure')
    expect(made.state).toBe('closed')
    send('failure')
    expect(made.state).toBe('open')
  })

  test('forgets what is older than the window', () => {
    const { made, clock, send } = circuit()
    send('failure')
    send('failure')
    clock.time = 1000
    send('failure')
    expect(made.state).toBe('closed')
    clock.time = 1100
    send('failure')
    send('failure')
    expect(made.state).toBe('open')
  })

  test('forgets all after a time in which nothing came', () => {
    const { made, clock, send } = circuit()
    send('failure')
    send('failure')
    clock.time = 1_000_000
    send('failure')
    expect(made.state).toBe('closed')
  })

  test('counts nothing for what says nothing of the application', () => {
    const { made, send } = circuit()
    for (let i = 0; i < 10; i++) send(undefined)
    expect(made.state).toBe('closed')
  })
})

describe('open', () => {
  test('admits nothing until the cooldown is over', () => {
    const { made, clock, send } = circuit()
    for (let i = 0; i < 3; i++) send('failure')
    clock.time = 99
    expect(made.admit()).toBeUndefined()
    expect(made.retryAfter).toBe(1)
    clock.time = 100
    expect(made.state).toBe('half-open')
  })

  test('is not closed by requests that began before', () => {
    const { made, clock, send } = circuit()
    const early = made.admit() as number
    for (let i = 0; i < 3; i++) send('failure')
    made.record(early, 'success')
    expect(made.state).toBe('open')
    clock.time = 100
    made.admit()
    made.record(early, 'success')
    expect(made.state).toBe('half-open')
  })
})

describe('half open', () => {
  function halfOpen(options: Partial<CircuitOptions> = {}) {
    const all = circuit(options)
    for (let i = 0; i < 3; i++) all.send('failure')
    all.clock.time = 100
    return all
  }

  test('admits one request, which closes it when it succeeds', () => {
    const { made, changes } = halfOpen()
    const ticket = made.admit() as number
    expect(made.admit()).toBeUndefined()
    made.record(ticket, 'success')
    expect(made.state).toBe('closed')
    expect(changes).toEqual(['open', 'half-open', 'closed'])
  })

  test('opens again when it fails, for another cooldown', () => {
    const { made, clock, changes, send } = halfOpen()
    send('failure')
    expect(made.state).toBe('open')
    clock.time = 199
    expect(made.admit()).toBeUndefined()
    clock.time = 200
    expect(send('success')).toBe(true)
    expect(made.state).toBe('closed')
    expect(changes).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
  })

  test('admits another one at once when the client of the first has left', () => {
    const { made, send } = halfOpen()
    expect(send(undefined)).toBe(true)
    expect(made.state).toBe('half-open')
    expect(send('success')).toBe(true)
    expect(made.state).toBe('closed')
  })

  test('admits another one when the first never comes back', () => {
    const { made, clock, send } = halfOpen()
    const lost = made.admit() as number
    clock.time = 199
    expect(made.admit()).toBeUndefined()
    clock.time = 200
    expect(send('success')).toBe(true)
    made.record(lost, 'failure')
    expect(made.state).toBe('closed')
  })

  test('wants as many successes as it was told', () => {
    const { made, send } = halfOpen({ probes: 2 })
    send('success')
    expect(made.state).toBe('half-open')
    send('success')
    expect(made.state).toBe('closed')
  })

  test('begins to count successes anew when it has opened again', () => {
    const { made, clock, send } = halfOpen({ probes: 2 })
    send('success')
    send('failure')
    clock.time = 200
    send('success')
    expect(made.state).toBe('half-open')
    send('success')
    expect(made.state).toBe('closed')
  })

  test('has forgotten the failures when it closes', () => {
    const { made, send } = halfOpen()
    send('success')
    send('failure')
    send('failure')
    expect(made.state).toBe('closed')
  })
})

test('reset closes it', () => {
  const { made, changes, send } = circuit()
  for (let i = 0; i < 3; i++) send('failure')
  made.reset()
  expect([made.state, made.retryAfter, made.admit() !== undefined]).toEqual(['closed', 0, true])
  expect(changes).toEqual(['open', 'closed'])
})

test('counts as if it remembered every request of the window', () => {
  const request = fc.record({ wait: fc.integer({ min: 0, max: 400 }), failed: fc.boolean() })
  fc.assert(
    fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
      const { made, clock, send } = circuit({ failures: 4, ratio: 0.6 })
      const seen: { bucket: number; failed: boolean }[] = []
      for (const { wait, failed } of requests) {
        clock.time += wait
        const bucket = Math.floor(clock.time / (1000 / BUCKETS))
        seen.push({ bucket, failed })
        send(failed ? 'failure' : 'success')
        const counted = seen.filter((one) => one.bucket > bucket - BUCKETS)
        const failures = counted.filter((one) => one.failed).length
        const opens = failed && failures >= 4 && failures >= 0.6 * counted.length
        expect(made.state).toBe(opens ? 'open' : 'closed')
        if (opens) return
      }
    }),
  )
})
