import { applicationShapes, Client } from '@stapel/testing'
import { Request, Response } from '@stapel/wrappers'
import { describe, expect, test } from 'vitest'
import { abort } from './abort.ts'
import type { HTTPError } from './http-error.ts'
import { BadGateway, MethodNotAllowed, NotFound, TooManyRequests } from './http-errors.ts'
import { onError } from './on-error.ts'
import type { Application, Middleware } from './protocol.ts'
import { stack } from './stack.ts'
import { validate } from './validate.ts'

/** Shows what a page is told. */
const page = onError(
  ({ status, code, description }) =>
    new Response(`${status} ${code} ${description}`, { status, mimetype: 'text/html' }),
)

function clientOf(app: Application, ...layers: Middleware[]): Client {
  return new Client(stack(app, validate, ...layers))
}

const fails = (error: unknown): Application =>
  Request.application(() => {
    throw error
  })

describe('an HTTPError is told to the page', () => {
  test('that a handler has thrown, with what it says', async () => {
    const answer = await clientOf(fails(new NotFound('There is no entry 42.')), page).get('/')
    expect(answer.status).toBe(404)
    expect(answer.text()).toBe('404 ERR_HTTP_404 There is no entry 42.')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.errors).toBe('')
  })

  test('that answered in an application of any other kind', async () => {
    const generator: Application = async function* (environ, startResponse) {
      yield new NotFound().respond(environ, startResponse) as string
    }
    const later: Application = async (environ, startResponse) =>
      new NotFound().respond(environ, startResponse)
    const throwing: Application = () => {
      throw new NotFound()
    }
    for (const app of [generator, later, throwing]) {
      const answer = await clientOf(app, page).get('/')
      expect([answer.status, answer.text()]).toEqual([
        404,
        '404 ERR_HTTP_404 There is nothing at this address.',
      ])
    }
  })

  test('and its headers stay', async () => {
    const error = new TooManyRequests(undefined, { retryAfter: 7 })
    const told: HTTPError['headers'][] = []
    const seen = onError((error) => {
      told.push(error.headers)
      return new Response('Slowly', { status: error.status })
    })
    const answer = await clientOf(fails(error), seen).get('/')
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(told).toEqual([[['Retry-After', '7']]])
  })
})

describe('any other error is told as a 500', () => {
  // robustness.md E2
  test('whose message goes to the log alone', async () => {
    const answer = await clientOf(fails(new Error('the password is hunter2')), page).get('/')
    expect(answer.status).toBe(500)
    expect(answer.text()).toBe(
      '500 ERR_HTTP_500 The server could not answer the request because of an internal error.',
    )
    expect(answer.errors.match(/hunter2/g)).toHaveLength(1)
  })

  test('whose cause the handler may look at', async () => {
    const cause = new Error('away')
    const causes: unknown[] = []
    const seen = onError((error) => {
      causes.push(error.cause)
      return error
    })
    await clientOf(fails(cause), seen).get('/')
    expect(causes).toEqual([cause])
  })

  test('also when the body fails before its first byte', async () => {
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [['Set-Cookie', 'a=1']])
      yield ''
      throw new Error('away')
    }
    const answer = await clientOf(app, page).get('/')
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([500, null])
  })

  test('but not after it, when the connection breaks', async () => {
    const app: Application = async function* (_environ, startResponse) {
      startResponse('200 OK', [])
      yield 'begun'
      throw new Error('away')
    }
    await expect(clientOf(app, page).get('/')).rejects.toThrow('away')
  })
})

test('a 5xx that a bare application throws is logged once', async () => {
  const app: Application = () => {
    throw new BadGateway('the other server is away')
  }
  const answer = await clientOf(app, page).get('/')
  expect(answer.status).toBe(502)
  expect(answer.errors.match(/BadGateway/g)).toHaveLength(1)
})

test('what has a response of its own is left alone', async () => {
  const app = Request.application(() => abort(Response.redirect('/login')))
  const answer = await clientOf(app, page).get('/')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/login'])
  const bare: Application = () => abort(Response.redirect('/login'))
  expect((await clientOf(bare, page).get('/')).status).toBe(303)
})

test('an error that the handler gives back answers as it did', async () => {
  const notFoundOnly = onError((error) =>
    error.status === 404 ? new Response('Nothing here', { status: 404 }) : error,
  )
  const app = Request.application(({ path }) => abort(path === '/' ? 403 : 404))
  const client = clientOf(app, notFoundOnly)
  expect((await client.get('/a')).text()).toBe('Nothing here')
  const problem = await client.get('/', { headers: { Accept: 'application/json' } })
  expect(problem.headers.get('content-type')).toBe('application/problem+json')
  expect(problem.json()).toMatchObject({ status: 403, title: 'Forbidden' })
})

test('another error may answer in its place', async () => {
  const hide = onError((error) => (error.status === 403 ? new NotFound() : error))
  expect((await clientOf(fails(new MethodNotAllowed(['GET'])), hide).get('/')).status).toBe(405)
  expect((await clientOf(() => abort(403), hide).get('/')).status).toBe(404)
})

test('a page may be made later', async () => {
  const later = onError(async ({ status }) => new Response(`later ${status}`, { status }))
  for (const app of [fails(new NotFound()), () => abort(404)]) {
    expect((await clientOf(app, later).get('/')).text()).toBe('later 404')
  }
})

test('the layer that stands further inside answers', async () => {
  const outer = onError(({ status }) => new Response('outer', { status }))
  const inner = onError((error) =>
    error.status === 404 ? new Response('inner', { status: error.status }) : error,
  )
  expect((await clientOf(fails(new NotFound()), outer, inner).get('/')).text()).toBe('inner')
  expect((await clientOf(fails(new Error('away')), outer, inner).get('/')).text()).toBe('outer')
})

describe('headers that layers inside have added', () => {
  const adds =
    (...added: [string, string][]): Middleware =>
    (app) =>
    (environ, startResponse) =>
      app(environ, (status, headers, error) => startResponse(status, [...headers, ...added], error))

  test('stay, but for those about the content', async () => {
    const layer = adds(['Access-Control-Allow-Origin', '*'], ['ETag', '"1"'], ['Content-Language', 'en'])
    const { headers } = await clientOf(fails(new NotFound()), page, layer).get('/')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect([headers.get('etag'), headers.get('content-language')]).toEqual([null, null])
    expect(headers.get('content-security-policy')).toBeNull()
  })

  test('join cookies and Vary, and give way otherwise', async () => {
    const layer = adds(['Set-Cookie', 'a=1'], ['Vary', 'Origin'], ['Cache-Control', 'public'])
    const mine = onError(
      ({ status }) =>
        new Response('', {
          status,
          headers: { 'Set-Cookie': 'b=2', Vary: 'Accept', 'Cache-Control': 'no-store' },
        }),
    )
    const { headers } = await clientOf(fails(new NotFound()), mine, layer).get('/')
    expect(headers.getSetCookie()).toEqual(['b=2', 'a=1'])
    expect(headers.get('vary')).toBe('Accept, origin')
    expect(headers.get('cache-control')).toBe('no-store')
  })
})

describe('a handler that fails costs nobody the answer', () => {
  test.each([
    ['throws', () => abort(418)],
    ['rejects', async () => abort(418)],
    ['gives no answer', () => undefined as never],
    ['gives a string later', async () => 'page' as never],
  ])('where it %s', async (_how, handler) => {
    for (const app of [fails(new NotFound()), () => abort(404)]) {
      const answer = await clientOf(app, onError(handler)).get('/')
      expect(answer.status).toBe(404)
      expect(answer.text()).toContain('There is nothing at this address.')
      expect(answer.errors).toMatch(/teapot|from the handler of errors/)
    }
  })

  test('where its answer cannot be sent', async () => {
    const broken = onError(() => ({
      status: 404,
      respond(_environ, startResponse) {
        startResponse('404 Not Found', [])
        throw new Error('torn')
      },
    }))
    const answer = await clientOf(fails(new NotFound()), broken).get('/')
    expect(answer.text()).toContain('There is nothing at this address.')
    expect(answer.errors).toContain('torn')
  })
})

describe('what does not fail', () => {
  test.each(applicationShapes)('passes untouched: $name', async (shape) => {
    const app = shape.make({ status: '404 Nothing', headers: [['X-A', '1']], chunks: ['a', 'b'] })
    const answer = await clientOf(app, page).get('/')
    expect([answer.status, answer.reason, answer.headers.get('x-a'), answer.text()]).toEqual([
      404,
      'Nothing',
      '1',
      'ab',
    ])
  })

  test('is closed where it cannot be started', async () => {
    let closed = 0
    const body = {
      *[Symbol.iterator]() {
        yield 'a'
      },
      close() {
        closed++
      },
    }
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      return body
    }
    const refusing: Middleware = (inner) => (environ) =>
      inner(environ, () => {
        throw new Error('refused')
      })
    await expect(new Client(stack(app, refusing, page)).get('/')).rejects.toThrow('refused')
    expect(closed).toBe(1)
  })
})

test('what is no function is refused', () => {
  expect(() => onError('page' as never)).toThrow('Got the string page for the handler of errors')
})
