import { type Application, outline, ServiceUnavailable, stack, validate } from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { breaker } from './breaker.ts'
import { type HealthOptions, health } from './health.ts'

const hello: Application = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'hello'
}

function site(options?: HealthOptions): Client {
  return new Client(stack(hello, health('/healthz', options)))
}

const broken = {
  database() {
    throw new Error('db.internal:5432 refused')
  },
}

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(validate(inner), health('/healthz'))).get('/')
    expect([answer.status, answer.text(), answer.headers.get('X-Inner')]).toEqual([201, 'one, two', 'yes'])
  })

  test.each(failingShapes.filter(({ given }) => given))(
    'hands on what an application $name',
    async ({ make }) => {
      const app = stack(make(new Error('torn')), health('/healthz'))
      await expect(new Client(app).get('/')).rejects.toThrow('torn')
    },
  )
})

describe('the answer', () => {
  test('is 200 where all checks pass', async () => {
    const answer = await site({ checks: { database: async () => true } }).get('/healthz')
    expect([answer.status, answer.text()]).toEqual([200, '{"status":"pass"}\n'])
    expect(answer.headers.get('Content-Type')).toBe('application/json')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  test('is 503 where one does not, and tells strangers nothing of it', async () => {
    const answer = await site({ checks: { ...broken, disk: () => true } }).get('/healthz')
    expect([answer.status, answer.text()]).toEqual([503, '{"status":"fail"}\n'])
    expect(answer.errors).toContain('health: database fails: Error: db.internal:5432 refused')
  })

  test('to HEAD has the headers of GET', async () => {
    const client = site({ checks: broken })
    const head = await client.head('/healthz')
    const get = await client.get('/healthz')
    expect([head.status, head.bytes().length]).toEqual([503, 0])
    expect([...head.headers]).toEqual([...get.headers])
  })

  test('to another method is 405', async () => {
    const answer = await site().post('/healthz')
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('is for one path, however it is spelled', async () => {
    expect((await site().get('/%68ealthz')).text()).toContain('pass')
    for (const path of ['/', '/healthz/', '/Healthz', '/healthz/x']) {
      expect((await site().get(path)).text()).toBe('hello')
    }
    expect((await site().get('/healthz?full')).text()).toContain('pass')
  })
})

describe('details', () => {
  test('are for those that are told', async () => {
    const client = site({
      checks: broken,
      now: () => 0,
      details: ({ HTTP_AUTHORIZATION }) => HTTP_AUTHORIZATION === 'Bearer ops',
    })
    expect((await client.get('/healthz')).text()).toBe('{"status":"fail"}\n')
    const told = await client.get('/healthz', { headers: { Authorization: 'Bearer ops' } })
    expect(JSON.parse(told.text())).toEqual({
      status: 'fail',
      checks: { database: { status: 'fail', time: 0, error: 'Error: db.internal:5432 refused' } },
    })
  })

  test('are for nobody where the function that decides throws', async () => {
    const answer = await site({
      checks: broken,
      details: () => {
        throw new Error('no session')
      },
    }).get('/healthz')
    expect(answer.text()).toBe('{"status":"fail"}\n')
    expect(answer.errors).toContain('no session')
  })
})

test('fails while a breaker is open, and is itself not stopped by it', async () => {
  const clock = { time: 0 }
  const guard = breaker({ failures: 1, cooldown: 100, now: () => clock.time })
  const failing: Application = () => {
    throw new ServiceUnavailable()
  }
  const layer = health('/healthz', { checks: { application: guard }, cache: 0, details: true })
  const client = new Client(stack(failing, layer, guard))
  expect((await client.get('/healthz')).status).toBe(200)
  await client.get('/')
  const open = await client.get('/healthz')
  expect(open.status).toBe(503)
  expect(JSON.parse(open.text()).checks.application.state).toBe('open')
  clock.time = 100
  expect((await client.get('/healthz')).status).toBe(200)
})

test('hands on other requests without a promise', () => {
  expect(health('/healthz')(hello)(createEnviron('/'), () => () => {})).toBe('hello')
})

test('has its name in an outline', () => {
  expect(String(outline(stack(hello, health('/healthz'))))).toBe('health\n  hello')
})

test.each([
  [undefined, {}, 'got undefined for the path; expected one that begins with /'],
  ['healthz', {}, 'got "healthz" for the path'],
  ['/healthz?full', {}, 'got "/healthz?full" for the path'],
  ['/../x', {}, 'got "/../x" for the path'],
  ['/h', { checks: [() => true] }, 'got [the function (anonymous)] for the option checks'],
  ['/h', { checks: { database: true } }, 'for the option checks; expected an object of functions'],
  ['/h', { checks: { database: null } }, 'for the option checks'],
  ['/h', { timeout: 0 }, 'got 0 for the option timeout'],
  ['/h', { timeout: 2 ** 31 }, 'got 2147483648 for the option timeout'],
  ['/h', { cache: -1 }, 'got -1 for the option cache'],
  ['/h', { details: 'all' }, 'got "all" for the option details'],
  ['/h', { now: 0 }, 'got 0 for the option now'],
  ['/h', { path: '/' }, 'got the unknown option "path"'],
])('refuses %j with %j when it is made', (path, options, message) => {
  const make = (): unknown => health(path as string, options as unknown as HealthOptions)
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})
