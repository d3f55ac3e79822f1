import { Client } from '@stapel/testing'
import { expect, test } from 'vitest'
import { NotFound } from './http-errors.ts'
import type { Application, Environ, Middleware } from './protocol.ts'
import { stack } from './stack.ts'
import { TRACE_LIMIT, type Trace, traced } from './trace.ts'
import { validate } from './validate.ts'

const hello: Application = function hello(_environ, startResponse) {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return 'Hello'
}

const outer: Middleware = function outer(inner) {
  return (environ, startResponse) => inner(environ, startResponse)
}

const inner: Middleware = function inner(app) {
  return (environ, startResponse) => app({ ...environ }, startResponse)
}

/** Keeps the trace of the last request. */
function keeping(app: Application): { app: Application; trace(): Trace | undefined } {
  let last: Environ | undefined
  return {
    app: (environ, startResponse) => {
      last = environ
      return app(environ, startResponse)
    },
    trace: () => last?.['stapel.context'].trace,
  }
}

test('the layers that a request passed are noted, outermost first, with the application', async () => {
  const { app, trace } = keeping(traced(stack(hello, outer, inner)))
  expect((await new Client(validate(app)).get('/')).text()).toBe('Hello')
  expect(trace()).toEqual({ layers: ['outer', 'inner', 'hello'], rules: [] })
})

test('layers that a request does not reach are not noted', async () => {
  const refusing: Middleware = function refusing() {
    return (environ, startResponse) => new NotFound().respond(environ, startResponse)
  }
  const { app, trace } = keeping(traced(stack(hello, outer, refusing, inner)))
  await new Client(validate(app)).get('/')
  expect(trace()?.layers).toEqual(['outer', 'refusing'])
})

test('each request has a trace of its own', async () => {
  const { app, trace } = keeping(traced(stack(hello, outer)))
  const client = new Client(app)
  await client.get('/')
  const first = trace()
  await client.get('/')
  expect(trace()).not.toBe(first)
  expect(trace()).toEqual(first)
})

test('an application around which nobody put it has none', async () => {
  traced(hello)
  const { app, trace } = keeping(stack(hello, outer))
  await new Client(validate(app)).get('/')
  expect(trace()).toBeUndefined()
})

test('a layer that calls on and on is noted up to a limit', async () => {
  const again: Middleware = function again(app) {
    return async (environ, startResponse) => {
      for (let i = 0; i < 1_000; i++) await app({ ...environ }, () => () => {})
      return app(environ, startResponse)
    }
  }
  const { app, trace } = keeping(traced(stack(hello, again)))
  await new Client(app).get('/')
  expect(trace()?.layers.length).toBe(TRACE_LIMIT)
})

test('what answers for routers without a rule is in the trace', async () => {
  const refuse = (): undefined => undefined
  const { app, trace } = keeping(traced(hello, { refuse }))
  await new Client(app).get('/')
  expect(trace()?.refuse).toBe(refuse)
})
