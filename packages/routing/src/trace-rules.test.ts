import { type Application, type Environ, type Refuse, type Trace, traced, validate } from '@stapel/core'
import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { int, Router } from './index.ts'

const show: Application = function show(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'shown'
}

/** A client of the router in development, and the trace of its last request. */
function develop(router: Router, refuse?: Refuse): { client: Client; trace(): Trace | undefined } {
  let last: Environ | undefined
  const inner = traced(router.app, { ...(refuse && { refuse }) })
  const app: Application = (environ, startResponse) => {
    last = environ
    return inner(environ, startResponse)
  }
  return { client: new Client(validate(app)), trace: () => last?.['stapel.context'].trace }
}

test('the rule that matched is in the trace with its parameters, behind those of the routers outside', async () => {
  const users = new Router().get('/users/:id', show, { name: 'user' })
  const { client, trace } = develop(new Router().mount('/:site', users.app, { host: 'localhost' }))
  await client.get('/admin/users/7')
  expect(trace()?.rules).toEqual([
    { pattern: '/:site', host: 'localhost', params: { site: 'admin' } },
    { pattern: '/users/:id', methods: ['GET'], name: 'user', params: expect.objectContaining({ id: '7' }) },
  ])
  expect(trace()?.explain).toBeUndefined()
})

test('a router without a rule leaves an explanation, and answers as in production', async () => {
  const router = new Router().get('/users/:id', show, { convert: { id: int() } })
  const { client, trace } = develop(router)
  const answer = await client.get('/users/x')
  expect(answer.status).toBe(404)
  expect(answer.text()).toBe((await new Client(router.app).get('/users/x')).text())
  expect(String(trace()?.explain?.())).toBe(String(router.explain('GET', '/users/x', 'localhost')))
  expect(trace()?.rules).toEqual([])
})

test('so does one that gets a path which cannot be decoded, and one asked for another method', async () => {
  const { client, trace } = develop(new Router().get('/users/:id', show))
  expect((await client.get('/users/%FF')).status).toBe(400)
  expect(String(trace()?.explain?.())).toContain('no valid percent-encoding of UTF-8')
  expect((await client.post('/users/7')).status).toBe(405)
  expect(String(trace()?.explain?.())).toContain('answers GET')
})

test('the development server may answer in its place', async () => {
  const refuse: Refuse = (error, trace, _environ, startResponse) => {
    if (error.status !== 404) return undefined
    startResponse('404 Not Found', [['Content-Type', 'text/plain']], error)
    return `in development: ${trace.explain?.()}`
  }
  const { client } = develop(new Router().get('/users', show), refuse)
  expect((await client.get('/user')).text()).toMatch(/^in development: GET localhost\/user: 404 Not Found\n/)
  expect((await client.post('/users')).text()).not.toContain('in development')
})

test('it may take its time', async () => {
  const refuse: Refuse = async (error, _trace, environ, startResponse) => {
    await Promise.resolve()
    return error.respond(environ, startResponse)
  }
  const { client } = develop(new Router().get('/users', show), refuse)
  expect((await client.get('/user')).status).toBe(404)
})

test('without a trace nothing is explained', async () => {
  const router = new Router().get('/users/:id', show)
  let environ: Environ | undefined
  const app: Application = (given, startResponse) => {
    environ = given
    return router.app(given, startResponse)
  }
  await new Client(validate(app)).get('/nothing')
  expect(environ?.['stapel.context'].trace).toBeUndefined()
})
