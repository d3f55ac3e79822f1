import { setImmediate as turn } from 'node:timers/promises'
import {
  type Application,
  ClientDisconnected,
  Conflict,
  HTTPError,
  InternalServerError,
  MethodNotAllowed,
  type Middleware,
  NotFound,
  outline,
  ServiceUnavailable,
  stack,
  traced,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type ErrorPagesOptions, errorPages } from './error-pages.ts'

const all = errorPages({ statuses: { '4xx': true, '5xx': true }, contact: 'webmaster@example.org' })

const broken: Application = () => {
  throw new Error('broken')
}

const missing: Application = (environ, startResponse) =>
  new NotFound('There is no entry 42.').respond(environ, startResponse)

function client(app: Application, ...layers: Middleware[]): Client {
  return new Client(stack(app, ...layers))
}

describe('over every application shape', () => {
  test.each(applicationShapes)('shows a page in place of the 502 of $name', async ({ make }) => {
    const inner = make({
      status: '502 Bad Gateway',
      headers: [
        ['Content-Type', 'text/html'],
        ['ETag', '"1"'],
        ['X-Inner', 'yes'],
      ],
      chunks: ['upstream 10.0.0.7 ', 'refused'],
    })
    const answer = await client(validate(inner), all).get('/')
    expect(answer.status).toBe(502)
    expect(answer.headers.get('X-Inner')).toBe('yes')
    expect(answer.headers.has('ETag')).toBe(false)
    expect(answer.text()).toContain('webmaster@example.org')
    expect(answer.text()).not.toContain('10.0.0.7')
  })

  test.each(applicationShapes)('hands on what is not named of $name', async ({ make }) => {
    const inner = make({ status: '404 Not Found', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await client(validate(inner), errorPages()).get('/')
    expect([answer.status, answer.text(), answer.headers.get('X-Inner')]).toEqual([404, 'one, two', 'yes'])
  })

  test.each(applicationShapes)('answers HEAD for $name without a body', async ({ make }) => {
    const inner = make({ status: '404 Not Found', headers: [], chunks: ['broken'] })
    const answer = await client(validate(inner), all).head('/')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
    expect(answer.bytes()).toHaveLength(0)
  })

  test.each(applicationShapes)('leaves a 204 and a 304 of $name alone', async ({ make }) => {
    for (const status of ['204 No Content', '304 Not Modified'] as const) {
      const answer = await client(
        validate(make({ status, headers: [['ETag', '"1"']], chunks: [''] })),
        all,
      ).get('/')
      expect([answer.status, answer.headers.get('ETag')]).toEqual([Number(status.slice(0, 3)), '"1"'])
    }
  })
})

describe('over every way to fail', () => {
  test.each(failingShapes.filter(({ committed }) => !committed))(
    'shows a 503 when an application $name',
    async ({ make }) => {
      const answer = await client(make(), errorPages()).get('/')
      expect(answer.status).toBe(503)
      expect(answer.headers.has('X-Replaced')).toBe(false)
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'rewrites nothing when an application $name',
    async ({ make }) => {
      await expect(client(make(new Error('torn')), all).get('/')).rejects.toThrow('torn')
    },
  )

  test('leaves a client that has gone to the gateway', () => {
    const app = all(() => {
      throw new ClientDisconnected()
    })
    expect(() => app(createEnviron('/'), () => () => {})).toThrow(ClientDisconnected)
  })
})

describe('the map', () => {
  test('gives another status to an inner one', async () => {
    const gone: Application = (_environ, startResponse) => {
      startResponse('502 Bad Gateway', [['Set-Cookie', 'a=1']])
      return 'upstream'
    }
    const answer = await client(gone, errorPages({ statuses: { 502: 503 } })).get('/')
    expect(`${answer.status} ${answer.reason}`).toBe('503 Service Unavailable')
    expect(answer.headers.has('Set-Cookie')).toBe(false)
    expect(answer.headers.get('Retry-After')).toBe('30')
  })

  test('gives a status to thrown errors by their class', async () => {
    const app: Application = (environ) => {
      throw environ.PATH_INFO === '/range' ? new RangeError('page 0') : new TypeError('a bug')
    }
    const shop = client(app, errorPages({ errors: [[RangeError, 400]] }))
    const range = await shop.get('/range')
    expect([range.status, range.errors]).toEqual([400, ''])
    const bug = await shop.get('/')
    expect(bug.status).toBe(503)
    expect(bug.errors).toContain('TypeError: a bug')
  })

  test('knows the class of an error that a layer inside has answered', async () => {
    const answered: Middleware = () => (environ, startResponse) =>
      new InternalServerError(undefined, { cause: new RangeError('page 0') }).respond(environ, startResponse)
    const answer = await client(broken, errorPages({ errors: [[RangeError, 400]] }), answered).get('/')
    expect(answer.status).toBe(400)
  })

  test('with false for 500 leaves errors to layers outside', () => {
    const app = errorPages({ statuses: { 500: false } })(broken)
    expect(() => app(createEnviron('/'), () => () => {})).toThrow('broken')
  })

  test('does not replace the answer that an error brings of its own', async () => {
    const response = new Conflict('Somebody else was faster.')
    const app: Application = () => {
      throw new HTTPError(409, undefined, { response })
    }
    const answer = await client(app, all).get('/')
    expect(answer.text()).toBe('409 Conflict\nSomebody else was faster.\n')
  })

  test('does not hold for requests that are excepted', async () => {
    const site = client(
      missing,
      errorPages({
        statuses: { 404: true },
        except: ({ PATH_INFO }) => PATH_INFO.startsWith('/api/'),
        contact: 'me',
      }),
    )
    expect((await site.get('/api/x')).text()).not.toContain('please tell me')
    expect((await site.get('/x')).text()).toContain('please tell me')
  })
})

test('an exception that cannot be decided is logged, and is none', async () => {
  const except = (): never => {
    throw new Error('no session')
  }
  const answer = await client(broken, errorPages({ except, contact: 'me' })).get('/')
  expect(answer.text()).toContain('please tell me')
  expect(answer.errors).toContain('no session')
})

describe('the page', () => {
  test('says what the error says where its status stays', async () => {
    expect((await client(missing, all).get('/')).text()).toMatch(/^404 Not Found\nThere is no entry 42\.\n/)
  })

  test('says nothing of an error whose status changes', async () => {
    const answer = await client(missing, errorPages({ statuses: { 404: 410 } })).get('/')
    expect(answer.text()).toBe('410 Gone\nThe resource was here and is gone for good.\n')
  })

  test('says the message that was given for its status', async () => {
    const answer = await client(
      missing,
      errorPages({ statuses: { 404: true }, messages: { 404: 'Verlaufen?' } }),
    ).get('/')
    expect(answer.text()).toBe('404 Not Found\nVerlaufen?\n')
  })

  test('has the identifier of the request, where that is one', async () => {
    const environ = { 'stapel.request_id': '7f3a' }
    expect((await client(missing, all).get('/', { environ })).text()).toContain('\nRequest: 7f3a\n')
    const odd = { 'stapel.request_id': 'a\nSet-Cookie: b' }
    expect((await client(missing, all).get('/', { environ: odd })).text()).not.toContain('Request:')
  })

  test('is problem details for programs, with what the error says of its kind', async () => {
    const app: Application = () => {
      throw new Conflict('Sold out.', {
        problem: { type: 'https://example.org/stock', extensions: { left: 0 } },
      })
    }
    const answer = await client(app, all).get('/', { headers: { Accept: 'application/json' } })
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
    expect(answer.headers.get('Vary')).toBe('Accept')
    expect(JSON.parse(answer.text())).toEqual({
      type: 'https://example.org/stock',
      title: 'Conflict',
      status: 409,
      detail: 'Sold out.',
      left: 0,
      contact: 'webmaster@example.org',
    })
  })

  // Rack CVE-2026-34831: the length of an error answer in characters.
  test('counts its length in bytes', async () => {
    const pages = errorPages({ statuses: { 404: true }, messages: { 404: 'Verlaufen? Zurück für 5 €' } })
    for (const Accept of ['text/plain', 'text/html', 'application/json']) {
      const answer = await client(missing, pages).get('/', { headers: { Accept } })
      expect(answer.headers.get('Content-Length')).toBe(String(answer.bytes().byteLength))
      expect(answer.bytes().byteLength).toBeGreaterThan(answer.text().length)
    }
  })

  test('shows the error only in development', async () => {
    expect((await client(broken, errorPages()).get('/')).text()).not.toContain('Error: broken')
    expect((await client(traced(stack(broken, errorPages()))).get('/')).text()).toContain('Error: broken')
    expect(
      (await client(traced(stack(broken, errorPages({ details: false })))).get('/')).text(),
    ).not.toContain('broken')
    expect((await client(broken, errorPages({ details: true })).get('/')).text()).toContain('Error: broken')
  })
})

describe('headers', () => {
  const failing =
    (headers: [string, string][], status: '500 Broken' | '405 No' = '500 Broken'): Application =>
    (_environ, startResponse) => {
      startResponse(status, headers)
      return 'failed'
    }

  // Other toolkits lose the headers of CORS on errors, so that a page cannot read the status. robustness.md E4
  test('of CORS and security from layers inside stay, those of the content go', async () => {
    const answer = await client(
      failing([
        ['Access-Control-Allow-Origin', 'https://example.org'],
        ['Vary', 'Origin'],
        ['Strict-Transport-Security', 'max-age=60'],
        ['Set-Cookie', 'a=1'],
        ['Content-Length', '6'],
        ['Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT'],
        ['Cache-Control', 'public'],
      ]),
      errorPages(),
    ).get('/')
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://example.org')
    expect(answer.headers.get('Vary')).toBe('Accept, origin')
    expect(answer.headers.get('Strict-Transport-Security')).toBe('max-age=60')
    expect(answer.headers.has('Set-Cookie')).toBe(false)
    expect(answer.headers.has('Last-Modified')).toBe(false)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
  })

  test('of layers outside are added to the page', async () => {
    const outer: Middleware = (app) => (environ, startResponse) =>
      app(environ, (status, headers, error) => startResponse(status, [...headers, ['X-Outer', 'yes']], error))
    const answer = await client(broken, outer, errorPages()).get('/')
    expect([answer.status, answer.headers.get('X-Outer')]).toEqual([503, 'yes'])
  })

  test('that belong to a status stay where it stays', async () => {
    const app: Application = () => {
      throw new MethodNotAllowed(['GET', 'HEAD'])
    }
    expect((await client(app, all).post('/')).headers.get('Allow')).toBe('GET, HEAD')
    const cached = await client(failing([['Cache-Control', 'max-age=60']], '405 No'), all).get('/')
    expect(cached.headers.get('Cache-Control')).toBe('max-age=60')
  })

  test('that are given replace those of the page', async () => {
    const pages = errorPages({
      headers: [
        ['Cache-Control', 'max-age=5'],
        ['X-Page', 'yes'],
      ],
    })
    const answer = await client(broken, pages).get('/')
    expect([answer.headers.get('Cache-Control'), answer.headers.get('X-Page')]).toEqual(['max-age=5', 'yes'])
  })

  test('Retry-After is that of the failed answer before a fixed one', async () => {
    const app: Application = () => {
      throw new ServiceUnavailable(undefined, { retryAfter: 7 })
    }
    expect((await client(app, all).get('/')).headers.get('Retry-After')).toBe('7')
    expect((await client(missing, all).get('/')).headers.has('Retry-After')).toBe(false)
  })

  test('Retry-After of a function is asked for with the status of each page', async () => {
    const retryAfter = (status: number): number | undefined => (status === 404 ? 9 : undefined)
    const pages = errorPages({ statuses: { 404: true }, retryAfter })
    expect((await client(missing, pages).get('/')).headers.get('Retry-After')).toBe('9')
    expect((await client(broken, pages).get('/')).headers.has('Retry-After')).toBe(false)
  })
})

describe('a template', () => {
  const html = { headers: { Accept: 'text/html' } }

  test('makes the HTML, with a policy that lets no script run', async () => {
    const template = ({ status, contact }: { status: number; contact: string | undefined }): string =>
      `<h1>${status}</h1>${contact}`
    const answer = await client(broken, errorPages({ template, contact: 'me' })).get('/', html)
    expect(answer.text()).toBe('<h1>503</h1>me')
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'; style-src 'self'")
    expect((await client(broken, errorPages({ template })).get('/')).text()).toMatch(
      /^503 Service Unavailable/,
    )
  })

  test('may take its time', async () => {
    const template = async (): Promise<string> => {
      await turn()
      return 'later'
    }
    expect((await client(broken, errorPages({ template })).get('/', html)).text()).toBe('later')
  })

  test.each([
    [
      'throws',
      () => {
        throw new Error('no such file')
      },
      'no such file',
    ],
    ['rejects', () => Promise.reject(new Error('no such file')), 'no such file'],
    ['gives no text', () => 5, 'template gave 5; expected HTML'],
  ])('that %s costs nobody the page', async (_name, template, logged) => {
    const options = { template } as unknown as ErrorPagesOptions
    const answer = await client(broken, errorPages(options)).get('/', html)
    expect(answer.status).toBe(503)
    expect(answer.text()).toContain('<h1>Service Unavailable</h1>')
    expect(answer.errors).toContain(logged)
  })
})

test('closes the body that it replaces, once', async () => {
  let closed = 0
  const app: Application = (_environ, startResponse) => {
    startResponse('404 Not Found', [])
    return {
      *[Symbol.iterator]() {
        yield 'a'
        yield 'b'
      },
      close() {
        closed++
      },
    }
  }
  await client(app, all).get('/')
  await turn()
  expect(closed).toBe(1)
})

test('stays synchronous over a synchronous application', () => {
  const environ = createEnviron('/')
  const started: string[] = []
  const body = all(missing)(environ, (status) => {
    started.push(status)
    return () => {}
  })
  expect(body).toContain('There is no entry 42.')
  expect(started).toEqual(['404 Not Found'])
})

test('has its name in an outline', () => {
  expect(String(outline(stack(missing, all)))).toBe('errorPages\n  missing')
})

describe('refuses when it is made', () => {
  test.each([
    [{ statuses: [404] }, 'got [404] for the option statuses'],
    [{ statuses: { 200: true } }, 'errorPages: got "200" among the statuses'],
    [{ errors: {} }, 'for the option errors; expected a list of pairs of class and status'],
    [{ errors: [[RangeError, 99]] }, 'got the function RangeError with 99 among the errors'],
    [{ contact: '' }, 'got "" for the option contact'],
    [{ messages: { 200: 'fine' } }, 'for the option messages'],
    [{ messages: { 404: '' } }, 'for the option messages'],
    [{ retryAfter: -1 }, 'got -1 for the option retryAfter'],
    [{ template: '<h1>' }, 'got "<h1>" for the option template'],
    [{ headers: [['Content-Type', 'text/html']] }, 'for the option headers'],
    [{ headers: [['X', 'a\nb']] }, 'for the option headers'],
    [{ details: 'yes' }, 'got "yes" for the option details'],
    [{ except: '/api' }, 'got "/api" for the option except'],
    [{ status: {} }, 'got the unknown option "status"'],
  ])('%j', (options, message) => {
    expect(() => errorPages(options as unknown as ErrorPagesOptions)).toThrow(TypeError)
    expect(() => errorPages(options as unknown as ErrorPagesOptions)).toThrow(message)
  })
})
