import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { statusLine } from './http/status.ts'
import { HTTPError, isHTTPError, type Responder } from './http-error.ts'
import { NotFound } from './http-errors.ts'
import type { Application, HeaderList, Status } from './protocol.ts'
import { validate } from './validate.ts'

/** What an error answers to a request with this Accept. */
function answerOf(error: HTTPError, accept?: string): { status: Status; headers: HeaderList; body: unknown } {
  let head: { status: Status; headers: HeaderList } | undefined
  const environ = createEnviron('/', accept === undefined ? {} : { headers: { Accept: accept } })
  const body = error.respond(environ, (status, headers) => {
    head = { status, headers }
    return () => {}
  })
  return { status: head?.status as Status, headers: head?.headers ?? [], body }
}

describe('HTTPError', () => {
  test('has a status, a code, a description and a message for the log', () => {
    const error = new HTTPError(507, 'The disk is full.')
    expect(error).toMatchObject({
      name: 'HTTPError',
      status: 507,
      code: 'ERR_HTTP_507',
      description: 'The disk is full.',
      message: '507 Insufficient Storage: The disk is full.',
    })
    expect('cause' in error).toBe(false)
    expect('cause' in new HTTPError(507, 'The disk is full.', { cause: undefined })).toBe(false)
  })

  test('has a description of its own where none is given', () => {
    expect(new HTTPError(404).description).toBe('There is nothing at this address.')
    expect(new HTTPError(506).description).toBe('Variant Also Negotiates.')
    expect(new HTTPError(599)).toMatchObject({
      description: 'The request failed.',
      message: '599: The request failed.',
    })
  })

  // robustness.md E2
  test.each(['text/html', 'application/json', 'text/plain'])(
    'keeps cause, message and stack out of %s',
    (accept) => {
      const cause = new Error('secret cause')
      const error = new HTTPError(500, undefined, { cause, message: 'secret message' })
      expect(error.cause).toBe(cause)
      expect(error.message).toBe('500 Internal Server Error: secret message')
      const { headers, body } = answerOf(error, accept)
      expect(JSON.stringify(headers) + body).not.toMatch(/secret|http-error/)
      expect(JSON.stringify(error)).not.toMatch(/secret|http-error/)
    },
  )

  test('is problem details as JSON', () => {
    const problem = { type: '/problems/full', extensions: { free: 0 } }
    expect(JSON.parse(JSON.stringify(new HTTPError(507, 'The disk is full.', { problem })))).toEqual({
      type: '/problems/full',
      title: 'Insufficient Storage',
      status: 507,
      detail: 'The disk is full.',
      free: 0,
    })
  })

  test.each([['a\r\nb'], ['a\0b'], ['Straße €']])('refuses the header value %j', (value) => {
    expect(() => new HTTPError(400, undefined, { headers: [['X-Name', value]] })).toThrow('X-Name')
  })

  test.each(['Content-Type', 'content-length'])(
    'refuses the header %s, which is that of its form',
    (name) => {
      expect(() => new HTTPError(400, undefined, { headers: [[name, '1']] })).toThrow(TypeError)
    },
  )

  test('refuses a problem that is malformed', () => {
    expect(() => new HTTPError(400, undefined, { problem: { extensions: { status: 200 } } })).toThrow(
      TypeError,
    )
  })

  test('refuses an unknown option, and names those that there are', () => {
    expect(() => new HTTPError(400, undefined, { header: [] } as never)).toThrow(
      'Got the unknown option "header" for an HTTPError; there are cause, headers, message, problem, response.',
    )
    // One that another class has.
    expect(() => new NotFound(undefined, { retryAfter: 1 } as never)).toThrow('unknown option "retryAfter"')
  })

  test('refuses options in the place of the description', () => {
    expect(() => new NotFound({ cause: 1 } as never)).toThrow(
      'Got an object of class Object for the description of an HTTPError; expected a sentence',
    )
  })

  test.each([200, 399, 1000, 404.5, Number.NaN, '404'])('refuses the status %s', (status) => {
    expect(() => new HTTPError(status as number)).toThrow('expected an integer from 400 to 999')
  })
})

describe('the answer of an HTTPError', () => {
  test('is plain text for a client that asks for nothing', () => {
    expect(answerOf(new NotFound())).toEqual({
      status: '404 Not Found',
      headers: [
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['X-Content-Type-Options', 'nosniff'],
        ['Vary', 'Accept'],
      ],
      body: '404 Not Found\nThere is nothing at this address.\n',
    })
  })

  test('has the headers of the error first, in a list that layers may change', () => {
    const error = new HTTPError(401, undefined, { headers: [['WWW-Authenticate', 'Basic realm="a"']] })
    const { headers } = answerOf(error)
    expect(headers[0]).toEqual(['WWW-Authenticate', 'Basic realm="a"'])
    headers[0]?.splice(0, 2, 'X-Changed', 'yes')
    expect(error.headers).toEqual([['WWW-Authenticate', 'Basic realm="a"']])
  })

  test('adds to the Vary of the error', () => {
    const error = new HTTPError(401, undefined, { headers: [['Vary', 'Authorization']] })
    expect(answerOf(error).headers.filter(([name]) => name === 'Vary')).toEqual([
      ['Vary', 'Authorization, Accept'],
    ])
  })

  test('has a reason that may be empty', () => {
    expect(answerOf(new HTTPError(599))).toMatchObject({ status: '599 ', body: '599\nThe request failed.\n' })
  })

  test('replaces an answer that was started and not committed', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [['X-Replaced', 'yes']])
      throw new NotFound()
    }
    const answer = await new Client(app).get('/')
    expect([answer.status, answer.headers.has('x-replaced')]).toEqual([404, false])
  })

  test.each([
    ['text/html', 'text/html; charset=utf-8', '<p>There is no entry &lt;42&gt;.</p>'],
    ['application/json', 'application/problem+json', '"detail":"There is no entry <42>."'],
    ['text/plain', 'text/plain; charset=utf-8', 'There is no entry <42>.\n'],
  ])('goes through a gateway for %s, also to HEAD', async (accept, type, part) => {
    const app = validate(() => {
      throw new NotFound('There is no entry <42>.')
    })
    const headers: HeaderList = [['Accept', accept]]
    const answer = await new Client(app).get('/', { headers })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, type])
    expect(answer.text()).toContain(part)
    const head = await new Client(app).head('/', { headers })
    expect([head.status, head.headers.get('content-type'), head.text()]).toEqual([404, type, ''])
  })

  test('is an application, too', async () => {
    const answer = await new Client((environ, startResponse) =>
      new NotFound().respond(environ, startResponse),
    ).get('/')
    expect(answer.text()).toBe('404 Not Found\nThere is nothing at this address.\n')
  })
})

describe('an HTTPError with a response', () => {
  /** Answers with a page and this status. */
  function pageOf(status: number, headers: HeaderList = []): Responder {
    return {
      status,
      respond(_environ, startResponse) {
        startResponse(statusLine(status), [['Content-Type', 'text/html'], ...headers])
        return '<p>A page.</p>'
      },
    }
  }

  test('answers with that', () => {
    const error = new NotFound(undefined, { response: pageOf(404) })
    expect(answerOf(error, 'application/json')).toEqual({
      status: '404 Not Found',
      headers: [['Content-Type', 'text/html']],
      body: '<p>A page.</p>',
    })
  })

  test('adds its headers where the response has none of that name', () => {
    const headers: HeaderList = [
      ['Retry-After', '5'],
      ['cache-control', 'no-store'],
    ]
    const response = pageOf(503, [['Cache-Control', 'private']])
    expect(answerOf(new HTTPError(503, undefined, { headers, response })).headers).toEqual([
      ['Content-Type', 'text/html'],
      ['Cache-Control', 'private'],
      ['Retry-After', '5'],
    ])
  })

  test('replaces an answer that was started and not committed', async () => {
    const app: Application = (_environ, startResponse) => {
      startResponse('200 OK', [])
      throw new HTTPError(303, undefined, { response: pageOf(303) })
    }
    const answer = await new Client(validate(app)).get('/')
    expect([answer.status, answer.text()]).toEqual([303, '<p>A page.</p>'])
  })

  test.each([199, 1000])('refuses the status %i', (status) => {
    expect(() => new HTTPError(status, undefined, { response: pageOf(200) })).toThrow('from 200 to 999')
  })

  test.each([null, '<p>', {}])('refuses %j for a response', (response) => {
    expect(() => new HTTPError(404, undefined, { response: response as never })).toThrow(TypeError)
  })
})

describe('isHTTPError', () => {
  test('knows one of another copy of the package by what it can do', () => {
    class Foreign extends Error {
      readonly status = 404
      respond(): string {
        return ''
      }
    }
    expect(isHTTPError(new Foreign())).toBe(true)
    expect(isHTTPError(new NotFound())).toBe(true)
  })

  test.each([undefined, null, 'error', 404, new Error('plain'), { status: 404, respond() {} }])(
    '%s is none',
    (value) => {
      expect(isHTTPError(value)).toBe(false)
    },
  )

  // robustness.md E3
  test('an error that cannot be read is none', () => {
    const refuse = (): never => {
      throw new Error('not for you')
    }
    expect(isHTTPError(Object.defineProperty(new Error('odd'), 'respond', { get: refuse }))).toBe(false)
    expect(isHTTPError(new Proxy({}, { getPrototypeOf: refuse }))).toBe(false)
  })
})
