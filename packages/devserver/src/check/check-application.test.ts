import { type Application, BadRequest, type Middleware, outlineSymbol, stack, validate } from '@stapel/core'
import { staticFiles } from '@stapel/middleware/static-files'
import { expect, test } from 'vitest'
import { createProject } from '../stapel-command.test-support.ts'
import { checkApplication, type Finding } from './check-application.ts'

const hello: Application = function hello(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

/** What is found, by the name of the probe. */
async function findingsOf(app: Application): Promise<Map<string, readonly Finding[]>> {
  const results = await checkApplication(app)
  return new Map(results.filter(({ findings }) => findings.length > 0).map((r) => [r.name, r.findings]))
}

test('finds nothing in an application that keeps the protocol', async () => {
  const results = await checkApplication(stack(hello, validate))
  expect(results.flatMap(({ findings }) => findings)).toEqual([])
  expect(results.length).toBeGreaterThan(20)
  expect(results[0]).toEqual({ name: 'GET /', status: 200, findings: [] })
})

test('finds nothing in files, whose ranges and validators are asked for', async () => {
  await using project = createProject({ 'index.html': '<h1>Index</h1>' })
  const none: Application = () => {
    throw new BadRequest()
  }
  const results = await checkApplication(stack(none, staticFiles({ '/': project.directory })))
  expect(results.filter(({ findings }) => findings.length > 0)).toEqual([])
  const statuses = new Map(results.map(({ name, status }) => [name, status]))
  expect(statuses.get('GET / when it is unmodified')).toBe(304)
  expect(statuses.get('GET / in part')).toBe(206)
})

test('names the clause and the layer that broke it', async () => {
  const shout: Middleware = function shout(app) {
    return async (environ, startResponse) => {
      await app(environ, startResponse)
      return 5 as never
    }
  }
  const quiet: Middleware = function quiet(app) {
    return (environ, startResponse) => app(environ, startResponse)
  }
  const found = await findingsOf(stack(hello, shout, quiet))
  expect(found.get('GET /')).toMatchObject([{ kind: 'protocol', clause: '1', layer: 'shout' }])
})

test('finds what a body does wrong after the answer has begun', async () => {
  const late: Application = async function* late(_environ, startResponse) {
    startResponse('200 OK', [['Content-Length', '3']])
    yield 'more than three'
  }
  const found = await findingsOf(late)
  expect(found.get('GET /')).toMatchObject([{ kind: 'protocol', clause: '4.5', layer: 'late' }])
})

test('tells what the application throws, which breaks nothing', async () => {
  const decoding: Application = (environ, startResponse) => {
    decodeURIComponent(environ.PATH_INFO)
    return hello(environ, startResponse)
  }
  const found = await findingsOf(decoding)
  expect([...found.keys()]).toEqual(['GET /%zz', 'GET /%ff'])
  expect(found.get('GET /%zz')).toEqual([{ kind: 'threw', message: 'URIError: URI malformed' }])
})

test('finds answers that HTTP does not allow', async () => {
  const picky: Application = (environ, startResponse) => {
    if (environ.REQUEST_METHOD === 'GET') return hello(environ, startResponse)
    startResponse('405 Method Not Allowed', [])
    return ''
  }
  const found = await findingsOf(picky)
  expect(found.get('PROPFIND /')).toEqual([
    { kind: 'http', message: '405 names no methods: Allow is missing (RFC 9110 section 15.5.6).' },
  ])
})

test('finds an answer that is sent whole to a client that has it', async () => {
  const tagged: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['ETag', '"1"']])
    return 'Hello'
  }
  const found = await findingsOf(tagged)
  expect(found.get('GET / when it is unmodified')).toMatchObject([
    { message: expect.stringMatching(/304 was due/) },
  ])
})

test('finds what is kept of a request outside of it', async () => {
  let path = ''
  const shared: Application = async (environ, startResponse) => {
    path = environ.PATH_INFO
    // Until both have come.
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
    startResponse(path === '/' ? '200 OK' : '404 Not Found', [])
    return path
  }
  const found = await findingsOf(shared)
  expect(found.get('two requests at once')).toMatchObject([
    { kind: 'http', message: expect.stringMatching(/kept outside of it/) },
  ])
})

test('asks the rules of a router', async () => {
  const router: Application = Object.assign(
    ((environ, startResponse) => {
      if (environ.PATH_INFO === '/users/1') throw new TypeError('no user')
      return hello(environ, startResponse)
    }) satisfies Application,
    {
      [outlineSymbol]: () => [
        { name: 'user', row: { methods: ['GET'], pattern: '/users/:id', application: 'user' } },
      ],
    },
  )
  expect(await findingsOf(router)).toEqual(
    new Map([['GET /users/1', [{ kind: 'threw', message: 'TypeError: no user' }]]]),
  )
})

test('waits for no end of a stream of events', async () => {
  const events: Application = async function* events(environ, startResponse) {
    startResponse('200 OK', [['Content-Type', 'text/event-stream']])
    const { signal } = environ['stapel.context']
    yield 'data: 1\n\n'
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  }
  expect(await findingsOf(events)).toEqual(new Map())
})

// RFC 9110 section 9.3.2
test('HEAD that is refused where GET is not is found', async () => {
  const found = await findingsOf((environ, startResponse) => {
    startResponse(environ.REQUEST_METHOD === 'HEAD' ? '404 Not Found' : '200 OK', [])
    return ''
  })
  expect(found.get('HEAD /')).toMatchObject([
    { kind: 'http', message: 'HEAD is answered 404 and GET 200 (RFC 9110 section 9.3.2).' },
  ])
})

test('tells each result as soon as it is there, and gives up on an application that cuts off every answer', async () => {
  const begun: string[] = []
  const told: string[] = []
  const cut: Application = async function* cut(_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'begun'
    throw new Error('cut on purpose')
  }
  const results = await checkApplication(
    (environ, startResponse) => {
      // Each was told before the next was asked.
      if (environ.PATH_INFO === '/stapel-check/no-such-path') {
        expect(told).toEqual(['GET /', 'HEAD /'])
        expect(begun).toEqual([...told, 'GET a path that nobody has'])
      }
      return cut(environ, startResponse)
    },
    { begun: (name) => begun.push(name), done: ({ name }) => told.push(name) },
  )
  expect(results.map(({ name }) => name)).toEqual(told)
  expect(begun).toEqual(told)
  expect(results.at(-1)?.findings.at(-1)?.message).toBe(
    '3 probes in a row got no whole answer: the rest is not asked.',
  )
  expect(results.length).toBeLessThan(10)
})
