import {
  type Application,
  ClientDisconnected,
  GatewayTimeout,
  NotFound,
  NotImplemented,
  outline,
  stack,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { BreakerOpen, type BreakerOptions, type BreakerState, breaker } from './breaker.ts'
import { unavailable } from './unavailable.ts'

/** A breaker with a clock that stands still, around an application that does what it is told. */
function setUp(options: BreakerOptions = {}) {
  const clock = { time: 0 }
  const inner = { calls: 0, act: (): void => {} }
  const guard = breaker({ failures: 2, window: 1000, cooldown: 1500, now: () => clock.time, ...options })
  const app: Application = (_environ, startResponse) => {
    inner.calls++
    inner.act()
    startResponse('200 OK', [['Content-Type', 'text/plain']])
    return 'fine'
  }
  const client = new Client(stack(app, unavailable(), guard))
  return { clock, inner, guard, client, app }
}

const fail = (): never => {
  throw new Error('away')
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(validate(inner), breaker())).get('/')
    expect([answer.status, answer.text(), answer.headers.get('X-Inner')]).toEqual([201, 'one, two', 'yes'])
    expect(answer.errors).toBe('')
  })

  test.each(applicationShapes)('sees the 500 of $name', async ({ make }) => {
    const guard = breaker({ failures: 1 })
    const inner = make({ status: '500 Internal Server Error', headers: [], chunks: ['x'] })
    const client = new Client(stack(validate(inner), guard))
    expect((await client.get('/')).text()).toBe('x')
    expect(guard.state).toBe('open')
    expect((await client.head('/')).status).toBe(503)
  })

  test.each(failingShapes.filter(({ committed }) => !committed))(
    'sees that an application $name',
    async ({ make }) => {
      const guard = breaker({ failures: 1 })
      const app = stack(make(), guard)
      await new Client(app, { rejectErrors: false }).get('/')
      expect(guard.state).toBe('open')
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'hands on that an application $name',
    async ({ make }) => {
      await expect(new Client(stack(make(new Error('torn')), breaker())).get('/')).rejects.toThrow('torn')
    },
  )
})

describe('an application that keeps failing', () => {
  test('is not called any more, and clients get the page with the time to wait', async () => {
    const { inner, guard, client, clock } = setUp()
    inner.act = fail
    await client.get('/')
    await client.get('/')
    expect(guard.state).toBe('open')
    clock.time = 200
    const refused = await client.get('/')
    expect([refused.status, inner.calls]).toEqual([503, 2])
    expect(refused.headers.get('Retry-After')).toBe('2')
    expect(refused.text()).toContain('The server cannot answer')
    expect(refused.errors).toBe('')
    expect(guard.retryAfter).toBe(2)
  })

  test('is tried again after the cooldown, and called as before once it answers', async () => {
    const { inner, guard, client, clock } = setUp()
    inner.act = fail
    await client.get('/')
    await client.get('/')
    clock.time = 1500
    expect(guard.state).toBe('half-open')
    await client.get('/')
    expect([guard.state, inner.calls]).toEqual(['open', 3])
    clock.time = 3000
    inner.act = () => {}
    expect((await client.get('/')).text()).toBe('fine')
    expect(guard.state).toBe('closed')
    expect((await client.get('/')).status).toBe(200)
  })

  test('is not taken for well because the client of the one request has left', async () => {
    const { inner, guard, client, clock, app } = setUp({ failures: 1 })
    inner.act = fail
    await client.get('/')
    clock.time = 1500
    inner.act = () => {
      throw new ClientDisconnected()
    }
    expect(() => guard(app)(createEnviron('/'), () => () => {})).toThrow(ClientDisconnected)
    expect(guard.state).toBe('half-open')
    inner.act = () => {}
    await client.get('/')
    expect(guard.state).toBe('closed')
  })

  test('has one request at a time while half open', async () => {
    const clock = { time: 0 }
    const guard = breaker({ failures: 1, cooldown: 10, now: () => clock.time })
    let enter = (): void => {}
    const entered = new Promise<void>((resolve) => {
      enter = resolve
    })
    let answer = (): void => {}
    let broken = true
    const app: Application = async (_environ, startResponse) => {
      if (broken) throw new GatewayTimeout()
      await new Promise<void>((resolve) => {
        answer = resolve
        enter()
      })
      startResponse('200 OK', [])
      return 'fine'
    }
    const client = new Client(stack(app, guard))
    await client.get('/')
    broken = false
    clock.time = 10
    const probe = client.get('/')
    await entered
    expect((await client.get('/')).status).toBe(503)
    answer()
    expect((await probe).status).toBe(200)
    expect(guard.state).toBe('closed')
  })
})

describe('what counts', () => {
  test.each([
    ['a 404', () => new NotFound()],
    ['a 501', () => new NotImplemented()],
    ['a client that has gone', () => new ClientDisconnected()],
  ])('is not %s', async (_name, make) => {
    const guard = breaker({ failures: 1 })
    const app = guard(() => {
      throw make()
    })
    expect(() => app(createEnviron('/'), () => () => {})).toThrow(make().constructor as never)
    expect(guard.state).toBe('closed')
  })

  test('is what isFailure says', async () => {
    const seen: unknown[] = []
    const { inner, guard, client } = setUp({
      failures: 1,
      isFailure: (status, error) => {
        seen.push([status, error instanceof Error])
        return status === 404
      },
    })
    inner.act = fail
    await client.get('/')
    expect(guard.state).toBe('closed')
    inner.act = () => {
      throw new NotFound()
    }
    await client.get('/')
    expect(guard.state).toBe('open')
    expect(seen).toEqual([
      [500, true],
      [404, true],
    ])
  })

  test('is decided by the status where isFailure throws, which is logged', async () => {
    const { inner, guard, client } = setUp({ failures: 1, isFailure: () => fail() })
    expect((await client.get('/')).errors).toContain('Error: away')
    expect(guard.state).toBe('closed')
    inner.act = fail
    await client.get('/')
    expect(guard.state).toBe('open')
  })
})

test('tells of each change, and survives whoever is told', async () => {
  const changes: BreakerState[][] = []
  const { inner, client, guard, clock } = setUp({
    failures: 1,
    onChange: (state, previous) => {
      changes.push([previous, state])
      throw new Error('the pager is away')
    },
  })
  inner.act = fail
  const answer = await client.get('/')
  expect(answer.status).toBe(503)
  expect(answer.errors).toContain('the pager is away')
  clock.time = 1500
  inner.act = () => {}
  expect((await client.get('/')).text()).toBe('fine')
  expect(changes).toEqual([
    ['closed', 'open'],
    ['open', 'half-open'],
    ['half-open', 'closed'],
  ])
  guard.reset()
  expect(guard.state).toBe('closed')
})

test('refuses with an error that layers outside can tell from others', () => {
  const guard = breaker({ failures: 1 })
  const app = guard(fail)
  expect(() => app(createEnviron('/'), () => () => {})).toThrow('away')
  let seen: unknown
  app(createEnviron('/'), (_status, _headers, error) => {
    seen = error
    return () => {}
  })
  expect(seen).toBeInstanceOf(BreakerOpen)
})

test('stays synchronous over a synchronous application', () => {
  const { app } = setUp()
  expect(breaker()(app)(createEnviron('/'), () => () => {})).toBe('fine')
})

test('has its name in an outline', () => {
  const { app } = setUp()
  expect(String(outline(stack(app, breaker())))).toBe('breaker\n  app')
})

test.each([
  [{ failures: 0 }, 'got 0 for the option failures'],
  [{ ratio: 0 }, 'got 0 for the option ratio; expected a share above 0 and up to 1'],
  [{ ratio: Number.NaN }, 'got NaN for the option ratio'],
  [{ window: 0.5 }, 'got 0.5 for the option window; expected milliseconds'],
  [{ cooldown: '5s' }, 'got "5s" for the option cooldown'],
  [{ probes: -1 }, 'got -1 for the option probes'],
  [{ isFailure: 500 }, 'got 500 for the option isFailure'],
  [{ onChange: [] }, 'got [] for the option onChange'],
  [{ now: 5 }, 'got 5 for the option now'],
  [{ threshold: 5 }, 'got the unknown option "threshold"'],
])('refuses %j when it is made', (options, message) => {
  expect(() => breaker(options as unknown as BreakerOptions)).toThrow(TypeError)
  expect(() => breaker(options as unknown as BreakerOptions)).toThrow(message)
})
