import {
  type Application,
  type Middleware,
  NotFound,
  onError,
  ServiceUnavailable,
  stack,
  validate,
} from '@stapel/core'
import { type RunningServer, serve } from '@stapel/core/node'
import { applicationShapes, Client, failingShapes } from '@stapel/testing'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Failure } from './failure.ts'
import { showFailures } from './show-failures.ts'

/** A client of an application in development, and what was told of its failures. */
function develop(app: Application, ...layers: Middleware[]): { client: Client; told: Failure[] } {
  const told: Failure[] = []
  const shown = showFailures(stack(app, ...layers), (failure) => told.push(failure))
  return { client: new Client(validate(shown)), told }
}

/** Serves an application until the end of the test. */
async function start(app: Application): Promise<RunningServer> {
  const server = await serve(app, { port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close({ timeout: 0 }))
  return server
}

const browser = { headers: { Accept: 'text/html' } }

test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
  const inner = make({ status: '404 Not Found', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
  const { client, told } = develop(inner)
  const answer = await client.get('/')
  expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([404, 'yes', 'one, two'])
  expect((await client.head('/')).status).toBe((await new Client(inner).head('/')).status)
  expect(told).toEqual([])
})

describe('an application that fails before its answer begins', () => {
  test.each(failingShapes.filter(({ committed }) => !committed))(
    'and $name is shown as a page',
    async ({ make }) => {
      const { client, told } = develop(make(new TypeError('no <b>')))
      const answer = await client.get('/?token=abc', browser)
      expect(answer.status).toBe(500)
      expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.has('X-Replaced')).toBe(false)
      expect(answer.text()).toMatch(
        /<h1>(?:TypeError: no &lt;b&gt;|&quot;a string&quot; was thrown|null was thrown|undefined was thrown)<\/h1>/,
      )
      expect(answer.errors).toBe('')
      expect(told).toHaveLength(1)
      expect(told[0]).toMatchObject({
        happened: 'An error was thrown while answering GET /?token=(hidden)',
      })
    },
  )
})

test.each(failingShapes.filter(({ committed }) => committed))(
  'one that fails after its answer has begun ($name) is told, and the answer is cut',
  async ({ make }) => {
    const told: Failure[] = []
    const app = showFailures(make(new Error('torn')), (failure) => told.push(failure))
    const server = await start(app)
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow()
    await expect.poll(() => told.length).toBe(1)
    expect(told[0]).toMatchObject({
      title: 'Error: torn',
      happened: 'An error was thrown while answering GET /, after the answer had begun',
    })
  },
)

test('errors of HTTP stay the answers that they are', async () => {
  const { client, told } = develop(() => {
    throw new NotFound('There is no entry.')
  })
  const answer = await client.get('/', browser)
  expect(answer.status).toBe(404)
  expect(answer.text()).toContain('There is no entry.')
  expect(told).toEqual([])
})

test('an error of HTTP that is a failure is told, too', async () => {
  const told: Failure[] = []
  const app: Application = () => {
    throw new ServiceUnavailable('The database is away.', { cause: new Error('ECONNREFUSED') })
  }
  const server = await start(showFailures(app, (failure) => told.push(failure)))
  const answer = await fetch(server.url)
  expect(answer.status).toBe(503)
  expect(await answer.text()).not.toContain('ECONNREFUSED')
  await expect.poll(() => told.length).toBe(1)
  expect(told[0]?.behind[0]?.title).toBe('Error: ECONNREFUSED')
})

test('an application with pages of its own answers with them; the failure is told once', async () => {
  const pages = onError((error) => error)
  const { client, told } = develop(() => {
    throw new Error('secret')
  }, pages)
  const answer = await client.get('/', browser)
  expect(answer.status).toBe(500)
  expect(answer.text()).not.toContain('secret')
  expect(answer.errors).toBe('')
  await expect.poll(() => told.length).toBe(1)
  expect(told[0]?.title).toBe('Error: secret')
})

test('the layers and the one that threw are told', async () => {
  const log: Middleware = function log(app) {
    return (environ, startResponse) => app(environ, startResponse)
  }
  const { client, told } = develop(function site() {
    throw new Error('no')
  }, log)
  const answer = await client.get('/', { headers: { Accept: 'application/json' } })
  expect(answer.json()).toMatchObject({ status: 500, detail: 'Error: no' })
  expect(told[0]?.request?.layers.map(({ name, threw }) => [name, threw])).toEqual([
    ['log', false],
    ['site', true],
  ])
})

// robustness.md E3
test.for([undefined, null, 'text', 42, { status: 200 }])('%j can be thrown', async (value) => {
  const { client, told } = develop(async () => {
    throw value
  })
  expect((await client.get('/')).status).toBe(500)
  expect(told[0]?.title).toMatch(/ was thrown$/)
})

test('headers of the answer that failed are not sent', async () => {
  const { client } = develop(function* (_environ, startResponse) {
    startResponse('200 OK', [
      ['Content-Length', '5'],
      ['Set-Cookie', 'a=1'],
    ])
    yield ''
    throw new Error('no')
  })
  const answer = await client.get('/')
  expect(answer.status).toBe(500)
  expect(answer.headers.has('Set-Cookie')).toBe(false)
})

test('a request for the head alone waits for no chunk, and fails without a body', async () => {
  const { client } = develop((_environ, startResponse) => {
    startResponse('200 OK', [['X-Inner', 'yes']])
    return { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }
  })
  expect((await client.head('/')).headers.get('X-Inner')).toBe('yes')
  const failing = develop(async () => {
    throw new Error('no')
  })
  expect((await failing.client.head('/')).status).toBe(500)
  expect(failing.told).toHaveLength(1)
})
