import { Client, createEnviron } from '@stapel/testing'
import { describe, expect, test } from 'vitest'
import { HTTPError, isHTTPError } from './http-error.ts'
import { NotFound } from './http-errors.ts'
import type { Application, HeaderList, Status } from './protocol.ts'

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
  })

  test('has a description of its own where none is given', () => {
    expect(new HTTPError(404).description).toBe('There is nothing at this address.')
    expect(new HTTPError(506).description).toBe('Variant Also Negotiates.')
    expect(new HTTPError(599)).toMatchObject({
      description: 'The request failed.',
      message: '599: The request failed.',
    })
  })

  test('keeps its cause to itself', () => {
    const cause = new Error('secret')
    const error = new HTTPError(500, undefined, { cause })
    expect(error.cause).toBe(cause)
    expect(JSON.stringify(answerOf(error, 'text/html'))).not.toContain('secret')
  })

  test.each([200, 399, 1000, 404.5, Number.NaN, '404'])('refuses the status %s', (status) => {
    expect(() => new HTTPError(status as number)).toThrow('expected an integer from 400 to 999')
  })
})

describe('the answer of an HTTPError', () => {
  test.each([undefined, '*/*', 'text/plain', 'application/json', 'text/html;q=0', 'text/html, text/plain'])(
    'is plain text for Accept: %s',
    (accept) => {
      expect(answerOf(new NotFound(), accept)).toEqual({
        status: '404 Not Found',
        headers: [['Content-Type', 'text/plain; charset=utf-8']],
        body: '404 Not Found\nThere is nothing at this address.\n',
      })
    },
  )

  test('is HTML where the client prefers that, with nothing it could run', () => {
    const { headers, body } = answerOf(new NotFound(), 'text/html,application/xhtml+xml,*/*;q=0.8')
    expect(headers).toEqual([
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Security-Policy', "default-src 'none'"],
      ['X-Content-Type-Options', 'nosniff'],
    ])
    expect(body).toContain('<h1>Not Found</h1>\n<p>There is nothing at this address.</p>')
  })

  test('escapes the description', () => {
    expect(answerOf(new NotFound('<script>alert("&")</script>'), 'text/html').body).toContain(
      '<p>&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</p>',
    )
  })

  test('has the headers of the error first, in a list that layers may change', () => {
    const error = new HTTPError(401, undefined, { headers: [['WWW-Authenticate', 'Basic realm="a"']] })
    const { headers } = answerOf(error)
    expect(headers[0]).toEqual(['WWW-Authenticate', 'Basic realm="a"'])
    headers[0]?.splice(0, 2, 'X-Changed', 'yes')
    expect(error.headers).toEqual([['WWW-Authenticate', 'Basic realm="a"']])
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

  test('is an application, too', async () => {
    const answer = await new Client((environ, startResponse) =>
      new NotFound().respond(environ, startResponse),
    ).get('/')
    expect(answer.text()).toBe('404 Not Found\nThere is nothing at this address.\n')
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
})
