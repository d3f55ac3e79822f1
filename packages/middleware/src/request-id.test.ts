import { type Application, type Environ, NotFound, outline, stack, validate } from '@stapel/core'
import { applicationShapes, Client, createEnviron, failingShapes } from '@stapel/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RequestIdOptions, requestId } from './request-id.ts'

/** Answers with the identifier as an application sees it, in environ and in the header of the request. */
const show: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return `${environ['stapel.request_id']} ${environ.HTTP_X_REQUEST_ID}`
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function ask(options: RequestIdOptions, sent?: string, environ: Partial<Environ> = {}) {
  const headers: Record<string, string> = sent === undefined ? {} : { 'X-Request-Id': sent }
  const answer = await new Client(stack(show, requestId(options))).get('/', { headers, environ })
  const [inEnviron, inHeader] = answer.text().split(' ')
  return { inEnviron, inHeader, answered: answer.headers.get('X-Request-Id') }
}

describe('over every application shape', () => {
  test.each(applicationShapes)('names the identifier beside the answer of $name', async ({ make }) => {
    const inner = make({ status: '201 Created', headers: [['X-Inner', 'yes']], chunks: ['one, ', 'two'] })
    const answer = await new Client(stack(inner, validate, requestId())).get('/')
    expect([answer.status, answer.headers.get('X-Inner'), answer.text()]).toEqual([201, 'yes', 'one, two'])
    expect(answer.headers.get('X-Request-Id')).toMatch(uuid)
  })

  test.each(applicationShapes)('names it for HEAD of $name', async ({ make }) => {
    const inner = make({ status: '200 OK', headers: [], chunks: ['one'] })
    const answer = await new Client(stack(inner, requestId())).head('/')
    expect(answer.headers.get('X-Request-Id')).toMatch(uuid)
    expect(answer.bytes()).toHaveLength(0)
  })

  test.each(['204 No Content', '304 Not Modified'] as const)('names it with %s', async (status) => {
    const app: Application = (_environ, startResponse) => {
      startResponse(status, [])
      return ''
    }
    expect((await new Client(stack(app, requestId())).get('/')).headers.get('X-Request-Id')).toMatch(uuid)
  })

  test.each(failingShapes.filter(({ committed }) => !committed))(
    'names it where an application $name',
    async ({ make }) => {
      const answer = await new Client(stack(make(), requestId())).get('/')
      expect([answer.status, uuid.test(answer.headers.get('X-Request-Id') ?? '')]).toEqual([500, true])
    },
  )

  test.each(failingShapes.filter(({ committed }) => committed))(
    'lets the answer break where an application $name',
    async ({ make }) => {
      await expect(new Client(stack(make(new Error('torn')), requestId())).get('/')).rejects.toThrow('torn')
    },
  )
})

test('is the same in environ, in the header of the request and in the answer', async () => {
  const { inEnviron, inHeader, answered } = await ask({})
  expect(inEnviron).toMatch(uuid)
  expect([inHeader, answered]).toEqual([inEnviron, inEnviron])
})

test('is another one for every request', async () => {
  expect((await ask({})).inEnviron).not.toBe((await ask({})).inEnviron)
})

describe('an identifier that the client sends', () => {
  test('is replaced, also for the layers inside', async () => {
    const { inEnviron, inHeader } = await ask({}, 'chosen')
    expect(inEnviron).toMatch(uuid)
    expect(inHeader).toBe(inEnviron)
  })

  test('is taken over where that is trusted', async () => {
    expect(await ask({ trust: true }, 'req-1/a_b~c+d=:e@f.g')).toEqual({
      inEnviron: 'req-1/a_b~c+d=:e@f.g',
      inHeader: 'req-1/a_b~c+d=:e@f.g',
      answered: 'req-1/a_b~c+d=:e@f.g',
    })
  })

  test('is taken over from whom a function trusts', async () => {
    const trust = (environ: Environ) => environ.REMOTE_ADDR === '10.0.0.1'
    expect((await ask({ trust }, 'mine', { REMOTE_ADDR: '10.0.0.1' })).answered).toBe('mine')
    expect((await ask({ trust }, 'mine', { REMOTE_ADDR: '10.0.0.2' })).answered).toMatch(uuid)
  })

  // robustness.md H4
  test.each([
    '',
    ' ',
    'a b',
    'a"b',
    'a,b',
    '<script>',
    'a;b',
    'a\\b',
    'a%0ab',
    '{}',
    'a\tb',
    '\xe4',
    'a'.repeat(129),
  ])('is replaced when it is %j, whoever sent it', async (sent) => {
    expect((await ask({ trust: true }, sent)).answered).toMatch(uuid)
  })

  test('is taken over up to the length that was given', async () => {
    expect((await ask({ trust: true, maxLength: 4 }, 'abcd')).answered).toBe('abcd')
    expect((await ask({ trust: true, maxLength: 4 }, 'abcde')).answered).toMatch(uuid)
  })

  test('that was sent twice is none', async () => {
    expect((await ask({ trust: true }, 'a, b')).answered).toMatch(uuid)
  })

  test('never brings a character that means something elsewhere into environ', () => {
    const layer = requestId({ trust: true, answer: false })(show)
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (sent) => {
        const environ = { ...createEnviron('/'), HTTP_X_REQUEST_ID: sent }
        layer(environ, () => () => {})
        expect(environ['stapel.request_id']).toMatch(/^[\w\-.~+/=:@]{1,128}$/)
        expect(environ.HTTP_X_REQUEST_ID).toBe(environ['stapel.request_id'])
      }),
    )
  })
})

describe('options', () => {
  test('name another header', async () => {
    const app = stack(
      (environ, startResponse) => {
        startResponse('200 OK', [])
        return environ.HTTP_X_CORRELATION_ID ?? ''
      },
      requestId({ header: 'X-Correlation-Id', trust: true }),
    )
    const answer = await new Client(app).get('/', { headers: { 'x-correlation-id': 'abc' } })
    expect([answer.text(), answer.headers.get('X-Correlation-Id')]).toEqual(['abc', 'abc'])
    expect(answer.headers.has('X-Request-Id')).toBe(false)
  })

  test('make identifiers of one’s own', async () => {
    const generate = (environ: Environ) => `eu1:${environ.REQUEST_METHOD}`
    expect((await ask({ generate })).answered).toBe('eu1:GET')
  })

  test('keep it out of the answer', async () => {
    const { inEnviron, answered } = await ask({ answer: false })
    expect(inEnviron).toMatch(uuid)
    expect(answered).toBe(null)
  })
})

test.each([undefined, '', 'a\r\nSet-Cookie: b', 7])('fails a request for which generate gives %j', (made) => {
  const app = requestId({ generate: () => made as string })(show)
  expect(() => app(createEnviron('/'), () => () => {})).toThrow(/from generate; expected 1 to 1024 letters/)
})

test('stands once in the answer, in place of what the application says', async () => {
  const app: Application = (_environ, startResponse) => {
    startResponse('200 OK', [['x-request-id', 'other']])
    return ''
  }
  const answer = await new Client(stack(app, requestId({ generate: () => 'made' }))).get('/')
  expect(answer.headers.get('X-Request-Id')).toBe('made')
})

test('a second layer further inside keeps it', async () => {
  const answer = await new Client(stack(show, requestId(), requestId())).get('/')
  expect(answer.text()).toBe(`${answer.headers.get('X-Request-Id')} ${answer.headers.get('X-Request-Id')}`)
})

test('stands on the answer of an error that was thrown', async () => {
  const app: Application = async () => {
    throw new NotFound('No such page.')
  }
  const answer = await new Client(stack(app, requestId({ generate: () => 'made' }))).get('/')
  expect([answer.status, answer.headers.get('X-Request-Id')]).toEqual([404, 'made'])
})

test('has its name in an outline', () => {
  expect(String(outline(stack(show, requestId())))).toBe('requestId\n  show')
})

describe('refuses when it is made', () => {
  test.each([
    [{ header: 'X Request' }, 'got "X Request" for the option header; expected the name of a header'],
    [{ header: 'Content-Length' }, 'got "Content-Length" for the option header'],
    [{ header: 'set-cookie' }, 'got "set-cookie" for the option header'],
    [{ header: 'Connection' }, 'got "Connection" for the option header'],
    [{ header: 'X_Request_Id' }, 'got "X_Request_Id" for the option header'],
    [{ trust: 'proxy' }, 'got "proxy" for the option trust; expected true, false, or a function'],
    [
      { maxLength: 0 },
      'got 0 for the option maxLength; expected a number of characters: an integer from 1 to 1024',
    ],
    [{ generate: 'uuid' }, 'got "uuid" for the option generate; expected a function'],
    [{ answer: 'no' }, 'got "no" for the option answer; expected true or false'],
    [{ headerName: 'a' }, 'got the unknown option "headerName"; it knows header, trust'],
  ])('%j', (options, message) => {
    expect(() => requestId(options as RequestIdOptions)).toThrow(TypeError)
    expect(() => requestId(options as RequestIdOptions)).toThrow(message)
  })
})
