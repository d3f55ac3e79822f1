import { setImmediate as turn } from 'node:timers/promises'
import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { collect } from './body.ts'
import { capture } from './capture.ts'
import { NotFound } from './http-errors.ts'
import { onError } from './on-error.ts'
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

const onErrorPage: Middleware = onError((error) => error)

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
  expect(trace()).toMatchObject({ layers: ['outer', 'inner', 'hello'], rules: [] })
})

test('layers that a request does not reach are not noted', async () => {
  const refusing: Middleware = function refusing() {
    return (environ, startResponse) => new NotFound().respond(environ, startResponse)
  }
  const { app, trace } = keeping(traced(stack(hello, outer, refusing, inner)))
  await new Client(validate(app)).get('/')
  expect(trace()?.layers).toEqual(['outer', 'refusing'])
})

test('a request of a gateway that makes no context goes untraced', async () => {
  const { 'stapel.context': _context, ...rest } = createEnviron('/')
  const app = traced(stack(hello, outer, inner))
  const body = await app(rest as Environ, () => () => {})
  expect(body).toBe('Hello')
})

test('each request has a trace of its own', async () => {
  const { app, trace } = keeping(traced(stack(hello, outer)))
  const client = new Client(app)
  await client.get('/')
  const first = trace()
  await client.get('/')
  expect(trace()).not.toBe(first)
  expect(trace()?.layers).toEqual(first?.layers)
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

/** Reads an answer as an application gives it; a client would put its checks around it. */
async function read(app: Application): Promise<Uint8Array> {
  const environ = createEnviron('/')
  return collect((await capture(app, environ)).body)
}

/** Tells which layer an error came out of. */
async function throwerOf(app: Application, ...layers: Middleware[]): Promise<string | undefined> {
  const kept = keeping(traced(stack(app, ...layers)))
  await read(kept.app).catch(() => {})
  const trace = kept.trace()
  return trace?.layers[trace.thrown?.layer ?? -1]
}

describe('the layer that an error came out of is noted', () => {
  const broken = new Error('broken')

  test('of an application that throws', async () => {
    const app: Application = function app() {
      throw broken
    }
    expect(await throwerOf(app, outer, inner)).toBe('app')
  })

  test('of a layer that rejects, before it calls what lies inside', async () => {
    const rejecting: Middleware = function rejecting() {
      return async () => {
        throw broken
      }
    }
    expect(await throwerOf(hello, outer, rejecting, inner)).toBe('rejecting')
  })

  test('of a generator that throws while it is read through layers', async () => {
    const app: Application = async function* app(_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'one'
      throw broken
    }
    const copying: Middleware = function copying(app) {
      return async function* (environ, startResponse) {
        yield* (await app(environ, startResponse)) as AsyncIterable<string>
      }
    }
    expect(await throwerOf(app, outer, copying)).toBe('app')
  })

  test('of a layer that throws another error in place of one', async () => {
    const wrapping: Middleware = function wrapping(app) {
      return (environ, startResponse) => {
        try {
          return app(environ, startResponse)
        } catch (cause) {
          throw new Error('wrapped', { cause })
        }
      }
    }
    const app: Application = function app() {
      throw broken
    }
    expect(await throwerOf(app, outer, wrapping)).toBe('wrapping')
  })

  test('and of none where nothing was thrown', async () => {
    expect(await throwerOf(hello, outer)).toBeUndefined()
  })
})

test('each layer has a time, and none is shorter than what lies inside of it', async () => {
  const slow: Application = async function* slow(_environ, startResponse) {
    startResponse('200 OK', [])
    yield 'one'
    await turn()
    yield 'two'
  }
  const { app, trace } = keeping(traced(stack(slow, outer, inner)))
  expect((await new Client(validate(app)).get('/')).text()).toBe('onetwo')
  const times = trace()?.times ?? []
  expect(times).toHaveLength(3)
  expect(times.every((time) => time !== undefined && time >= 0)).toBe(true)
})

test('a layer that has not answered yet has no time', async () => {
  const seen: unknown[] = []
  const app: Application = (environ, startResponse) => {
    seen.push(...(environ['stapel.context'].trace?.times ?? []))
    return hello(environ, startResponse)
  }
  await new Client(traced(stack(app, outer))).get('/')
  expect(seen).toEqual([undefined, undefined])
})

test('a generator stays the object that it is', async () => {
  let given: unknown
  let got: unknown
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [])
    given = (function* () {
      yield 'one'
    })()
    return given as Iterable<string>
  }
  const looking: Middleware = (app) => (environ, startResponse) => {
    got = app(environ, startResponse)
    return got as Iterable<string>
  }
  await read(traced(stack(app, looking)))
  expect(got).toBe(given)
})

test('an error that the development server shows is not written to wsgi.errors', async () => {
  const shown: unknown[] = []
  const app: Application = () => {
    throw new Error('broken')
  }
  const failed = (error: unknown, { layers }: Trace): boolean => {
    shown.push((error as Error).message, layers)
    return true
  }
  const quiet = await new Client(traced(stack(app, onErrorPage), { failed })).get('/')
  expect([quiet.status, quiet.errors]).toEqual([500, ''])
  expect(shown).toEqual(['broken', ['onError', 'app']])
  const loud = await new Client(traced(stack(app, onErrorPage), { failed: () => false })).get('/')
  expect(loud.errors).toContain('broken')
})
