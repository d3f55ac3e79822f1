import { setImmediate as turn } from 'node:timers/promises'
import {
  type Application,
  BadGateway,
  ClientDisconnected,
  InternalServerError,
  NotFound,
  NotImplemented,
  onError,
  outline,
  stack,
  validate,
} from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { type UnavailableOptions, unavailable } from './unavailable.ts'

const page = unavailable({ contact: 'webmaster@example.org', retryAfter: 60 })

describe('over every application shape', () => {
  test.each(applicationShapes)('hands on the answer of $name', async ({ make }) => {
    const inner = make({
      status: '404 Not Found',
      headers: [
        ['X-Inner', 'yes'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
      chunks: ['one, ', 'two'],
    })
    const answer = await new Client(stack(validate(inner), page)).get('/')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('X-Inner')).toBe('yes')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(answer.text()).toBe('one, two')
    expect(answer.errors).toBe('')
  })

  test.each(applicationShapes)('replaces a 500 of $name', async ({ make }) => {
    const inner = make({
      status: '500 Internal Server Error',
      headers: [
        ['Content-Type', 'text/html'],
        ['X-Inner', 'yes'],
      ],
      chunks: ['at Object.<anonymous> ', '(secret.js:1)'],
    })
    const answer = await new Client(stack(validate(inner), page)).get('/')
    expect(answer.status).toBe(503)
    expect(answer.headers.has('X-Inner')).toBe(false)
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.text()).toContain('webmaster@example.org')
    expect(answer.text()).not.toContain('secret')
  })

  test.each(applicationShapes)('answers HEAD for $name without a body', async ({ make }) => {
    const inner = make({ status: '500 Internal Server Error', headers: [], chunks: ['broken'] })
    const answer = await new Client(stack(validate(inner), page)).head('/')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('60')
    expect(answer.bytes()).toHaveLength(0)
  })
})

describe('over every way to fail', () => {
  test.each(failingShapes.filter(({ committed }) => !committed))(
    'answers 503 when an application $name',
    async ({ make }) => {
      const answer = await new Client(stack(make(), page)).get('/')
      expect(answer.status).toBe(503)
      expect(answer.headers.has('X-Replaced')).toBe(false)
      expect(answer.text()).toContain('webmaster@example.org')
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'rewrites nothing when an application $name',
    async ({ make }) => {
      const client = new Client(stack(make(new Error('torn')), page))
      await expect(client.get('/')).rejects.toThrow('torn')
    },
  )

  // robustness.md E5
  test.each(failingShapes.filter(({ committed }) => committed))(
    'lets what was sent through when an application $name',
    async ({ make }) => {
      const app = page(make(new Error('torn')))
      const started: string[] = []
      const body = await app(createEnviron('/'), (status) => {
        started.push(status)
        return () => {}
      })
      const read: string[] = []
      const reading = (async () => {
        for await (const chunk of body as AsyncIterable<string>) read.push(chunk)
      })()
      await expect(reading).rejects.toThrow('torn')
      expect(started).toEqual(['200 OK'])
      expect(read).toEqual(['first'])
    },
  )
})

describe('what is thrown', () => {
  test('as a 500 becomes a 503', async () => {
    const app = page(() => {
      throw new InternalServerError()
    })
    const answer = await new Client(app).get('/')
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('60')
  })

  test.each([
    [404, new NotFound('There is no entry 42.')],
    [501, new NotImplemented()],
    [502, new BadGateway()],
    [400, new ClientDisconnected()],
  ])('as a %i stays what it is', async (_status, error) => {
    const app = page(async () => {
      throw error
    })
    const thrown = Promise.resolve(app(createEnviron('/'), () => () => {}))
    await expect(thrown).rejects.toBe(error)
  })

  test('is logged once, with its cause and not for the client', async () => {
    const app = page(() => {
      throw new Error('No connection', { cause: new Error('db.internal:5432 refused') })
    })
    const answer = await new Client(app).get('/')
    expect(answer.errors.match(/Error: No connection/g)).toHaveLength(1)
    expect(answer.errors).toContain('Caused by: Error: db.internal:5432 refused')
    expect(answer.text()).not.toContain('connection')
    expect(answer.text()).not.toContain('db.internal')
  })
})

// robustness.md E4
test('replaces a 202 that was started, not begun', async () => {
  const app = page(function* (_environ, startResponse) {
    startResponse('202 Accepted', [['Content-Length', '1000']])
    yield ''
    throw new Error('after all not')
  })
  const answer = await new Client(app).get('/')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('Content-Length')).not.toBe('1000')
})

test.each([
  '200 OK',
  '404 Not Found',
  '501 Not Implemented',
  '502 Bad Gateway',
  '503 Service Unavailable',
] as const)('leaves a %s alone', async (status) => {
  const app = page((_environ, startResponse) => {
    startResponse(status, [['X-Inner', 'yes']])
    return 'inner'
  })
  const answer = await new Client(app).get('/')
  expect(`${answer.status} ${answer.reason}`).toBe(status)
  expect(answer.headers.get('X-Inner')).toBe('yes')
  expect(answer.text()).toBe('inner')
})

test('closes the body that it replaces, once', async () => {
  let closed = 0
  const app = page((_environ, startResponse) => {
    startResponse('500 Internal Server Error', [])
    return {
      *[Symbol.iterator]() {
        yield 'a'
        yield 'b'
      },
      close() {
        closed++
      },
    }
  })
  await new Client(app).get('/')
  await turn()
  expect(closed).toBe(1)
})

test('closes the body that it cannot hand on', async () => {
  let closed = 0
  const app = page((_environ, startResponse) => {
    startResponse('200 OK', [])
    return Object.assign(['a'], {
      close() {
        closed++
      },
    })
  })
  const failing = () => {
    throw new Error('outer')
  }
  expect(() => app(createEnviron('/'), failing)).toThrow('outer')
  expect(closed).toBe(1)
})

test('stays synchronous over a synchronous application', () => {
  const app = page((_environ, startResponse) => {
    startResponse('200 OK', [])
    return 'now'
  })
  expect(app(createEnviron('/'), () => () => {})).toBe('now')
})

describe('the form', () => {
  const broken: Application = () => {
    throw new Error('broken')
  }

  test('is HTML for a browser, which may load nothing', async () => {
    const answer = await new Client(page(broken)).get('/', {
      headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
    })
    expect(answer.headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.text()).toContain('<a href="mailto:webmaster@example.org">webmaster@example.org</a>')
  })

  test.each([undefined, '*/*', 'image/png', 'text/plain, text/html;q=0.5'])(
    'is plain text for Accept: %s',
    async (accept) => {
      const headers: Record<string, string> = accept === undefined ? {} : { Accept: accept }
      const answer = await new Client(page(broken)).get('/', { headers })
      expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=utf-8')
      expect(answer.text()).toMatch(/^503 Service Unavailable\n.*\n.*webmaster@example\.org\.\n$/)
    },
  )

  test.each(['application/json', 'application/problem+json', 'application/vnd.api+json'])(
    'is problem details for Accept: %s',
    async (accept) => {
      const answer = await new Client(page(broken)).get('/', { headers: { Accept: accept } })
      expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
      expect(JSON.parse(answer.text())).toMatchObject({
        title: 'Service Unavailable',
        status: 503,
        contact: 'webmaster@example.org',
      })
    },
  )

  test('has the message that was given', async () => {
    const answer = await new Client(unavailable({ message: 'Wartung bis 12 Uhr.' })(broken)).get('/')
    expect(answer.text()).toBe('503 Service Unavailable\nWartung bis 12 Uhr.\n')
  })
})

describe('Retry-After', () => {
  const broken: Application = () => {
    throw new Error('broken')
  }

  test.each([
    [{}, '30'],
    [{ retryAfter: 0 }, '0'],
    [{ retryAfter: 1.2 }, '2'],
    [{ retryAfter: new Date(784_111_777_000) }, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [{ retryAfter: () => 5 }, '5'],
    [{ retryAfter: () => new Date(0) }, 'Thu, 01 Jan 1970 00:00:00 GMT'],
  ] as [UnavailableOptions, string][])('of %j is %s', async (options, expected) => {
    const answer = await new Client(unavailable(options)(broken)).get('/')
    expect(answer.headers.get('Retry-After')).toBe(expected)
  })

  test.each([
    [
      'gives a date that no header can hold',
      () => new Date(Date.UTC(10_000, 0)),
      'retryAfter gave an object of class Date',
    ],
    ['gives nonsense', () => -1, 'retryAfter gave -1; expected a number of seconds'],
    [
      'throws',
      () => {
        throw new Error('no idea')
      },
      'no idea',
    ],
  ] as [string, () => number, string][])(
    'is left out when its function %s',
    async (_name, retryAfter, logged) => {
      const answer = await new Client(unavailable({ retryAfter })(broken)).get('/')
      expect(answer.status).toBe(503)
      expect(answer.headers.has('Retry-After')).toBe(false)
      expect(answer.errors).toContain(logged)
    },
  )
})

test('has its name in an outline', () => {
  const app = stack(function hello(_environ, startResponse) {
    startResponse('200 OK', [])
    return ''
  }, page)
  expect(String(outline(app))).toBe('unavailable\n  hello')
})

describe('refuses when it is made', () => {
  test.each([
    [{ contact: '' }, 'got "" for the option contact; expected a text that is not empty'],
    [{ contact: 5 }, 'got 5 for the option contact'],
    [{ retryAfter: -1 }, 'got -1 for the option retryAfter; expected a number of seconds from 0 up'],
    [{ retryAfter: Number.NaN }, 'got NaN for the option retryAfter'],
    [
      { retryAfter: 2 ** 31 + 1 },
      'got 2147483649 for the option retryAfter; expected a number of seconds from 0',
    ],
    [{ retryAfter: new Date(Date.UTC(10_000, 0)) }, 'got an object of class Date for the option retryAfter'],
    [{ retryAfter: '30' }, 'got "30" for the option retryAfter'],
    [{ retryAfter: new Date(Number.NaN) }, 'got an object of class Date for the option retryAfter'],
    [{ message: null }, 'got null for the option message'],
    [{ retry: 1 }, 'got the unknown option "retry"; it knows contact, retryAfter, message'],
  ])('%j', (options, message) => {
    expect(() => unavailable(options as UnavailableOptions)).toThrow(TypeError)
    expect(() => unavailable(options as UnavailableOptions)).toThrow(message)
  })
})

test('tells layers outside which error an answer stands for', async () => {
  const app: Application = (environ, startResponse) => new NotFound().respond(environ, startResponse)
  const shout = onError(({ status }) => new NotFound(`my own ${status}`))
  const answer = await new Client(stack(app, shout, validate, unavailable())).get('/')
  expect(answer.text()).toContain('my own 404')
})
